import { describe, expect, test } from '@jest/globals';
import type { InputName } from '../../../src/inputs/values.ts';
import { mainStep } from '../../../src/steps/main-step.ts';
import {
  LOGIN_HOST,
  late,
  lost,
  noResponse,
  notFound,
  PASSWORD,
  page,
  type Reply,
  type RunnerOptions,
  received,
  refusedConnection,
  runnerOf,
  ScriptedWorld,
  SERVER_URL,
  SESSION_ID,
  stalled,
  unresolved,
  v2Object,
  valuesOf,
} from '../support.ts';

const UUID = '4HrTfPaU1bVdKq8wLmXz2C';
const OTHER_UUID = '9kLmNoPqRsTuVwXyZaBcDe';

interface Setting extends RunnerOptions {
  readonly forEver?: boolean;
  readonly cancelAtMs?: number;
}

async function run(
  more: Partial<Record<InputName, string>>,
  script: readonly Reply[],
  { forEver = false, cancelAtMs, ...options }: Setting = {},
) {
  const world = new ScriptedWorld(script, { forEver });
  if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const values = valuesOf({
    mode: 'login',
    'api-version': '3',
    'login-url': 'dm-us',
    username: 'CI@example.com',
    password: PASSWORD,
    ...more,
  });
  const { runner, ...seen } = runnerOf(values, world.journal, options);
  const report = await world.clock.until(mainStep(runner, world));
  return { report, calls: world.calls, endedMs: world.clock.elapsedMs(), ...seen };
}

const opened = (name: string, organization: object = { orgId: UUID, orgName: 'Sales' }) =>
  received(200, {
    products: [{ name: 'Integration Cloud', baseApiUrl: SERVER_URL }],
    userInfo: { sessionId: SESSION_ID, name, ...organization },
  });

describe('a user name that was given', () => {
  test.each([
    ['is masked in the other letters of the server too', 'ci@example.com', true],
    ['is not, if the server has the same', 'CI@example.com', false],
    ['lets the name of someone else be', 'someone@example.com', false],
  ])('%s', async (_, name, isMasked) => {
    const { report, masks, saved } = await run({}, [opened(name)]);
    expect(masks.includes(name)).toBe(isMasked);
    expect(report.text).toContain(
      `Opened a session of CI@example.com in organization Sales on ${LOGIN_HOST} `,
    );
    expect(saved.at(-1)).toMatchObject({
      opened: { userName: name, owner: { user: 'CI@example.com', organization: 'Sales' } },
    });
  });
});

test('a wrong organization is named with its id, and is not given as the requested one', async () => {
  const { report, calls } = await run({ 'organization-id': OTHER_UUID }, [
    opened('ci@example.com'),
    received(200),
  ]);
  expect(calls).toHaveLength(2);
  expect(report.level).toBe('error');
  expect(report.text).toBe(
    `Opened a session of CI@example.com on ${LOGIN_HOST} (HTTP 200, 1 attempt), but it is in organization Sales (${UUID}), not ${OTHER_UUID}: ` +
      'check organization-id and the user. It was ended at once.',
  );
});

describe('a login that never reached the server', () => {
  const nothingSent = /^Not opened: a session of CI@example\.com on .* Nothing was sent in \d+ attempts; /;

  test('opened nothing, and leaves the post step nothing to say', async () => {
    const { report, saved } = await run({}, [noResponse(refusedConnection, false)], { forEver: true });
    expect(report.text).toMatch(nothingSent);
    expect(report.inSummary).toBe(true);
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'not-opened' });
  });

  test('is one that may have, after one whose response was lost', async () => {
    const script = [noResponse(lost, true), noResponse(refusedConnection, false)];
    const { report, saved } = await run({}, script, { forEver: true });
    expect(report.text).toMatch(/^Not confirmed as opened: a session of CI@example\.com on /);
    expect(saved.at(-1)).toMatchObject({ kind: 'logging-in', owner: { user: 'CI@example.com' } });
  });

  test.each([
    ['that does not exist', notFound, 10_000],
    ['whose name server is away', unresolved, 60_000],
  ])('is tried as long as it makes sense, at a host %s', async (_, failure, limitMs) => {
    const { report, endedMs } = await run({}, [noResponse(failure, false)], { forEver: true });
    expect(report.text).toMatch(nothingSent);
    expect(endedMs).toBeLessThanOrEqual(limitMs);
    expect(endedMs).toBeGreaterThanOrEqual(limitMs * 0.5);
  });
});

