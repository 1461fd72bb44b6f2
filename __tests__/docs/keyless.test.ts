import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { marked } from 'marked';
import { Job, startTokenService, type TokenService } from '../../runner/index.ts';
import { type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = shellBlocks(readFileSync(join(root, 'docs', 'keyless.md'), 'utf8'));

const [source] = sampleOrganizations;
const [administrator] = source.users;
const SUB = 'repo:example-org@1234/example-repo@5678:environment:informatica-prod';
const REPOSITORY_ID = '5678';
const byClaim = (name: string, aliasName: string) => ({
  ...{ username: `${name}@example.com`, password: 'not-for-real-use-4' },
  aliasName,
});

// The commands of the page need these on the PATH. CI must not skip the test, except on Windows.
const tools = ['bash', 'curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const walk = process.platform === 'win32' || !(tools || process.env['CI']) ? test.skip : test;

let github: TokenService;
let cloud: Simulator;
beforeAll(async () => {
  github = await startTokenService({ claims: { sub: SUB, repository_id: REPOSITORY_ID } });
  const users = [administrator, byClaim('by-sub', SUB), byClaim('by-repository', REPOSITORY_ID)];
  cloud = await startSimulator({ organizations: [{ ...source, users }] });
});
afterAll(async () => {
  await cloud.close();
  await github.close();
});

walk('the commands of keyless.md register GitHub, change the claim, and remove it again', async () => {
  // Before anything is registered, the log of the refusal shows the claims.
  const refused = await runJob();
  expect(refused).toMatchObject({ result: 'failed' });
  expect(refused.log).toContain(`sub: ${SUB}`);

  const registered = await run([
    ...blocksOf('Log in'),
    ...blocksOf('Look at what is registered'),
    ...blocksOf('Register'),
    ...blocksOf('Log out'),
  ]);
  const organizationId = cloud.organizations[0]?.orgUuid;
  expect(registered).toMatch(`Logged in to ${source.name}, organization ID ${organizationId}\n[]\n`);
  expect(cloud.providerOf(source.name)).toMatchObject({ issuer: github.issuer, tokenClaim: 'sub' });
  expect(await runJob()).toMatchObject({ result: 'opened', user: 'by-sub@example.com' });

  const [definition = ''] = blocksOf('Register');
  await run([...blocksOf('Log in'), definition, ...blocksOf('Change the claim'), ...blocksOf('Log out')]);
  expect(cloud.providerOf(source.name)).toMatchObject({ tokenClaim: 'repository_id' });
  expect(await runJob()).toMatchObject({ result: 'opened', user: 'by-repository@example.com' });

  await run([...blocksOf('Log in'), ...blocksOf('Remove the registration'), ...blocksOf('Log out')]);
  expect(cloud.providerOf(source.name)).toBeUndefined();
  expect(await runJob()).toMatchObject({ result: 'failed' });

  expect(cloud.openSessions()).toEqual([]);
});

/** Runs blocks of the page in one bash with the credentials. Resolves with its output. */
async function run(commands: readonly string[]): Promise<string> {
  const script = commands
    .join('\n')
    .replaceAll('https://dm-us.informaticacloud.com', cloud.loginUrl)
    .replaceAll('https://token.actions.githubusercontent.com', github.issuer);
  // With a socket as its input and no shell around it, bash would read the user's own start-up file.
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script]);
  child.stdin.end(`${administrator.username}\n${administrator.password}\n`);
  const [out, problems, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  expect([problems, exitCode]).toEqual(['', 0]);
  expect(out).not.toContain(administrator.password);
  return out;
}

/** Runs the page's job: the shipped bundles, with GitHub's token. */
async function runJob() {
  const job = new Job({ actionDirectory: root, tokenService: github });
  try {
    const { log, outputs } = await job.run({
      mode: 'login',
      'login-url': cloud.loginUrl,
      'organization-id': cloud.organizations[0]?.orgUuid ?? '',
    });
    const user = cloud.openSessions()[0]?.username;
    await job.posts();
    return { result: outputs['result'], log: log.join('\n'), user };
  } finally {
    await job.dispose();
  }
}

function blocksOf(heading: string): readonly string[] {
  const found = blocks.filter((block) => block.heading === heading).map(({ code }) => code);
  expect(found).not.toEqual([]);
  return found;
}

/** The shell blocks of a page, each with the heading above it. */
function shellBlocks(page: string): readonly { readonly heading: string; readonly code: string }[] {
  let heading = '';
  return marked.lexer(page).flatMap((token) => {
    if (token.type === 'heading') heading = String(token['text']);
    return token.type === 'code' && token['lang'] === 'sh' ? [{ heading, code: String(token['text']) }] : [];
  });
}
