import { describe, expect, test } from '@jest/globals';
import type { HttpResponse, HttpResult, ResponseBody, ResponseHeaders } from '../../../src/http.ts';
import { readTrustedHosts, type TrustedHosts } from '../../../src/inputs/hosts.ts';
import { inputValues } from '../../../src/inputs/values.ts';
import { idTokenRequest } from '../../../src/requests/id-token.ts';
import { validSessionIdRequest } from '../../../src/requests/valid-session-id.ts';
import { validateInputs } from '../../../src/requests/validate-inputs.ts';
import type { ApiRequest, LoginContext } from '../../../src/responses/api-request.ts';
import { claimsOf, expiryOf } from '../../../src/responses/json.ts';
import {
  type FoundSession,
  type LoginResponse,
  readUserInfo,
  readUserObject,
} from '../../../src/responses/user-object.ts';

const ID = 'Qm3ZtV8rXk5LwB1nYc7D';
const URL_TEXT = 'https://usw3.dm-us.informaticacloud.com/saas';
const UUID = '4HrTfPaU1bVdKq8wLmXz2C';
const trustedHosts = readTrustedHosts('idmc.example.com');
const trusted: TrustedHosts = trustedHosts.ok ? trustedHosts.value : () => undefined;

/** A response with nothing besides the session. */
const GOOD: LoginContext = { statusCode: 200, error: undefined };

const NO_HEADERS: ResponseHeaders = {
  location: undefined,
  retryAfter: undefined,
  date: undefined,
  contentType: undefined,
  contentEncoding: undefined,
  wwwAuthenticate: undefined,
  proxyAuthenticate: undefined,
};
function response(
  statusCode: number,
  body: unknown = '',
  headers: Partial<ResponseHeaders> = {},
): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const whole: ResponseBody = { kind: 'complete', text, endIsCertain: true };
  return { kind: 'response', statusCode, headers: { ...NO_HEADERS, ...headers }, body: whole };
}

function flawedBy(field: string, session?: Omit<FoundSession, 'serverUrl'>): LoginResponse {
  return {
    kind: 'flawed',
    session: session && { ...session, serverUrl: undefined },
    flaw: { kind: 'field', field },
  };
}

describe('the user object of version 2', () => {
  const user = {
    '@type': 'user',
    icSessionId: ID,
    serverUrl: URL_TEXT,
    orgId: '0012ab',
    orgUuid: UUID,
    name: 'me',
  };
  const read = (more: object) => readUserObject({ ...user, ...more }, GOOD, trusted);
  const session = {
    sessionId: ID,
    serverUrl: new URL(URL_TEXT),
    organizationIds: [UUID, '0012ab'],
    organizationName: '',
    userName: 'me',
  };

  test.each<[string, object, object]>([
    ['whole', {}, session],
    ['blanks around the id', { icSessionId: `\ufeff ${ID}\r\n` }, session],
    ['without @type', { '@type': undefined }, session],
    ['a slash at the end of the URL', { serverUrl: `${URL_TEXT}/` }, session],
    ['a URL without a path', { serverUrl: URL_TEXT.replace('/saas', '') }, session],
    ['no orgUuid', { orgUuid: undefined }, { ...session, organizationIds: ['0012ab'] }],
    ['ids that are none', { orgUuid: 'a b c d', orgId: 7 }, { ...session, organizationIds: [] }],
    ['no name', { name: null }, { ...session, userName: '' }],
    [
      'a trusted host',
      { serverUrl: 'https://idmc.example.com/x' },
      { ...session, serverUrl: new URL('https://idmc.example.com/x') },
    ],
  ])('%s', (_name, more, expected) => {
    expect(read(more)).toEqual({ kind: 'session', session: expected });
  });

  test.each([
    'https://example.com/saas',
    'https://informaticacloud.com.example.com/saas',
    `${URL_TEXT}?a=b`,
    `${URL_TEXT}/api/v2/user/login`,
    'http://usw3.dm-us.informaticacloud.com/saas',
    'https://u:p@usw3.dm-us.informaticacloud.com/saas',
    'x',
    '',
    7,
    null,
    undefined,
  ])('serverUrl %j is a flaw', (serverUrl) => {
    expect(read({ serverUrl })).toEqual(flawedBy('serverUrl', session));
  });

  test.each(['no id', 'short', 'x'.repeat(16_001), '<script>', 'abcdefghijklmnop'])(
    '%j is text, but no id by shape',
    (icSessionId) => {
      expect(read({ icSessionId })).toEqual(flawedBy('icSessionId'));
    },
  );

  test.each([undefined, null, '', '  ', 7, {}, ['x']])(
    '%j in the place of the id is no session',
    (icSessionId) => {
      expect(read({ icSessionId })).toBeUndefined();
    },
  );

  test.each([undefined, null, [], 'x', 7, {}])('%j is no user object', (json) => {
    expect(readUserObject(json, GOOD, trusted)).toBeUndefined();
  });
});

