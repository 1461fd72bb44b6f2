import { describe, expect, test } from '@jest/globals';
import type { Fault, Simulator } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  BROKEN,
  ending,
  expectRed,
  LOGIN_V2,
  LOGOUT_V2,
  type LoginScene,
  loginScene,
  NOT_CONFIRMED,
  OPENED,
  played,
  STALL,
  sent,
} from './login-support.ts';
import {
  apart,
  concurrentTest,
  errorTextV2,
  faster,
  IMPATIENT,
  type Mode,
  mainAndPost,
  onlyMain,
  onlyPost,
  outcomeOf,
  RESPONSE_LOST,
  respondWith,
  SIGN_IN_PAGE,
  scene,
  TEN_TIMES_AS_FAST,
  until,
} from './support.ts';

/** The true responses come only this long after the first request. */
function outageOf(cloud: Simulator, ms: number): void {
  let endsMs: number | undefined;
  cloud.setFaults(() => {
    endsMs ??= performance.now() + ms;
    return performance.now() < endsMs ? respondWith(502, SIGN_IN_PAGE) : undefined;
  });
}

// One group, because concurrent tests overlap only within one. `unit/steps/field-logins.test.ts` plays more responses.
describe('a server that is away or busy', () => {
  concurrentTest(
    'login, an outage of three seconds, as the action counts them: opened, with as few logins as are needed',
    async () => {
      const stage = await loginScene({ job: TEN_TIMES_AS_FAST });
      outageOf(stage.cloud, 300);
      const main = await onlyMain(stage);
      expect(ending(main)).toMatch(OPENED);
      expect(main.exitCode).toBe(0);
      await onlyPost(stage.job);
      expect(sent(stage.cloud).filter((path) => path === LOGIN_V2).length).toBeLessThanOrEqual(3);
      expect(stage.cloud.openSessions()).toEqual([]);
    },
  );

  test.concurrent.each(['now', 'job-end'])(
    'logoutall, an outage of three seconds, %s: ended',
    apart(async (when) => {
      const stage = await scene('logoutall', { inputs: { when }, job: TEN_TIMES_AS_FAST });
      outageOf(stage.cloud, 300);
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(when === 'now' ? main : post)).toBe('Ended');
      expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
      expect(stage.cloud.requests.length).toBeLessThanOrEqual(3);
      expect(stage.cloud.openSessions()).toEqual([]);
    }),
  );

  concurrentTest('a login whose response is always lost: three logins, and all are told', async () => {
    const stage = await loginScene({ job: TEN_TIMES_AS_FAST });
    stage.cloud.setFaults(() => RESPONSE_LOST);
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('3 sessions may be open');
    expect(ending(post)).toMatch(/^Warning: 3 sessions may be open/);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGIN_V2, LOGIN_V2]);
    expect(cloud.openSessions()).toHaveLength(3);
  });

  // The shortest waits, so that there would be time for more requests than the limit.
  const nodeArguments = [...IMPATIENT.nodeArguments, ...faster(25).nodeArguments];
  const HASTY = { job: { nodeArguments }, inputs: { 'timeout-seconds': '240' } };
  const busy = respondWith(429, errorTextV2(429, 'UI_2', 'Too many requests.'));

  concurrentTest(
    'logoutall, busy always: ten requests of a job carry a credential, seven of them in main',
    async () => {
      const stage = await scene('logoutall', HASTY);
      stage.cloud.setFaults(() => busy);
      const main = await onlyMain(stage);
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(stage.cloud.requests.length).toBe(7);
      const post = await onlyPost(stage.job);
      expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
      expect(stage.cloud.requests.length).toBe(10);
      expect(stage.cloud.openSessions()).toHaveLength(1);
    },
  );

  concurrentTest('login, busy always: seven requests of main carry a credential', async () => {
    const stage = await loginScene(HASTY);
    stage.cloud.setFaults(() => busy);
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(cloud.requests.length).toBe(7);
    expect(post.annotations).toEqual([]);
    expect(cloud.openSessions()).toEqual([]);
  });

  concurrentTest('logoutall, busy nine times: the tenth request may be the one that counts', async () => {
    const stage = await scene('logoutall', HASTY);
    stage.cloud.setFaults((_request, index) => (index < 9 ? respondWith(429) : undefined));
    const { post } = await mainAndPost(stage);
    expect(outcomeOf(post)).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

describe('a signal while main opens or ends a session', () => {
  /** A runner that shuts down runs no post step. */
  const shutDown = async ({ job, inputs, cloud }: LoginScene, requests: number) => {
    const step = job.start(inputs);
    await until(() => cloud.requests.length === requests);
    await job.shutDown();
    expect(await job.posts()).toEqual([]);
    return await step.finished;
  };

  test.concurrent.each([
    ['opaque', {}],
    ['jwt', { verify: 'always' }],
  ] as const)(
    'shutdown: the response to a login (%s) comes after the signal: main ends it',
    apart(async (kind, inputs) => {
      const faults: Fault[] = [{ kind: 'delay', effect: true, ms: 800 }];
      const stage = await loginScene({ faults, inputs, sessionIds: { kind } });
      const main = await shutDown(stage, 1);
      expectRed(main);
      expect(main.log).toEqual([expect.stringMatching(BROKEN)]);
      expect(ending(main)).toContain('It was ended at once.');
      // No verification: the time is needed for the logout.
      expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
      expect(stage.cloud.openSessions()).toEqual([]);
    }),
  );

  concurrentTest('shutdown: the logout of it is tried again within the five seconds', async () => {
    const faults: Fault[] = [{ kind: 'delay', effect: true, ms: 800 }, respondWith(502, SIGN_IN_PAGE)];
    const stage = await loginScene({ faults });
    const main = await shutDown(stage, 1);
    expectRed(main);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  concurrentTest('shutdown: while main ends a session of a wrong organization', async () => {
    const faults = [undefined, { kind: 'delay', effect: true, ms: 800 } as const];
    const stage = await loginScene({ faults, inputs: { 'organization-id': '000002' } });
    const main = await shutDown(stage, 2);
    expectRed(main);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  const wrong = (fault: Fault, job = {}) =>
    loginScene({ faults: [undefined, fault], inputs: { 'organization-id': '000002' }, job });

  /** Main and post, with a signal once so many requests have come. */
  const signalled = async ({ job, inputs, cloud }: LoginScene) => {
    const step = job.start(inputs);
    await until(() => cloud.requests.length === 2);
    step.signal('SIGINT');
    const main = await step.finished;
    expectRed(main);
    expect(main.log.filter((line) => line.startsWith('Error: '))).toHaveLength(1);
    expect(ending(main)).toMatch(BROKEN);
    return { main, post: await onlyPost(job) };
  };

  test.concurrent.each<[string, Fault]>([
    ['its logout is under way', { kind: 'delay', effect: true, ms: 800 }],
    ['its logout is to be tried again in half a minute', respondWith(503, '', { 'Retry-After': '30' })],
  ])(
    'a wrong organization, %s: ended, and post sends nothing',
    apart(async (_name, fault) => {
      const stage = await wrong(fault);
      const { main, post } = await signalled(stage);
      expect(ending(main)).toContain('It was ended at once.');
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(stage.cloud.openSessions()).toEqual([]);
      expect(sent(stage.cloud).length).toBe(fault.kind === 'delay' ? 2 : 3);
    }),
  );

  test.concurrent.each<[string, Fault, object]>([
    ['rejected', { ...respondWith(400, errorTextV2(400, 'X_1')), kind: 'slow', ms: 800 }, {}],
    // It takes the five seconds that a signal leaves.
    ['without a response', { ...STALL, effect: false }, TEN_TIMES_AS_FAST],
  ])(
    'a wrong organization, %s: left to post, which main says',
    apart(async (_name, fault, job) => {
      const stage = await wrong(fault, job);
      const { main, post } = await signalled(stage);
      expect(ending(main)).not.toContain('It was ended');
      expect(ending(main)).toMatch(/post step/);
      expect(ending(post)).toMatch(/^Ended /);
      expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
      expect(stage.cloud.openSessions()).toEqual([]);
    }),
  );
});

describe('timeout-seconds: 1', () => {
  const meet = async (mode: Mode) => {
    const stage = await scene(mode, { inputs: { 'timeout-seconds': '1' } });
    stage.cloud.setFaults(() => respondWith(502, SIGN_IN_PAGE));
    const { main, post } = await mainAndPost(stage);
    expect([outcomeOf(main), outcomeOf(post)]).toEqual([
      `Error: ${UNCONFIRMED_END}`,
      `Warning: ${UNCONFIRMED_END}`,
    ]);
    return stage.cloud;
  };

  test('both steps say what they could not confirm', async () => {
    const [ended, all] = await Promise.all([meet('logout'), meet('logoutall')]);
    expect(ended.openSessions()).toHaveLength(1);
    expect(all.requests.length).toBeLessThanOrEqual(3);
  });

  test.concurrent.each(['auto', 'always'])(
    'verify: %s, the last try is a logout',
    apart(async (verify) => {
      const stage = await loginScene({
        inputs: { verify, 'timeout-seconds': '1' },
        sessionIds: { kind: 'jwt', length: 400 },
        // A second of the action's is four, because a busy machine may be slow to respond.
        job: faster(1 / 4),
      });
      // Late, so that a verification would be the last request.
      const late: Fault = { ...respondWith(200, SIGN_IN_PAGE), kind: 'slow', effect: false, ms: 1_200 };
      stage.cloud.setFaults((_request, index) => (index === 1 ? late : undefined));
      const { main, post, cloud } = await played(stage);
      expect(main.exitCode).toBe(0);
      expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
      expect(ending(post)).toMatch(/^(Warning: )?Ended .* Not verified: /);
      expect(cloud.openSessions()).toEqual([]);
    }),
  );
});
