import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ApiVersion, Fault } from '../../simulator/index.ts';
import type { HttpResponse, HttpResult } from '../../src/http.ts';
import { MARK } from '../judge/leaks.ts';
import { NO_HEADERS } from '../virtual/vendor.ts';
import type { About, Encounter, Form } from './form.ts';

/**
 * What may come back: every status with every body and every set of headers. A row says what it is and what it is about, and
 * never what should follow from it: the judge is the ledger.
 */
export const STATUSES: readonly number[] = [
  ...[200, 201, 202, 204, 206],
  ...[300, 302, 304, 307],
  ...[400, 401, 403, 404, 407, 408, 418, 425, 429, 451],
  ...[500, 501, 502, 503, 504, 520, 599],
];

/** What a body is for whoever reads all of it. */
type Content =
  | { readonly is: 'empty' | 'success' | 'something else' }
  | { readonly is: 'user object'; readonly api: ApiVersion }
  | { readonly is: 'validity'; readonly isValid: boolean }
  | { readonly is: 'access token' }
  | { readonly is: 'error'; readonly about: About; readonly statusCode?: number; readonly code?: string };

export interface Body {
  readonly name: string;
  /** Under this status; `secret` is what the request authenticates with, for bodies that repeat it. */
  readonly bytes: (secret: string, status: number) => string | Uint8Array;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** What is in it once its coding is undone, if it is one that the transport knows. */
  readonly decoded?: string;
  readonly content: (status: number) => Content;
  /** Whether it can be read depends on the reader's patience with encodings. */
  readonly ambiguous?: boolean;
}

export interface HeaderSet {
  readonly name: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
  /** Only the end of the connection tells where the body ends. */
  readonly noLength?: boolean;
}

/** Where a request of a plan goes on: what it authenticates with, and what is open about the fault that it meets. */
export interface Scene {
  /** The session ID, the password or the token. */
  readonly secret: string;
  /** A server that no input names. */
  readonly foreignUrl: string;
  /** Whether the request has its effect, where that is open: each fault is tried with it and without. */
  readonly effect: boolean;
}

/** Something that a request meets, and how each world does it. */
export interface Happening extends Encounter {
  /** Over sockets: what the simulator does; undefined if it responds as it should. */
  readonly fault: (scene: Scene) => Fault | undefined;
  /** In process: what the transport hands over. A fault of the wire has none: it is recorded from a socket. */
  readonly response?: (scene: Scene) => HttpResult;
}

const JSON_TYPE = 'application/json;charset=utf-8';
const BYTE_ORDER_MARK = '\ufeff';
const PAGE = `<!doctype html><title>Sign in</title>\n::error::${MARK}\n<form action="https://sso.example.com/">`;
/** So much of a body is read. */
const MOST_BYTES = 64 * 1024;
const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';
/** These have no body, even if their headers announce one. */
const BODILESS: readonly number[] = [204, 304];

/** A text that would be a command, an annotation or markup if it were not taken for data. */
const HOSTILE = [
  `::error::${MARK}`,
  `\r\n::add-mask::${MARK}\u2028::warning::${MARK}\u0085::stop-commands::${MARK}`,
  `##[error]${MARK} ##[add-mask]${MARK}%0A::set-output name=result::${MARK}`,
  `\u001b[31m<img src=x onerror=${MARK}> [x](javascript:${MARK}) **${MARK}** \`${MARK}\``,
].join(' ');

const is =
  (content: Content): Body['content'] =>
  () =>
    content;
const NOTHING_KNOWN = is({ is: 'something else' });
const SUCCESS = is({ is: 'success' });

const text = (name: string, bytes: string, contentType: string, content = NOTHING_KNOWN): Body => {
  return { name, bytes: () => bytes, contentType, content };
};
const json = (name: string, bytes: string, content = NOTHING_KNOWN): Body =>
  text(name, bytes, JSON_TYPE, content);
