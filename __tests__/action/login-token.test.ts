import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Claims, type Inputs, startTokenService, type TokenService } from '../../runner/index.ts';
import { type Fault, inOrder, type Settings, type Simulator } from '../../simulator/index.ts';
import {
  changed,
  ending,
  expectHidden,
  expectRed,
  LOGIN_OAUTH,
  LOGIN_V2,
  LOGOUT_V2,
  type LoginScene,
  loginScene,
  NOT_CONFIRMED,
  NOT_OPENED,
  OPENED,
  pipeline,
  played,
  SOURCE,
  sent,
  WARNED,
} from './login-support.ts';
import {
  errorTextV2,
  newJob,
  onlyMain,
  onlyPost,
  preloading,
  RESPONSE_LOST,
  respondWith,
  startCloud,
  TEN_TIMES_AS_FAST,
  until,
} from './support.ts';

const SUB = 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod';
const ORG = '000001';

// One for all tests, because an RSA key is slow to make.
let github: TokenService;
beforeAll(async () => {
  github = await startTokenService();
});
afterAll(() => github.close());

interface TokenScene extends LoginScene {
  /** The tokens that the service gave in this scene, and how many requests it got. */
  readonly given: () => readonly { readonly token: string; readonly audience: string }[];
  readonly tokenRequests: () => number;
}

interface TokenSceneOptions {
  readonly inputs?: Inputs;
  readonly faults?: readonly (Fault | undefined)[];
  readonly serviceFaults?: readonly (Fault | undefined)[];
  readonly claims?: Claims;
  readonly settings?: Partial<Settings>;
  readonly permitted?: boolean;
  readonly debug?: boolean;
  readonly nodeArguments?: readonly string[];
}

/** A job without a password, in an organization that trusts GitHub. */
async function tokenScene(options: TokenSceneOptions = {}): Promise<TokenScene> {
  const { faults = [], serviceFaults = [], claims = {}, permitted = true, debug = false } = options;
  const organization = {
    name: SOURCE,
    users: [{ ...pipeline, aliasName: SUB }],
    identityProvider: { issuer: github.issuer, keys: github.keysUrl, matchType: 'aliasName' },
  } as const;
  const other = { name: 'Other', users: [{ ...pipeline, username: 'other@example.com' }] };
  const cloud = await startCloud({ organizations: [organization, other], settings: options.settings ?? {} });
  cloud.setFaults(inOrder(...faults));
  github.setFaults(inOrder(...serviceFaults));
  github.setClaims(claims);
  const [issued, requests] = [github.issued.length, github.requests.length];
  const job = newJob({
    ...(permitted ? { tokenService: github } : {}),
    debug,
    nodeArguments: options.nodeArguments ?? [],
  });
  return {
    cloud,
    job,
    inputs: { mode: 'login', 'login-url': cloud.loginUrl, 'organization-id': ORG, ...options.inputs },
    given: () => github.issued.slice(issued),
    tokenRequests: () => github.requests.length - requests,
  };
}

function hostOf({ loginUrl }: Simulator): string {
  return new URL(loginUrl).host;
}

