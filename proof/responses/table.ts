import { gzipSync } from 'node:zlib';
import type { Fault } from '../../simulator/index.ts';
import { MARK } from '../judge/leaks.ts';
import type { Came, Met } from '../responses/form.ts';

/** What stands in front may answer with anything; these are a choice, each with something of its own. */
export const STATUSES: readonly number[] = [
  ...[200, 201, 202, 204, 206],
  ...[300, 302, 304, 307],
  ...[400, 401, 403, 404, 407, 408, 418, 425, 429, 451],
  ...[500, 501, 502, 503, 504, 520, 599],
];

/** What a body is for whoever reads it to its end. */
type Content =
  | { readonly is: 'empty' | 'success' | 'user object' | 'something else' }
  | { readonly is: 'validity'; readonly isValid: boolean }
  | { readonly is: 'error'; readonly statusCode?: number; readonly code?: string };

interface Body {
  readonly name: string;
  readonly bytes: string | Uint8Array;
  readonly headers?: string;
  readonly content: Content;
  /** Whether it can be read at all depends on the reader's patience with encodings. */
  readonly either?: boolean;
}

const JSON_TYPE = 'Content-Type: application/json;charset=utf-8\r\n';
const HTML_TYPE = 'Content-Type: text/html\r\n';
const ELSE: Content = { is: 'something else' };
const SUCCESS: Content = { is: 'success' };
const BYTE_ORDER_MARK = '\ufeff';
const PAGE = `<!doctype html><title>Sign in</title>\n::error::${MARK}\n<form action="https://sso.example.com/">`;

const v2 = (fields: object = {}) => JSON.stringify({ '@type': 'error', ...fields });
const json = (name: string, text: string, content: Content = ELSE): Body => {
  return { name, bytes: text, headers: JSON_TYPE, content };
};
/** The vendor's error objects, each by its fields alone. */
const error = (text: string, fields: Omit<Extract<Content, { is: 'error' }>, 'is'> = {}): Body =>
  json(text, text, { is: 'error', ...fields });
const encoded = (name: string, bytes: Uint8Array, headers: string, content: Content = ELSE): Body => {
  return { name, bytes, headers, content };
};

const DEAD = v2({ code: 'AUTH_01', description: 'Session ID is not valid', statusCode: 401 });

export const BODIES: readonly Body[] = [
  { name: 'no body', bytes: '', content: { is: 'empty' } },
  { name: 'blanks', bytes: ' \r\n\t', headers: 'Content-Type: text/plain\r\n', content: { is: 'empty' } },
  { name: 'a byte order mark alone', bytes: BYTE_ORDER_MARK, content: { is: 'empty' } },
  { name: 'a page', bytes: PAGE, headers: HTML_TYPE, content: ELSE },
  { name: 'a word', bytes: 'OK', headers: 'Content-Type: text/plain\r\n', content: ELSE },
  // Every kind of JSON.
  ...['null', 'true', '0', '"ended"', '[]', '[{"@type":"success"}]'].map((text) => json(text, text)),
  ...['{}', '{"success":true}', '{"@type":"success"}'].map((text) => json(text, text, SUCCESS)),
  // Objects that speak of something else, or of trouble.
  ...[
    '{"success":false}',
    '{"status":"maintenance"}',
    '{"status":"success"}',
    '{"@type":"success","success":false}',
    '{"@type":"success","statusCode":503}',
    '{"success":true,"errors":["down"]}',
    '{"success":true,"fault":{"faultstring":"Invalid access token"}}',
    // Spring, Google, Azure, OAuth, AWS.
    '{"timestamp":"2026-11-20T10:00:00Z","status":401,"error":"Unauthorized","path":"/saas/api/v2/user/logout"}',
    '{"error":{"code":401,"message":"Request had invalid credentials.","status":"UNAUTHENTICATED"}}',
    '{"error":{"code":"AuthenticationFailed","message":"Authentication failed."}}',
    '{"error":"invalid_token","error_description":"The session has expired"}',
    '{"code":"NotFound","message":"There is no such resource"}',
    '{"message":"Unauthorized"}',
    '{"error":{"code":"","message":"x"}}',
  ].map((text) => json(text, text)),
  // The vendor's envelopes.
  error(v2()),
  error(v2({ code: 'AUTH_01', statusCode: 401 }), { code: 'AUTH_01', statusCode: 401 }),
  error(v2({ code: 'AUTH_01' }), { code: 'AUTH_01' }),
  error(v2({ code: 'UI_10000', statusCode: 401 }), { code: 'UI_10000', statusCode: 401 }),
  error(v2({ code: 'UI_10000' }), { code: 'UI_10000' }),
  error(v2({ code: 'APP_13400', statusCode: 403 }), { code: 'APP_13400', statusCode: 403 }),
  error(v2({ code: 'APP_13400', statusCode: 500 }), { code: 'APP_13400', statusCode: 500 }),
  error('{"error":{"code":"AUTH_01","message":"x","requestId":"r"}}', { code: 'AUTH_01' }),
  error('{"error":{"code":"IDS_085","message":"x"}}', { code: 'IDS_085' }),
  error('{"error":{"code":"MIG_MIGRATION_SERVICE_0001","message":"x"}}', {
    code: 'MIG_MIGRATION_SERVICE_0001',
  }),
  error('{"code":"AUTH_01","message":"Session expired","requestId":"r"}', { code: 'AUTH_01' }),
  error('{"code":"IDS_086","description":"locked"}', { code: 'IDS_086' }),
  json('a user object', '{"@type":"user","icSessionId":"0123456789abcdefXYZ","serverUrl":"https://x.y"}', {
    is: 'user object',
  }),
  json('a valid token', '{"@type":"validatedToken","isValidToken":true,"timeUntilExpire":10}', {
    is: 'validity',
    isValid: true,
  }),
  json('a dead token', '{"@type":"validatedToken","isValidToken":false,"timeUntilExpire":0}', {
    is: 'validity',
    isValid: false,
  }),
  // What was not asked for, or breaks off.
  encoded('success in UTF-16', Buffer.from('{"success":true}', 'utf16le'), JSON_TYPE),
  encoded('an error in UTF-16 with a mark', Buffer.from(`${BYTE_ORDER_MARK}${DEAD}`, 'utf16le'), JSON_TYPE),
  encoded('success in gzip', gzipSync('{}'), `${JSON_TYPE}Content-Encoding: gzip\r\n`),
  encoded('an error in gzip', gzipSync(DEAD), `${JSON_TYPE}Content-Encoding: gzip\r\n`),
  encoded('gzip that is not announced', gzipSync('{}'), JSON_TYPE),
  { ...json('success behind a mark', `${BYTE_ORDER_MARK}{}`, SUCCESS), either: true },
  {
    ...error(`${BYTE_ORDER_MARK}${DEAD}`, { code: 'AUTH_01', statusCode: 401 }),
    name: 'an error behind a mark',
    either: true,
  },
  {
    ...encoded(
      'an error in Latin 1',
      Buffer.from(v2({ code: 'APP_1', description: 'à é' }), 'latin1'),
      JSON_TYPE,
    ),
    content: { is: 'error', code: 'APP_1' },
    either: true,
  },
  encoded('a page in Latin 1', Buffer.from(`${PAGE}à é`, 'latin1'), HTML_TYPE),
  json('an error that breaks off', DEAD.slice(0, -20)),
  json('success that breaks off', '{"success":true'),
  json('success twice', '{"success":true}{"success":true}'),
];

