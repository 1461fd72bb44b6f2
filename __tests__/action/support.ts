import { AsyncLocalStorage } from 'node:async_hooks';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest, test } from '@jest/globals';
import { type Inputs, Job, type JobOptions, type RunningStep, type StepResult } from '../../runner/index.ts';
import {
  type Fault,
  type Session,
  type Simulator,
  type SimulatorOptions,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';

/** The repository. The tests run the bundles that its `action.yml` names, not the source. */
export const actionDirectory = fileURLToPath(new URL('../..', import.meta.url));

export const MODES = ['logout', 'logoutall'] as const;
export type Mode = (typeof MODES)[number];

const [source] = sampleOrganizations;
export const [pipeline, nightly] = source.users;

/** A session id by its shape, and of no session. */
export const NO_SESSION = 'N0tARealSess10nId0000000000';

// Many processes run, perhaps on a busy machine, so the time-out is only for a test that hangs.
jest.setTimeout(40_000);

type CleanUps = (() => unknown)[];
const cleanUps: CleanUps = [];
const ownCleanUps = new AsyncLocalStorage<CleanUps>();
const run = async (after: CleanUps) => {
  for (const cleanUp of after.splice(0).reverse()) await cleanUp();
};
afterEach(() => run(cleanUps));

/** Runs these functions after the test, the last one first. */
export function afterwards(cleanUp: () => unknown): void {
  (ownCleanUps.getStore() ?? cleanUps).push(cleanUp);
}

/** The body of a test that runs beside others: it cleans up after itself, because `afterEach` belongs to no concurrent test. */
export function apart<Row extends unknown[]>(body: (...row: Row) => Promise<void>) {
  return (...row: Row): Promise<void> => {
    const own: CleanUps = [];
    return ownCleanUps.run(own, async () => {
      try {
        await body(...row);
      } finally {
        await run(own);
      }
    });
  };
}

/** A test that mostly waits, and runs beside the others of its group. */
export function concurrentTest(title: string, body: () => Promise<void>): void {
  test.concurrent(title, apart(body));
}

/** A simulated Informatica Cloud. It is closed after the test. */
export async function startCloud(options: SimulatorOptions = {}): Promise<Simulator> {
  const cloud = await startSimulator(options);
  afterwards(() => cloud.close());
  return cloud;
}

/** A job whose steps run the shipped action. It is removed after the test. */
export function newJob(options: Omit<JobOptions, 'actionDirectory'> = {}): Job {
  const job = new Job({ actionDirectory, ...options });
  afterwards(() => job.dispose());
  return job;
}

export interface Scene {
  readonly cloud: Simulator;
  readonly job: Job;
  /** An open session of the organization, and the one that `logout` is to end. */
  readonly session: Session;
  readonly inputs: Inputs;
}

interface SceneOptions {
  readonly inputs?: Inputs;
  readonly cloud?: SimulatorOptions;
  readonly job?: Omit<JobOptions, 'actionDirectory'>;
  /** What goes wrong with the first requests; the later ones get true responses. */
  readonly faults?: readonly Fault[];
}

/** A cloud with an open session, a job, and the inputs that would end that session. */
export async function scene(mode: Mode, options: SceneOptions = {}): Promise<Scene> {
  const cloud = await startCloud(options.cloud);
  const session = cloud.openSession(pipeline);
  cloud.setFaults((_request, index) => options.faults?.[index]);
  const inputs =
    mode === 'logout'
      ? inputsToEnd(session, cloud, options.inputs)
      : { mode, 'login-url': cloud.loginUrl, ...pipeline, ...options.inputs };
  return { cloud, job: newJob(options.job), session, inputs };
}

/** The inputs of `mode: logout` for a session. */
export function inputsToEnd({ sessionId }: Session, { serverUrl }: Simulator, more: Inputs = {}): Inputs {
  return { mode: 'logout', 'server-url': serverUrl, 'session-id': sessionId, ...more };
}

/** The lines with a step's outcome, by their first words. */
const KINDS = [
  'Ended',
  'Already ended',
  'Not ended',
  UNCONFIRMED_END,
  'Scheduled',
  'Wrong inputs',
  'Nothing to clean up',
] as const;

/** The outcome of a step as the user sees it: the first words and the level of each such line. There should be one. */
export function outcomeOf({ log }: Pick<StepResult, 'log'>): string {
  const lines = log.filter((line) => kindOf(line) !== undefined);
  return lines.map((line) => `${/^(Error|Warning): /.exec(line)?.[0] ?? ''}${kindOf(line)}`).join(' and ');
}

function kindOf(line: string): string | undefined {
  const text = line.replace(/^(Error|Warning): /, '');
  return KINDS.find(
    (kind) => text.startsWith(`${kind} `) || text.startsWith(`${kind}:`) || text.startsWith(`${kind},`),
  );
}

/** The line with a step's outcome, with its level. */
export function outcomeLine({ log }: Pick<StepResult, 'log'>): string {
  return log.find((line) => kindOf(line) !== undefined) ?? '';
}

/** What of a job summary is not inside a code span, and so may be markup. */
export function markupOf(summary: string): string {
  return summary.replace(/(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

/** A number that need not be exact. */
export function between(least: number, most: number): unknown {
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (value: unknown) => typeof value === 'number' && value >= least && value <= most,
    toString: () => 'between',
    toAsymmetricMatcher: () => `${least} to ${most}`,
  };
}

/** Job options with which every wait between two attempts is as short as the action lets it be. */
export const IMPATIENT = preloading('Math.random = () => 0;');

/** Job options with which this is run in the process of the action before its bundle. */
export function preloading(code: string): { readonly nodeArguments: readonly string[] } {
  return { nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(code)}`] };
}

/** Job options with which the action's clock runs faster than that of the server. */
export function faster(times: number): { readonly nodeArguments: readonly string[] } {
  return preloading(`const { setTimeout } = globalThis;
    const uptime = process.uptime.bind(process);
    const now = performance.now.bind(performance);
    process.uptime = () => ${times} * uptime();
    performance.now = () => ${times} * now();
    globalThis.setTimeout = (then, ms, ...more) => setTimeout(then, ms / ${times}, ...more);`);
}

export const TEN_TIMES_AS_FAST = faster(10);

/** Runs main and then its post. Neither may print to stderr: it would come out of order. */
export async function mainAndPost({
  job,
  inputs,
}: Pick<Scene, 'job' | 'inputs'>): Promise<{ main: StepResult; post: StepResult }> {
  const main = await job.run(inputs);
  const post = await onlyPost(job);
  expect(main.stderr + post.stderr).toBe('');
  return { main, post };
}

/** Runs main without its post. It may not print to stderr: it would come out of order. */
export async function onlyMain({ job, inputs }: Pick<Scene, 'job' | 'inputs'>): Promise<StepResult> {
  const main = await job.run(inputs);
  expect(main.stderr).toBe('');
  return main;
}

/** Runs the post of a job with one step. */
export async function onlyPost(job: Job): Promise<StepResult> {
  const [post, ...others] = await job.posts();
  if (post === undefined || others.length > 0) throw new Error('the job was to have one post step');
  return post;
}

/** A fault: this response in the place of the true one, and the request has no effect. */
export function respondWith(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Fault & { kind: 'response' } {
  const type = { 'Content-Type': body.startsWith('<') ? 'text/html' : 'application/json' };
  return {
    kind: 'response',
    effect: false,
    status,
    body,
    headers: Object.entries({ ...type, ...headers }),
  };
}

/** A fault: exactly these bytes in the place of a response, and then the end of the connection. */
export function bytes(text: string | Uint8Array): Fault {
  return { kind: 'raw', effect: false, bytes: text, ending: 'close' };
}

/** A fault: the request has its effect, but the connection is reset before a response. */
export const RESPONSE_LOST: Fault = { kind: 'silent', effect: true, ending: 'reset' };

/** What a proxy or gateway often responds with. */
export const SIGN_IN_PAGE = '<!doctype html><html><title>Sign in</title></html>';

export const NTLM = { 'WWW-Authenticate': 'NTLM' };

/** The text of a v2 error object. */
export function errorTextV2(statusCode: number, code: string, description = 'No.'): string {
  return JSON.stringify({ '@type': 'error', code, description, statusCode });
}

/** The text of a v3 error object. */
export function errorTextV3(code: string, message = 'No.'): string {
  return JSON.stringify({ error: { code, message, requestId: 'r', details: null } });
}

/** That an attempt settled nothing, as the log says it; the wait is random. */
export const RETRY_LINE = /^Attempt \d+: .+\. Retrying in \d+\.\d s\.$/;

/** Polls until the condition is true. Rejects after 20 s. */
export async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    // A wait without an end would keep the process of a red test alive.
    if (performance.now() > endMs) throw new Error('Waited for 20 s');
    await pause(10);
  }
}

/** Resolves when the step has printed a line that has this in it. */
export function printed(step: RunningStep, text: string): Promise<void> {
  return new Promise((resolve) => step.onOutput((line) => (line.includes(text) ? resolve() : undefined)));
}

/** A port that nothing listens on, and that the system assigns to no connection. */
export async function unusedPort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = randomInt(20_000, 30_000);
    server.listen(port, '127.0.0.1');
    const listens = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!listens) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
