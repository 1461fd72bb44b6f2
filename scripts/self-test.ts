import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTokenService, type TokenService } from '../runner/token-service.ts';
import {
  type OrganizationOptions,
  type Simulator,
  sampleOrganizations,
  startSimulator,
} from '../simulator/index.ts';
import { tool } from './lint/check.ts';
import { CHANGED_FOR_OLDER_TOOLS } from './lint/older-tools.ts';
import { type Ends, playWorkflow } from './self-test/act.ts';

/**
 * `npm run self-test` runs the Linux jobs of self-test.yml and the examples under act, without Docker. The node on
 * the PATH runs the actions. It has to be 24 or later, because self-test.yml starts the simulator without a build.
 */
interface Scenario {
  readonly workflow: string;
  readonly job?: string;
  /** The expected results of these steps. No other step may fail. */
  readonly planned: Ends;
  /** For workflows that start no simulator: how many sessions are opened, and how many are left open. */
  readonly cloud?: {
    readonly before?: (cloud: Simulator) => void;
    readonly logins: number;
    readonly left: number;
  };
  /** The organizations of end-sessions.yml. */
  readonly sweep?: readonly SampleOrganization[];
  /** GitHub's token service runs and is registered with the first organization. */
  readonly token?: true;
}

const SELF_TEST = '.github/workflows/self-test.yml';
const SWEEP = '.github/workflows/end-sessions.yml';
type SampleOrganization = (typeof sampleOrganizations)[number];
const [source, target] = sampleOrganizations;
const SOURCE = source.users[0];
const TARGET = target.users[0];
const REPOSITORY_ID = '123456789';

const SCENARIOS: readonly Scenario[] = [
  {
    workflow: SELF_TEST,
    job: 'failing',
    planned: { 'Main Fail on purpose': 'failure', 'Post Ledger': 'success' },
  },
  {
    workflow: SELF_TEST,
    job: 'timed-out',
    planned: { 'Main Fail on purpose': 'failure', 'Post Ledger': 'success' },
  },
  {
    workflow: SELF_TEST,
    job: 'explicit',
    planned: { 'Main Log out again': 'failure', 'Post Ledger': 'success' },
  },
  {
    workflow: SELF_TEST,
    job: 'sweep',
    planned: { 'Main Check a list': 'success', 'Main Write a table': 'success' },
  },
  // There is no token here, so the job only shows that it is skipped.
  { workflow: SELF_TEST, job: 'keyless', planned: { 'Main Is there a token?': 'success' } },
  ...['login', 'catalog', 'curl-login', 'self-hosted-proxy'].map((name) => ({
    workflow: `examples/${name}.yml`,
    planned: { 'Main Work': 'success' },
    cloud: { logins: 1, left: 0 },
  })),
  {
    workflow: 'workflow-templates/informatica-pipeline.yml',
    planned: { 'Main Work': 'success' },
    cloud: { logins: 1, left: 0 },
  },
  {
    workflow: 'examples/keyless.yml',
    planned: { 'Main Work': 'success' },
    cloud: { logins: 1, left: 0 },
    token: true,
  },
  {
    workflow: 'examples/promotion.yml',
    planned: { 'Main Pull it into the target, and wait for that': 'success' },
    cloud: { logins: 2, left: 0 },
  },
  // One pair of credentials for two organizations: the second is not touched, and its row is red.
  {
    workflow: SWEEP,
    sweep: [source, target],
    planned: {
      'Source Organization: Main Log out of the session of this job': 'success',
      'Source Organization: Post Log in to the organization': 'success',
      'Target Organization: Main Log in to the organization': 'failure',
      'Summary: Main One table for all organizations': 'success',
    },
    cloud: {
      before: (cloud) => {
        cloud.openSession(SOURCE);
        cloud.openSession(source.users[1]);
        cloud.openSession(TARGET);
      },
      logins: 2,
      // Of the organization whose credentials were missing.
      left: 1,
    },
  },
  // A logoutall that Informatica confirms and that ends nothing.
  {
    workflow: SWEEP,
    sweep: [source],
    planned: {
      'Source Organization: Main End every v2 session': 'success',
      'Source Organization: Main Fail if that session was still open': 'failure',
      'Summary: Main One table for all organizations': 'success',
    },
    cloud: {
      before: (cloud) => {
        cloud.openSession(source.users[1]);
        cloud.setFaults(({ path }) =>
          path.endsWith('/logoutall') ? { kind: 'response', effect: false } : undefined,
        );
      },
      logins: 1,
      // Another user's session.
      left: 1,
    },
  },
];

/** Two of them wait for a minute. */
const AT_ONCE = 4;

