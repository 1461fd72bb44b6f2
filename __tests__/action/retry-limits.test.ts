import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  apart,
  bytes,
  concurrentTest,
  IMPATIENT,
  type Mode,
  mainAndPost,
  newJob,
  onlyMain,
  onlyPost,
  outcomeLine,
  outcomeOf,
  pipeline,
  printed,
  RESPONSE_LOST,
  respondWith,
  SIGN_IN_PAGE,
  scene,
  startCloud,
  TEN_TIMES_AS_FAST,
  until,
  unusedPort,
} from './support.ts';

const STALL: Fault = { kind: 'silent', effect: false, ending: 'stall' };

// `unit/steps/retry-limits.test.ts` has the rows of the table, in process. Here is what needs a process, a socket or a clock.
describe('logoutall, at most three requests in the job that may have reached the server', () => {
  concurrentTest('main that is killed has counted what it was sending', async () => {
    const stage = await scene('logoutall', { inputs: { 'timeout-seconds': '5' }, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => (index === 0 ? STALL : respondWith(500)));
    const step = stage.job.start(stage.inputs);
    await until(() => stage.cloud.requests.length === 1);
    step.signal('SIGKILL');
    await step.finished;
    const post = await onlyPost(stage.job);
    expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
    expect(stage.cloud.requests.length).toBe(3);
  });

  concurrentTest('two in main leave one to post, which may be the one that counts', async () => {
    const stage = await scene('logoutall', { inputs: { 'timeout-seconds': '4' }, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => [respondWith(500), STALL][index]);
    const { main, post } = await mainAndPost(stage);
    expect([outcomeOf(main), outcomeOf(post)]).toEqual([`Error: ${UNCONFIRMED_END}`, 'Ended']);
    expect(stage.cloud.requests.length).toBe(3);
  });

  concurrentTest('not counted if it cannot have reached the server', async () => {
    const port = await unusedPort();
    const job = newJob(TEN_TIMES_AS_FAST);
    const inputs = { mode: 'logoutall', 'login-url': `http://127.0.0.1:${port}`, ...pipeline };
    const main = await onlyMain({ job, inputs: { ...inputs, 'timeout-seconds': '40' } });
    expect(Number(main.outputs['attempts'])).toBeGreaterThan(3);
    const cloud = await startCloud({ port });
    cloud.setFaults(() => respondWith(500));
    const post = await onlyPost(job);
    expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
    expect(cloud.requests.length).toBe(3);
  });

  concurrentTest('a locked account is found out by none of the requests that follow', async () => {
    const inputs = { password: 'not-the-real-password', 'timeout-seconds': '5' };
    const stage = await scene('logoutall', {
      inputs,
      cloud: { settings: { maxFailedLogins: 4 } },
      job: IMPATIENT,
    });
    // The server checks each one, and a gateway replaces the response.
    stage.cloud.setFaults(() => ({ ...respondWith(502, SIGN_IN_PAGE), effect: true }));
    await mainAndPost(stage);
    stage.cloud.setFaults(() => undefined);
    const right = await onlyMain({ ...stage, inputs: { ...stage.inputs, ...pipeline } });
    expect(outcomeOf(right)).toBe('Ended');
  });
});

describe('already ended becomes ended', () => {
  const OF_LATE: readonly (readonly [string, Fault])[] = [
    ['RST', RESPONSE_LOST],
    ['FIN', { kind: 'silent', effect: true, ending: 'close' }],
    ['FIN in the body', { kind: 'cut-body', effect: true, ending: 'close' }],
    ['RST in an error’s body', { kind: 'cut-body', effect: true, ending: 'reset', status: 500 }],
    ['no HTTP', { kind: 'raw', effect: true, bytes: 'SSH-2.0-OpenSSH_9.9\r\n', ending: 'close' }],
  ];
  test.concurrent.each(OF_LATE)(
    'after %s',
    apart(async (_name, fault) => {
      const stage = await scene('logout', { faults: [fault], job: IMPATIENT });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe('Ended');
      expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'ended', attempts: '2' } });
      expect(outcomeOf(post)).toBe('Nothing to clean up');
      expect(stage.cloud.requests.map(({ effect }) => effect)).toEqual(['session-ended', 'none']);
    }),
  );
});