interface HeaderSet {
  readonly name: string;
  readonly lines: string;
  /** Only the end of the connection tells where the body ends. */
  readonly noLength?: boolean;
  readonly asksForCredentials?: boolean;
  readonly retryAfter?: boolean;
}

export const HEADERS: readonly HeaderSet[] = [
  { name: 'no more headers', lines: '' },
  {
    name: 'WWW-Authenticate',
    lines: 'WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n',
    asksForCredentials: true,
  },
  { name: 'no length', lines: '', noLength: true },
  { name: 'Retry-After', lines: 'Retry-After: 1\r\n', retryAfter: true },
];

/** An answer of a gateway, of which the server knows nothing. */
export interface GatewayAnswer extends Met {
  readonly fault: () => Fault;
}

export function gatewayAnswer(status: number, body: Body, header: HeaderSet): GatewayAnswer {
  const { bytes, headers = '' } = body;
  const length = header.noLength ? '' : `Content-Length: ${Buffer.byteLength(bytes)}\r\n`;
  const lines = `${headers}${header.lines}${length}Date: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
  const head = `HTTP/1.1 ${status} ${MARK}\r\n${lines}\r\n`;
  const either = body.either || (hasNoBody(status) && bytes.length > 0);
  return {
    name: `HTTP ${status}, ${body.name}, ${header.name}`,
    came: cameOf(status, body.content, header),
    from: 'gateway',
    ...(either ? { either } : {}),
    fault: () => {
      const whole = Buffer.concat([Buffer.from(head), Buffer.from(bytes)]);
      return { kind: 'raw', effect: false, bytes: whole, ending: 'close' };
    },
  };
}

/** What follows the headers of these is not a body, whatever they say. */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** What it is for a client that can't see who has sent it. */
function cameOf(status: number, content: Content, header: HeaderSet): Came {
  const { noLength = false, asksForCredentials = false, retryAfter = false } = header;
  const isEmpty = content.is === 'empty' || hasNoBody(status);
  const endIsCertain = !noLength || hasNoBody(status);
  if (isEmpty && endIsCertain && (status === 200 || status === 204)) return { kind: 'success' };
  if (isEmpty && endIsCertain && status === 401 && !asksForCredentials) return { kind: 'bare-401' };
  if (content.is === 'success' && status === 200) return { kind: 'success' };
  if (content.is === 'user object' && status === 200) return { kind: 'user-object', hasId: true };
  if (content.is === 'validity' && status === 200) return { kind: 'validity', isValid: content.isValid };
  if (content.is === 'error' && !isEmpty) {
    return { kind: 'error', status, statusCode: content.statusCode, code: content.code };
  }
  return { kind: 'other', status, retryAfter };
}