describe('a login without a password', () => {
  test('two requests when all is well: GitHub’s token, and the login with it', async () => {
    const stage = await tokenScene({ debug: true });
    const { main, post, cloud } = await played(stage);
    expect(main.exitCode).toBe(0);
    expect(main.log).toContainEqual(expect.stringMatching(OPENED));
    expect(main.outputs).toMatchObject({ result: 'opened', attempts: '1' });
    expect(main.outputs['organization-id']).toBe(cloud.organizations[0]?.orgUuid);
    const [issued, ...more] = stage.given();
    expect(more).toEqual([]);
    expect(stage.tokenRequests()).toBe(1);
    expect(issued?.audience).toBe(`https://${hostOf(cloud)}/${ORG}`);
    expect(sent(cloud)).toEqual([LOGIN_OAUTH, LOGOUT_V2]);
    expect(JSON.parse(cloud.requests[0]?.body ?? '')).toEqual({ orgId: ORG, oauthToken: issued?.token });
    expect(main.masks).toEqual([issued?.token, main.outputs['session-id']]);
    expectHidden([main, post], issued?.token ?? '', github.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
    expect(main.stateFile).not.toContain(issued?.token);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('the audience is sent as it is', async () => {
    const audience = 'api://000001.127.0.0.1:80/a b?c=d&e=ü%20';
    const stage = await tokenScene({ inputs: { audience: audience.replace(' ', '') } });
    await onlyMain(stage);
    expect(stage.given()[0]?.audience).toBe(audience.replace(' ', ''));
  });

  test('the organization in the response is checked too', async () => {
    const stage = await tokenScene({ faults: [changed({ orgId: '000002', orgUuid: 'x'.repeat(22) })] });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toContain(`, not ${ORG}: check organization-id and the user`);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test('a password login requests no token, though it could', async () => {
    const stage = await tokenScene({ inputs: pipeline });
    const main = await onlyMain(stage);
    expect(ending(main)).toMatch(OPENED);
    expect(sent(stage.cloud)).toEqual([LOGIN_V2]);
    expect(stage.tokenRequests()).toBe(0);
  });

  test('each attempt gets a new token, and each token is sent once', async () => {
    const stage = await tokenScene({ faults: [RESPONSE_LOST, respondWith(429)], ...TEN_TIMES_AS_FAST });
    const { main, post, cloud } = await played(stage);
    expect(main.exitCode).toBe(0);
    expect(main.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(WARNED) }]);
    const tokens = stage.given().map(({ token }) => token);
    expect(new Set(tokens).size).toBe(3);
    expect(cloud.tokens().map(({ token, attempts }) => [token, attempts])).toEqual([
      [tokens[0], 1],
      [tokens[2], 1],
    ]);
    expect(main.masks).toEqual([...tokens, main.outputs['session-id']]);
    expectHidden([main, post], ...tokens);
  });

  test('lost three times: red, and no fourth token is requested', async () => {
    const stage = await tokenScene({
      faults: [RESPONSE_LOST, RESPONSE_LOST, RESPONSE_LOST],
      ...TEN_TIMES_AS_FAST,
    });
    const { main, post } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('not retried in this job');
    expect(stage.tokenRequests()).toBe(3);
    expect(ending(post)).toMatch(/^Warning: 3 sessions may be open, /);
  });
});

describe('GitHub’s token service', () => {
  const once = (fault: Fault) => tokenScene({ serviceFaults: [fault] });

  test.each([
    ['500', respondWith(500, 'no')],
    ['429', respondWith(429, '', { 'Retry-After': '1' })],
    ['408', respondWith(408)],
    ['a reset', RESPONSE_LOST],
    ['a body without a token', respondWith(200, '{"count":0}')],
    ['a token that is no JWT', respondWith(200, '{"value":"none"}')],
    ['a page', respondWith(200, '<html></html>')],
    ['403, "Pending"', respondWith(403, '{"message":"Pending"}')],
  ])('%s passes: it is retried, with a line', async (_name, fault) => {
    const stage = await tokenScene({ serviceFaults: [fault], ...TEN_TIMES_AS_FAST });
    const main = await onlyMain(stage);
    expect(main.log).toEqual([
      expect.stringMatching(/^Attempt 1 to get GitHub's ID token: .* Retrying in /),
      expect.stringMatching(OPENED),
    ]);
    expect(main).toMatchObject({ exitCode: 0, outputs: { attempts: '1' } });
    expect(stage.tokenRequests()).toBe(2);
    expect(sent(stage.cloud)).toEqual([LOGIN_OAUTH]);
  });

  test.each([
    ['403 three times', [403, 403, 403], 3, '403'],
    ['401', [401], 1, '401'],
    ['404', [404], 1, '404'],
  ] as const)(
    '%s: red, nothing was sent to Informatica, and post logs nothing',
    async (_name, statuses, tokenRequests, said) => {
      const text = 'line one\n::error::two';
      const stage = await tokenScene({
        serviceFaults: statuses.map((status) => respondWith(status, text)),
        ...TEN_TIMES_AS_FAST,
      });
      const { main, post, cloud } = await played(stage);
      expectRed(main);
      expect(ending(main)).toMatch(NOT_OPENED);
      expect(ending(main)).toContain(`answered HTTP ${said}`);
      expect(ending(main)).not.toContain('id-token: write');
      expectHidden([main], 'line one');
      expect(main.outputs).toMatchObject({ attempts: '0' });
      expect(stage.tokenRequests()).toBe(tokenRequests);
      expect(cloud.requests).toEqual([]);
      expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up: /)]);
      expect(main.stateFile).not.toContain('logging-in');
    },
  );

  test('a redirect is not followed: the bearer goes nowhere else', async () => {
    const other = await startTokenService();
    const stage = await once(
      respondWith(302, '', { Location: other.variables.ACTIONS_ID_TOKEN_REQUEST_URL }),
    );
    const main = await onlyMain(stage);
    await other.close();
    expectRed(main);
    expect(other.requests).toEqual([]);
    expect(stage.cloud.requests).toEqual([]);
  });

  test('a silent service holds the step no longer than its time', async () => {
    const stall: Fault = { kind: 'silent', effect: false, ending: 'stall' };
    const stage = await tokenScene({
      inputs: { 'timeout-seconds': '2' },
      serviceFaults: [stall, stall, stall],
    });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toContain(
      'Could not get an ID token from GitHub (1 attempt): no complete response from ',
    );
    expect(main.durationMs).toBeLessThan(10_000);
    expect(stage.cloud.requests).toEqual([]);
  });

  test('a token that comes late leaves the login time for its response', async () => {
    const late = (ms: number): Fault => ({ kind: 'delay', effect: true, ms });
    const stage = await tokenScene({
      inputs: { 'timeout-seconds': '4' },
      serviceFaults: [late(1_800)],
      faults: [late(700)],
    });
    const { main, cloud } = await played(stage);
    expect(cloud.openSessions()).toEqual([]);
    // Either there was too little time for a login, or enough.
    expect(sent(cloud)).toEqual(main.exitCode === 0 ? [LOGIN_OAUTH, LOGOUT_V2] : []);
  });

  test('a cancel while it is requested', async () => {
    const stage = await once({ kind: 'delay', effect: true, ms: 600 });
    const step = stage.job.start(stage.inputs);
    await until(() => stage.tokenRequests() === 1);
    step.signal('SIGINT');
    const main = await step.finished;
    expectRed(main);
    expect(ending(main)).toContain('The step was cancelled before anything was sent.');
    expect((await onlyPost(stage.job)).annotations).toEqual([]);
    expect(stage.cloud.requests).toEqual([]);
  });

  test.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'without %s the permission is named, and nothing is sent',
    async (name) => {
      const stage = await tokenScene({ ...preloading(`delete process.env.${name};`) });
      const { main, post, cloud } = await played(stage);
      expectRed(main);
      expect(ending(main)).toMatch(NOT_OPENED);
      for (const part of [
        '`id-token: write`',
        'reusable workflow',
        'from a fork',
        'username and password were empty',
      ]) {
        expect(ending(main)).toContain(part);
      }
      expect(stage.tokenRequests()).toBe(0);
      expect(cloud.requests).toEqual([]);
      expect(post.annotations).toEqual([]);
    },
  );

  test('over plain http it is requested only on loopback', async () => {
    const stage = await tokenScene({
      ...preloading("process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'http://192.0.2.1/token?a=b';"),
    });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toContain('is neither https nor on loopback');
    expect(stage.tokenRequests()).toBe(0);
  });
});