const JWT = `${jwtPart({ alg: 'RS256' })}.${jwtPart({ exp: 1_800_000_000, sub: 'repo:octo/etl' })}.c2lnbmF0dXJl`;

function jwtPart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

describe('a session that the rest of the job must not get', () => {
  const session = opened('ci@example.com');
  const noUrl = received(200, {
    userInfo: { sessionId: SESSION_ID, name: 'ci@example.com', orgId: UUID, orgName: 'Sales' },
  });
  const WHOSE = `a session of CI@example.com in organization Sales on ${LOGIN_HOST} (HTTP 200, 1 attempt)`;

  test.each<[string, Reply, Setting, string]>([
    ['without a server URL', noUrl, {}, 'baseApiUrl in the response is missing or invalid'],
    [
      'whose state cannot be saved',
      session,
      { canSave: [true, false, true] },
      'the state for the post step could not be saved',
    ],
    [
      'whose outputs cannot be written',
      session,
      { canSetOutputs: false },
      'its outputs or variables could not be written',
    ],
    [
      'whose variables cannot be written',
      session,
      { canExport: false },
      'its outputs or variables could not be written',
    ],
    ['of a login that is cancelled', late(500, session), { cancelAtMs: 100 }, 'the step was cancelled'],
  ])('%s is ended at once', async (_, response, setting, why) => {
    const more = { 'session-id-variable': 'IICS_SESSION_ID' };
    const { report, calls, masks, saved } = await run(more, [response, received(200)], setting);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', 'session-id': '' } });
    expect(report.text).toBe(`Opened ${WHOSE}, but ${why}. It was ended at once.`);
    expect(calls[1]?.headers).toMatchObject({ 'INFA-SESSION-ID': SESSION_ID });
    expect(masks).toContain(SESSION_ID);
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });

  test.each<[string, Setting, string]>([
    ['is ended by the post step', {}, ': the post step tries again.'],
    ['may be open, if its state was not saved', { canSave: [true, false] }, ', so it may be open. '],
  ])('and whose end is not confirmed %s', async (_, setting, ending) => {
    const { report, saved } = await run({}, [session, received(302)], { canExport: false, ...setting });
    expect(report.text).toContain(`Its end was not confirmed${ending}`);
    expect(saved.at(-1)).toMatchObject({ kind: 'pending', inputs: { 'session-id': SESSION_ID } });
  });

  test('and that has no session ID stays open, and the state says so', async () => {
    const response = received(200, { userInfo: { sessionId: 'no id' } });
    const { report, calls, saved } = await run({}, [response]);
    expect(calls).toHaveLength(1);
    expect(report.text).toContain('It is open, and nobody can end it without its ID.');
    expect(saved.at(-1)).toMatchObject({ kind: 'logging-in', sessions: 1 });
  });

  test('is told of, with one that an earlier login may have opened', async () => {
    const { report, lines } = await run({}, [noResponse(lost, true), session]);
    expect(report.text).toMatch(/^Opened .* 2 attempts/);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^A session may be open .*: a login was retried after one whose response was lost\.$/,
      ),
    );
  });
});

test('a variable that has a value gets the new one, and the log says so', async () => {
  const more = { 'session-id-variable': 'IICS_SESSION_ID', 'server-url-variable': 'IICS_URL' };
  const { report, lines } = await run(more, [opened('me')], { variables: ['IICS_URL'] });
  expect(report.level).toBe('info');
  expect(lines).toEqual([
    'The variable IICS_URL already has a value, which is replaced for the rest of the job.',
  ]);
});

