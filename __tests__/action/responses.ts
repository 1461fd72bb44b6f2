import type { Fault } from '../../simulator/index.ts';
import { answering, bytes, errorTextV2, errorTextV3, NO_SESSION, NTLM, SIGN_IN_PAGE } from './support.ts';

/**
 * What an answer is taken for, by what is done about it. `unclear` stands for a 2xx; `unclear-4xx` and
 * `redirect` are unclear too, but rarely pass; after `not-again` a password may not be sent again in the job.
 */
export type Meaning =
  | 'ended'
  | 'already-ended'
  | 'refused'
  | 'refused-for-now'
  | 'not-now'
  | 'unknown'
  | 'unclear'
  | 'unclear-4xx'
  | 'not-again'
  | 'redirect';

/** An answer, and its meaning for each mode. */
export interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly logout: Meaning;
  readonly logoutall: Meaning;
}

type Named = readonly [name: string, fault: Fault];

function meaning(logout: Meaning, logoutall: Meaning, named: readonly Named[]): readonly Row[] {
  return named.map(([name, fault]) => ({ name, fault, logout, logoutall }));
}

const of = (status: number, body = '', headers: Readonly<Record<string, string>> = {}): Named => [
  [status, ...Object.entries(headers).flat(), body.length > 80 ? `${body.slice(0, 80)}…` : body].join(' '),
  answering(status, body, headers),
];
const raw = (name: string, ...lines: readonly string[]): Named => [name, bytes(lines.join('\r\n'))];
const chunked = (status: number): Named => [
  `${status}, empty, in chunks`,
  answering(status, '0\r\n\r\n', { 'Transfer-Encoding': 'chunked' }),
];
const cut = (status: number, ending: 'close' | 'reset' = 'close'): Named => [
  `${status}, and ${ending === 'close' ? 'FIN' : 'RST'} in the body`,
  { kind: 'cut-body', effect: false, ending, status },
];

const KiB64 = 64 * 1024;
const SUCCESS = '{"@type":"success"}';
const v2 = errorTextV2;
const v3 = errorTextV3;
const flat = (code: string, words: object = { message: 'No.' }) =>
  JSON.stringify({ code, ...words, requestId: 'x' });

/** JSON of others, which says no in a way that is not the vendor's. */
const GOOGLE = JSON.stringify({
  error: { code: 401, message: 'Invalid credentials.', status: 'UNAUTHENTICATED' },
});
const AZURE = JSON.stringify({ error: { code: 'AuthenticationFailed', message: 'Access denied.' } });
const APIM = JSON.stringify({ statusCode: 401, message: 'Access denied due to missing subscription key.' });
const SPRING = JSON.stringify({
  timestamp: '2026-11-25T10:00:00Z',
  status: 401,
  error: 'Unauthorized',
  path: '/x',
});
const AWS = JSON.stringify({ message: 'Forbidden' });
const KONG = JSON.stringify({ message: 'No API key found in request', request_id: 'x' });
const OAUTH = JSON.stringify({ error: 'invalid_token', error_description: 'expired' });
const PROBLEM = JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401 });
const GRAVITEE = JSON.stringify({ message: 'Unauthorized', http_status_code: 401 });

const USER_V2 = JSON.stringify({
  '@type': 'user',
  icSessionId: NO_SESSION,
  serverUrl: 'http://127.0.0.1/saas',
});
const USER_V3 = JSON.stringify({
  products: [{ name: 'Integration Cloud', baseApiUrl: 'http://127.0.0.1/saas' }],
  userInfo: { sessionId: NO_SESSION },
});

const ended = meaning(
  'ended',
  'ended',
  (
    [
      of(200),
      chunked(200),
      of(200, ' \r\n\t'),
      of(200, '\ufeff \n'),
      of(204),
      of(200, SUCCESS),
      of(200, '{"@type":"SUCCESS"}'),
      of(200, `\ufeff ${SUCCESS}\n`),
      of(200, '{"success":true}'),
      of(200, '{}'),
      of(200, '{"@type":"Success","statusCode":200,"message":"Done."}'),
      of(200, '{"success":true,"status":"OK","message":"Done."}'),
      of(200, SUCCESS, { 'Content-Encoding': 'identity' }),
      of(200, SUCCESS, { 'Retry-After': '3600' }),
      [
        '200, announced as HTML, but a success object',
        answering(200, SUCCESS, { 'Content-Type': 'text/html' }),
      ],
      ['200 and a success object of 64 KiB', answering(200, SUCCESS.padEnd(KiB64))],
      raw('200 and a success object that ends with the connection', 'HTTP/1.1 200 OK', '', SUCCESS),
      raw(
        '103, then 200',
        'HTTP/1.1 103 Early Hints',
        'Link: </x>',
        '',
        'HTTP/1.1 200 OK',
        'Content-Length: 0',
        '',
        '',
      ),
    ] satisfies Named[]
  ).map(([name, fault]) => [name, { ...fault, effect: true }]),
);

