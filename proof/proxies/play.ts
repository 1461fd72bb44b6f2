import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StepResult, visible } from '../../runner/index.ts';
import { type Certificate, privateAuthority, selfSigned } from '../../simulator/certificate.ts';
import { type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { KITS } from '../modes.ts';
import { ended, newJob } from '../play.ts';
import { type Addresses, type Case, type Expected, expectedOfLogin, HOST, PROXY_SECRETS } from './cases.ts';
import { type RunningProxy, startProxy } from './proxy.ts';

export interface Variant {
  readonly mode: 'logout' | 'logoutall' | 'login';
  readonly debug: boolean;
}

/** What was wrong with one run of a case, by the invariant that it breaks. */
export interface Wrong {
  readonly kind: 'sessionsLeft' | 'falseClaims' | 'leaks' | 'otherHarm';
  readonly what: string;
}

const preloads = ['./hosts-file.cjs', './slow-network.cjs'].flatMap((script) => [
  '--require',
  fileURLToPath(new URL(script, import.meta.url)),
]);
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
export async function play(
  { expected, ...given }: Case,
  variant: Variant,
  folder: string,
): Promise<readonly Wrong[]> {
  const played: Case = {
    ...given,
    expected: variant.mode === 'login' ? expectedOfLogin(expected) : expected,
  };
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
  // What a step leaves in GITHUB_ENV changes it for the steps after it.
  const env: Record<string, string> = { NODE_EXTRA_CA_CERTS: at.authority, ...played.env(at) };
  const job = newJob({
    debug: variant.debug,
    nodeArguments: preloads,
    env,
  });
  try {
    const task = KITS[variant.mode].begin({ cloud, at: cloud, user });
    const sessionIds = new Set(task.held().map(({ sessionId }) => sessionId));
    if (played.alreadyEnded) for (const id of sessionIds) cloud.endSession(id);
    proxy?.behave(...(wanted?.main ?? []));
    const timeoutMs = timeoutMsOf(played);
    const step = job.start({
      when: played.when ?? 'now',
      'timeout-seconds': String(timeoutMs / 1000),
      ...task.inputs,
    });
    const main = await ended(step, timeoutMs);
    const openAfterMain = cloud.openSessions().length > 0;
    for (const { sessionId } of cloud.openSessions()) sessionIds.add(sessionId);
    const askedInMain = proxy?.asked.length ?? 0;
    if (wanted?.post) proxy?.behave(...wanted.post);
    Object.assign(env, played.envOfPost?.(at));
    const post = await ended(job.startPost(step), timeoutMs);
    return judge(played, { sessionIds, cloud, proxy, main, post, openAfterMain, askedInMain });
  } finally {
    await job.dispose();
    await proxy?.close();
    await cloud.close();
  }
}

interface Played {
  readonly sessionIds: ReadonlySet<string>;
  readonly cloud: Simulator;
  readonly proxy: RunningProxy | undefined;
  readonly main: StepResult;
  readonly post: StepResult;
  readonly openAfterMain: boolean;
  /** How often main asked the proxy. */
  readonly askedInMain: number;
}

type Expect = (holds: boolean, kind: Wrong['kind'], what: string) => void;

/** Holds what a job did against what it should have done. */
function judge(played: Case, run: Played): readonly Wrong[] {
  const wrong: Wrong[] = [];
  const expect: Expect = (holds, kind, what) => {
    if (!holds) wrong.push({ kind, what });
  };
  judgeClaims(played, run, expect);
  judgeRequests(played, run, expect);
  for (const step of [run.main, run.post]) judgeManners(step, timeoutMsOf(played) + SLACK_MS, run, expect);
  return wrong;
}

/** What it said, by what is so. */
function judgeClaims({ expected, alreadyEnded }: Case, run: Played, expect: Expect): void {
  const { cloud, main, post, openAfterMain } = run;
  const result = main.outputs['result'];
  const saysWrongInputs = main.log.some((line) => line.includes('Wrong inputs, so nothing was sent'));
  const said = saysWrongInputs ? 'wrong-inputs' : result;
  const postSaid = outcomeOf(post);
  const open = cloud.openSessions().length > 0;

  const admits = (main.failed && result === 'failed') || result === 'scheduled' || result === 'opened';
  expect(!openAfterMain || admits, 'falseClaims', `main says ${result}, and it is open`);
  // Wrong inputs are main's to say, in red.
  const postAdmits = postSaid === 'warning' || expected.main === 'wrong-inputs';
  expect(!open || postAdmits, 'falseClaims', `post: ${postSaid}, and it is open`);
  expect(!alreadyEnded || result !== 'ended', 'falseClaims', 'main ended what was gone before it came');
  expect(!open || !reaches(expected), 'sessionsLeft', 'the session is open');

  expect(said === expected.main, 'otherHarm', `main: ${said}`);
  const green = ['ended', 'scheduled', 'opened'].includes(expected.main);
  expect(main.failed === !green, 'otherHarm', `main: exit code ${main.exitCode}`);
  const postIsRight = !post.failed && postSaid === expected.post;
  expect(postIsRight, 'otherHarm', `post: ${postSaid}, exit code ${post.exitCode}`);
  const message = `main's message: ${main.annotations.at(-1)?.message ?? main.log.at(-1)}`;
  expect(
    main.log.some((line) => expected.says.every((part) => line.includes(part))),
    'otherHarm',
    message,
  );
}

/** What the server and the proxy were asked. */
function judgeRequests({ expected, host = HOST }: Case, run: Played, expect: Expect): void {
  const { length: requests } = run.cloud.requests;
  expect(requests === requestsIn(expected), 'otherHarm', `${requests} requests`);
  const asked = run.proxy?.asked ?? [];
  const askedOnlyThat = asked.every((name) => name === host);
  const names = [...new Set(asked)].join();
  expect(
    askedOnlyThat && asked.length > 0 === expected.proxyAsked,
    'otherHarm',
    `the proxy was asked for ${names}`,
  );
  if (expected.asks === undefined) return;
  const inPost = asked.length - run.askedInMain;
  expect(
    run.askedInMain === expected.asks.inMain,
    'otherHarm',
    `main asked the proxy ${run.askedInMain} times`,
  );
  expect(inPost === expected.asks.inPost, 'otherHarm', `post asked the proxy ${inPost} times`);
}

/** What no step may do, whatever happens to it. */
function judgeManners(step: StepResult, longestMs: number, { sessionIds }: Played, expect: Expect): void {
  expect(step.durationMs <= longestMs, 'otherHarm', `a step took ${Math.round(step.durationMs)} ms`);
  expect(step.stderr === '', 'otherHarm', `on stderr: ${step.stderr}`);
  // What a login hands on keeps its value.
  const seen = visible({ ...step, outputs: { ...step.outputs, 'session-id': '' }, env: {} });
  const secrets = [...sessionIds, user.password, ...PROXY_SECRETS];
  for (const secret of secrets) expect(!seen.includes(secret), 'leaks', `${secret} can be seen`);
  expect(!seen.includes('No gateway'), 'leaks', 'the proxy can put a command in the log');
}

/** Whether the server is ever reached to end the session. */
function reaches({ main, post }: Expected): boolean {
  return main !== 'wrong-inputs' && post !== 'warning';
}

function requestsIn(expected: Expected): number {
  // A login's end is another request, and so is the question whether it is dead; a login that fails was not sent.
  if (expected.main === 'opened') return reaches(expected) ? 3 : 1;
  return reaches(expected) && !(expected.main === 'failed' && expected.post === 'settled') ? 1 : 0;
}

/** How a post step ended, as its user is told. */
function outcomeOf({ log, annotations }: StepResult): string {
  if (annotations.length > 0) return annotations.map(({ level }) => level).join();
  if (log.some((line) => line.startsWith('Nothing to clean up'))) return 'settled';
  return log.some((line) => line.startsWith('Ended ')) ? 'ended' : 'without an outcome';
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
