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
  errorTextV2,
  faster,
  IMPATIENT,
  type Mode,
  mainAndPost,
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

describe('an outage of three seconds, as the action counts them', () => {
  test('login: opened, with as few logins as are needed', async () => {
    const stage = await loginScene({ job: TEN_TIMES_AS_FAST });
    outageOf(stage.cloud, 300);
    const main = await stage.job.run(stage.inputs);
    expect(ending(main)).toMatch(OPENED);
    expect(main.exitCode).toBe(0);
    await onlyPost(stage.job);
    expect(sent(stage.cloud).filter((path) => path === LOGIN_V2).length).toBeLessThanOrEqual(3);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.each(['now', 'job-end'])('logoutall, %s: ended', async (when) => {
    const stage = await scene('logoutall', { inputs: { when }, job: TEN_TIMES_AS_FAST });
    outageOf(stage.cloud, 300);
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(when === 'now' ? main : post)).toBe('Ended');
    expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
    expect(stage.cloud.requests.length).toBeLessThanOrEqual(3);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

describe('each login that reaches the server may open a session', () => {
  test.each<[string, Fault]>([
    ['408', { ...respondWith(408), effect: true }],
    ['a 408 with an error object', { ...respondWith(408, errorTextV2(408, 'X_1')), effect: true }],
    ['502', { ...respondWith(502, SIGN_IN_PAGE), effect: true }],
    ['a lost response', RESPONSE_LOST],
    ['a page under 200', { ...respondWith(200, SIGN_IN_PAGE), effect: true }],
  ])('%s always: three logins, and all of them are told', async (_name, fault) => {
    const stage = await loginScene({ job: TEN_TIMES_AS_FAST });
    stage.cloud.setFaults(() => fault);
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('3 sessions may be open');
    expect(ending(post)).toMatch(/^Warning: 3 sessions may be open/);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGIN_V2, LOGIN_V2]);
    expect(cloud.openSessions()).toHaveLength(3);
  });

  test('a login that did not reach the server does not count', async () => {
    const stage = await loginScene({ job: TEN_TIMES_AS_FAST });
    stage.cloud.setFaults((_request, index) => (index < 4 ? respondWith(429) : undefined));
    const { main, cloud } = await played(stage);
    expect(main.log.join('\n')).not.toContain('may be open');
    expect(sent(cloud)).toEqual([...Array(5).fill(LOGIN_V2), LOGOUT_V2]);
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('at most ten requests of a job carry a credential, seven of them in main', () => {
  // The shortest waits, so that there would be time for more requests than the limit.
  const nodeArguments = [...IMPATIENT.nodeArguments, ...faster(50).nodeArguments];
  const HASTY = { job: { nodeArguments }, inputs: { 'timeout-seconds': '240' } };
  const BUSY: readonly (readonly [string, Fault])[] = [
    ['429', respondWith(429, errorTextV2(429, 'UI_2', 'Too many requests.'))],
    ['425', respondWith(425)],
    ['503 with an error object', respondWith(503, errorTextV2(503, 'X_1'))],
  ];

  test.each(BUSY)('logoutall, %s always', async (_name, fault) => {
    const stage = await scene('logoutall', HASTY);
    stage.cloud.setFaults(() => fault);
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(stage.cloud.requests.length).toBe(7);
    const post = await onlyPost(stage.job);
    expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
    expect(stage.cloud.requests.length).toBe(10);
    expect(stage.cloud.openSessions()).toHaveLength(1);
  });

  test.each(BUSY)('login, %s always', async (_name, fault) => {
    const stage = await loginScene(HASTY);
    stage.cloud.setFaults(() => fault);
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(cloud.requests.length).toBe(7);
    expect(post.annotations).toEqual([]);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('the tenth may be the one that counts', async () => {
    const stage = await scene('logoutall', HASTY);
    stage.cloud.setFaults((_request, index) => (index < 9 ? respondWith(429) : undefined));
    const { post } = await mainAndPost(stage);
    expect(outcomeOf(post)).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

describe('a runner that shuts down runs no post step', () => {
  const shutDown = async ({ job, inputs, cloud }: LoginScene, requests: number) => {
    const step = job.start(inputs);
    await until(() => cloud.requests.length === requests);
    await job.shutDown();
    expect(await job.posts()).toEqual([]);
    return await step.finished;
  };

  test.each([
    ['opaque', {}],
    ['jwt', { verify: 'always' }],
  ] as const)('the response to a login (%s) comes after the signal: main ends it', async (kind, inputs) => {
    const faults: Fault[] = [{ kind: 'delay', effect: true, ms: 800 }];
    const stage = await loginScene({ faults, inputs, sessionIds: { kind } });
    const main = await shutDown(stage, 1);
    expectRed(main);
    expect(main.log).toEqual([expect.stringMatching(BROKEN)]);
    expect(ending(main)).toContain('It was ended at once.');
    // No verification: the time is needed for the logout.
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test('the logout of it is tried again within the five seconds', async () => {
    const faults: Fault[] = [{ kind: 'delay', effect: true, ms: 800 }, respondWith(502, SIGN_IN_PAGE)];
    const stage = await loginScene({ faults });
    const main = await shutDown(stage, 1);
    expectRed(main);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test('while main ends a session of a wrong organization', async () => {
    const faults = [undefined, { kind: 'delay', effect: true, ms: 800 } as const];
    const stage = await loginScene({ faults, inputs: { 'organization-id': '000002' } });
    const main = await shutDown(stage, 2);
    expectRed(main);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

describe('a signal while main ends a session of a wrong organization', () => {
  const wrong = (...faults: readonly Fault[]) =>
    loginScene({ faults: [undefined, ...faults], inputs: { 'organization-id': '000002' } });

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

  test.each<[string, Fault]>([
    ['its logout is under way', { kind: 'delay', effect: true, ms: 800 }],
    ['its logout is to be tried again in half a minute', respondWith(503, '', { 'Retry-After': '30' })],
  ])('%s: ended, and post sends nothing', async (_name, fault) => {
    const stage = await wrong(fault);
    const { main, post } = await signalled(stage);
    expect(ending(main)).toContain('It was ended at once.');
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(stage.cloud.openSessions()).toEqual([]);
    expect(sent(stage.cloud).length).toBe(fault.kind === 'delay' ? 2 : 3);
  });

  test.each<[string, Fault]>([
    ['rejected', { ...respondWith(400, errorTextV2(400, 'X_1')), kind: 'slow', ms: 800 }],
    ['without a response', { ...STALL, effect: false }],
  ])('%s: left to post, which main says', async (_name, fault) => {
    const stage = await wrong(fault);
    const { main, post } = await signalled(stage);
    expect(ending(main)).not.toContain('It was ended');
    expect(ending(main)).toMatch(/post step/);
    expect(ending(post)).toMatch(/^Ended /);
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
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

  test.each(['auto', 'always'])('verify: %s, the last try is a logout', async (verify) => {
    const stage = await loginScene({
      inputs: { verify, 'timeout-seconds': '1' },
      sessionIds: { kind: 'jwt', length: 400 },
    });
    // Late, so that a verification would be the last request.
    const late: Fault = { ...respondWith(200, SIGN_IN_PAGE), kind: 'slow', effect: false, ms: 300 };
    stage.cloud.setFaults((_request, index) => (index === 1 ? late : undefined));
    const { main, post, cloud } = await played(stage);
    expect(main.exitCode).toBe(0);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(ending(post)).toMatch(/^(Warning: )?Ended .* Not verified: /);
    expect(cloud.openSessions()).toEqual([]);
  });
});
