import { describe, expect, test } from '@jest/globals';
import type { HttpResult, NetworkFailure } from '../../../src/http.ts';
import { reasonText, rejectionText } from '../../../src/report/reason-text.ts';
import type { ReportedRequest } from '../../../src/responses/api-request.ts';
import {
  deadSession,
  endsWithConnection,
  HTML,
  LOGIN_HOST,
  logout,
  logoutall,
  logoutallValues,
  lost,
  noResponse,
  notFound,
  page,
  proxySays,
  received,
  receivedWith,
  refusedConnection,
  requestOf,
  SERVER_HOST,
  timedOut,
  tooLarge,
  unresolved,
  v2Object,
  v3Object,
  wrongPassword,
} from '../support.ts';

function reasonOf(result: HttpResult, request: ReportedRequest<true> = logout): string {
  const classification = request.classify(result);
  if (classification.kind !== 'inconclusive') throw new Error(`It is ${classification.kind}.`);
  return reasonText(classification.reason, request);
}

function refusalOf(result: HttpResult, request: ReportedRequest<true> = logoutall): string {
  const classification = request.classify(result);
  if (classification.kind !== 'rejected') throw new Error(`It is ${classification.kind}.`);
  return rejectionText(classification, request);
}

describe('a response of something else than the API', () => {
  const elsewhere = 'it did not come from the API, but from a proxy or a gateway, or server-url is wrong';
  test.each([
    ['a page', page(401), `a web page (HTTP 401, text/html): ${elsewhere}`],
    ['a page without a type', received(403, '<html>'), `a web page (HTTP 403): ${elsewhere}`],
    [
      'a text',
      received(200, 'OK', { contentType: 'text/plain' }),
      `plain text (HTTP 200, text/plain): ${elsewhere}`,
    ],
    [
      'JSON',
      received(200, { success: false }),
      `JSON that the API does not send (HTTP 200, application/json): ${elsewhere}`,
    ],
    ['nothing', received(202), `empty (HTTP 202): ${elsewhere}`],
    ['nothing, perhaps', receivedWith(endsWithConnection, 200), `empty (HTTP 200): ${elsewhere}`],
    ['too much', receivedWith(tooLarge, 200, HTML), `larger than 64 KiB (HTTP 200, text/html): ${elsewhere}`],
    [
      'an encoding',
      received(200, '{}', { contentEncoding: 'br' }),
      `in an unknown encoding (HTTP 200): ${elsewhere}`,
    ],
  ])('%s', (_, result, text) => expect(reasonOf(result)).toBe(`the response is ${text}`));

  test('to logoutall: its own input', () => {
    expect(reasonOf(page(403), logoutall)).toBe(
      'the response is a web page (HTTP 403, text/html): it did not come from the API, but from a proxy or a gateway, or login-url is wrong',
    );
  });

  test.each([
    ['a host', 'https://portal.example/x?y', 'portal.example'],
    ['no host', undefined, 'an address that it does not name'],
  ])('a redirect to %s', (_, location, to) =>
    expect(reasonOf(received(302, '', { location }))).toBe(
      `the response is a redirect (HTTP 302) to ${to}, which was not followed: log in again, because the organization may have moved, or check server-url`,
    ),
  );
});

describe('what a server said that is not well', () => {
  test.each([
    ['nothing', page(503), 'HTTP 503 without an API error'],
    ['v2', received(503, v2Object('X_503', 503, 'Later.')), 'the server says X_503 "Later." (HTTP 503)'],
    ['v3', received(500, v3Object('X_500', 'Oh.')), 'the server says X_500 "Oh." [request r-1] (HTTP 500)'],
    [
      'text only',
      received(429, { '@type': 'error', message: 'Slow.' }),
      'the server says "Slow." (HTTP 429)',
    ],
  ])('%s', (_, result, text) => expect(reasonOf(result)).toBe(text));
});