const act = tool('PROOF_ACT', 'act');
if (act === undefined) console.log('Skipped, because there is no act on the PATH or in PROOF_ACT');
else {
  console.log(`For act, ${CHANGED_FOR_OLDER_TOOLS}.`);
  const [requested] = process.argv.slice(2);
  const queue = SCENARIOS.filter((scenario) => nameOf(scenario).includes(requested ?? '')).values();
  const work = async () => {
    for (const scenario of queue) if (!(await run(act, scenario))) process.exitCode = 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function nameOf({ workflow, job, sweep }: Scenario): string {
  const what = job ?? sweep?.map(({ name }) => name).join(' and ');
  return what === undefined ? workflow : `${workflow}: ${what}`;
}

/** Runs a workflow and prints how it went; true if everything went as planned. */
async function run(act: string, scenario: Scenario): Promise<boolean> {
  const { workflow, job, planned } = scenario;
  const folder = mkdtempSync(join(tmpdir(), 'self-test-'));
  const tokens = scenario.token && (await startTokenService());
  const cloud = scenario.cloud && (await startSimulator({ organizations: organizationsOf(tokens) }));
  try {
    if (cloud !== undefined) scenario.cloud?.before?.(cloud);
    const options = [...(job === undefined ? [] : ['--job', job]), ...settings(scenario, cloud, tokens)];
    const byJob = scenario.sweep !== undefined;
    const { ends, shown } = await playWorkflow({ act, folder, workflow, options, byJob });
    const problems = [...unplanned(planned, ends), ...(cloud === undefined ? [] : ledger(cloud, scenario))];
    const steps = Object.keys(ends).length;
    console.log(
      `${nameOf(scenario)}: ${problems.length === 0 ? `as planned, ${steps} steps` : problems.join('; ')}`,
    );
    if (problems.length > 0) console.error(shown);
    return problems.length === 0;
  } finally {
    await cloud?.close();
    await tokens?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The sample organizations. If there are tokens, the alias of the first one's pipeline is the repository's ID in them. */
function organizationsOf(tokens: TokenService | undefined): readonly OrganizationOptions[] {
  if (tokens === undefined) return sampleOrganizations;
  const { issuer, keysUrl: keys } = tokens;
  const identityProvider = { issuer, keys, tokenClaim: 'repository_id', matchType: 'aliasName' } as const;
  tokens.setClaims({ repository_id: REPOSITORY_ID });
  return [{ ...source, users: [{ ...SOURCE, aliasName: REPOSITORY_ID }], identityProvider }, target];
}

function unplanned(planned: Ends, ends: Ends): readonly string[] {
  const other = Object.entries(planned).filter(([step, wanted]) => ends[step] !== wanted);
  const failed = Object.entries(ends).filter(
    ([step, end]) => end === 'failure' && planned[step] !== 'failure',
  );
  return [
    ...other.map(([step, wanted]) => `${step}: ${ends[step] ?? 'not run'}, not ${wanted}`),
    ...failed.map(([step]) => `${step}: failure`),
  ];
}

function ledger(cloud: Simulator, scenario: Scenario): readonly string[] {
  const logins = cloud.requests.filter(({ effect }) => effect === 'session-opened').length;
  const left = cloud.openSessions().length;
  return [
    ...(logins === scenario.cloud?.logins ? [] : [`${logins} logins`]),
    ...(left === scenario.cloud?.left ? [] : [`${left} sessions are open`]),
  ];
}

/** The variables, secrets and inputs of the workflows. */
function settings(
  { sweep = [] }: Scenario,
  cloud: Simulator | undefined,
  tokens: TokenService | undefined,
): readonly string[] {
  const loginUrl = cloud?.loginUrl ?? '';
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    ...pairs('--env', { ...tokens?.variables }),
    ...pairs('--var', {
      IICS_LOGIN_URL: loginUrl,
      // On the simulator one host serves all APIs.
      IICS_API_URL: loginUrl,
      IICS_ORGANIZATION_ID: cloud?.organizations[0]?.orgUuid ?? '',
      SOURCE_LOGIN_URL: loginUrl,
      TARGET_LOGIN_URL: loginUrl,
    }),
    ...pairs('--secret', {
      IICS_USERNAME: SOURCE.username,
      IICS_PASSWORD: SOURCE.password,
      SOURCE_USERNAME: SOURCE.username,
      SOURCE_PASSWORD: SOURCE.password,
      TARGET_USERNAME: TARGET.username,
      TARGET_PASSWORD: TARGET.password,
    }),
    ...pairs('--input', {
      commit: '0123456',
      organizations: JSON.stringify(
        sweep.map(({ name }) => ({
          name,
          environment: 'informatica-sweep',
          'login-url': loginUrl,
          'organization-id': cloud?.organizations.find((organization) => organization.name === name)?.orgUuid,
        })),
      ),
      runner: 'ubuntu-latest',
    }),
  ];
}