const binary = (name: string, bytes: Uint8Array, more: Partial<Body> = {}): Body => {
  return { name, bytes: () => bytes, contentType: JSON_TYPE, content: NOTHING_KNOWN, ...more };
};
/** JSON in a coding that was not requested, and that the transport decodes all the same. */
const coded = (
  name: string,
  contentEncoding: string,
  decoded: string,
  bytes: Uint8Array,
  content: Content,
): Body => binary(name, bytes, { contentEncoding, decoded, content: is(content) });
const v2 = (fields: object = {}) => JSON.stringify({ '@type': 'error', ...fields });
/** The vendor's error objects, each by its fields alone. */
const error = (about: About, bytes: string, fields: { statusCode?: number; code?: string } = {}): Body =>
  json(bytes, bytes, is({ is: 'error', about, ...fields }));
const v2Error = (about: About, fields: { statusCode?: number; code?: string }): Body =>
  error(about, v2(fields), fields);

/** Of a long secret only the beginning, so that the response is short enough to be read. */
function echo(whole: string): string {
  const secret = whole.slice(0, 4_000);
  const base64 = Buffer.from(`${secret}.`).toString('base64');
  return [secret, encodeURIComponent(secret), base64, `${secret.slice(0, 8)}\n${secret.slice(8)}`].join(' ');
}

/** An error object whose texts repeat the secret and are hostile. */
const hostile = (
  name: string,
  code: string,
  of: (code: string, echoed: string, status: number) => object,
): Body => ({
  name,
  bytes: (secret, status) => JSON.stringify(of(code, echo(secret), status)),
  contentType: JSON_TYPE,
  content: is({ is: 'error', about: aboutOf(code), ...(code === '' ? {} : { code }) }),
});
const aboutOf = (code: string): About =>
  code === 'AUTH_01' ? 'session' : /^(UI_10000|IDS_08\d)$/.test(code) ? 'account' : 'nothing';

/** Version 2's error object without a code: only its text says what it is about. */
const worded = (about: About, description: string, fields: { statusCode?: number; code?: string } = {}) => {
  const all = { code: 'X_1', ...fields };
  return json(
    `${about}: ${description}${all.code === 'X_1' ? '' : ` (${all.code})`}${all.statusCode ? ` ${all.statusCode}` : ''}`,
    v2({ ...all, description }),
    is({ is: 'error', about, ...all }),
  );
};

/** In version 2 its own status repeats that of the response. */
const hostileV2 = (name: string, code: string, statusCode?: number): Body => ({
  ...hostile(name, code, (known, echoed, status) => ({
    '@type': 'error',
    code: known || echoed,
    description: HOSTILE,
    statusCode: statusCode ?? status,
  })),
  content: (status) => ({ is: 'error', about: aboutOf(code), code, statusCode: statusCode ?? status }),
});
const hostileV3 = (name: string, code: string): Body =>
  hostile(name, code, (known, echoed) => ({
    error: { code: known, message: `${HOSTILE} ${echoed}`, requestId: 'r', details: null },
  }));

const DEAD = v2({ code: 'AUTH_01', description: 'Session ID is not valid', statusCode: 401 });
const DEAD_CONTENT: Content = { is: 'error', about: 'session', code: 'AUTH_01', statusCode: 401 };
/** An access token by its shape, which nobody granted. */
const FORGED_TOKEN = 'eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.ZmFrZS1zaWduYXR1cmU';
const USER_V2 = '{"@type":"user","icSessionId":"0123456789abcdefXYZ","serverUrl":"https://x.y"}';
const USER_V3 =
  '{"products":[{"name":"Integration Cloud","baseApiUrl":"https://x.y"}],"userInfo":{"sessionId":"0123456789abcdefXYZ"}}';