describe('the response of version 3', () => {
  const NAMED = { name: 'Integration Cloud', baseApiUrl: URL_TEXT };
  const OTHER = { name: 'Other', baseApiUrl: 'https://other.dm-us.informaticacloud.com/saas' };
  const BAD = { name: 'Bad', baseApiUrl: 'https://example.com' };
  const read = (products: unknown, more: object = {}) =>
    readUserInfo({ products, userInfo: { sessionId: ID, name: 'me', orgId: UUID, ...more } }, GOOD, trusted);
  const urlOf = (found: LoginResponse | undefined) =>
    found?.kind === 'session' ? found.session.serverUrl.href : found;
  const flawed = flawedBy('baseApiUrl', {
    sessionId: ID,
    organizationIds: [UUID],
    organizationName: '',
    userName: 'me',
  });

  test.each<[string, unknown, unknown]>([
    ['the one named so', [NAMED], URL_TEXT],
    ['the one named so, wherever it stands', [OTHER, NAMED], URL_TEXT],
    ['where none is named so, the first', [OTHER, { ...NAMED, name: 'x' }], OTHER.baseApiUrl],
    ['where none is named so, the first that is good', [BAD, {}, null, 7, OTHER], OTHER.baseApiUrl],
    [
      'the one named so is bad: no other is taken',
      [{ ...NAMED, baseApiUrl: 'https://example.com' }, OTHER],
      flawed,
    ],
    ['the one named so has none', [{ name: NAMED.name }, OTHER], flawed],
    ['none is good', [BAD], flawed],
    ['none', [], flawed],
    ['no list', { NAMED }, flawed],
    ['nothing', undefined, flawed],
  ])('%s', (_name, products, expected) => expect(urlOf(read(products))).toEqual(expected));

  test('whose it is', () => {
    expect(read([NAMED])).toMatchObject({
      session: { organizationIds: [UUID], organizationName: '', userName: 'me' },
    });
    expect(read([NAMED], { orgName: 'Sales' })).toMatchObject({ session: { organizationName: 'Sales' } });
    expect(read([NAMED], { orgName: 'S'.repeat(256) })).toMatchObject({ session: { organizationName: '' } });
  });
  test('an id that is none', () => {
    expect(read([NAMED], { sessionId: 'no id' })).toEqual(flawedBy('userInfo.sessionId'));
    expect(read([NAMED], { sessionId: '' })).toBeUndefined();
    expect(readUserInfo({ products: [NAMED] }, GOOD, trusted)).toBeUndefined();
    expect(readUserInfo([], GOOD, trusted)).toBeUndefined();
  });
});

describe('a login judges', () => {
  function loginAt(loginUrl: string): ApiRequest<LoginResponse> {
    const given: Record<string, string> = {
      mode: 'login',
      'login-url': loginUrl,
      username: 'me',
      password: 'Zq7-kettle-93!',
    };
    const inputs = validateInputs(inputValues((name) => given[name] ?? ''));
    const authMethod =
      inputs.ok && inputs.value.task.kind === 'open' ? inputs.value.task.login.authMethod : undefined;
    if (authMethod?.kind !== 'password') throw new Error('no login');
    return authMethod.request;
  }
  const user = (serverUrl: string) => response(200, { icSessionId: ID, serverUrl });

  test('a server URL on loopback by where the login was', () => {
    const local = user('http://127.0.0.1:9/saas');
    expect(loginAt('dm-us').classify(local)).toMatchObject({
      kind: 'success',
      value: { kind: 'flawed', flaw: { kind: 'field', field: 'serverUrl' } },
    });
    expect(loginAt('http://localhost:9').classify(local)).toMatchObject({
      kind: 'success',
      value: { kind: 'session' },
    });
    expect(loginAt('http://localhost:9').classify(user(URL_TEXT))).toMatchObject({
      value: { kind: 'session' },
    });
  });

  test.each<[string, HttpResult]>([
    ['a success object', response(200, { '@type': 'success' })],
    ['an empty 204', response(204)],
  ])('%s as unclear, and perhaps a session', (_name, result) => {
    expect(loginAt('dm-us').classify(result)).toMatchObject({
      kind: 'inconclusive',
      effect: 'possible',
      credentialUse: 'possible',
    });
  });
});

describe('a JWT', () => {
  const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  test('its claims, not verified', () => {
    expect(claimsOf(jwt({ a: 'ü' }))).toEqual({ a: 'ü' });
    for (const text of [jwt([]), jwt('x'), jwt(null), 'a.b.c', 'a.b', ID, ''])
      expect(claimsOf(text)).toBeUndefined();
  });
  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_900_000_000, '2030-03-17T17:46:40Z'],
    [1_900_000_000.5, '2030-03-17T17:46:40.500Z'],
  ])('exp %d', (exp, expected) => expect(expiryOf(jwt({ exp }))).toBe(expected));
  test.each([undefined, '1900000000', null, 1e300, -1e300, 8.64e12])('exp %j says nothing', (exp) => {
    expect(expiryOf(jwt({ exp }))).toBeUndefined();
  });
  test('of an id that is none', () => expect(expiryOf(ID)).toBeUndefined());
});

