import { expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  apart,
  concurrentTest,
  onlyPost,
  outcomeOf,
  printed,
  respondWith,
  type Scene,
  scene,
  until,
} from './support.ts';

const stall: Fault = { kind: 'silent', effect: false, ending: 'stall' };
const wait = respondWith(503, '', { 'Retry-After': '30' });
/** Far more than the five seconds that a pending attempt gets, far less than the 60 that are left. */
const SOON_MS = 12_000;

/** Starts main and sends it signals once its first request has arrived. */
async function cancelled({ job, inputs, cloud }: Scene, ...signals: NodeJS.Signals[]) {
  const step = job.start(inputs);
  await until(() => cloud.requests.length === 1);
  const startedMs = performance.now();
  for (const signal of signals) step.signal(signal);
  const main = await step.finished;
  return { main, tookMs: performance.now() - startedMs };
}

concurrentTest('a pending attempt gets five seconds; post finishes the work', async () => {
  const cancel = async (signal: NodeJS.Signals) => {
    const stage = await scene('logout', { faults: [stall] });
    const { main, tookMs } = await cancelled(stage, signal);
    expect(main.log).toEqual([
      expect.stringMatching(new RegExp(`^Error: ${UNCONFIRMED_END}: .*was cancelled`)),
    ]);
    expect(main).toMatchObject({ exitCode: 1, signal: null, stderr: '' });
    expect(main.outputs).toMatchObject({ result: 'failed', attempts: '1' });
    expect(tookMs).toBeLessThan(SOON_MS);
    expect(stage.cloud.requests).toHaveLength(1);
    const post = await onlyPost(stage.job);
    expect(outcomeOf(post)).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  };
  const ladder = async () => {
    const stage = await scene('logoutall', { faults: [stall] });
    const step = stage.job.start(stage.inputs);
    await until(() => stage.cloud.requests.length === 1);
    step.cancel();
    // The kill that ends the ladder is not needed.
    expect(await step.finished).toMatchObject({ exitCode: 1, signal: null });
    await onlyPost(stage.job);
    expect(stage.cloud.openSessions()).toEqual([]);
  };
  const inPost = async () => {
    const stage = await scene('logout', { inputs: { when: 'job-end' }, faults: [stall] });
    const step = stage.job.start(stage.inputs);
    await step.finished;
    const post = stage.job.startPost(step);
    await until(() => stage.cloud.requests.length === 1);
    await stage.job.shutDown();
    const { log, exitCode, signal } = await post.finished;
    expect({ exitCode, signal }).toEqual({ exitCode: 0, signal: null });
    expect(outcomeOf({ log })).toBe(`Warning: ${UNCONFIRMED_END}`);
  };
  await Promise.all([cancel('SIGINT'), cancel('SIGTERM'), ladder(), inPost()]);
});

concurrentTest('a response that comes in these five seconds counts, whatever signals follow', async () => {
  const stage = await scene('logout', { faults: [{ kind: 'delay', effect: true, ms: 600 }] });
  const { main } = await cancelled(stage, 'SIGINT', 'SIGTERM');
  expect(main.log).toEqual([expect.stringMatching(/^Ended /)]);
  expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'ended' } });
  expect(outcomeOf(await onlyPost(stage.job))).toBe('Nothing to clean up');
});

const late = (status: number): Fault => {
  return { ...respondWith(status), kind: 'drip-body', effect: false, intervalMs: 20, status };
};
const late503 = late(503);

concurrentTest('a logout that was not settled is tried again within the five seconds', async () => {
  const stage = await scene('logout', { faults: [late503] });
  const { main } = await cancelled(stage, 'SIGINT');
  expect(outcomeOf(main)).toBe('Ended');
  expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'ended', attempts: '2' } });
  expect(stage.cloud.openSessions()).toEqual([]);
  expect(outcomeOf(await onlyPost(stage.job))).toBe('Nothing to clean up');
  expect(stage.cloud.requests).toHaveLength(2);
});

concurrentTest('a password that was not settled is left to the post step', async () => {
  const stage = await scene('logoutall', { faults: [late503] });
  const { main } = await cancelled(stage, 'SIGINT');
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
  expect(main.exitCode).toBe(1);
  expect(stage.cloud.requests).toHaveLength(1);
});

concurrentTest('a password that nobody has looked at is sent again within the five seconds', async () => {
  const stage = await scene('logoutall', { faults: [late(429)] });
  const step = stage.job.start(stage.inputs);
  await until(() => stage.cloud.requests.length === 1);
  await stage.job.shutDown();
  const main = await step.finished;
  expect(outcomeOf(main)).toBe('Ended');
  expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'ended', attempts: '2' } });
  expect(await stage.job.posts()).toEqual([]);
  expect(stage.cloud.openSessions()).toEqual([]);
});

concurrentTest(
  'a password that may have been checked in these five seconds is left to the post step',
  async () => {
    const stage = await scene('logoutall', { faults: [late(429), respondWith(503)] });
    const { main } = await cancelled(stage, 'SIGINT');
    expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
    expect(stage.cloud.requests).toHaveLength(2);
    expect(outcomeOf(await onlyPost(stage.job))).toBe('Ended');
  },
);

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while a logout waits to try again: it is sent at once',
  apart(async (signal) => {
    const stage = await scene('logout', { faults: [wait] });
    const step = stage.job.start(stage.inputs);
    await printed(step, 'Retrying in 30.0 s.');
    step.signal(signal);
    const main = await step.finished;
    expect(outcomeOf(main)).toBe('Ended');
    expect(main).toMatchObject({ exitCode: 0, signal: null });
    expect(stage.cloud.requests).toHaveLength(2);
    expect(stage.cloud.openSessions()).toEqual([]);
    expect(outcomeOf(await onlyPost(stage.job))).toBe('Nothing to clean up');
    expect(stage.cloud.requests).toHaveLength(2);
  }),
);

concurrentTest('a post step that waits tries again at once when the runner is shut down', async () => {
  const stage = await scene('logout', { inputs: { when: 'job-end' }, faults: [wait] });
  const step = stage.job.start(stage.inputs);
  await step.finished;
  const post = stage.job.startPost(step);
  await printed(post, 'Retrying in 30.0 s.');
  await stage.job.shutDown();
  expect(outcomeOf(await post.finished)).toBe('Ended');
  expect(stage.cloud.openSessions()).toEqual([]);
});
