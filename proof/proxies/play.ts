import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StepResult, visible } from '../../runner/index.ts';
import { type Certificate, privateAuthority, selfSigned } from '../../simulator/certificate.ts';
import { type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { found, type Problem } from '../invariants.ts';
import { Journal } from '../journal.ts';
import { judge } from '../judge/judge.ts';
import { isLogin, MODE_PROFILES, type Mode } from '../modes.ts';
import { newJob, play as playStep } from '../play.ts';
import { PROPER } from '../responses/form.ts';
import type { TrialWithPost } from '../trial.ts';
import { type Addresses, type Case, type Expected, expectedOfLogin, HOST, PROXY_SECRETS } from './cases.ts';
import { type RunningProxy, startProxy } from './proxy.ts';

export interface Variant {
  readonly mode: 'logout' | 'logoutall' | 'login' | 'login-access-token';
  readonly debug: boolean;
}

const preloads = ['./hosts-file.cjs', './slow-network.cjs'].flatMap((script) => [
  '--require',
  fileURLToPath(new URL(script, import.meta.url)),
]);
const [{ users }] = sampleOrganizations;
const [user] = users;
const authority = privateAuthority();
const AUTHORITY_FILE = 'authority.pem';

/** Writes the files that all cases share. */
export function prepare(folder: string): void {
  // Once only: a file that is written anew is empty for a moment.
  save(folder, AUTHORITY_FILE, authority.cert);
}

/** Plays a case with its own server, proxy and job. */
export async function play(
  { expected, ...given }: Case,
  variant: Variant,
  folder: string,
): Promise<readonly Problem[]> {
  const played: Case = {
    ...given,
    expected: isLogin(variant.mode) ? expectedOfLogin(expected) : expected,
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
    const task = MODE_PROFILES[variant.mode].begin({ cloud, at: cloud, user });
    const journal = new Journal(variant.mode, task);
    cloud.setFaults((request) => {
      journal.arrived(request, PROPER);
      return undefined;
    });
    if (played.alreadyEnded) for (const { sessionId } of task.held()) cloud.endSession(sessionId);
    proxy?.behave(...(wanted?.main ?? []));
    const playing = playStep(job, {
      label: played.name,
      mode: variant.mode,
      when: played.when ?? 'now',
      timeoutMs: timeoutMsOf(played),
      task,
      user,
      privateTexts: cloud.privateTexts(user),
      journal,
      getsWell: reaches(played.expected),
    });
    await playing.main;
    const connectsInMain = proxy?.requestedHosts.length ?? 0;
    if (wanted?.post) proxy?.behave(...wanted.post);
    Object.assign(env, played.envOfPost?.(at));
    // The ledger knows nothing of failures before the server.
    const trial = { ...(await playing.post()), mayMissLast: true };
    return [...judge(trial).problems, ...otherwise(played, { trial, cloud, proxy, connectsInMain })];
  } finally {
    await job.dispose();
    await proxy?.close();
    await cloud.close();
  }
}

interface Played {
  readonly trial: TrialWithPost;
  readonly cloud: Simulator;
  readonly proxy: RunningProxy | undefined;
  /** How many requests main sent to the proxy. */
  readonly connectsInMain: number;
}

/** Differences from the case: outcomes, messages, and the requests to the server and the proxy. */
function otherwise({ expected, host = HOST }: Case, run: Played): readonly Problem[] {
  const { trial, cloud, proxy, connectsInMain } = run;
  const { main, post } = trial;
  const saysWrongInputs = main.log.some((line) => line.includes('Wrong inputs, so nothing was sent'));
  const result = saysWrongInputs ? 'wrong-inputs' : main.outputs['result'];
  const green = ['ended', 'scheduled', 'opened'].includes(expected.main);
  const inPost = outcomeOf(post);
  const message = main.annotations.at(-1)?.message ?? main.log.at(-1);
  const requestedHosts = proxy?.requestedHosts ?? [];
  const connects = { inMain: connectsInMain, inPost: requestedHosts.length - connectsInMain };
  // What a login hands on keeps its value.
  const seen = [
    { ...main, outputs: { ...main.outputs, 'session-id': '', 'access-token': '' }, env: {} },
    post,
  ]
    .map(visible)
    .join('\n');
  return [
    ...found(3, {
      [`main: ${result}`]: result !== expected.main,
      [`main: exit code ${main.exitCode}`]: main.failed === green,
      [`post: ${inPost}`]: inPost !== expected.post,
      [`main's message: ${message}`]: !main.log.some((line) =>
        expected.says.every((part) => line.includes(part)),
      ),
      [`${cloud.requests.length} requests`]: cloud.requests.length !== requestsIn(expected, trial.mode),
      [`the proxy got requests for ${[...new Set(requestedHosts)]}`]:
        requestedHosts.some((name) => name !== host) || requestedHosts.length > 0 !== expected.usesProxy,
      [`main sent ${connects.inMain} requests to the proxy, and post ${connects.inPost}`]:
        expected.connects !== undefined &&
        (connects.inMain !== expected.connects.inMain || connects.inPost !== expected.connects.inPost),
    }),
    ...found(4, {
      "the proxy's credentials can be seen": PROXY_SECRETS.some((secret) => seen.includes(secret)),
      'the proxy can put a command in the log': seen.includes('No gateway'),
    }),
  ];
}

/** Whether the server is ever reached to end the session. */
function reaches({ main, post }: Expected): boolean {
  return main !== 'wrong-inputs' && post !== 'warning';
}

function requestsIn(expected: Expected, mode: Mode): number {
  // An access token takes one, and the end of its session, which is not verified, another.
  if (expected.main === 'opened' && mode === 'login-access-token') return reaches(expected) ? 3 : 2;
  // A login verifies its session first. Ending it takes another request, and verifying the end one more. A login that fails here was never sent.
  if (expected.main === 'opened') return reaches(expected) ? 4 : 2;
  return reaches(expected) && !(expected.main === 'failed' && expected.post === 'settled') ? 1 : 0;
}

/** How a post step ended, as its user is told. */
function outcomeOf({ log, annotations }: StepResult): string {
  if (annotations.length > 0) return annotations.map(({ level }) => level).join();
  if (log.some((line) => line.startsWith('Nothing to clean up'))) return 'settled';
  return log.some((line) => line.startsWith('Ended ')) ? 'ended' : 'without an outcome';
}

/** Short if the case is about running out of time, else long enough. */
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