export const BODIES: readonly Body[] = [
  { name: 'no body', bytes: () => '', content: is({ is: 'empty' }) },
  text('blanks', ' \r\n\t', 'text/plain', is({ is: 'empty' })),
  { name: 'a byte order mark alone', bytes: () => BYTE_ORDER_MARK, content: is({ is: 'empty' }) },
  text('a page', PAGE, 'text/html'),
  text('a word', 'OK', 'text/plain'),
  // Every kind of JSON.
  ...['null', 'true', '0', '"ended"', '[]', '[{"@type":"success"}]'].map((bytes) => json(bytes, bytes)),
  ...[
    '{}',
    '{"success":true}',
    '{"@type":"success"}',
    // With members that do no harm.
    '{"@type":"SUCCESS","id":1,"organization":{"name":"x"}}',
    '{"@type":"Success","statusCode":"200","message":"Done."}',
    '{"success":true,"status":"ok","message":"Done.","requestId":null}',
  ].map((bytes) => json(bytes, bytes, SUCCESS)),
  // Objects that speak of something else, or of trouble.
  ...[
    '{"success":false}',
    '{"status":"maintenance"}',
    '{"status":"success"}',
    '{"@type":"success","success":false}',
    '{"@type":"success","statusCode":503}',
    '{"@type":"success","statusCode":302}',
    '{"@type":"success","status":"FAILED"}',
    '{"@type":"success","code":5}',
    '{"@type":"success","isEnded":false}',
    '{"@type":"success","error":{"code":"x"}}',
    '{"@type":"success","has_failed":0}',
    '{"@type":"success","fault":{"faultstring":"Invalid access token"}}',
    '{"@type":"success","redirectUrl":"https://sso.example.com/"}',
    '{"success":"true"}',
    '{"success":true,"errors":["down"]}',
    '{"success":true,"errorCode":5}',
    '{"success":true,"failureReason":null}',
    '{"success":true,"fault":{"faultstring":"Invalid access token"}}',
    '{"success":true,"redirect-to":"/login"}',
    '{"success":true,"status":"FAILED"}',
    '{"success":true,"status":299}',
    '{"success":true,"code":503}',
    '{"success":true,"state":"queued"}',
    // Errors in the forms of Spring, Google, Azure, OAuth and AWS.
    '{"timestamp":"2026-11-20T10:00:00Z","status":401,"error":"Unauthorized","path":"/saas/api/v2/user/logout"}',
    '{"error":{"code":401,"message":"Request had invalid credentials.","status":"UNAUTHENTICATED"}}',
    '{"error":{"code":"AuthenticationFailed","message":"Authentication failed."}}',
    '{"error":"invalid_token","error_description":"The session has expired"}',
    '{"code":"NotFound","message":"There is no such resource"}',
    '{"message":"Unauthorized"}',
    '{"statusCode":401,"message":"Access denied due to missing subscription key."}',
    '{"type":"about:blank","title":"Unauthorized","status":401}',
    '{"errors":[{"message":"x"}]}',
    '{"error":{"code":"","message":"x"}}',
    // Codes that are not in the vendor's form, and the vendor's form where it does not belong.
    '{"error":{"code":"_1","message":"x"}}',
    '{"code":"session_expired","message":"x"}',
    '{"code":"AUTH-01","message":"x"}',
    '{"code":"AUTH_01"}',
    '{"@type":"Error","code":"AUTH_01"}',
    '[{"error":{"code":"AUTH_01","message":"x"}}]',
  ].map((bytes) => json(bytes, bytes)),
  // The vendor's error objects.
  // Without a code or a text it is as good as an empty 401.
  error('session', v2()),
  v2Error('session', { code: 'AUTH_01', statusCode: 401 }),
  v2Error('session', { code: 'AUTH_01' }),
  v2Error('account', { code: 'UI_10000', statusCode: 401 }),
  v2Error('account', { code: 'UI_10000' }),
  v2Error('nothing', { code: 'UI_10010', statusCode: 401 }),
  json(
    'an error about the address',
    v2({ code: 'UI_10001', description: 'Not from this address', statusCode: 403 }),
    is({ is: 'error', about: 'address', code: 'UI_10001', statusCode: 403 }),
  ),
  worded('session', 'The session is not valid.', { statusCode: 401 }),
  worded('session', 'The session is not valid.', { statusCode: 401, code: 'UI_10000' }),
  worded('session', 'The session is not valid.', { statusCode: 403 }),
  worded('session', 'Session ID was not found.', { statusCode: 401 }),
  worded('session', 'User is not logged in.'),
  worded('address', 'The IP address is not trusted.', { statusCode: 401, code: 'UI_10044' }),
  worded('address', 'The session is not valid from this network.', { statusCode: 401 }),
  worded('address', 'Session invalid: réseau inconnu', { statusCode: 401 }),
  worded('license', 'Session ended: the license expired.', { statusCode: 401 }),
  worded('license', 'The session is invalid: no subscription.', { statusCode: 401 }),
  worded('maintenance', 'Session not found: down for maintenance.', { statusCode: 401 }),
  worded('permission', 'Session expired for this role.', { statusCode: 401 }),
  worded('permission', 'The certificate expired; the session is not valid.', { statusCode: 401 }),
  worded('nothing', 'Unauthorized', { statusCode: 401 }),
  worded('nothing', 'The session was not ended.', { statusCode: 401 }),
  worded('nothing', 'Object X is locked.'),
  worded('lock', 'Too many failed logins: the account is locked.', { code: 'UI_2' }),
  worded('lock', 'User is disabled.'),
  worded('account', 'The password has expired.'),
  worded('account', 'User name or credentials are wrong.'),
  v2Error('nothing', { code: 'X_1' }),
  v2Error('nothing', { code: 'APP_13400', statusCode: 403 }),
  v2Error('nothing', { code: 'APP_13400', statusCode: 500 }),
  error('session', '{"error":{"code":"AUTH_01","message":"x","requestId":"r"}}', { code: 'AUTH_01' }),
  error('account', '{"error":{"code":"IDS_085","message":"x"}}', { code: 'IDS_085' }),
  error('nothing', '{"error":{"code":"MIG_MIGRATION_SERVICE_0001","message":"x"}}', {
    code: 'MIG_MIGRATION_SERVICE_0001',
  }),
  error('session', '{"code":"AUTH_01","message":"Session expired","requestId":"r"}', { code: 'AUTH_01' }),
  error('nothing', '{"code":"SaasApi_v2_7","description":"x"}', { code: 'SaasApi_v2_7' }),
  error('session', '{"error":{"code":"auth_01","message":"x"}}', { code: 'AUTH_01' }),
  error('session', '{"code":"X_1","message":"Session expired"}', { code: 'X_1' }),
  error('session', '{"error":{"code":"X_1","message":"The session has ended."}}', { code: 'X_1' }),
  error('lock', '{"code":"IDS_086","description":"locked"}', { code: 'IDS_086' }),
  json('a user object', USER_V2, is({ is: 'user object', api: 'v2' })),
  json('a user object of version 3', USER_V3, is({ is: 'user object', api: 'v3' })),
  json(
    'a valid token',
    '{"@type":"validatedToken","isValidToken":true,"timeUntilExpire":10}',
    is({ is: 'validity', isValid: true }),
  ),
  json(
    'a dead token',
    '{"@type":"validatedToken","isValidToken":false,"timeUntilExpire":0}',
    is({ is: 'validity', isValid: false }),
  ),
  json('an access token', `{"jwt_token":"${FORGED_TOKEN}"}`, is({ is: 'access token' })),
  // With the secret in it, or with text that must stay text.
  hostileV2('a hostile v2 error', ''),
  hostileV2('a hostile v2 error of 401', '', 401),
  hostileV2('a hostile v2 error of 403', '', 403),
  hostileV2('a hostile AUTH_01', 'AUTH_01'),
  hostileV2('a hostile UI_10000', 'UI_10000'),
  hostileV3('a hostile IDS_085', 'IDS_085'),
  hostileV3('a hostile v3 error', 'IDS_999'),
  hostile('a hostile flat AUTH_01', 'AUTH_01', (code, message) => ({
    code,
    message: `${HOSTILE} ${message}`,
  })),
  {
    name: "somebody else's error with the secret",
    bytes: (secret) => JSON.stringify({ error: { code: HOSTILE, message: echo(secret) } }),
    contentType: JSON_TYPE,
    content: NOTHING_KNOWN,
  },
  {
    name: 'the secret',
    bytes: (secret) => JSON.stringify({ secret }),
    contentType: JSON_TYPE,
    content: NOTHING_KNOWN,
  },
  // Encodings that were not requested, and JSON that breaks off.
  binary('success in UTF-16', Buffer.from('{"success":true}', 'utf16le')),
  binary('an error in UTF-16 with a mark', Buffer.from(`${BYTE_ORDER_MARK}${DEAD}`, 'utf16le')),
  coded('success in gzip', 'gzip', '{}', gzipSync('{}'), { is: 'success' }),
  coded('success in deflate', 'deflate', '{}', deflateSync('{}'), { is: 'success' }),
  coded('an error in br', 'br', DEAD, brotliCompressSync(DEAD), DEAD_CONTENT),
  coded('an error in gzip', 'gzip', DEAD, gzipSync(DEAD), DEAD_CONTENT),
  binary('success in an unknown coding', Buffer.from('{}'), { contentEncoding: 'zstd' }),
  binary('an error in an unknown coding', Buffer.from(DEAD), { contentEncoding: 'zstd' }),
  coded('success in no coding', 'identity', '{}', Buffer.from('{}'), { is: 'success' }),
  text('success that is called a page', '{"success":true}', 'text/html', SUCCESS),
  binary('gzip that is not announced', gzipSync('{}')),
  { ...json('success behind a mark', `${BYTE_ORDER_MARK}{}`, SUCCESS), ambiguous: true },
  {
    ...error('session', `${BYTE_ORDER_MARK}${DEAD}`, { code: 'AUTH_01', statusCode: 401 }),
    name: 'an error behind a mark',
    ambiguous: true,
  },
  {
    ...binary('an error in Latin 1', Buffer.from(v2({ code: 'APP_1', description: 'à é' }), 'latin1')),
    content: is({ is: 'error', about: 'nothing', code: 'APP_1' }),
    ambiguous: true,
  },
  { ...binary('a page in Latin 1', Buffer.from(`${PAGE}à é`, 'latin1')), contentType: 'text/html' },
  json('an error that breaks off', DEAD.slice(0, -20)),
  json('success that breaks off', '{"success":true'),
  json('success twice', '{"success":true}{"success":true}'),
];