const SAYS_DEAD = 'The session is not valid.';

/** For a session id the word that the session is gone; for a password the word that it is wrong. */
const gone = meaning('already-ended', 'refused', [
  of(401, v2(401, 'AUTH_01')),
  of(401, v3('auth_01')),
  of(401, flat('AUTH_01')),
  of(401, flat('AUTH_02', { description: 'Session expired' })),
  of(401, `\ufeff${v3('AUTH_02', SAYS_DEAD)} \n`),
  of(401, v2(401, 'UI_10000', SAYS_DEAD)),
  of(401, '{"@type":"error"}'),
  of(401, v3('X_1', SAYS_DEAD), NTLM),
  of(401, v2(401, 'X_1', 'User is not logged in.'), { 'Content-Type': 'text/html' }),
  of(403, v2(403, 'AUTH_01')),
  of(400, v2(400, 'AUTH_01')),
  of(404, flat('AUTH_01')),
  of(200, v3('AUTH_01')),
  of(200, v2(401, 'X_1', SAYS_DEAD)),
]);

/** Bad credentials under any status; a session that is gone only under 200 and 4xx. */
const notGone = [
  ...meaning('redirect', 'refused', [of(302, v3('AUTH_01'), { Location: 'https://login.example.com/' })]),
  ...meaning('not-now', 'refused', [
    of(429, v3('AUTH_01')),
    of(429, v2(429, 'UI_2', 'Too many failed logins: the account is locked.')),
    of(503, flat('AUTH_01')),
  ]),
  ...meaning('unknown', 'refused', [of(500, v2(500, 'AUTH_01'))]),
  ...meaning('unclear-4xx', 'refused', [
    of(401, v2(401, 'UI_10000')),
    of(401, v3('IDS_085')),
    of(401, v2(403, 'X_1', SAYS_DEAD)),
    of(401, v2(401, 'X_1', 'Session invalid: réseau inconnu')),
    of(401, v2(401, 'X_1', 'The session was not ended.')),
  ]),
  ...meaning('unclear', 'refused', [of(200, v2(401, 'X_1'))]),
  ...meaning('already-ended', 'not-again', [of(401), chunked(401)]),
];

const refused = [
  ...meaning('refused', 'refused', [
    of(403, v2(403, 'UI_10000')),
    of(403, v3('IDS_085')),
    of(403, v3('X_1')),
    of(403, flat('REPO_10_20')),
    of(403, '{"@type":"error"}'),
    of(400, v2(400, 'UI_10000')),
    of(400, v3('IDS_086')),
    of(423, v3('IDS_086')),
    of(200, v2(403, 'UI_10000')),
    of(200, v3('IDS_085')),
    of(202, v2(403, 'X_1')),
    of(400, v2(403, 'X_1')),
    of(401, v2(401, 'UI_10044', 'The IP address is not trusted.')),
    of(401, v2(401, 'X_1', 'Session is not valid from this network.')),
    of(404, v2(401, 'X_1', SAYS_DEAD)),
    of(202, v2(401, 'X_1', SAYS_DEAD)),
  ]),
  // Not for the password: post may try again.
  ...meaning('refused', 'refused-for-now', [
    of(200, v2(200, 'X_1')),
    of(200, '{"@type":"error"}'),
    of(201, v3('X_1')),
    of(206, flat('X_1')),
    of(400, '{"@type":"error"}'),
    of(400, v2(500, 'X_1')),
    of(404, v2(404, 'X_1')),
    of(404, v3('UI_10001')),
    of(405, flat('SaasApi_v2_7')),
    of(409, v3('X_1'), { 'Retry-After': '3600' }),
    of(499, v2(499, 'X_1')),
  ]),
];

