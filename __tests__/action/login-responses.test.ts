import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import {
  ending,
  expectHidden,
  expectRed,
  LOGIN_V2,
  LOGIN_V3,
  LOGOUT_V2,
  loginScene,
  MAY_BE_OPEN,
  NOT_CONFIRMED,
  NOT_OPENED,
  OPENED,
  pipeline,
  played,
  sent,
  WARNED,
} from './login-support.ts';
import {
  apart,
  concurrentTest,
  errorTextV2,
  errorTextV3,
  newJob,
  onlyMain,
  preloading,
  RESPONSE_LOST,
  respondWith,
  TEN_TIMES_AS_FAST,
  unusedPort,
} from './support.ts';

// One row of each kind. `unit/steps/field-logins.test.ts` plays the others in process.

const HTML = '<html><title>Sign in</title></html>';
const withEffect = (fault: Fault): Fault => ({ ...fault, effect: true });

describe('refused: red, once, and nothing is left for the post step', () => {
  test.each([
    ['2', 403, 'UI_10000', LOGIN_V2],
    ['3', 401, 'IDS_085', LOGIN_V3],
  ] as const)('version %s, HTTP %i', async (version, badCredentialsStatus, code, login) => {
    const stage = await loginScene({
      inputs: { 'api-version': version, password: 'Wrong-Secret-77' },
      settings: { badCredentialsStatus },
    });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain(`${code} "User name or password is not valid."`);
    expect(main.outputs).toMatchObject({
      attempts: '1',
      'status-code': String(badCredentialsStatus),
      'error-code': code,
      'error-message': 'User name or password is not valid.',
    });
    expect(sent(cloud)).toEqual([login]);
    expect(cloud.passwordUse(pipeline.username)).toEqual({ attempts: 1, rejected: 1, rejectedAgain: 0 });
    expectHidden([main, post], 'Wrong-Secret-77');
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('a locked account', async () => {
    const faults = [respondWith(403, errorTextV3('IDS_086', 'Locked.'))];
    const { main, post, cloud } = await played(await loginScene({ faults }));
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toMatch(/don't run the job again/);
    expect(cloud.requests).toHaveLength(1);
    expect(post.annotations).toEqual([]);
  });

  test('text of the server that repeats the password is withheld', async () => {
    const faults = [respondWith(401, errorTextV2(401, 'UI_10000', `No: ${pipeline.password}`))];
    const { main, post } = await played(await loginScene({ faults }));
    expectHidden([main, post], pipeline.password);
    expect(main.outputs['error-message']).toContain('withheld');
  });
});

describe('lost or unclear, though it may have reached the server', () => {
  const losses: readonly (readonly [string, Fault])[] = [
    ['RST', RESPONSE_LOST],
    ['a body that breaks off', { kind: 'cut-body', effect: true, ending: 'close' }],
    ['a gateway’s 502', withEffect(respondWith(502, HTML))],
  ];
  test.concurrent.each(losses)(
    '%s, then a session: green, with a warning',
    apart(async (_name, fault) => {
      const { main, post, cloud } = await played(
        await loginScene({ job: TEN_TIMES_AS_FAST, faults: [fault] }),
      );
      expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'opened', attempts: '2' } });
      expect(ending(main)).toMatch(OPENED);
      expect(main.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(WARNED) }]);
      expect(main.annotations[0]?.message).toMatch(/^A session /);
      expect(sent(cloud)).toEqual([LOGIN_V2, LOGIN_V2, LOGOUT_V2]);
      // The warning is about the session of the lost response. The other one is ended.
      expect(cloud.openSessions()).toHaveLength(1);
      expect(cloud.openedInAll()).toBe(2);
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    }),
  );

  concurrentTest('three times: red, and post says what may be open', async () => {
    const fault = withEffect(respondWith(200, HTML));
    const { main, post, cloud } = await played(
      await loginScene({
        inputs: { 'on-cleanup-failure': 'fail' },
        faults: [fault, fault, fault],
        job: TEN_TIMES_AS_FAST,
      }),
    );
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('3 sessions may be open');
    expect(cloud.passwordUse(pipeline.username).attempts).toBe(3);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGIN_V2, LOGIN_V2]);
    expect(ending(post)).toMatch(/^Error: 3 sessions may/);
    expect(post.exitCode).toBe(1);
  });

  concurrentTest('then a refusal: red, and the first is still told of', async () => {
    const { main, post, cloud } = await played(
      await loginScene({
        faults: [RESPONSE_LOST, respondWith(403, errorTextV2(403, 'UI_10000'))],
        job: TEN_TIMES_AS_FAST,
      }),
    );
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain(' A session may be open');
    expect(ending(post)).toMatch(MAY_BE_OPEN);
    expect(cloud.requests).toHaveLength(2);
  });

  concurrentTest('a login without a response in time may have opened a session', async () => {
    const stage = await loginScene({
      inputs: { 'timeout-seconds': '2' },
      faults: [{ kind: 'silent', effect: true, ending: 'stall' }],
    });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(post)).toMatch(MAY_BE_OPEN);
    expect(sent(cloud)).toEqual([LOGIN_V2]);
    expect(cloud.openSessions()).toHaveLength(1);
  });
});

