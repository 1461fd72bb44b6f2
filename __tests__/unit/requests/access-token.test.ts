import { describe, expect, test } from '@jest/globals';
import type { HttpResult, NetworkFailure } from '../../../src/http.ts';
import { accessTokenRequest } from '../../../src/requests/access-token.ts';
import { responseOf } from '../responses/rows.ts';
import { noResponse, received, SESSION_ID, v2Object, v3Object, wire } from '../support.ts';

const TOKEN = 'eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.ZmFrZS1zaWduYXR1cmU';
const OTHER = 'eyJvdGhlciI6MX0.eyJvdGhlciI6Mn0.b3RoZXItc2lnbmF0dXJl';
const LOGIN_URL = new URL('https://dm-us.informaticacloud.com');
const request = accessTokenRequest(LOGIN_URL, SESSION_ID, '0123456789abc');

test('the request, as the vendor documents it', () => {
  const { method, url, headers, body } = request.http;
  expect([method, body]).toEqual(['POST', '']);
  expect(url.href).toBe(
    'https://dm-us.informaticacloud.com/identity-service/api/v1/jwt/Token?client_id=idmc_api&nonce=0123456789abc',
  );
  expect(headers).toEqual({
    Accept: 'application/json',
    'IDS-SESSION-ID': SESSION_ID,
    Cookie: `USER_SESSION=${SESSION_ID}`,
  });
});

/** How many times the step gets this result before it stops; infinite if the failure may pass. */
type Meaning = 'token' | 'rejected' | 1 | 2 | 'endless';

function meaning(result: HttpResult): Meaning {
  const classification = request.classify(result);
  switch (classification.kind) {
    case 'success':
      return 'token';
    case 'rejected':
    case 'session-gone':
      return 'rejected';
    case 'inconclusive': {
      const times = classification.repeatLimit?.times;
      return times === 1 || times === 2 ? times : 'endless';
    }
  }
}

const notHttp: NetworkFailure = {
  kind: 'not-http',
  code: 'HPE_INVALID_CONSTANT',
  proxy: undefined,
  cause: undefined,
};

describe('what a response means', () => {
  test.each<[Meaning, string, HttpResult]>([
    ['token', 'jwt_token', received(200, { jwt_token: TOKEN })],
    ['token', 'access_token', received(200, { access_token: TOKEN })],
    ['token', 'token, among others', received(200, { status: 'x', token: ` ${TOKEN}\n`, expires: 1 })],
    [2, 'a token beside a Location', received(200, { jwt_token: TOKEN }, { location: '/x' })],
    ['rejected', 'v2, 200', responseOf(200, '{"@type":"error","code":"X_1"}')],
    ['rejected', 'v2, with a token beside it', received(200, { ...v2Object('X_1'), jwt_token: TOKEN })],
    ['rejected', 'v2, 400', responseOf(400, '{"@type":"error","code":"X_1"}')],
    ['rejected', 'v3, 401', responseOf(401, '{"@type":"error","code":"AUTH_01"}')],
    ['rejected', 'v3, 403', responseOf(403, '{"@type":"error","code":"X_1"}')],
    ['rejected', 'v3, 404', responseOf(404, '{"@type":"error","code":"X_1"}')],
    ['rejected', 'v3, 407', responseOf(407, '{"@type":"error","code":"X_1"}')],
    ['endless', 'v3, 408', responseOf(408, '{"@type":"error","code":"X_1"}')],
    ['endless', 'v3, 425', responseOf(425, '{"@type":"error","code":"X_1"}')],
    ['endless', 'v2, 429', responseOf(429, '{"@type":"error","code":"AUTH_01"}')],
    ['endless', 'v3, 500', responseOf(500, '{"@type":"error","code":"AUTH_01"}')],
    ['endless', 'v2, 503', responseOf(503, '{"@type":"error","code":"X_1"}')],
    ['endless', '500', responseOf(500)],
    ['endless', 'a page, 502', responseOf(502, 'a page')],
    ['endless', 'a page, 429', responseOf(429, 'a page')],
    ['endless', '504', responseOf(504)],
    ['endless', 'no complete body', wire.brokenOff(200)],
    ['endless', 'time-out', wire.timedOut],
    ['endless', 'lost', wire.lost],
    ['endless', 'not resolved', wire.unresolved],
    ['endless', 'not connected', wire.refused],
    [2, 'a page', responseOf(200, 'a page')],
    [2, 'a page, 401', responseOf(401, 'a page')],
    [2, 'a page, 404', responseOf(404, 'a page')],
    [2, 'an empty 200', responseOf(200)],
    [2, 'an empty 401', responseOf(401)],
    [2, 'an empty 401 that wants another sign-in', responseOf(401, 'no body', 'WWW-Authenticate')],
    [2, '204', responseOf(204)],
    [2, 'an emptiness that is not certain', wire.endless(200)],
    [2, 'more than 64 KiB', wire.tooLarge(200)],
    [2, 'a coding', received(200, { jwt_token: TOKEN }, { contentEncoding: 'zstd' })],
    [2, 'JSON without a token', received(200, {})],
    [2, 'a list', received(200, [TOKEN])],
    [2, 'the token alone', received(200, JSON.stringify(TOKEN))],
    [2, 'no JWT', received(200, { jwt_token: 'opaque-token-0123456789' })],
    [2, 'another 2xx', received(201, { jwt_token: TOKEN })],
    [2, 'JSON with 400', received(400, { jwt_token: TOKEN })],
    [2, 'an error that is not the vendor’s', received(403, { error: 'Forbidden' })],
    [2, 'not HTTP', noResponse(notHttp, true)],
    [2, 'a certificate', wire.certificate],
    [2, 'the proxy’s 4xx', wire.proxy(403)],
    [1, 'the proxy’s 407', wire.proxy(407, 'Basic')],
    [1, 'a redirect', responseOf(302, 'no body', 'Location')],
    [1, '303 with an error object', responseOf(303, '{"@type":"error","code":"X_1"}')],
  ])('%s: %s', (expected, _what, result) => {
    expect(meaning(result)).toBe(expected);
  });

  test('of several tokens the first field counts that has a JWT', () => {
    const read = (body: object) => request.classify(received(200, body));
    const success = (received: string) =>
      expect.objectContaining({ value: { token: received.trim(), received } });
    expect(read({ token: OTHER, access_token: OTHER, jwt_token: `\t${TOKEN} ` })).toEqual(
      success(`\t${TOKEN} `),
    );
    expect(read({ token: OTHER, access_token: TOKEN, jwt_token: 'x' })).toEqual(success(TOKEN));
  });

  test('all that has no token counts as one, whatever it is', () => {
    const names = [
      responseOf(200, 'a page'),
      responseOf(404, 'a page'),
      responseOf(401),
      received(200, {}),
    ].map((result) => {
      const classification = request.classify(result);
      return classification.kind === 'inconclusive' && classification.repeatLimit?.name;
    });
    expect(new Set(names).size).toBe(1);
  });

  test('after "not now" the server says when', () => {
    const classification = request.classify(received(429, '', { retryAfter: '2' }));
    expect(classification).toMatchObject({ retryAfter: { retryAfter: '2' } });
  });

  test('an error shows neither the session id nor a token', () => {
    for (const text of [`no: ${TOKEN}`, `no: ${SESSION_ID}`]) {
      for (const status of [403, 503]) {
        const shown = JSON.stringify(request.classify(received(status, v3Object('X_1', text))));
        expect(shown).toContain('(withheld: the text repeated a secret)');
        expect(shown).not.toContain(TOKEN);
        expect(shown).not.toContain(SESSION_ID);
      }
    }
  });
});