const refusesPassword = [
  ...meaning('not-now', 'refused', [
    of(408, v3('IDS_085')),
    of(429, v2(429, 'UI_10000')),
    of(429, v2(403, 'X_1')),
    of(503, v2(403, 'X_1')),
    of(503, flat('IDS_086')),
  ]),
  ...meaning('unknown', 'refused', [
    of(500, v2(500, 'UI_10000')),
    of(500, v2(401, 'X_1')),
    of(502, v2(403, 'X_1')),
    of(504, v3('IDS_085')),
  ]),
  ...meaning('redirect', 'refused', [of(307, v3('IDS_086'), { Location: '/' })]),
];

/** The password may have been judged, and not by somebody who says so clearly. */
const not = meaning('unclear-4xx', 'not-again', [
  of(401, SIGN_IN_PAGE),
  of(401, SIGN_IN_PAGE, NTLM),
  of(401, '', NTLM),
  of(401, '', { 'WWW-Authenticate': 'Basic realm="x"' }),
  of(401, SUCCESS),
  of(401, 'Unauthorized'),
  of(401, '[]'),
  of(401, '{}'),
  of(401, 'null'),
  of(401, GOOGLE),
  of(401, AZURE),
  of(401, APIM),
  of(401, SPRING),
  of(401, OAUTH),
  of(401, PROBLEM),
  of(401, GRAVITEE),
  of(401, flat('session_expired')),
  of(401, flat('AUTH-01')),
  of(401, flat('AUTH_01', {})),
  of(401, '{"error":{"code":"_1","message":"x"}}'),
  ['401, v3 in an array', answering(401, `[${v3('AUTH_01')}]`)],
  ['401, v2 in UTF-16', utf16(401, v2(401, 'AUTH_01'))],
  ['401, v2 over 64 KiB', answering(401, v2(401, 'AUTH_01').padEnd(KiB64 + 1))],
  raw('401, empty, ends with the connection', 'HTTP/1.1 401 Unauthorized', '', ''),
  of(403),
  of(403, SIGN_IN_PAGE),
  of(403, AWS),
  of(403, AZURE),
  of(403, '{"success":true}'),
]);

const cut401 = meaning('unknown', 'not-again', [cut(401), cut(401, 'reset'), cut(403)]);

const unclear4xx = meaning('unclear-4xx', 'unclear-4xx', [
  of(400),
  of(400, SIGN_IN_PAGE),
  of(400, '{}'),
  of(400, SUCCESS),
  of(404),
  of(404, SIGN_IN_PAGE),
  of(404, KONG),
  of(404, '', { 'Retry-After': '3600' }),
  of(407, SIGN_IN_PAGE, { 'Proxy-Authenticate': 'NTLM' }),
  of(410),
  of(413, 'Too large'),
  of(422, '{"errors":[{"message":"x"}]}'),
  of(451, SIGN_IN_PAGE),
  of(499),
  of(407, v2(407, 'X_1')),
]);

const notNow = meaning('not-now', 'not-now', [
  of(425, SIGN_IN_PAGE),
  of(429),
  of(429, SIGN_IN_PAGE),
  of(429, '{}'),
  of(429, v3('X_1')),
  of(503, v2(503, 'X_1')),
  of(503, v3('X_1')),
  of(503, SIGN_IN_PAGE, { 'Retry-After': '0' }),
]);

const unavailable = meaning('not-now', 'unknown', [
  of(408),
  of(503),
  of(503, SIGN_IN_PAGE),
  of(503, SUCCESS),
  of(503, SPRING),
]);