export const HEADERS: readonly HeaderSet[] = [
  { name: 'no more headers', lines: [] },
  {
    name: 'WWW-Authenticate',
    lines: [
      ['WWW-Authenticate', 'Negotiate'],
      ['WWW-Authenticate', 'NTLM'],
    ],
  },
  { name: 'Proxy-Authenticate', lines: [['Proxy-Authenticate', 'NTLM']] },
  { name: 'Location', lines: [['Location', 'https://sso.example.com/login']] },
  { name: 'no length', lines: [], noLength: true },
  { name: 'Retry-After', lines: [['Retry-After', '1']] },
];
export const [PLAIN = { name: '', lines: [] }] = HEADERS;

/** Too large for the product, where each is sent thousands of times. */
export const LARGE = {
  nested: json('nested arrays', '[['.repeat(16_000) + ']]'.repeat(16_000)),
  whole: json('64 KiB', '{}'.padEnd(65_536), SUCCESS),
  tooLarge: json('64 KiB and a byte', '{}'.padEnd(65_537)),
  cut: json('a part of JSON', '{"@type":"succ'),
} as const;

/** An error object of the vendor's form about nothing in particular, with these texts. */
export function errorWith(code: string, texts: object): Body {
  const bytes = JSON.stringify({ error: { code, ...texts } });
  return json(`a long ${code}`, bytes, is({ is: 'error', about: 'nothing', code }));
}