describe('what kept a response from coming, with what can be done', () => {
  const proxy = 'proxy.example.com:3128';
  const cause = new Error('a secret inside');
  test.each<[NetworkFailure, string]>([
    [
      unresolved,
      `the name of ${SERVER_HOST} could not be resolved: check server-url, or the runner's proxy and DNS`,
    ],
    [notFound, `there is no host ${SERVER_HOST}: check server-url, or the runner's proxy and DNS`],
    [refusedConnection, `${SERVER_HOST} refused the connection: check server-url, or the runner's firewall`],
    ...(
      [
        ['CERT_HAS_EXPIRED', 'not-set', "renew it, or check the runner's clock"],
        ['ERR_TLS_CERT_ALTNAME_INVALID', 'used', 'it is for another host name, so check server-url'],
        [
          'SELF_SIGNED_CERT_IN_CHAIN',
          'not-set',
          'if your own certificate authority issued it, set NODE_EXTRA_CA_CERTS to the file of that authority',
        ],
        [
          'SELF_SIGNED_CERT_IN_CHAIN',
          'unusable',
          'the file in NODE_EXTRA_CA_CERTS could not be used, because it is missing, cannot be read, or is not PEM',
        ],
        [
          'SELF_SIGNED_CERT_IN_CHAIN',
          'used',
          'the file in NODE_EXTRA_CA_CERTS does not contain the certificate authority that issued it',
        ],
      ] as const
    ).map(([code, extraAuthorities, hint]): [NetworkFailure, string] => [
      { kind: 'certificate', code, proxy: undefined, extraAuthorities, cause },
      `the certificate of ${SERVER_HOST} is not trusted (${code}): ${hint}`,
    ]),
    [
      {
        kind: 'certificate',
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        proxy,
        extraAuthorities: 'not-set',
        cause,
      },
      `the certificate of the proxy ${proxy} is not trusted (ERR_TLS_CERT_ALTNAME_INVALID): it is for another host name, so check https_proxy`,
    ],
    [
      { kind: 'tls', code: 'ERR_SSL_UNSUPPORTED_PROTOCOL', proxy: undefined, refusesClient: false, cause },
      `TLS with ${SERVER_HOST} failed (ERR_SSL_UNSUPPORTED_PROTOCOL): the usual cause is a proxy that inspects TLS, or a server that requires a client certificate or an old version of TLS`,
    ],
    [
      { kind: 'tls', code: 'EPROTO', proxy, refusesClient: true, cause },
      `the proxy ${proxy} rejected this runner's TLS handshake (EPROTO): most servers that do so require a client certificate, and this action has none`,
    ],
    [
      { kind: 'not-http', code: 'HPE_INVALID_CONSTANT', proxy: undefined, cause },
      `the response from ${SERVER_HOST} is not HTTP that Node can read (HPE_INVALID_CONSTANT): the usual cause is a proxy or a gateway`,
    ],
    [
      { kind: 'unexpected', error: 'TypeError', cause },
      'the request failed unexpectedly (TypeError): please report it as a bug of this action',
    ],
    ...(
      [
        [proxySays(502), 502, 'check https_proxy and no_proxy'],
        [proxySays(407), 407, 'check the user name and password in https_proxy'],
        [proxySays(407, 'NTLM', 'Basic'), 407, 'check the user name and password in https_proxy'],
        [
          proxySays(407, 'Negotiate', 'NTLM'),
          407,
          'it accepts only Negotiate, NTLM, so credentials in https_proxy cannot help: use a proxy that accepts Basic, or none',
        ],
      ] as const
    ).map(([failure, status, hint]): [NetworkFailure, string] => [
      failure,
      `the proxy ${proxy} made no connection to ${SERVER_HOST} (HTTP ${status}): ${hint}`,
    ]),
    [
      { kind: 'proxy-unreachable', proxy, detail: 'ECONNREFUSED', cause },
      `no connection to ${SERVER_HOST} could be made through the proxy ${proxy} (ECONNREFUSED): check https_proxy and no_proxy`,
    ],
    [{ kind: 'proxy-settings', problem: 'https_proxy has a path.', cause }, 'https_proxy has a path.'],
    [
      { kind: 'no-connection', detail: 'none in time', cause },
      `no connection to ${SERVER_HOST} could be made (none in time): check server-url, or the runner's proxy and firewall`,
    ],
    [timedOut, `no complete response from ${SERVER_HOST} came in time`],
    [lost, `the connection to ${SERVER_HOST} broke (ECONNRESET)`],
  ])('$kind', (failure, text) => expect(reasonOf(noResponse({ ...failure, cause }, false))).toBe(text));
});

