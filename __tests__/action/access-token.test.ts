import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Inputs, type StepResult, startTokenService, type TokenService } from '../../runner/index.ts';
import {
  type Fault,
  type OrganizationOptions,
  type SessionIds,
  type Simulator,
  sampleOrganizations,
} from '../../simulator/index.ts';
import {
  BROKEN,
  changed,
  expectHidden,
  expectRed,
  expectSettled,
  JWT,
  LOGIN_OAUTH,
  LOGIN_V2,
  LOGIN_V3,
  LOGOUT_V2,
  LOGOUT_V3,
  type LoginScene,
  loginInputs,
  OPAQUE,
  OPENED,
  pipeline,
  played,
  STALL,
  VALID,
} from './login-support.ts';
import {
  apart,
  bytes,
  concurrentTest,
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  newJob,
  onlyMain,
  onlyPost,
  preloading,
  printed,
  RESPONSE_LOST,
  respondWith,
  SIGN_IN_PAGE,
  startCloud,
  until,
} from './support.ts';

const TOKEN = 'jwt/Token';
const ORGANIZATION = '000001';
const SUB = 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod';
/** A JWT by its shape, which no server has made. */
const FAKE = 'eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.ZmFrZS1zaWduYXR1cmU';

// One for all tests, because an RSA key is slow to make.
let github: TokenService;
beforeAll(async () => {
  github = await startTokenService();
});
afterAll(() => github.close());

interface Options {
  readonly inputs?: Inputs;
  readonly sessionIds?: SessionIds;
  /** What goes wrong with the first requests for a token; the later ones get true responses. */
  readonly faults?: readonly (Fault | undefined)[];
  readonly logoutFault?: Fault;
  readonly debug?: boolean;
  readonly nodeArguments?: readonly string[];
}

/** A cloud that trusts GitHub's token, a job, and the inputs of a login that is to get an access token. */
async function tokenScene({ inputs, sessionIds = OPAQUE, ...options }: Options = {}): Promise<LoginScene> {
  const [source, target] = sampleOrganizations;
  const identityProvider = { issuer: github.issuer, keys: github.keysUrl, matchType: 'aliasName' } as const;
  const trusting = { ...source, users: [{ ...pipeline, aliasName: SUB }], identityProvider, sessionIds };
  const organizations: readonly OrganizationOptions[] = [trusting, target];
  const cloud = await startCloud({ organizations });
  const faults = [...(options.faults ?? [])];
  cloud.setFaults(({ path }) => {
    if (path.includes('logout')) return options.logoutFault;
    return path.includes(TOKEN) ? faults.shift() : undefined;
  });
  const { debug = false, nodeArguments = [] } = options;
  const job = newJob({ debug, nodeArguments, tokenService: github });
  return { cloud, job, inputs: loginInputs(cloud, { 'access-token': 'true', ...inputs }) };
}

/** What each request was, without the rest of its path. */
function sent({ requests }: Simulator): readonly string[] {
  return requests.map(({ path }) =>
    path.replace(/^\/(ma|saas|identity-service)\/(api|public\/core)\/(v1\/)?/, '').replace(/\?.*/, ''),
  );
}

function tokenRequests({ requests }: Simulator) {
  return requests.filter(({ path }) => path.includes(TOKEN));
}

function nonces(cloud: Simulator): readonly string[] {
  return tokenRequests(cloud).map(
    ({ path }) => new URL(path, cloud.loginUrl).searchParams.get('nonce') ?? '',
  );
}

/** The last line of a step, without debug lines. */
function ending({ log }: StepResult): string {
  return log.findLast((line) => !line.startsWith('##[debug]')) ?? '';
}

/** All or nothing: red, nothing handed on, and the session ended in main, so that post has nothing to do. */
function expectNothing(stage: LoginScene, main: StepResult): void {
  expectRed(main);
  expect(main.outputs).toMatchObject({ 'access-token': '', 'access-token-expires-at': '', attempts: '1' });
  expect(ending(main)).toMatch(BROKEN);
  expect(ending(main)).toMatch(/ It was ended at once\.$/);
  expect(stage.cloud.openSessions()).toEqual([]);
  expectSettled(main);
}