/** The set of headers of that name. */
export function headersNamed(name: string): HeaderSet {
  const headers = HEADERS.find((one) => one.name === name);
  if (headers === undefined) throw new Error(`No headers are named ${name}`);
  return headers;
}

/** The body of that name. */
export function bodyNamed(name: string): Body {
  const body = BODIES.find((one) => one.name === name);
  if (body === undefined) throw new Error(`No body is named ${name}`);
  return body;
}

/** A row of the table; what the transport hands over is known. */
export interface Row extends Happening {
  readonly response: (scene: Scene) => HttpResponse;
}

/** A response of something in front of the server, which does not get the request; `api` is the version that was called. */
export function gatewayRow(status: number, body: Body, headers: HeaderSet, api: ApiVersion): Row {
  return { ...row(status, body, headers, api, false), from: 'gateway' };
}

/** A response in the place of the server's own. `effect` says whether the request does what it should; left open if not given. */
export function row(
  status: number,
  body: Body,
  headers: HeaderSet = PLAIN,
  api: ApiVersion = 'v2',
  effect?: boolean,
): Row {
  const isCut = BODILESS.includes(status) && body.name !== 'no body';
  return {
    name: `HTTP ${status}, ${body.name}, ${headers.name}`,
    form: formOf(status, body.content(status), headers, api),
    ...(body.ambiguous || isCut ? { ambiguous: true } : {}),
    fault: (scene) => ({
      kind: 'raw',
      effect: effect ?? scene.effect,
      bytes: bytesOf(status, body, headers, scene.secret),
      ending: 'close',
    }),
    response: ({ secret }) => responseOf(status, body, headers, secret),
  };
}