const unknown = meaning('unknown', 'unknown', [
  of(500),
  of(500, SIGN_IN_PAGE),
  of(500, SUCCESS),
  of(500, v2(500, 'X_1')),
  of(501, '{}'),
  of(502, SIGN_IN_PAGE),
  of(502, '', { 'Retry-After': '3600' }),
  of(504, v3('X_1')),
  of(511, SIGN_IN_PAGE),
  of(599),
  cut(200),
  cut(200, 'reset'),
  cut(500),
  cut(404),
  ['FIN instead of an answer', { kind: 'silent', effect: false, ending: 'close' }],
  ['RST instead of an answer', { kind: 'silent', effect: false, ending: 'reset' }],
  raw('FIN in the headers', 'HTTP/1.1 200 OK', 'Content-'),
  raw('FIN before a body that was announced', 'HTTP/1.1 200 OK', 'Content-Length: 2', '', ''),
  raw('no last chunk', 'HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '2', '{}', ''),
]);

const unclear = meaning('unclear', 'unclear', [
  of(200, SIGN_IN_PAGE),
  of(200, 'OK'),
  of(200, '[]'),
  of(200, 'null'),
  of(200, 'true'),
  of(200, '"success"'),
  of(200, '{"@type":"succ'),
  of(200, `${SUCCESS}${SUCCESS}`),
  of(200, '{"success":false}'),
  of(200, '{"success":"true"}'),
  of(200, '{"@type":"success","success":false}'),
  of(200, '{"status":"maintenance"}'),
  of(200, '{"status":"UP"}'),
  of(200, '{"result":"ok"}'),
  of(200, '{"success":true,"status":503}'),
  of(200, '{"success":true,"status":299}'),
  of(200, '{"success":true,"status":"FAILED"}'),
  of(200, '{"success":true,"errorCode":5}'),
  of(200, '{}', { Location: 'https://login.example.com/' }),
  of(200, '', NTLM),
  of(204, '', { 'Proxy-Authenticate': 'NTLM' }),
  of(200, '{"@type":"success","statusCode":302}'),
  of(200, '{"@type":"success","error":{"code":"x"}}'),
  of(200, '{"success":true,"errors":["x"]}'),
  of(200, '{"@type":"success","fault":{"faultstring":"x"}}'),
  of(200, '{"@type":"validatedToken","timeUntilExpire":0,"isValidToken":false}'),
  of(200, USER_V2),
  of(200, USER_V3),
  of(200, GOOGLE),
  of(200, AZURE),
  of(200, SPRING),
  of(200, OAUTH),
  ['200, a success object over 64 KiB', answering(200, SUCCESS.padEnd(KiB64 + 1))],
  ['200, a body without an end', { kind: 'endless-body', effect: false }],
  ['200, a success object said to be under br', bytesUnder(200, 'br', SUCCESS)],
  ['200, a success object in UTF-16', utf16(200, SUCCESS)],
  raw('200, empty, ends with the connection', 'HTTP/1.1 200 OK', '', ''),
  raw('200, blank, ends with the connection', 'HTTP/1.0 200 OK', '', ' \n'),
  of(201),
  of(201, SUCCESS),
  of(202),
  of(202, '{}'),
  of(203, SUCCESS),
  of(206, SUCCESS),
  of(299, SIGN_IN_PAGE),
  [
    '101, and nothing after it',
    {
      kind: 'raw',
      effect: false,
      bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      ending: 'stall',
    },
  ],
]);

const redirect = meaning('redirect', 'redirect', [
  of(300),
  of(301, '', { Location: 'https://login.example.com/path?query=1' }),
  of(302, SIGN_IN_PAGE, { Location: 'https://name:word@login.example.com:8443/' }),
  of(303, '', { Location: '/relative' }),
  of(304),
  of(307, SUCCESS, { Location: 'http://informaticacloud.com.evil.example/' }),
  of(308, '', { Location: '//evil.example' }),
  of(302, '', { Location: 'http://[not a URL' }),
  of(302, v2(302, 'X_1'), { Location: '/', 'Retry-After': '3600' }),
  cut(302),
]);

const notHttp = meaning('unclear-4xx', 'unclear-4xx', [
  raw('something else than HTTP', 'SSH-2.0-OpenSSH_9.9', ''),
]);

/** The table "What follows", row by row; within a row, kinds of answers that a reader may take for another row's. */
export const rows: readonly Row[] = [
  ...ended,
  ...gone,
  ...notGone,
  ...refused,
  ...notHttp,
  ...refusesPassword,
  ...not,
  ...cut401,
  ...unclear4xx,
  ...notNow,
  ...unavailable,
  ...unknown,
  ...unclear,
  ...redirect,
];

function bytesUnder(status: number, encoding: string, body: string | Uint8Array): Fault {
  const content = Buffer.from(body);
  const head = `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${content.length}\r\n\r\n`;
  return bytes(Buffer.concat([Buffer.from(head), content]));
}

function utf16(status: number, text: string): Fault {
  const body = Buffer.from(`\ufeff${text}`, 'utf16le');
  const head = `HTTP/1.1 ${status} X\r\nContent-Type: application/json; charset=utf-16\r\nContent-Length: ${body.length}\r\n\r\n`;
  return bytes(Buffer.concat([Buffer.from(head), body]));
}