describe('a token with the session', () => {
  const byGithub = { username: '', password: '', 'organization-id': ORGANIZATION };
  test.concurrent.each([
    ['a password', 'opaque', OPAQUE, {}, [LOGIN_V2, TOKEN, LOGOUT_V2]],
    ['a password', 'a JWT', JWT, {}, [LOGIN_V2, VALID, TOKEN, LOGOUT_V2, VALID]],
    ['version 3', 'opaque', OPAQUE, { 'api-version': '3' }, [LOGIN_V3, TOKEN, LOGOUT_V3]],
    ['version 3', 'a JWT', JWT, { 'api-version': '3' }, [LOGIN_V3, VALID, TOKEN, LOGOUT_V3, VALID]],
    ['GitHub’s token', 'opaque', OPAQUE, byGithub, [LOGIN_OAUTH, TOKEN, LOGOUT_V2]],
    ['GitHub’s token', 'a JWT', JWT, byGithub, [LOGIN_OAUTH, VALID, TOKEN, LOGOUT_V2, VALID]],
    ['any JWT', 'opaque', OPAQUE, { ...byGithub, 'oauth-token': '?' }, [LOGIN_OAUTH, TOKEN, LOGOUT_V2]],
  ] as const)(
    'by %s, its id %s',
    apart(async (_by, _id, sessionIds, inputs, requests) => {
      const stage = await tokenScene({ sessionIds, inputs, debug: true });
      const audience = `https://${new URL(stage.cloud.loginUrl).host}/${ORGANIZATION}`;
      const given = 'oauth-token' in inputs ? { 'oauth-token': await github.sign(audience) } : {};
      const { main, post, cloud } = await played({ ...stage, inputs: { ...stage.inputs, ...given } });
      expect(main.exitCode).toBe(0);
      expect(ending(main)).toMatch(OPENED);
      expect(sent(cloud)).toEqual(requests);
      const [granted] = cloud.accessTokens();
      const expiresAt = new Date(granted?.expiresAtMs ?? 0).toISOString().replace('.000Z', 'Z');
      expect(main.outputs).toMatchObject({
        result: 'opened',
        attempts: '1',
        'status-code': '200',
        'access-token': granted?.token,
        'access-token-expires-at': expiresAt,
        'organization-id': cloud.organizations[0]?.orgUuid,
      });
      expect(ending(main)).toContain(` Its access token expires at ${expiresAt}. `);
      expect(main.masks.slice(-2)).toEqual([main.outputs['session-id'], granted?.token]);
      expect(main.stateFile).not.toContain(granted?.token);
      expectHidden([main, post], granted?.token ?? '', ...nonces(cloud));
      expect(cloud.openSessions()).toEqual([]);
    }),
  );

  concurrentTest(
    'the request is the documented one, at the login host, with another nonce each time',
    async () => {
      const stage = await tokenScene({ faults: [respondWith(502)] });
      const { cloud } = stage;
      const main = await onlyMain(stage);
      const sessionId = main.outputs['session-id'];
      const requests = tokenRequests(cloud);
      expect(requests).toHaveLength(2);
      for (const { method, headers, body, path } of requests) {
        expect([method, body]).toEqual(['POST', '']);
        expect(path).toMatch(
          /^\/identity-service\/api\/v1\/jwt\/Token\?client_id=idmc_api&nonce=[0-9a-f]{13}$/,
        );
        expect(headers).toMatchObject({ 'ids-session-id': sessionId, cookie: `USER_SESSION=${sessionId}` });
        expect(headers['icsessionid']).toBeUndefined();
      }
      expect(new Set(nonces(cloud)).size).toBe(2);
    },
  );

  concurrentTest('is for the rest of the job, if a variable is wanted, and otherwise nowhere', async () => {
    const stage = await tokenScene({ inputs: { 'access-token-variable': 'IDMC_TOKEN' } });
    const { cloud } = stage;
    const main = await onlyMain(stage);
    expect(main.env).toEqual({ IDMC_TOKEN: cloud.accessTokens()[0]?.token });
    const without = await tokenScene();
    expect((await onlyMain(without)).env).toEqual({});
  });

  concurrentTest('is requested only if the user wants it', async () => {
    const { job, cloud, inputs } = await tokenScene({ inputs: { 'access-token': '' } });
    const main = await onlyMain({ job, inputs });
    expect(sent(cloud)).toEqual([LOGIN_V2]);
    expect(main.outputs).toMatchObject({ 'access-token': '', 'access-token-expires-at': '' });
  });

  test.concurrent.each([
    [{ jwt_token: undefined, access_token: FAKE }, [FAKE]],
    [{ jwt_token: 'none', access_token: undefined, token: FAKE }, [FAKE]],
    [{ jwt_token: FAKE, access_token: 'eyJ.x.y', token: 7 }, [FAKE]],
    [{ jwt_token: ` ${FAKE}\t` }, [` ${FAKE}\t`, FAKE]],
  ])(
    '%j: masked as it came and as it is used, and not said to expire',
    apart(async (fields, masks) => {
      const stage = await tokenScene({ faults: [changed(fields)], debug: true });
      const { main, post } = await played(stage);
      expect(main.outputs).toMatchObject({ 'access-token': FAKE, 'access-token-expires-at': '' });
      expect(main.masks.slice(-masks.length)).toEqual(masks);
      const stdout = main.stdout.split('\n');
      const firstShown = stdout.findIndex((line) => line.includes(FAKE));
      expect(stdout[firstShown]).toMatch(/^::add-mask::/);
      expectHidden([main, post], FAKE);
    }),
  );

  test.concurrent.each([
    [
      '5xx, and one whose body breaks off',
      [respondWith(502), respondWith(500, SIGN_IN_PAGE), respondWith(503)],
    ],
    [
      'not now',
      [respondWith(408), respondWith(425, errorTextV2(425, 'X_1')), respondWith(429, errorTextV3('X_1'))],
    ],
    [
      'no response',
      [RESPONSE_LOST, RESPONSE_LOST, { kind: 'cut-body', effect: true, ending: 'reset' } as const],
    ],
    [
      'an error of the API with 5xx, though with a code of a dead session',
      Array(3).fill(respondWith(500, errorTextV3('AUTH_01'))),
    ],
  ])(
    '%s, again and again, and then well',
    apart(async (_what, faults) => {
      const stage = await tokenScene({ faults: [...faults, ...faults], ...IMPATIENT });
      const { cloud } = stage;
      const main = await onlyMain(stage);
      expect(main.exitCode).toBe(0);
      expect(main.log[0]).toMatch(/^Attempt 1 to get an access token: .+\. Retrying in 0\.1 s\.$/);
      expect(tokenRequests(cloud)).toHaveLength(7);
      expect(main.outputs).toMatchObject({
        attempts: '1',
        'access-token': cloud.accessTokens().at(-1)?.token,
      });
    }),
  );
});