describe('Retry-After', () => {
  const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
  const asking = (status: number, retryAfter: string, body = '') =>
    respondWith(status, body, { 'Retry-After': retryAfter });

  concurrentTest('is honoured, be it seconds or a date, in main and in post', async () => {
    const meet = async (mode: Mode, when: string, status: number, retryAfter: () => string) => {
      const stage = await scene(mode, { inputs: { when } });
      // A date has to be as late as the response.
      stage.cloud.setFaults((_request, index) => (index === 0 ? asking(status, retryAfter()) : undefined));
      const { main, post } = await mainAndPost(stage);
      // The normal back-off would be at most half a second.
      const { log } = when === 'now' ? main : post;
      expect([status, ...log]).toEqual([
        status,
        expect.stringMatching(/^Attempt 1: .+\. Retrying in [12]\.\d s\.$/),
        expect.stringMatching(/^Ended /),
      ]);
    };
    await Promise.all([
      meet('logout', 'now', 429, () => '2'),
      meet('logout', 'job-end', 429, () => later(2)),
      meet('logoutall', 'now', 503, () => later(2)),
    ]);
  });

  concurrentTest('that says nothing, or that there is nothing to wait for', async () => {
    const meet = async (value: string) => {
      const stage = await scene('logout', { faults: [asking(429, value)] });
      const { log, exitCode } = await onlyMain(stage);
      expect([value, log[0]]).toEqual([value, expect.stringMatching(/Retrying in 0\.\d s\.$/)]);
      expect(exitCode).toBe(0);
    };
    await Promise.all(['soon', '-1', '1.5', '0', '', later(-60)].map(meet));
  });

  concurrentTest('without a Date that can be read, a date is measured by the clock there is', async () => {
    const meet = async (date: string) => {
      const stage = await scene('logout', { inputs: { 'timeout-seconds': '20' } });
      stage.cloud.setFaults((_request, index) =>
        index === 0
          ? bytes(`HTTP/1.1 503 X\r\n${date}Retry-After: ${later(3)}\r\nContent-Length: 0\r\n\r\n`)
          : undefined,
      );
      const main = await onlyMain(stage);
      expect(main.log[0]).toMatch(/Retrying in [123]\.\d s\.$/);
      expect(outcomeOf(main)).toBe('Ended');
    };
    await Promise.all([meet(''), meet('Date: now\r\n')]);
  });

  test.concurrent.each(['3600', '99999999999999999999', later(3600)])(
    '%j ends the waiting at once',
    apart(async (value) => {
      const stage = await scene('logout', { faults: [asking(429, value)] });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(outcomeLine(main)).toMatch(/longer wait than there was time for/);
      expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '1' } });
      expect(outcomeOf(post)).toBe('Ended');
      expect(stage.cloud.requests.length).toBe(2);
    }),
  );

  concurrentTest('ends the waiting of the post step too', async () => {
    const stage = await scene('logoutall', { inputs: { when: 'job-end' }, faults: [asking(429, '3600')] });
    const { post } = await mainAndPost(stage);
    expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
    expect(stage.cloud.requests.length).toBe(1);
  });
});

describe('one attempt', () => {
  concurrentTest('of a logout gets 15 seconds at most', async () => {
    const stage = await scene('logout', { faults: [{ ...STALL, effect: true }], job: TEN_TIMES_AS_FAST });
    const main = await onlyMain(stage);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main.outputs).toMatchObject({ result: 'ended', attempts: '2' });
  });

  concurrentTest('of a logoutall gets all the time left', async () => {
    const late: Fault = { kind: 'delay', effect: true, ms: 2000 };
    const stage = await scene('logoutall', {
      inputs: { 'timeout-seconds': '120' },
      faults: [late],
      job: TEN_TIMES_AS_FAST,
    });
    const step = stage.job.start(stage.inputs);
    const retried = printed(step, 'Trying again').then(() => step.signal('SIGKILL'));
    const main = await Promise.race([step.finished, retried.then(() => step.finished)]);
    expect(outcomeOf(main)).toBe('Ended');
    expect(stage.cloud.requests.length).toBe(1);
  });
});