function fieldsOf(body: Body, headers: HeaderSet) {
  const { contentType, contentEncoding } = body;
  return { contentType, contentEncoding, lines: headers.lines };
}

/** The whole response as it goes over the wire. */
function bytesOf(status: number, body: Body, headers: HeaderSet, secret: string): Uint8Array {
  const bytes = Buffer.from(body.bytes(secret, status));
  const { contentType, contentEncoding, lines } = fieldsOf(body, headers);
  const all = [
    ...(contentType === undefined ? [] : [['Content-Type', contentType]]),
    ...(contentEncoding === undefined ? [] : [['Content-Encoding', contentEncoding]]),
    ...lines,
    ...(headers.noLength ? [] : [['Content-Length', String(bytes.length)]]),
    ['Date', DATE],
    ['Connection', 'close'],
  ];
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${MARK}\r\n${head}\r\n`), bytes]);
}

/** What the transport hands over; a test holds it against what it makes of the bytes. */
function responseOf(status: number, body: Body, headers: HeaderSet, secret: string): HttpResponse {
  const bytes = BODILESS.includes(status) ? '' : (body.decoded ?? body.bytes(secret, status));
  const { contentType, contentEncoding, lines } = fieldsOf(body, headers);
  const fieldNamed = (wanted: string) => {
    const values = lines.filter(([name]) => name === wanted).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(', ');
  };
  return {
    kind: 'response',
    statusCode: status,
    headers: {
      ...NO_HEADERS,
      contentType,
      contentEncoding: body.decoded === undefined ? contentEncoding : undefined,
      date: DATE,
      location: fieldNamed('Location'),
      retryAfter: fieldNamed('Retry-After'),
      wwwAuthenticate: fieldNamed('WWW-Authenticate'),
      proxyAuthenticate: fieldNamed('Proxy-Authenticate'),
    },
    body:
      Buffer.byteLength(bytes) > MOST_BYTES
        ? { kind: 'too-large' }
        : {
            kind: 'complete',
            text: typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString(),
            endIsCertain: status === 204 || !headers.noLength,
          },
  };
}

/** What it is for a client that cannot see who sent it. */
function formOf(
  status: number,
  content: Content,
  { lines, noLength = false }: HeaderSet,
  api: ApiVersion,
): Form {
  const has = (wanted: string) => lines.some(([name]) => name === wanted);
  const isEmpty = content.is === 'empty' || BODILESS.includes(status);
  const endIsCertain = !noLength || BODILESS.includes(status);
  // A response with one of these is not from the API.
  const isChallenge = ['Location', 'WWW-Authenticate', 'Proxy-Authenticate'].some(has);
  const saysDone =
    (isEmpty && endIsCertain && (status === 200 || status === 204)) || isSuccess(content, status);
  if (saysDone && !isChallenge) return { kind: 'success' };
  if (isEmpty && endIsCertain && !isChallenge && status === 401) return { kind: 'bare-401' };
  // The other version has its session ID elsewhere.
  if (content.is === 'user object' && !isEmpty && content.api === api) {
    return { kind: 'user-object', hasId: true, status, retryAfter: has('Retry-After') };
  }
  const settledForm = formOf200(content);
  if (settledForm !== undefined && status === 200 && !isChallenge) return settledForm;
  if (content.is === 'error' && !isEmpty) {
    const { about, statusCode, code } = content;
    return { kind: 'error', status, about, statusCode, code };
  }
  return { kind: 'other', status, retryAfter: has('Retry-After') };
}

/** The form of a body that counts only under 200. */
function formOf200(content: Content): Form | undefined {
  if (content.is === 'validity') return { kind: 'validity', isValid: content.isValid };
  return content.is === 'access token' ? { kind: 'access-token' } : undefined;
}

function isSuccess(content: Content, status: number): boolean {
  return content.is === 'success' && status === 200;
}