describe('what has opened nothing leaves post nothing to say', () => {
  test.each([
    [
      'a redirect',
      respondWith(302, '', { Location: 'https://login.example.com/' }),
      1,
      /to login\.example\.com/,
    ],
    ['an unclear 404', respondWith(404, HTML), 2, /a web page \(HTTP 404, text\/html\)/],
    ['a 401 with a page', respondWith(401, HTML), 1, /not retried in this job/],
  ])('%s', async (_name, fault, requests, said) => {
    const stage = await loginScene({ faults: [fault, fault, fault], job: TEN_TIMES_AS_FAST });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toMatch(said);
    expect(ending(main)).not.toContain('may be open');
    expect(sent(cloud)).toEqual(Array.from({ length: requests }, () => LOGIN_V2));
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('429 is "not now": again, as often as it takes, and no warning', async () => {
    const faults = [respondWith(429, '', { 'Retry-After': '1' })];
    const { main, cloud } = await played(await loginScene({ faults, job: TEN_TIMES_AS_FAST }));
    expect(main.exitCode).toBe(0);
    expect(ending(main)).toMatch(OPENED);
    expect(main.annotations).toEqual([]);
    expect(main.log).toHaveLength(faults.length + 1);
    expect(cloud.openSessions()).toEqual([]);
    expect(cloud.passwordUse(pipeline.username).attempts).toBe(1);
  });

  test('"not now" to the end', async () => {
    const stage = await loginScene({ faults: [respondWith(429, '', { 'Retry-After': '3600' })] });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(cloud.requests).toHaveLength(1);
    expect(post.annotations).toEqual([]);
  });

  test('a request that reached nobody', async () => {
    const job = newJob();
    const url = `http://127.0.0.1:${await unusedPort()}`;
    const inputs = { mode: 'login', 'login-url': url, ...pipeline, 'timeout-seconds': '1' };
    const main = await onlyMain({ job, inputs });
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toMatch(
      / Nothing was sent in \d+ attempts?; .* refused the connection: check login-url, /,
    );
    const [post] = await job.posts();
    expect(post).toMatchObject({ exitCode: 0, annotations: [], summary: '' });
  });

  test('a host that does not exist is tried for 10 seconds at most', async () => {
    const unknown = preloading(`import dns from 'node:dns';
      dns.lookup = (name, options, done) =>
        process.nextTick(done, Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));`);
    const job = newJob({ nodeArguments: [...unknown.nodeArguments, ...TEN_TIMES_AS_FAST.nodeArguments] });
    const url = 'http://localhost:1';
    const inputs = { mode: 'login', 'login-url': url, ...pipeline, 'timeout-seconds': '240' };
    const main = await onlyMain({ job, inputs });
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain('there is no host localhost:1: check login-url, or ');
    // Of 24 s that it was given, with this clock.
    expect(main.durationMs).toBeLessThan(12_000);
    const [post] = await job.posts();
    expect(post).toMatchObject({ exitCode: 0, annotations: [], summary: '' });
  });
});

test('a redirect is not followed: the password goes nowhere else', async () => {
  const other = await loginScene();
  const to = respondWith(307, '', { Location: `${other.cloud.loginUrl}/ma/api/v2/user/login` });
  const stage = await loginScene({ faults: [to] });
  expectRed(await onlyMain(stage));
  expect(other.cloud.requests).toEqual([]);
});
