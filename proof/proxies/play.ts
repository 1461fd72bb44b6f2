import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Inputs, type StepResult, visible } from '../../runner/index.ts';
import { type Certificate, privateAuthority, selfSigned } from '../../simulator/certificate.ts';
import { type Session, type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { ended, newJob } from '../play.ts';
import { type Addresses, type Case, HOST, PROXY_SECRETS } from './cases.ts';
import { type RunningProxy, startProxy } from './proxy.ts';

export interface Variant {
  readonly mode: 'logout' | 'logoutall';
  readonly debug: boolean;
}

/** What was wrong with one run of a case, by the invariant that it breaks. */
export interface Wrong {
  readonly kind: 'sessionsLeft' | 'falseClaims' | 'leaks' | 'otherHarm';
  readonly what: string;
}

const hostsFile = fileURLToPath(new URL('./hosts-file.cjs', import.meta.url));
const [{ users }] = sampleOrganizations;
const [user] = users;
/** Beyond `timeout-seconds`, as the invariant has it. */
const SLACK_MS = 2_000;

const authority = privateAuthority();
const AUTHORITY_FILE = 'authority.pem';

/** Writes the files that all cases share. */
export function prepare(folder: string): void {
  // Once only: a file that is written anew is empty for a moment.
  save(folder, AUTHORITY_FILE, authority.cert);
}

/** Plays a case on a server, a proxy and a job of its own. */
export async function play(played: Case, variant: Variant, folder: string): Promise<readonly Wrong[]> {
  const { host = HOST, certificate, proxy: wanted } = played;
  const tls = certificateOf(certificate, host);
  const cloud = await startSimulator({ tls, publicHost: host });
  const proxy =
    wanted &&
    (await startProxy({
      credentials: wanted.credentials,
      names: wanted.resolves === false ? [] : [host],
      tls: wanted.overTls && authority.issue(),
    }));
  const at: Addresses = {
    proxy: `127.0.0.1:${proxy?.port}`,
    nobody: `127.0.0.1:${await freePort()}`,
    authority: join(folder, AUTHORITY_FILE),
    server: save(folder, `server-${new URL(cloud.loginUrl).port}.pem`, tls.cert),
  };
  const job = newJob({
    debug: variant.debug,
    nodeArguments: ['--require', hostsFile],
    env: { NODE_EXTRA_CA_CERTS: at.authority, ...played.env(at) },
  });
  try {
    const session = cloud.openSession(user);
    if (played.alreadyEnded) cloud.endSession(session.sessionId);
    proxy?.behave(...(wanted?.main ?? []));
    const step = job.start(inputsOf(played, variant, cloud, session));
    const timeoutMs = timeoutMsOf(played);
    const main = await ended(step, timeoutMs);
    const openAfterMain = cloud.openSessions().length > 0;
    if (wanted?.post) proxy?.behave(...wanted.post);
    const post = await ended(job.startPost(step), timeoutMs);
    return judge(played, { session, cloud, proxy, main, post, openAfterMain });
  } finally {
    await job.dispose();
    await proxy?.close();
    await cloud.close();
  }
}

interface Played {
  readonly session: Session;
  readonly cloud: Simulator;
  readonly proxy: RunningProxy | undefined;
  readonly main: StepResult;
  readonly post: StepResult;
  readonly openAfterMain: boolean;
}

/** Holds what a job did against what it should have done. */
function judge(played: Case, { session, cloud, proxy, main, post, openAfterMain }: Played): readonly Wrong[] {
  const { expected, host = HOST, alreadyEnded = false } = played;
  const wrong: Wrong[] = [];
  const expect = (holds: boolean, kind: Wrong['kind'], what: string) => {
    if (!holds) wrong.push({ kind, what });
  };
  const result = main.outputs['result'];
  const postSaid = outcomeOf(post);
  const open = cloud.openSessions().length > 0;

  expect(
    !openAfterMain || (main.failed && result === 'failed'),
    'falseClaims',
    `main says ${result}, and it is open`,
  );
  expect(!open || postSaid === 'warning', 'falseClaims', `post: ${postSaid}, and it is open`);
  expect(!alreadyEnded || result !== 'ended', 'falseClaims', 'main ended what was gone before it came');
  expect(!open || expected.post === 'warning', 'sessionsLeft', 'the session is open');

  expect(result === expected.main, 'otherHarm', `main: ${result}`);
  expect(main.failed === (expected.main !== 'ended'), 'otherHarm', `main: exit code ${main.exitCode}`);
  expect(
    !post.failed && postSaid === expected.post,
    'otherHarm',
    `post: ${postSaid}, exit code ${post.exitCode}`,
  );
  const said = main.log.find((line) => expected.says.every((part) => line.includes(part)));
  expect(
    said !== undefined,
    'otherHarm',
    `main's message: ${main.annotations.at(-1)?.message ?? main.log.at(-1)}`,
  );

  const { length: requests } = cloud.requests;
  expect(requests === (expected.post === 'warning' ? 0 : 1), 'otherHarm', `${requests} requests`);
  const asked = new Set(proxy?.asked ?? []);
  expect(asked.size > 0 === expected.proxyAsked, 'otherHarm', `the proxy was asked for ${[...asked]}`);
  expect(
    [...asked].every((name) => name === host),
    'otherHarm',
    `the proxy was asked for ${[...asked]}`,
  );

  const longestMs = timeoutMsOf(played) + SLACK_MS;
  for (const step of [main, post]) {
    expect(step.durationMs <= longestMs, 'otherHarm', `a step took ${Math.round(step.durationMs)} ms`);
    expect(step.stderr === '', 'otherHarm', `on stderr: ${step.stderr}`);
    const seen = visible(step);
    const secrets = [session.sessionId, user.password, ...PROXY_SECRETS];
    for (const secret of secrets) expect(!seen.includes(secret), 'leaks', `${secret} can be seen`);
    expect(!seen.includes('No gateway'), 'leaks', 'the proxy can put a command in the log');
  }
  return wrong;
}

/** How a post step ended, as its user is told. */
function outcomeOf({ log, annotations }: StepResult): string {
  if (annotations.length > 0) return annotations.map(({ level }) => level).join();
  if (log.some((line) => line.startsWith('Nothing to clean up'))) return 'settled';
  return log.some((line) => line.startsWith('Ended ')) ? 'ended' : 'without an outcome';
}

function inputsOf(played: Case, { mode }: Variant, cloud: Simulator, { sessionId }: Session): Inputs {
  const common = { mode, 'timeout-seconds': String(timeoutMsOf(played) / 1000) };
  return mode === 'logout'
    ? { ...common, 'server-url': cloud.serverUrl, 'session-id': sessionId }
    : { ...common, 'login-url': cloud.loginUrl, ...user };
}

/** Short where it is to run out, and else too long to. */
function timeoutMsOf({ timeoutSeconds, expected }: Case): number {
  return 1000 * (timeoutSeconds ?? (expected.main === 'failed' ? 1 : 15));
}

function certificateOf(wanted: Case['certificate'], host: string): Certificate {
  return wanted === 'self-signed' ? selfSigned({ host }) : authority.issue({ host, ...wanted });
}

function save(folder: string, name: string, pem: string): string {
  const path = join(folder, name);
  writeFileSync(path, pem);
  return path;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The server did not listen on a port');
  return address.port;
}
