import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import {
  BROKEN,
  ending,
  expectHidden,
  expectRed,
  LOGIN_V2,
  LOGOUT_V2,
  type LoginScene,
  loginScene,
  MAY_BE_OPEN,
  NOT_CONFIRMED,
  NOT_OPENED,
  played,
  STALL,
  sent,
  VALID,
  WARNED,
} from './login-support.ts';
import {
  apart,
  concurrentTest,
  onlyMain,
  onlyPost,
  preloading,
  printed,
  RESPONSE_LOST,
  respondWith,
  TEN_TIMES_AS_FAST,
  until,
} from './support.ts';

/** The main step's appends to one of the runner's files fail, from the nth on. */
const full = (file: string, nth = 1) => ({
  ...preloading(`import fs from 'node:fs';
    const { appendFileSync } = fs;
    const file = process.env.STATE_session ? '' : process.env.${file};
    let count = 0;
    fs.appendFileSync = (path, ...more) => {
      if (path === file && ++count >= ${nth}) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return appendFileSync(path, ...more);
    };`),
});

/** The main step is killed as it is about to make its nth append to a file, or has just made it. */
const killed = (file: string, nth: number, when: 'before' | 'after') => ({
  ...preloading(`import fs from 'node:fs';
    const { appendFileSync } = fs;
    const file = process.env.STATE_session ? '' : process.env.${file};
    let count = 0;
    fs.appendFileSync = (path, ...more) => {
      const isIt = path === file && ++count === ${nth};
      if (isIt && '${when}' === 'before') process.kill(process.pid, 'SIGKILL');
      appendFileSync(path, ...more);
      if (isIt) process.kill(process.pid, 'SIGKILL');
    };`),
});

describe('files that cannot be written', () => {
  concurrentTest('the state, before anything is sent: nothing is', async () => {
    const { main, post, cloud } = await played(await loginScene({ job: full('GITHUB_STATE') }));
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain('Nothing was sent, because the state could not be saved.');
    expect(main.outputs).toMatchObject({ attempts: '0' });
    expect(cloud.requests).toEqual([]);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  concurrentTest('the state, once the session is there: it is ended at once', async () => {
    const { main, post, cloud } = await played(await loginScene({ job: full('GITHUB_STATE', 2) }));
    expectRed(main);
    expect(ending(main)).toMatch(BROKEN);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
    expect(cloud.openSessions()).toEqual([]);
    expect(post.exitCode).toBe(0);
  });

  concurrentTest(
    'the state, and the end is not confirmed: the pending login stays in the state, and post says so',
    async () => {
      const down = respondWith(503, '', { 'Retry-After': '3600' });
      const stage = await loginScene({ job: full('GITHUB_STATE', 2), faults: [undefined, down] });
      const { main, post, cloud } = await played(stage);
      expectRed(main);
      expect(ending(main)).toContain('Its end was not confirmed, so it may be open.');
      expect(ending(post)).toMatch(MAY_BE_OPEN);
      expect(cloud.openSessions()).toHaveLength(1);
    },
  );

  test.concurrent.each([
    ['GITHUB_OUTPUT', 1],
    ['GITHUB_OUTPUT', 3],
    ['GITHUB_ENV', 1],
  ])(
    '%s, from its write %i on: red, nothing is handed on, and the session is ended at once',
    apart(async (file, nth) => {
      const stage = await loginScene({ inputs: { 'session-id-variable': 'SESSION' }, job: full(file, nth) });
      const { main, post, cloud } = await played(stage);
      expect(main.exitCode).toBe(1);
      expect(main.env).toEqual({});
      expect(main.outputs['result']).not.toBe('opened');
      if (file === 'GITHUB_ENV') expectRed(main);
      expect(ending(main)).toMatch(BROKEN);
      expect(ending(main)).toContain('It was ended at once.');
      expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up: /)]);
      expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
      expect(cloud.openSessions()).toEqual([]);
      expectHidden([main], cloud.requests[1]?.headers['icsessionid'] ?? '');
    }),
  );

  concurrentTest('no file at all', async () => {
    for (const file of ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE']) {
      const stage = await loginScene({
        inputs: { 'session-id-variable': 'SESSION' },
        job: { ...preloading(`if (!process.env.STATE_session) process.env.${file} = '';`) },
      });
      const main = await onlyMain(stage);
      await onlyPost(stage.job);
      expect([file, main.exitCode]).toEqual([file, 1]);
      expect(stage.cloud.openSessions()).toEqual([]);
      expectHidden([main], stage.cloud.requests[1]?.headers['icsessionid'] ?? 'no session');
    }
  });
});

