import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest } from '@jest/globals';
import { type Inputs, Job, type JobOptions, type RunningStep, type StepResult } from '../../runner/index.ts';
import {
  type Fault,
  type Session,
  type Simulator,
  type SimulatorOptions,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';

/** The repository: the bundles that its `action.yml` names are what is tested, not the source. */
export const actionDirectory = fileURLToPath(new URL('../..', import.meta.url));

export const MODES = ['logout', 'logoutall'] as const;
export type Mode = (typeof MODES)[number];

const [source] = sampleOrganizations;
export const [pipeline, nightly] = source.users;

// Many processes are started, perhaps on a busy machine: a time-out here is for what hangs.
jest.setTimeout(40_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Has something done when the test is over, the last thing first. */
export function afterwards(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

/** An Informatica Cloud that is gone after the test. */
export async function startCloud(options: SimulatorOptions = {}): Promise<Simulator> {
  const cloud = await startSimulator(options);
  afterwards(() => cloud.close());
  return cloud;
}

/** A job whose steps are the shipped action; gone after the test. */
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
  /** What is to be ended and where, as the log says it. */
  readonly where: string;
}

interface SceneOptions {
  readonly inputs?: Inputs;
  readonly cloud?: SimulatorOptions;
  readonly job?: Omit<JobOptions, 'actionDirectory'>;
  /** What goes wrong with the first requests; the later ones get true answers. */
  readonly faults?: readonly Fault[];
}

/** A cloud with an open session, a job, and the inputs that would end that session. */
export async function scene(mode: Mode, options: SceneOptions = {}): Promise<Scene> {
  const cloud = await startCloud(options.cloud);
  const session = cloud.openSession(pipeline);
  cloud.setFaults((_request, index) => options.faults?.[index]);
  const inputs =
    mode === 'logout'
      ? logoutInputs(cloud, session, options.inputs)
      : { mode, 'login-url': cloud.loginUrl, ...pipeline, ...options.inputs };
  return { cloud, job: newJob(options.job), session, inputs, where: `${SUBJECTS[mode]} on ${host(cloud)}` };
}

export function logoutInputs(cloud: Simulator, session: Session, more: Inputs = {}): Inputs {
  return { mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': session.sessionId, ...more };
}

/** What it means for the user, at the end of the post step's bad news. */
export const CONSEQUENCE =
  'A session that was not ended lives on until its idle time-out, 30 minutes by default; a JWT session until it expires.';

/** What the post step says when main left it nothing. */
export const NOTHING_SAVED =
  'Nothing to clean up is known: the main step had wrong inputs, could not save its state, or was killed as it began.';

const GAVE_UP = {
  'time-spent': 'The time given was spent',
  'retry-after': 'The server asked to wait for longer than the time given',
  cancelled: 'The step was cancelled',
} as const;

/** That nothing is known for certain, as main and post both say it. */
export function unsettled(
  where: string,
  why: keyof typeof GAVE_UP,
  attempts: number,
  reason: string,
): string {
  const after = attempts === 1 ? '1 attempt' : `${attempts} attempts, the last of which failed so`;
  return `Not confirmed as ended: ${where}. ${GAVE_UP[why]} after ${after}: ${reason}.`;
}

const SUBJECTS = { logout: 'the session', logoutall: 'every v2 session of the organization' } as const;

export function host({ loginUrl }: Pick<Simulator, 'loginUrl'>): string {
  return new URL(loginUrl).host;
}

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

/** Runs the post of a job with one step. */
export async function onlyPost(job: Job): Promise<StepResult> {
  const [post, ...others] = await job.posts();
  if (post === undefined || others.length > 0) throw new Error('the job was to have one post step');
  return post;
}

/** An answer that is put in the place of the true one; the request has no effect. */
export function answer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): Fault {
  const type = { 'Content-Type': body.startsWith('<') ? 'text/html' : 'application/json' };
  return {
    kind: 'answer',
    effect: false,
    status,
    body,
    headers: Object.entries({ ...type, ...headers }),
  };
}

export function errorV2(statusCode: number, code: string, description = 'No.'): string {
  return JSON.stringify({ '@type': 'error', code, description, statusCode });
}

export function errorV3(code: string, message = 'No.'): string {
  return JSON.stringify({ error: { code, message, requestId: 'r', details: null } });
}

/** That an attempt settled nothing, as the log says it; the wait is random. */
export function retryLine(attempt: number, reason: string): unknown {
  const escaped = reason.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return expect.stringMatching(
    new RegExp(`^Attempt ${attempt}: ${escaped}\\. Trying again in \\d+\\.\\d s\\.$`),
  );
}

/** Polls until something is so; what never comes about ends in the test's time-out. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
}

/** Resolves when the step has printed a line that has this in it. */
export function printed(step: RunningStep, text: string): Promise<void> {
  return new Promise((resolve) => step.onOutput((line) => (line.includes(text) ? resolve() : undefined)));
}

/** A port that nothing listens on, and which the system gives to no connection of its own accord. */
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