describe('the control', () => {
  const valid = (isValidToken: unknown) => received(200, { '@type': 'validatedToken', isValidToken });

  test.each<[string, Partial<Record<InputName, string>>, string, Reply[], string]>([
    ['says valid', { verify: 'always' }, 'ci@example.com', [valid(true)], 'valid'],
    ['says dead', { verify: 'always' }, 'ci@example.com', [valid(false)], 'dead'],
    ['says nothing', { verify: 'always' }, 'ci@example.com', [received(500)], 'unclear'],
    ['has no user name', { verify: 'always' }, '', [], 'no-user-name'],
    ['is not wanted', {}, 'ci@example.com', [], 'not-due'],
    ['has no time', { verify: 'always', 'timeout-seconds': '1' }, 'ci@example.com', [], 'no-time'],
  ])('%s', async (_, more, name, script, control) => {
    const { report, saved, calls } = await run(more, [opened(name), ...script]);
    expect(report.text).toMatch(/^Opened /);
    expect(calls).toHaveLength(1 + script.length);
    expect(saved.at(-1)).toMatchObject({ kind: 'pending', opened: { control } });
  });
});

describe('an access token', () => {
  const NO_TOKEN = received(200, { jwt_token: 'none' });
  const wanted = {
    'access-token': 'true',
    'access-token-variable': 'IICS_TOKEN',
    'session-id-variable': 'IICS_SESSION_ID',
  };
  const TOKEN_PATH = '/identity-service/api/v1/jwt/Token';

  test('is masked, and is an output', async () => {
    const { report, masks, outputs, calls } = await run(wanted, [
      opened('me'),
      received(200, { jwt_token: JWT }),
    ]);
    expect(report.text).toContain(' Its access token expires at 2027-01-15T08:00:00Z. ');
    expect(outputs[0]).toMatchObject({
      'access-token': JWT,
      'access-token-expires-at': '2027-01-15T08:00:00Z',
    });
    expect(masks).toContain(JWT);
    expect(calls[1]?.url.host).toBe(LOGIN_HOST);
  });

  /** The outputs `status-code`, `error-code` and `error-message`. */
  type Said = readonly [string, string, string];
  const noTokenWith = (status: number) =>
    `the response (HTTP ${status}) has no token in jwt_token, access_token or token`;
  const notTheApi = (what: string) =>
    `the response is ${what}: it did not come from the API, but from a proxy or a gateway, or login-url is wrong`;
  test.each<[string, Reply[], string, Said]>([
    [
      'has no token',
      [received(200, {}), received(200, {})],
      `it got no access token (2 attempts): ${noTokenWith(200)}`,
      ['200', '', noTokenWith(200)],
    ],
    [
      'is an error',
      [received(403, { error: { code: 'IDS_1', message: 'No.' } })],
      'the server says IDS_1 "No." (HTTP 403)',
      ['403', 'IDS_1', 'No.'],
    ],
    [
      'is a v2 error object',
      [received(400, v2Object('X_1', 400, 'Not licensed.'))],
      ', but it got no access token (1 attempt): the server says X_1 "Not licensed."',
      ['400', 'X_1', 'Not licensed.'],
    ],
    [
      'is an error object with 200',
      [received(200, v2Object('X_2', 403, 'Not licensed.'))],
      ', but it got no access token (1 attempt): the server says X_2 "Not licensed."',
      ['200', 'X_2', 'Not licensed.'],
    ],
    [
      'is a page with 404',
      [page(404), page(404)],
      notTheApi('a web page (HTTP 404, text/html)'),
      ['404', '', notTheApi('a web page (HTTP 404, text/html)')],
    ],
    [
      'is an empty 401',
      [received(401), received(401)],
      notTheApi('empty (HTTP 401)'),
      ['401', '', notTheApi('empty (HTTP 401)')],
    ],
    [
      'is an empty 200',
      [received(200), received(200)],
      notTheApi('empty (HTTP 200)'),
      ['200', '', notTheApi('empty (HTTP 200)')],
    ],
    ['is JSON with another text', [NO_TOKEN, NO_TOKEN], noTokenWith(200), ['200', '', noTokenWith(200)]],
    [
      'is other JSON, and then a page',
      [received(400, {}), page(404)],
      notTheApi('a web page (HTTP 404, text/html)'),
      ['404', '', notTheApi('a web page (HTTP 404, text/html)')],
    ],
    [
      'is 201 with a token',
      [received(201, { jwt_token: JWT }), received(201, { jwt_token: JWT })],
      noTokenWith(201),
      ['201', '', noTokenWith(201)],
    ],
  ])('whose response %s: the session is ended at once', async (_, script, why, [status, code, message]) => {
    const replies = [opened('me'), ...script, received(200)];
    const { report, masks, saved, calls, outputs, exported, lines } = await run(wanted, replies);
    expect(calls.map(({ url }) => url.pathname)).toEqual([
      expect.stringMatching(/\/v3\/login$/),
      ...script.map(() => TOKEN_PATH),
      expect.stringMatching(/\/v3\/logout$/),
    ]);
    expect(calls.at(-1)?.headers).toMatchObject({ 'INFA-SESSION-ID': SESSION_ID });
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '1' } });
    expect(report.outputs).toMatchObject({
      'status-code': status,
      'error-code': code,
      'error-message': message,
    });
    expect(outputs.map((set) => set['access-token'] ?? '').join('')).toBe('');
    expect(exported).toEqual([]);
    expect(report.text).toContain(why);
    expect(report.text).toMatch(/ It was ended at once\.$/);
    // The token of a 201 is not masked, so it may not be shown.
    expect(masks).not.toContain(JWT);
    expect([report.text, ...lines].join('\n')).not.toContain(JWT);
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });

  test('is not waited for after a cancellation', async () => {
    const { report } = await run(wanted, [opened('me'), stalled, received(200)], { cancelAtMs: 1_000 });
    expect(report.text).toMatch(/, but the step was cancelled\. It was ended at once\.$/);
  });
});