describe('what a refusal may come from', () => {
  const addresses = "the organization's trusted IP addresses may not include the runner's";
  const inputs = 'check username, password and login-url';
  const reasons =
    'common causes are the login host of another region, an expired password, a SAML user, who has no password, or a second factor, which a non-human user does not need';
  const locked =
    "don't run the job again yet: an administrator unlocks or enables the account first; then run the job again";

  test.each([
    [
      '403',
      wrongPassword,
      `The server says UI_10000 "It is not valid." (HTTP 403); ${inputs}; ${reasons}; ${addresses}`,
    ],
    [
      '401',
      deadSession,
      `The server says AUTH_01 "The session is not valid." (HTTP 401); ${inputs}; ${reasons}; ${addresses}`,
    ],
    [
      'a code under 400',
      received(400, v2Object('UI_10000', 400)),
      `The server says UI_10000 "No." (HTTP 400); ${inputs}; ${reasons}`,
    ],
    [
      'a code under 500',
      received(500, v3Object('IDS_085')),
      `The server says IDS_085 "No." [request r-1] (HTTP 500); ${inputs}; ${reasons}`,
    ],
    [
      'locked, by the code',
      received(403, v3Object('IDS_086')),
      `The server says IDS_086 "No." [request r-1] (HTTP 403); ${locked}`,
    ],
    [
      'locked, by the text',
      received(401, v2Object('UI_10000', 401, 'The account is Locked.')),
      `The server says UI_10000 "The account is Locked." (HTTP 401); ${locked}`,
    ],
    [
      'a block is no lock',
      received(400, v2Object('X_1', 400, 'Blocked.')),
      'The server says X_1 "Blocked." (HTTP 400)',
    ],
    ['another code under 400', received(400, v2Object('X_1', 400)), 'The server says X_1 "No." (HTTP 400)'],
    ['404', received(404, v2Object('X_1', 404)), 'The server says X_1 "No." (HTTP 404); check login-url'],
  ])('of a password: %s', (_, result, text) => expect(refusalOf(result)).toBe(text));

  test('of a password: a 403 in the object counts like one of the response', () => {
    const text = refusalOf(received(400, v2Object('X_1', 403)));
    for (const hint of [inputs, reasons, addresses]) expect(text).toContain(hint);
  });

  test('of a password that the text repeats: the hint stays although the text is withheld', () => {
    const request = requestOf(logoutallValues({ password: 'locked-out-1' }));
    const text = refusalOf(received(400, v3Object('IDS_086', 'You are locked-out-1.')), request);
    expect(text).toContain('withheld');
    expect(text).toContain(locked);
  });

  test.each([
    ['403', wrongPassword, `; ${addresses}`],
    ['404', received(404, v3Object('X_1')), '; check server-url'],
    ['400', received(400, v3Object('UI_10000')), ''],
  ])('of a session id: %s', (_, result, hint) =>
    expect(refusalOf(result, logout)).toMatch(new RegExp(`\\(HTTP \\d+\\)${hint}$`)),
  );

  test('the host is named, whatever it is', () => {
    expect(reasonOf(noResponse(lost, true), logoutall)).toContain(LOGIN_HOST);
  });
});
