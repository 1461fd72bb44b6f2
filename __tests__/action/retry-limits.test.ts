import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import {
  ANSWER_LOST,
  answering,
  bytes,
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  type Mode,
  mainAndPost,
  newJob,
  onlyPost,
  outcomeLine,
  outcomeOf,
  pipeline,
  printed,
  SIGN_IN_PAGE,
  scene,
  startCloud,
  TEN_TIMES_AS_FAST,
  until,
  unusedPort,
} from './support.ts';

const page = answering(200, SIGN_IN_PAGE);
const dead = answering(401, errorTextV2(401, 'AUTH_01'));
const STALL: Fault = { kind: 'silent', effect: false, ending: 'stall' };

describe('logout, the same unclear answer', () => {
  test('six times end the tries of a step; others in between do not count for it', async () => {
    const meet = async (faults: (index: number) => Fault, expected: number) => {
      const inputs = { 'timeout-seconds': '20' };
      const stage = await scene('logout', { inputs, job: IMPATIENT });
      stage.cloud.setFaults((_request, index) => faults(index));
      const main = await stage.job.run(stage.inputs);
      expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
      expect(main.outputs['attempts']).toBe(String(expected));
      expect(stage.cloud.requests.length).toBe(expected);
    };
    await Promise.all([
      meet(() => page, 6),
      // The status, and then the media type, is another one until the fourth.
      meet((index) => (index < 3 ? answering(202, SIGN_IN_PAGE) : page), 9),
      meet((index) => (index < 3 ? answering(200, '[]') : page), 9),
    ]);
  });

  test('the first good answer ends it, whatever came before', async () => {
    const five = Array.from({ length: 5 }, () => page);
    const stage = await scene('logout', { faults: five, job: IMPATIENT });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(stage.cloud.requests.length).toBe(6);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.each([401, 403, 404, 400, 407])(
    'an unclear %d is repeated once, and then by the post step',
    async (status) => {
      const once = async (faults: readonly Fault[], main: string, post: string, requests: number) => {
        const stage = await scene('logout', { faults, job: IMPATIENT });
        const steps = await mainAndPost(stage);
        expect([outcomeOf(steps.main), outcomeOf(steps.post)]).toEqual([main, post]);
        expect(stage.cloud.requests.length).toBe(requests);
        expect(stage.cloud.openSessions()).toEqual([]);
      };
      const unclear = answering(status, SIGN_IN_PAGE);
      await Promise.all([
        once([unclear], 'Ended', 'Nothing to clean up', 2),
        once([unclear, unclear], 'Error: Not confirmed as ended', 'Ended', 3),
        once([unclear, unclear, unclear], 'Error: Not confirmed as ended', 'Ended', 4),
      ]);
    },
  );

  test('of what says "not now", and of what cannot be known, there is no such end', async () => {
    const meet = async (fault: Fault) => {
      const faults = Array.from({ length: 8 }, () => fault);
      const stage = await scene('logout', { faults, job: IMPATIENT, inputs: { 'timeout-seconds': '20' } });
      const main = await stage.job.run(stage.inputs);
      expect(outcomeOf(main)).toBe('Ended');
      expect(stage.cloud.requests.length).toBe(9);
    };
    await Promise.all(
      [answering(429), answering(503), answering(500), answering(502, SIGN_IN_PAGE)].map(meet),
    );
  });
});

describe('logoutall, at most three requests in the job that may have been heard', () => {
  test('main that is killed has counted what it was sending', async () => {
    const stage = await scene('logoutall', { inputs: { 'timeout-seconds': '5' }, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => (index === 0 ? STALL : answering(500)));
    const step = stage.job.start(stage.inputs);
    await until(() => stage.cloud.requests.length === 1);
    step.signal('SIGKILL');
    await step.finished;
    const post = await onlyPost(stage.job);
    expect(outcomeOf(post)).toBe('Warning: Not confirmed as ended');
    expect(stage.cloud.requests.length).toBe(3);
  });

  test('two in main leave one to post, which may be the one that counts', async () => {
    const stage = await scene('logoutall', { inputs: { 'timeout-seconds': '2' }, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => [answering(500), STALL][index]);
    const { main, post } = await mainAndPost(stage);
    expect([outcomeOf(main), outcomeOf(post)]).toEqual(['Error: Not confirmed as ended', 'Ended']);
    expect(stage.cloud.requests.length).toBe(3);
  });

  test.each([
    ['warn', 'Warning', 0],
    ['fail', 'Error', 1],
  ])('after three post sends nothing, and on-cleanup-failure: %s', async (choice, level, exitCode) => {
    const inputs = { 'on-cleanup-failure': choice };
    const stage = await scene('logoutall', { inputs, job: IMPATIENT });
    const lost: Fault = { kind: 'silent', effect: false, ending: 'reset' };
    stage.cloud.setFaults((_request, index) => [answering(500), lost, page][index]);
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
    expect(outcomeOf(post)).toBe(`${level}: Not confirmed as ended`);
    expect(post.exitCode).toBe(exitCode);
    expect(stage.cloud.requests.length).toBe(3);
    expect(stage.cloud.openSessions()).toHaveLength(1);
  });

  test('"not now" is none of them', async () => {
    const stage = await scene('logoutall', { job: TEN_TIMES_AS_FAST, inputs: { 'timeout-seconds': '120' } });
    stage.cloud.setFaults((_request, index) => {
      if (index < 5) return answering(index % 2 === 0 ? 425 : 429);
      return index < 6 ? answering(500) : undefined;
    });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(stage.cloud.requests.length).toBe(7);
  });

  test('taken back where it cannot have been heard', async () => {
    const port = await unusedPort();
    const job = newJob(TEN_TIMES_AS_FAST);
    const inputs = { mode: 'logoutall', 'login-url': `http://127.0.0.1:${port}`, ...pipeline };
    const main = await job.run({ ...inputs, 'timeout-seconds': '20' });
    expect(Number(main.outputs['attempts'])).toBeGreaterThan(3);
    const cloud = await startCloud({ port });
    cloud.setFaults(() => answering(500));
    const post = await onlyPost(job);
    expect(outcomeOf(post)).toBe('Warning: Not confirmed as ended');
    expect(cloud.requests.length).toBe(3);
  });

  test('an unclear 401 or 403 is the last one, whatever may be left', async () => {
    const meet = async (first: Fault | undefined, fault: Fault, when: string) => {
      const stage = await scene('logoutall', { inputs: { when }, job: IMPATIENT });
      const faults = first === undefined ? [fault] : [first, fault];
      stage.cloud.setFaults((_request, index) => faults[index]);
      const { main, post } = await mainAndPost(stage);
      if (when === 'now') expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
      expect(outcomeOf(post)).toBe('Warning: Not confirmed as ended');
      expect(stage.cloud.requests.length).toBe(faults.length);
    };
    await Promise.all([
      meet(undefined, answering(401, SIGN_IN_PAGE), 'now'),
      meet(undefined, answering(403), 'now'),
      meet(answering(429), answering(401, SIGN_IN_PAGE), 'now'),
      meet(answering(500), answering(403, '{}'), 'now'),
      meet(undefined, answering(401, '', { 'WWW-Authenticate': 'NTLM' }), 'job-end'),
      meet(answering(503), bytes('HTTP/1.1 401 Unauthorized\r\n\r\n'), 'job-end'),
    ]);
  });

  test('a locked account is found out by none of the requests that follow', async () => {
    const inputs = { password: 'not-the-real-password', 'timeout-seconds': '5' };
    const stage = await scene('logoutall', {
      inputs,
      cloud: { settings: { maxFailedLogins: 4 } },
      job: IMPATIENT,
    });
    // Each one is judged, and a gateway puts its own answer in the place of the verdict.
    stage.cloud.setFaults(() => ({ ...answering(502, SIGN_IN_PAGE), effect: true }));
    await mainAndPost(stage);
    stage.cloud.setFaults(() => undefined);
    const right = await stage.job.run({ ...stage.inputs, ...pipeline });
    expect(outcomeOf(right)).toBe('Ended');
  });
});

describe('already ended becomes ended', () => {
  const OF_LATE: readonly (readonly [string, Fault])[] = [
    ['RST', ANSWER_LOST],
    ['FIN', { kind: 'silent', effect: true, ending: 'close' }],
    ['FIN in the body', { kind: 'cut-body', effect: true, ending: 'close' }],
    ['RST in an error’s body', { kind: 'cut-body', effect: true, ending: 'reset', status: 500 }],
    ['no HTTP', { kind: 'raw', effect: true, bytes: 'SSH-2.0-OpenSSH_9.9\r\n', ending: 'close' }],
    ['500', { ...answering(500), effect: true }],
    ['502', { ...answering(502, SIGN_IN_PAGE), effect: true }],
    ['504', { ...answering(504, errorTextV3('X_1')), effect: true }],
    ['200 and a page', { ...page, effect: true }],
    ['200 and JSON', { ...answering(200, '{"status":"ok"}'), effect: true }],
    ['202', { ...answering(202), effect: true }],
  ];
  test.each(OF_LATE)('after %s', async (_name, fault) => {
    const stage = await scene('logout', { faults: [fault], job: IMPATIENT });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'ended', attempts: '2' } });
    expect(outcomeOf(post)).toBe('Nothing to clean up');
    expect(stage.cloud.requests.map(({ effect }) => effect)).toEqual(['session-ended', 'none']);
  });

  test.each([
    ['408', answering(408)],
    ['425', answering(425)],
    ['429', answering(429, SIGN_IN_PAGE)],
    ['503', answering(503)],
    ['503 and an error object', answering(503, errorTextV2(503, 'X_1'))],
    ['503 with Retry-After', answering(503, SIGN_IN_PAGE, { 'Retry-After': '1' })],
    ['an unclear 401', answering(401, SIGN_IN_PAGE)],
    ['an unclear 403', answering(403)],
    ['an unclear 404', answering(404, SIGN_IN_PAGE)],
    ['an unclear 400', answering(400, '{}')],
  ])('never after %s, in main and in post', async (_name, fault) => {
    const meet = async (when: string) => {
      const stage = await scene('logout', { inputs: { when }, faults: [fault], job: IMPATIENT });
      stage.cloud.endSession(stage.session.sessionId);
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(when === 'now' ? main : post)).toMatch(/^(Error: )?Already ended$/);
      expect(stage.cloud.requests.length).toBe(2);
    };
    await Promise.all([meet('now'), meet('job-end')]);
  });

  test('one such answer among others is enough', async () => {
    const faults = [answering(429), { ...answering(500), effect: true }, answering(503), answering(404)];
    const stage = await scene('logout', { faults, job: IMPATIENT });
    expect(outcomeOf(await stage.job.run(stage.inputs))).toBe('Ended');
  });

  test('not by what happened in another step', async () => {
    const meet = async (fault: Fault) => {
      const stage = await scene('logout', { inputs: { 'timeout-seconds': '1' }, job: IMPATIENT });
      stage.cloud.setFaults(() => fault);
      const main = await stage.job.run(stage.inputs);
      expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
      stage.cloud.setFaults(() => dead);
      const post = await onlyPost(stage.job);
      expect(outcomeOf(post)).toBe('Already ended');
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    };
    await Promise.all([answering(500), page, answering(302, '', { Location: '/' })].map(meet));
  });
});