describe('a token that is refused', () => {
  const CLAIMS = [
    'iss',
    'aud',
    'sub',
    'repository',
    'repository_id',
    'environment',
    'job_workflow_ref',
    'exp',
    'nbf',
    'iat',
  ];

  test('says what the vendor wants, and what the token says of itself, one line each', async () => {
    const stage = await tokenScene({ claims: { sub: 'repo:octo-org@1/other@2:environment:test' } });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    for (const part of ['issuer', 'audience', 'claim', 'user', 'UI_10000'])
      expect(ending(main)).toContain(part);
    for (const part of ['password', 'SAML']) expect(ending(main)).not.toContain(part);
    const [start, ...lines] = main.log;
    expect(start).toMatch(/^##\[group\]/);
    expect(lines.slice(0, CLAIMS.length).map((line) => line.split(':')[0])).toEqual(CLAIMS);
    expect(lines[CLAIMS.length]).toBe('##[endgroup]');
    expect(lines[2]).toBe('sub: repo:octo-org@1/other@2:environment:test');
    expect(lines[7]).toMatch(/^exp: \d+ \(\d{4}-\d\d-\d\dT.*Z\)$/);
    expectHidden([main], stage.given()[0]?.token ?? '');
    expect(cloud.tokens()).toMatchObject([{ attempts: 1, opened: 0 }]);
    expect(stage.tokenRequests()).toBe(1);
    expect(post.annotations).toEqual([]);
  });

  const wrong: readonly (readonly [string, Claims, Inputs, RegExp])[] = [
    [
      'the issuer',
      { iss: 'https://token.actions.githubusercontent.com/acme' },
      {},
      /its issuer belongs to an enterprise/,
    ],
    [
      'the audience',
      {},
      { audience: 'https://example.com' },
      /audience .* is not valid for the organization/,
    ],
    [
      'a subject that nobody has',
      { sub: 'repo:x/y:ref:refs/heads/main' },
      {},
      /No user matches the claim sub/,
    ],
    ['one that has expired', { exp: 1_700_000_000 }, {}, /had expired according to the server's clock/],
    [
      'one that is not valid yet',
      { nbf: 4_000_000_000 },
      {},
      /was not yet valid according to the server's clock/,
    ],
    ['one without an id', { jti: undefined }, {}, /jti/],
  ];
  test.each(wrong)('%s: the message says how to fix it', async (_name, claims, inputs, text) => {
    const stage = await tokenScene({ claims, inputs });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(main.log.join('\n')).toMatch(text);
    expect(stage.cloud.openedInAll()).toBe(0);
  });

  test('a runner’s clock holds no token back', async () => {
    const stage = await tokenScene({
      ...preloading('const now = Date.now; Date.now = () => now() + 9e6;'),
    });
    expect((await onlyMain(stage)).exitCode).toBe(0);
  });

  test('hostile claims are no commands, and stay on their line', async () => {
    const hostile = 'x\n::error::pwned\r\n##[error]pwned ::set-output name=a::b\u2028y';
    const claims = { sub: hostile, environment: { a: [hostile] }, repository: 'r'.repeat(5_000) };
    const { job, cloud, inputs } = await tokenScene({ claims });
    const main = await onlyMain({ job, inputs });
    expect(main.annotations).toHaveLength(1);
    expect(main.commands.map(({ name }) => name)).toEqual(['add-mask', 'group', 'endgroup', 'error']);
    expect(main.log.filter((line) => /^(sub|environment|repository): /.test(line))).toHaveLength(3);
    expect(Math.max(...main.log.slice(0, -1).map(({ length }) => length))).toBeLessThan(600);
    expect(cloud.openedInAll()).toBe(0);
  });
});

describe('oauth-token', () => {
  const withToken = async (options: TokenSceneOptions = {}, claims?: Claims) => {
    const stage = await tokenScene({ ...options, permitted: false });
    const token = await github.sign(`https://${hostOf(stage.cloud)}/${ORG}`, claims);
    return { ...stage, token, inputs: { ...stage.inputs, 'oauth-token': `${token}\n` } };
  };

  test('opens a session with one request, and is masked and never saved', async () => {
    const stage = await withToken({ debug: true });
    const { main, post, cloud } = await played(stage);
    expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'opened', attempts: '1' } });
    expect(stage.tokenRequests()).toBe(0);
    expect(sent(cloud)).toEqual([LOGIN_OAUTH, LOGOUT_V2]);
    expect(JSON.parse(cloud.requests[0]?.body ?? '')).toEqual({ orgId: ORG, oauthToken: stage.token });
    expect(main.masks[0]).toBe(stage.token);
    expectHidden([main, post], stage.token);
    expect(main.stateFile).not.toContain(stage.token);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('is sent again after "not now"', async () => {
    const faults = [respondWith(429), respondWith(503, errorTextV2(503, 'X_1'))];
    const { job, cloud, inputs } = await withToken({ faults, ...TEN_TIMES_AS_FAST });
    const main = await onlyMain({ job, inputs });
    expect(main).toMatchObject({ exitCode: 0, outputs: { attempts: '3' } });
    expect(cloud.tokens()).toMatchObject([{ attempts: 1, opened: 1 }]);
  });

  test.each([
    ['a lost response', RESPONSE_LOST],
    ['a page', { ...respondWith(200, '<html></html>'), effect: true }],
    ['a bare 503', { ...respondWith(503), effect: true }],
  ] as const)('is sent once: after %s no more', async (_name, fault) => {
    const { main, post, cloud } = await played(await withToken({ faults: [fault] }));
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toContain('not retried in this job');
    expect(sent(cloud)).toEqual([LOGIN_OAUTH]);
    expect(ending(post)).toMatch(/^Warning: A session may be open /);
  });

  test('that is refused shows its claims, and not itself', async () => {
    const stage = await withToken({}, { aud: 'https://example.com' });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(main.log).toContain('aud: https://example.com');
    expectHidden([main], stage.token);
    expect(sent(stage.cloud)).toEqual([LOGIN_OAUTH]);
  });

  // `unit/steps/inputs.test.ts` has the other rows, in process.
  test.each([
    ['no JWT', { 'oauth-token': 'abc' }, /oauth-token is not a JWT/],
    ['a user name', { username: 'x' }, /oauth-token is given with username or password/],
  ] as const)('%s: wrong inputs, and nothing is sent', async (_name, inputs, problem) => {
    const stage = await withToken();
    const main = await onlyMain({ ...stage, inputs: { ...stage.inputs, ...inputs } });
    expectRed(main);
    expect(main.log.join('\n')).toMatch(problem);
    expectHidden([main], stage.token);
    expect(stage.cloud.requests).toEqual([]);
  });
});

test('by GitHub’s token, an audience in quotes: wrong inputs, and neither service gets a request', async () => {
  const stage = await tokenScene({ inputs: { audience: '"https://example.com"' } });
  const main = await onlyMain(stage);
  expectRed(main);
  expect(main.log.join('\n')).toMatch(/audience is in quotes/);
  expect([stage.tokenRequests(), stage.cloud.requests.length]).toEqual([0, 0]);
});

test('two logins, one without a password: each session is gone', async () => {
  const { job, cloud, inputs } = await tokenScene();
  const target = await loginScene();
  await onlyMain({ job, inputs });
  await onlyMain({ job, inputs: target.inputs });
  expect([cloud.openSessions().length, target.cloud.openSessions().length]).toEqual([1, 1]);
  await job.posts();
  expect([...cloud.openSessions(), ...target.cloud.openSessions()]).toEqual([]);
});