// `unit/steps/open-session.test.ts` has more responses, in process.
describe('no token: the session is ended at once', () => {
  test.concurrent.each<[string, number, string, string]>([
    ['a v3 error object', 403, errorTextV3('IDMC_403', 'Not licensed.'), 'IDMC_403'],
    ['a dead session', 401, errorTextV3('AUTH_01', 'Not licensed.'), 'AUTH_01'],
  ])(
    '%s is a rejection: one request',
    apart(async (_what, status, body, code) => {
      const inputs = { 'session-id-variable': 'SID', 'access-token-variable': 'IDMC_TOKEN' };
      const stage = await tokenScene({ inputs, faults: [respondWith(status, body)] });
      const main = await onlyMain(stage);
      expect(sent(stage.cloud)).toEqual([LOGIN_V2, TOKEN, LOGOUT_V2]);
      expect(ending(main)).toContain(
        `, but it got no access token (1 attempt): the server says ${code} "Not licensed."`,
      );
      expect(main.outputs).toMatchObject({
        'status-code': String(status),
        'error-code': code,
        'error-message': 'Not licensed.',
      });
      expectNothing(stage, main);
      expect(await onlyPost(stage.job)).toMatchObject({ exitCode: 0, annotations: [] });
      expect(sent(stage.cloud)).toHaveLength(3);
    }),
  );

  test.concurrent.each<[string, readonly Fault[], number, RegExp]>([
    ['a page', [respondWith(200, SIGN_IN_PAGE)], 2, /a web page \(HTTP 200, text\/html\)/],
    ['what is not HTTP', [bytes('SSH-2.0-x\r\n')], 2, /is not HTTP/],
    [
      'a redirect',
      [respondWith(302, '', { Location: 'https://example.com/sso' })],
      1,
      /redirect \(HTTP 302\) to example\.com/,
    ],
    [
      'a long wait',
      [respondWith(503, '', { 'Retry-After': '3600' })],
      1,
      /asks to wait for longer than the time left/,
    ],
  ])(
    '%s',
    apart(async (_what, faults, attempts, why) => {
      const repeated = Array.from({ length: 5 }, (_, index) => faults[index % faults.length]);
      const stage = await tokenScene({ faults: repeated, ...IMPATIENT });
      const main = await onlyMain(stage);
      expect(tokenRequests(stage.cloud)).toHaveLength(attempts);
      expect(ending(main)).toMatch(why);
      expectHidden([main], FAKE);
      expectNothing(stage, main);
    }),
  );

  concurrentTest('none in time: half of a short time is kept for the logout', async () => {
    const stage = await tokenScene({ inputs: { 'timeout-seconds': '4' }, faults: Array(9).fill(STALL) });
    const main = await onlyMain(stage);
    expect(ending(main)).toContain(
      'but it got no access token in time (1 attempt): no complete response from',
    );
    expect(main.durationMs).toBeLessThan(8_000);
    expect(main.outputs['status-code']).toBe('');
    expectNothing(stage, main);
  });

  concurrentTest('what is not ended at once is left to the post step', async () => {
    const stage = await tokenScene({
      faults: [respondWith(403, errorTextV3('X_1'))],
      logoutFault: respondWith(503, '', { 'Retry-After': '3600' }),
    });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toContain('it got no access token');
    expect(ending(main)).not.toContain('It was ended');
    expect(stage.cloud.openSessions()).toHaveLength(1);
    stage.cloud.setFaults(() => undefined);
    await onlyPost(stage.job);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.concurrent.each([400, 431])(
    '%i, when the id is long: the size of the headers may be why',
    apart(async (status) => {
      const hint = 'the session ID has 16000 characters and is sent in two headers';
      const faults = [respondWith(status, SIGN_IN_PAGE), respondWith(status, SIGN_IN_PAGE)];
      const long = await tokenScene({ sessionIds: { kind: 'jwt' }, faults, inputs: { verify: 'never' } });
      expect(ending(await onlyMain(long))).toContain(hint);
      const short = await tokenScene({ faults: [respondWith(status, errorTextV3('X_1'))] });
      expect(ending(await onlyMain(short))).not.toContain('two headers');
    }),
  );

  concurrentTest('neither the session id nor a code that a server repeats of it is shown', async () => {
    const stage = await tokenScene({ debug: true });
    stage.cloud.setFaults(({ path, headers }) =>
      path.includes(TOKEN)
        ? respondWith(403, errorTextV3('X_1', `Session ${headers['ids-session-id']} is not allowed.`))
        : undefined,
    );
    const main = await onlyMain(stage);
    const id = tokenRequests(stage.cloud)[0]?.headers['ids-session-id'] ?? 'none';
    expectHidden([main], id, ...nonces(stage.cloud));
    expectNothing(stage, main);
  });

  test.concurrent.each([
    ['a token in escapes', FAKE.replaceAll('.', '%2E')],
    ['a token that is cut', FAKE.slice(0, 32)],
    ['a part of a token', FAKE.split('.')[1] ?? ''],
  ])(
    'an error that repeats %s, which is not shown',
    apart(async (_name, text) => {
      const fault = respondWith(400, errorTextV2(400, 'X_1', `Bad token: ${text}.`));
      const stage = await tokenScene({ faults: [fault], debug: true });
      const main = await onlyMain(stage);
      expect(main.log.join()).toContain('X_1 "(withheld: the text repeated a secret)"');
      expectHidden([main], text);
      expectNothing(stage, main);
    }),
  );

  test.concurrent.each([403, 503])(
    '%i with an error that repeats a token, which is not shown',
    apart(async (status) => {
      const repeating: Fault = {
        kind: 'response',
        effect: true,
        status,
        body: (truth) => errorTextV3('X_1', `not for you: ${truth}`),
      };
      const stage = await tokenScene({
        faults: [repeating],
        inputs: { 'timeout-seconds': '4' },
        debug: true,
      });
      const { main, post, cloud } = await played(stage);
      expect(main.log.join()).toContain('(withheld: the text repeated a secret)');
      expectHidden([main, post], cloud.accessTokens()[0]?.token ?? '');
      expect(cloud.openSessions()).toEqual([]);
    }),
  );

  concurrentTest('a session of another organization gets none', async () => {
    const stage = await tokenScene({ inputs: { 'organization-id': '000002' } });
    const main = await onlyMain(stage);
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
    expect(ending(main)).toContain('not 000002');
    expectNothing(stage, main);
  });
});

describe('killed or cancelled between session and token', () => {
  concurrentTest('SIGKILL: the post step ends the session, and has no token in its environment', async () => {
    const stage = await tokenScene({ faults: [STALL], inputs: { 'access-token-variable': 'IDMC_TOKEN' } });
    const step = stage.job.start(stage.inputs);
    await until(() => tokenRequests(stage.cloud).length === 1);
    step.signal('SIGKILL');
    const main = await step.finished;
    expect(main.signal).toBe('SIGKILL');
    expect([main.outputs, main.env]).toEqual([{}, {}]);
    expect(main.stateFile).not.toContain(stage.cloud.accessTokens()[0]?.token);
    const post = await onlyPost(stage.job);
    expect(post.log).toEqual([expect.stringMatching(/^Ended the session /)]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  concurrentTest('SIGKILL as soon as the token is there', async () => {
    const killing = preloading(`
      const { write } = process.stdout;
      let masks = 0;
      process.stdout.write = function (text, ...rest) {
        const done = write.call(this, text, ...rest);
        if (String(text).startsWith('::add-mask::ey')) process.kill(process.pid, 'SIGKILL');
        return done;
      };`);
    const stage = await tokenScene({ ...killing });
    const main = await onlyMain(stage);
    expect(main.signal).toBe('SIGKILL');
    expect([main.outputs, main.env]).toEqual([{}, {}]);
    expect(stage.cloud.accessTokens()).toHaveLength(1);
    await onlyPost(stage.job);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: main ends the session within five seconds',
    apart(async (signal) => {
      const stage = await tokenScene({ faults: [STALL] });
      const step = stage.job.start(stage.inputs);
      await until(() => tokenRequests(stage.cloud).length === 1);
      const startedMs = performance.now();
      step.signal(signal);
      const main = await step.finished;
      expect(performance.now() - startedMs).toBeLessThan(5_000);
      expect(sent(stage.cloud)).toEqual([LOGIN_V2, TOKEN, LOGOUT_V2]);
      expect(ending(main)).toContain('but the step was cancelled');
      expectNothing(stage, main);
    }),
  );

  concurrentTest('SIGINT while it waits to ask for the token again', async () => {
    const stage = await tokenScene({ faults: [respondWith(503, '', { 'Retry-After': '30' })] });
    const step = stage.job.start(stage.inputs);
    await printed(step, 'Retrying in 30.0 s.');
    step.signal('SIGINT');
    const main = await step.finished;
    expect(sent(stage.cloud)).toEqual([LOGIN_V2, TOKEN, LOGOUT_V2]);
    expect(ending(main)).toContain('but the step was cancelled');
    expectNothing(stage, main);
  });
});

concurrentTest('wrong inputs, before anything is sent', async () => {
  const { job, cloud, inputs } = await tokenScene();
  // `unit/steps/inputs.test.ts` has the other rows, in process.
  for (const [more, problem] of [
    [
      { 'access-token': 'false', 'access-token-variable': 'A' },
      /is given without access-token: set access-token: true/,
    ],
    [
      { 'access-token-variable': 'a', 'server-url-variable': 'A' },
      /access-token-variable is the same name as server-url-variable/,
    ],
  ] as const) {
    const main = await onlyMain({ job, inputs: { ...inputs, ...more } });
    expect(main.log.join('\n')).toMatch(problem);
    expectRed(main);
  }
  expect(cloud.requests).toEqual([]);
});
