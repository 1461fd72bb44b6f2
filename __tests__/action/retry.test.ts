import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  inputsToEnd,
  MODES,
  type Mode,
  mainAndPost,
  NO_SESSION,
  newJob,
  onlyMain,
  onlyPost,
  outcomeOf,
  pipeline,
  preloading,
  printed,
  RETRY_LINE,
  respondWith,
  scene,
  startCloud,
  TEN_TIMES_AS_FAST,
  unusedPort,
} from './support.ts';

describe('the time given', () => {
  test('a server that stays unavailable', async () => {
    const meet = async (mode: Mode) => {
      const stage = await scene(mode, { inputs: { 'timeout-seconds': '2' } });
      stage.cloud.setFaults(() => respondWith(429));
      const main = await onlyMain(stage);
      const sent = stage.cloud.requests.length;
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(main.log).toEqual([
        ...Array.from({ length: sent - 1 }, () => expect.stringMatching(RETRY_LINE)),
        expect.stringMatching(/^Error: .*time was used up/),
      ]);
      expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: String(sent) } });
      const post = await onlyPost(stage.job);
      expect(stage.cloud.requests.length).toBeGreaterThan(sent);
      expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
      expect(stage.cloud.openSessions()).toHaveLength(1);
    };
    await Promise.all(MODES.map(meet));
  });

  const stalls: readonly (readonly [string, Fault])[] = [
    ['no response', { kind: 'silent', effect: false, ending: 'stall' }],
    ['a body that stops', { kind: 'cut-body', effect: false, ending: 'stall' }],
    ['an error whose body stops', { kind: 'cut-body', effect: false, ending: 'stall', status: 500 }],
    ['headers that trickle', { kind: 'slow-headers', effect: false, intervalMs: 100 }],
    ['a body that trickles', { kind: 'drip-body', effect: false, intervalMs: 200 }],
  ];
  test('no complete response in time, in main and in post', async () => {
    const run = async ([name, fault]: readonly [string, Fault], when: string) => {
      const inputs = { 'timeout-seconds': '1', when };
      const stage = await scene('logout', { inputs, faults: [fault] });
      const { main, post } = await mainAndPost(stage);
      const step = when === 'now' ? main : post;
      const level = when === 'now' ? 'Error' : 'Warning';
      expect([name, outcomeOf(step)]).toEqual([name, `${level}: ${UNCONFIRMED_END}`]);
      expect(step.log).toHaveLength(1);
      expect(main.exitCode).toBe(when === 'now' ? 1 : 0);
      expect(stage.cloud.openSessions()).toHaveLength(when === 'now' ? 0 : 1);
    };
    await Promise.all(stalls.flatMap((stall) => [run(stall, 'now'), run(stall, 'job-end')]));
  });
});

test('a refused password is refused, whatever was lost before', async () => {
  const inputs = { password: 'not-the-real-password' };
  const stage = await scene('logoutall', { inputs, faults: [respondWith(503)], job: TEN_TIMES_AS_FAST });
  const main = await onlyMain(stage);
  expect(outcomeOf(main)).toBe('Error: Not ended');
  expect(main.outputs).toMatchObject({ result: 'failed', attempts: '2', 'status-code': '401' });
  expect(stage.cloud.requests.length).toBe(2);
});

// Attempts that cannot have reached the server cannot have ended the session.
describe('already ended after', () => {
  test('a refused connection is already ended', async () => {
    const port = await unusedPort();
    const origin = `http://127.0.0.1:${port}`;
    const step = newJob().start({ mode: 'logout', 'server-url': origin, 'session-id': NO_SESSION });
    await printed(step, 'Retrying');
    const cloud = await startCloud({ port });
    const result = await step.finished;
    expect(outcomeOf(result)).toBe('Error: Already ended');
    expect(result).toMatchObject({ exitCode: 1, outputs: { result: 'already-ended' } });
    expect(cloud.requests).toHaveLength(1);
  });

  test('a name that was not resolved is already ended', async () => {
    const cloud = await startCloud({ publicHost: 'localhost' });
    const session = cloud.openSession(pipeline);
    cloud.endSession(session.sessionId);
    // A name server that knows the name only at the second request.
    const forgetful = `import dns from 'node:dns';
      const { lookup } = dns;
      dns.lookup = (name, options, done) => {
        dns.lookup = lookup;
        process.nextTick(done, Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
      };`;
    const result = await newJob(preloading(forgetful)).run(inputsToEnd(session, cloud));
    expect(outcomeOf(result)).toBe('Error: Already ended');
    expect(result.outputs).toMatchObject({ result: 'already-ended', attempts: '2' });
  });
});