/** Starts main and sends it signals once its login has arrived. */
async function signalled({ job, inputs, cloud }: LoginScene, ...signals: NodeJS.Signals[]) {
  const step = job.start(inputs);
  await until(() => cloud.requests.length === 1);
  for (const signal of signals) step.signal(signal);
  const main = await step.finished;
  return { main, post: await onlyPost(job) };
}

describe('a cancel while a login is pending', () => {
  const late: Fault = { kind: 'delay', effect: true, ms: 600 };

  test.concurrent.each([[['SIGINT']], [['SIGTERM']], [['SIGINT', 'SIGTERM']]] as const)(
    '%j: the response is awaited, and the session is ended at once',
    apart(async (signals) => {
      const inputs = { 'session-id-variable': 'SESSION' };
      const stage = await loginScene({ inputs, faults: [late] });
      const { main, post } = await signalled(stage, ...signals);
      expectRed(main);
      expect(ending(main)).toMatch(BROKEN);
      expect(ending(main)).toContain('the step was cancelled. It was ended at once.');
      expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up: /)]);
      expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
      expect(stage.cloud.openSessions()).toEqual([]);
    }),
  );

  concurrentTest('a response that does not come in five seconds may have been a session', async () => {
    const inputs = { 'timeout-seconds': '240' };
    const stage = await loginScene({ inputs, faults: [STALL], job: TEN_TIMES_AS_FAST });
    const { main, post } = await signalled(stage, 'SIGINT');
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('The step was cancelled after 1 attempt');
    // Of 24 s that the login has, with this clock.
    expect(main.durationMs).toBeLessThan(12_000);
    expect(ending(post)).toMatch(MAY_BE_OPEN);
    expect(sent(stage.cloud)).toEqual([LOGIN_V2]);
  });

  concurrentTest('a session whose end is not confirmed by then is left to the post step', async () => {
    const down = respondWith(503, '', { 'Retry-After': '3600' });
    const stage = await loginScene({ faults: [late, down] });
    const { main, post } = await signalled(stage, 'SIGINT');
    expectRed(main);
    expect(ending(post)).toMatch(/^Ended /);
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  concurrentTest('a kill while the session is being ended leaves it to the post step', async () => {
    const lost: Fault = { kind: 'silent', effect: false, ending: 'stall' };
    const { job, inputs, cloud } = await loginScene({ faults: [late, lost] });
    const step = job.start(inputs);
    await until(() => cloud.requests.length === 1);
    step.signal('SIGINT');
    await until(() => cloud.requests.length === 2);
    step.signal('SIGKILL');
    expect((await step.finished).signal).toBe('SIGKILL');
    expect(ending(await onlyPost(job))).toMatch(/^Ended /);
    expect(cloud.openSessions()).toEqual([]);
  });

  concurrentTest('a session of the wrong organization is ended all the same', async () => {
    const stage = await loginScene({ inputs: { 'organization-id': '000002' }, faults: [late] });
    const { main } = await signalled(stage, 'SIGINT');
    expectRed(main);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  concurrentTest(
    'a signal during the verification: the logout is sent at once, and no verification follows',
    async () => {
      const silent: Fault = { kind: 'silent', effect: false, ending: 'stall' };
      const sessionIds = { kind: 'jwt', length: 400 } as const;
      const { job, inputs, cloud } = await loginScene({ sessionIds, faults: [undefined, silent] });
      const step = job.start(inputs);
      await until(() => cloud.requests.length === 2);
      step.signal('SIGINT');
      const main = await step.finished;
      expectRed(main);
      expect(ending(main)).toContain('the step was cancelled. It was ended at once.');
      expect(cloud.openSessions()).toEqual([]);
      expect((await onlyPost(job)).exitCode).toBe(0);
      expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2]);
    },
  );

  concurrentTest('no other login is sent while it waits to try again', async () => {
    const { job, inputs, cloud } = await loginScene({
      faults: [respondWith(503, '', { 'Retry-After': '30' })],
    });
    const step = job.start(inputs);
    await printed(step, 'Retrying in 30.0 s.');
    step.signal('SIGINT');
    const main = await step.finished;
    expectRed(main);
    expect(sent(cloud)).toEqual([LOGIN_V2]);
    expect(ending(await onlyPost(job))).toMatch(MAY_BE_OPEN);
  });
});