describe('Retry-After', () => {
  const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
  const asking = (status: number, retryAfter: string, body = '') =>
    answering(status, body, { 'Retry-After': retryAfter });

  test('is honoured on 408, 425, 429 and 503, in main and in post', async () => {
    const meet = async (mode: Mode, when: string, status: number, retryAfter: () => string) => {
      const stage = await scene(mode, { inputs: { when } });
      // A date has to be as late as the answer.
      stage.cloud.setFaults((_request, index) => (index === 0 ? asking(status, retryAfter()) : undefined));
      const { main, post } = await mainAndPost(stage);
      // A back-off of its own would be of half a second at most.
      const { log } = when === 'now' ? main : post;
      expect([status, ...log]).toEqual([
        status,
        expect.stringMatching(/^Attempt 1: .+\. Retrying in [12]\.\d s\.$/),
        expect.stringMatching(/^Ended /),
      ]);
    };
    await Promise.all([
      meet('logout', 'now', 408, () => '2'),
      meet('logoutall', 'now', 425, () => '2'),
      meet('logout', 'now', 429, () => '2'),
      meet('logout', 'job-end', 503, () => '2'),
      meet('logout', 'job-end', 429, () => later(2)),
      meet('logoutall', 'now', 503, () => later(2)),
    ]);
  });

  test('is not on anything else', async () => {
    const meet = async (fault: Fault) => {
      const stage = await scene('logout', { faults: [fault], job: IMPATIENT });
      const main = await stage.job.run(stage.inputs);
      expect([fault, outcomeOf(main)]).toEqual([fault, 'Ended']);
      expect(main.log[0]).toMatch(/Retrying in 0\.\d s\.$/);
    };
    await Promise.all(
      [500, 502, 504, 501, 202, 404, 401, 403, 400].map((status) =>
        meet(asking(status, '3600', SIGN_IN_PAGE)),
      ),
    );
  });

  test('that says nothing, or that there is nothing to wait for', async () => {
    const meet = async (value: string) => {
      const stage = await scene('logout', { faults: [asking(429, value)] });
      const { log, exitCode } = await stage.job.run(stage.inputs);
      expect([value, log[0]]).toEqual([value, expect.stringMatching(/Retrying in 0\.\d s\.$/)]);
      expect(exitCode).toBe(0);
    };
    await Promise.all(['soon', '-1', '1.5', '0', '', later(-60)].map(meet));
  });

  test('without a Date that can be read, a date is measured by the clock there is', async () => {
    const meet = async (date: string) => {
      const stage = await scene('logout', { inputs: { 'timeout-seconds': '20' } });
      stage.cloud.setFaults((_request, index) =>
        index === 0
          ? bytes(`HTTP/1.1 503 X\r\n${date}Retry-After: ${later(3)}\r\nContent-Length: 0\r\n\r\n`)
          : undefined,
      );
      const main = await stage.job.run(stage.inputs);
      expect(main.log[0]).toMatch(/Retrying in [123]\.\d s\.$/);
      expect(outcomeOf(main)).toBe('Ended');
    };
    await Promise.all([meet(''), meet('Date: now\r\n')]);
  });

  test.each(['3600', '99999999999999999999', later(3600)])('%j ends the waiting at once', async (value) => {
    const stage = await scene('logout', { faults: [asking(429, value)] });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Not confirmed as ended');
    expect(outcomeLine(main)).toMatch(/longer wait than there was time for/);
    expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '1' } });
    expect(outcomeOf(post)).toBe('Ended');
    expect(stage.cloud.requests.length).toBe(2);
  });

  test('ends the waiting of the post step too', async () => {
    const stage = await scene('logoutall', { inputs: { when: 'job-end' }, faults: [asking(429, '3600')] });
    const { post } = await mainAndPost(stage);
    expect(outcomeOf(post)).toBe('Warning: Not confirmed as ended');
    expect(stage.cloud.requests.length).toBe(1);
  });
});

describe('one attempt', () => {
  test('of a logout gets 15 seconds at most', async () => {
    const stage = await scene('logout', { faults: [{ ...STALL, effect: true }], job: TEN_TIMES_AS_FAST });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main.outputs).toMatchObject({ result: 'ended', attempts: '2' });
  });

  test('of a logoutall gets all the time left', async () => {
    const late: Fault = { kind: 'delay', effect: true, ms: 3000 };
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