describe('GitHub’s token', () => {
  const classifyIdToken = (result: HttpResult) =>
    idTokenRequest({ url: 'https://ids.example/', bearer: 'B' }, 'a')?.classify(result);
  const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLW9mLWl0';
  const serverError = { kind: 'inconclusive', effect: 'none' };
  test('is had', () => {
    expect(classifyIdToken(response(200, { count: 1, value: TOKEN }))).toEqual({
      kind: 'success',
      statusCode: 200,
      value: TOKEN,
    });
  });
  test.each<[string, HttpResult, object]>([
    ['no value', response(200, { count: 1 }), serverError],
    ['a value that is no JWT', response(200, { value: 'x' }), serverError],
    ['no JSON', response(200, 'x'), serverError],
    ['403, so often', response(403), { ...serverError, repeatLimit: { times: 3 } }],
    ['500', response(500), { ...serverError, retryAfter: undefined }],
    [
      '429, when',
      response(429, '', { retryAfter: '7' }),
      { ...serverError, retryAfter: { retryAfter: '7' } },
    ],
    [
      '503, when',
      response(503, '', { retryAfter: '7' }),
      { ...serverError, retryAfter: { retryAfter: '7' } },
    ],
    ['408', response(408), serverError],
    ['425', response(425), serverError],
    ['400', response(400), { kind: 'rejected', statusCode: 400 }],
    ['401', response(401), { kind: 'rejected', statusCode: 401 }],
    ['404', response(404), { kind: 'rejected', statusCode: 404 }],
    ['a redirect', response(302, '', { location: 'https://x' }), { kind: 'rejected', statusCode: 302 }],
    [
      'a body that broke off',
      {
        ...response(200),
        body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'E', cause: 0 } },
      },
      serverError,
    ],
  ])('%s', (_name, result, expected) => expect(classifyIdToken(result)).toMatchObject(expected));

  test('nothing that the service wrote is kept', () => {
    for (const status of [200, 400, 403, 500]) {
      const classification = classifyIdToken(
        response(status, { message: 'wrote', error: { code: 'X_1', message: 'wrote' } }),
      );
      expect(JSON.stringify(classification)).not.toContain('wrote');
    }
  });

  const requests = (url: string, audience = 'https://a/b c&d') =>
    idTokenRequest({ url, bearer: 'B' }, audience)?.http;
  test('is requested with the audience, whatever is in it, and the bearer token', () => {
    const call = requests('https://x.example/idtoken?api-version=2.0');
    expect(call).toMatchObject({ method: 'GET', headers: { Authorization: 'Bearer B' }, body: '' });
    expect(call?.url.searchParams.get('audience')).toBe('https://a/b c&d');
    expect(call?.url.searchParams.get('api-version')).toBe('2.0');
    expect(call?.url.href).not.toContain('B ');
  });
  test.each(['http://x.example/', 'ftp://x', 'nothing', '', 'http://localhost.example/'])(
    '%j gets no request',
    (url) => {
      expect(requests(url)).toBeUndefined();
    },
  );
  test.each(['http://localhost:1/', 'http://127.0.0.1/', 'http://[::1]/', 'https://x/'])('%s is', (url) => {
    expect(requests(url)).toBeDefined();
  });
});

describe('validSessionId', () => {
  test.each<[unknown, string | undefined]>([
    [{ '@type': 'validatedToken', isValidToken: true, timeUntilExpire: 29 }, 'valid'],
    [{ '@type': 'validatedToken', isValidToken: false }, 'dead'],
    [{ '@type': 'validatedToken', isValidToken: 'false' }, undefined],
    [{ '@type': 'validatedToken' }, undefined],
    [{ isValidToken: false }, undefined],
    [undefined, undefined],
    [[], undefined],
  ])('%j', (json, expected) => {
    const result = validSessionIdRequest(new URL(URL_TEXT), 'me', ID).classify(response(200, json));
    expect(result.kind === 'success' ? result.value : undefined).toBe(expected);
  });

  test('goes to the server URL, with or without a slash, and has no session id in a header', () => {
    for (const url of [URL_TEXT, `${URL_TEXT}/`]) {
      const { http } = validSessionIdRequest(new URL(url), 'me', ID);
      expect(http.url.href).toBe(`${URL_TEXT}/api/v2/user/validSessionId`);
      expect(JSON.stringify(http.headers)).not.toContain(ID);
      expect(JSON.parse(http.body)).toEqual({ '@type': 'validatedToken', userName: 'me', icToken: ID });
    }
  });
  test('an empty response, or an error object, says nothing of the session', () => {
    const { classify } = validSessionIdRequest(new URL(URL_TEXT), 'me', ID);
    expect(classify(response(200)).kind).toBe('inconclusive');
    expect(classify(response(401)).kind).toBe('inconclusive');
    expect(classify(response(401, { '@type': 'error', code: 'AUTH_01' })).kind).toBe('rejected');
  });
});