describe('SIGKILL', () => {
  test.concurrent.each([true, false])(
    'before the response: post says that one may be open (it is: %s)',
    apart(async (effect) => {
      const stage = await loginScene({ faults: [{ kind: 'silent', effect, ending: 'stall' }] });
      const { main, post } = await signalled(stage, 'SIGKILL');
      expect(main.signal).toBe('SIGKILL');
      expect([main.outputs, main.env]).toEqual([{}, {}]);
      expect(ending(post)).toMatch(MAY_BE_OPEN);
      expect(post.exitCode).toBe(0);
      expect(sent(stage.cloud)).toEqual([LOGIN_V2]);
    }),
  );

  concurrentTest('on-cleanup-failure: fail makes that red', async () => {
    const stage = await loginScene({ faults: [STALL], inputs: { 'on-cleanup-failure': 'fail' } });
    const { post } = await signalled(stage, 'SIGKILL');
    expect(post.exitCode).toBe(1);
    expect(ending(post)).toMatch(/^Error: A session may be open /);
  });

  test.concurrent.each([
    ['GITHUB_STATE', 1, 'before', 0, /^Nothing to clean up: no state was saved/],
    ['GITHUB_STATE', 1, 'after', 0, MAY_BE_OPEN],
    ['GITHUB_STATE', 2, 'before', 1, MAY_BE_OPEN],
    ['GITHUB_STATE', 2, 'after', 0, /^Ended /],
    ['GITHUB_OUTPUT', 1, 'before', 0, /^Ended /],
    ['GITHUB_OUTPUT', 3, 'after', 0, /^Ended /],
    ['GITHUB_ENV', 1, 'after', 0, /^Ended /],
  ] as const)(
    'at %s, write %i, %s it: %i left open, and post tells',
    apart(async (file, nth, when, open, says) => {
      const inputs = { 'session-id-variable': 'SESSION' };
      const stage = await loginScene({ inputs, job: killed(file, nth, when) });
      const main = await onlyMain(stage);
      expect(main.signal).toBe('SIGKILL');
      const post = await onlyPost(stage.job);
      expect(ending(post)).toMatch(says);
      expect(stage.cloud.openSessions()).toHaveLength(open);
      expect(post.exitCode).toBe(0);
    }),
  );

  concurrentTest(
    'when a later login is saved: the earlier one, of which nobody has the id, is told of before',
    async () => {
      const inputs = { 'session-id-variable': 'SESSION' };
      const { nodeArguments } = killed('GITHUB_STATE', 3, 'after');
      const job = { nodeArguments: [...nodeArguments, ...TEN_TIMES_AS_FAST.nodeArguments] };
      const stage = await loginScene({ inputs, job, faults: [RESPONSE_LOST] });
      const main = await onlyMain(stage);
      expect(main.signal).toBe('SIGKILL');
      expect(main.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(WARNED) }]);
      expect(ending(await onlyPost(stage.job))).toMatch(/^Ended /);
      expect(stage.cloud.openSessions()).toHaveLength(1);
    },
  );

  concurrentTest(
    'between a refusal and what follows it: nothing is open, and post does not alarm',
    async () => {
      const stage = await loginScene({
        inputs: { password: 'Wrong-Secret-77' },
        job: killed('GITHUB_STATE', 2, 'after'),
      });
      const main = await onlyMain(stage);
      expect(main.signal).toBe('SIGKILL');
      expect((await onlyPost(stage.job)).annotations).toEqual([]);
    },
  );

  concurrentTest('in the middle of a second login', async () => {
    const { job, inputs, cloud } = await loginScene({ job: TEN_TIMES_AS_FAST });
    cloud.setFaults((_request, index) =>
      index === 0 ? { kind: 'silent', effect: true, ending: 'reset' } : STALL,
    );
    const step = job.start(inputs);
    await until(() => cloud.requests.length === 2);
    step.signal('SIGKILL');
    await step.finished;
    expect(ending(await onlyPost(job))).toMatch(/^Warning: 2 sessions may be open, /);
    expect(cloud.openSessions()).toHaveLength(2);
  });
});