describe("a login with GitHub's ID token", () => {
  const byToken = { 'api-version': '2', username: '', password: '', 'organization-id': UUID };
  const service = { url: 'https://token.example.com/id?api-version=2.0', bearer: 'runner-bearer' };
  const token = received(200, { value: JWT });
  const openedByToken = received(200, {
    '@type': 'user',
    icSessionId: SESSION_ID,
    serverUrl: SERVER_URL,
    orgUuid: UUID,
    name: 'ci@example.com',
  });

  test('gets a new token for each attempt, and masks it', async () => {
    const script = [token, received(500), token, openedByToken];
    const { report, calls, masks } = await run(byToken, script, { idTokenService: service });
    expect(report.text).toMatch(/^Opened a session of ci@example\.com in organization /);
    expect(calls.map(({ url }) => url.host)).toEqual([
      'token.example.com',
      LOGIN_HOST,
      'token.example.com',
      LOGIN_HOST,
    ]);
    expect(calls[0]?.url.searchParams.get('audience')).toBe(`https://${LOGIN_HOST}/${UUID}`);
    expect(masks).toContain(JWT);
  });

  test('that is rejected shows the claims of the token', async () => {
    const rejected = received(401, { '@type': 'error', code: 'IDS_010', description: 'No.' });
    const { report, lines } = await run(byToken, [token, rejected], { idTokenService: service });
    expect(report.text).toMatch(/^Not opened: /);
    expect(lines).toContain('sub: repo:octo/etl');
  });

  test.each<[string, Setting, Reply[], string]>([
    ['without the permission', {}, [], 'GitHub gives this job no ID token: add `id-token: write`'],
    [
      'whose service is reached in the clear',
      { idTokenService: { ...service, url: 'http://token.example.com' } },
      [],
      'is neither https nor on loopback',
    ],
    [
      'that the service refuses',
      { idTokenService: service },
      [received(404)],
      'Could not get an ID token from GitHub (1 attempt): token.example.com answered HTTP 404.',
    ],
  ])('%s sends no login', async (_, setting, script, why) => {
    const { report, calls, saved } = await run(byToken, script, setting);
    expect(calls).toHaveLength(script.length);
    expect(report.text).toMatch(/^Not opened: /);
    expect(report.text).toContain(why);
    expect(saved).toEqual([{ kind: 'settled', as: 'not-opened' }]);
  });
});
