import { gzipSync } from 'node:zlib';
import type { Ending, Fault, Instead } from '../../simulator/index.ts';
import { MARK } from '../judge/leaks.ts';
import { type Came, type Met, PROPER } from '../responses/form.ts';

/** What a fault may want to know of the case that it is a part of. */
export interface Scene {
  /** The session id or the password. */
  readonly secret: string;
  /** A server that no input names. */
  readonly foreignUrl: string;
  /** Whether the request does what it should, where that is open: each fault is tried with it and without. */
  readonly effect: boolean;
}

/** Something that one request meets, and how the simulator is to do it. */
export interface FaultCase extends Met {
  readonly fault: (scene: Scene) => Fault | undefined;
}

type Traits = Omit<Met, 'name' | 'came'>;

const HTML = `<!doctype html><title>${MARK}</title>\n::error::${MARK}\n`;
const NOTHING: Came = { kind: 'nothing' };
const other = (status: number): Came => ({ kind: 'other', status });
const ENDINGS: readonly Ending[] = ['close', 'reset', 'stall'];
const HOLDS: Traits = { holds: true };
const EITHER: Traits = { either: true };

/** A text that would be a command, an annotation or markup if it were not taken for data. */
const hostile = [
  `::error::${MARK}`,
  `\r\n::add-mask::${MARK}\u2028::warning::${MARK}\u0085::stop-commands::${MARK}`,
  `##[error]${MARK} ##[add-mask]${MARK}%0A::set-output name=result::${MARK}`,
  `\u001b[31m<img src=x onerror=${MARK}> [x](javascript:${MARK}) **${MARK}** \`${MARK}\``,
].join(' ');

/** A body, and what comes back with it under a status. */
interface Body {
  readonly of: (scene: Scene) => string;
  readonly under: (status: number) => Came;
}

/** The vendor's error objects: what does not repeat the secret, in several spellings, is hostile. */
const errorV2 = (statusCode: number, code = ''): Body => ({
  of: ({ secret }) =>
    JSON.stringify({ '@type': 'error', code: code || echo(secret), description: hostile, statusCode }),
  under: (status) => ({ kind: 'error', status, statusCode, code }),
});
const errorV3 = (code: string): Body => ({
  of: ({ secret }) =>
    JSON.stringify({ error: { code, message: `${hostile} ${echo(secret)}`, requestId: 'r', details: null } }),
  under: (status) => ({ kind: 'error', status, code }),
});
const errorFlat = (code: string): Body => ({
  of: ({ secret }) => JSON.stringify({ code, message: `${hostile} ${echo(secret)}`, requestId: 'r' }),
  under: (status) => ({ kind: 'error', status, code }),
});
/** Somebody else's: its code is not in the vendor's form. */
const foreignError: Body = {
  of: ({ secret }) => JSON.stringify({ error: { code: hostile, message: echo(secret) } }),
  under: other,
};

/** Of a long secret the beginning, or the answer would be longer than is read. */
function echo(whole: string): string {
  const secret = whole.slice(0, 4_000);
  const base64 = Buffer.from(`${secret}.`).toString('base64');
  return [secret, encodeURIComponent(secret), base64, `${secret.slice(0, 8)}\n${secret.slice(8)}`].join(' ');
}

const page: Body = { of: () => HTML, under: other };
const empty: Body = {
  of: () => '',
  under: (status) => {
    if (status === 200 || status === 204) return { kind: 'success' };
    return status === 401 ? { kind: 'bare-401' } : other(status);
  },
};
const success: Body = { of: () => '{"@type":"success"}', under: () => ({ kind: 'success' }) };
const text = (of: Body['of']): Body => ({ of, under: other });

function faultCase(name: string, came: Came, fault: FaultCase['fault'], traits: Traits = {}): FaultCase {
  return { name, came, fault, ...traits };
}

/** An answer, with the effect of the request or without. */
function answer(name: string, status: number, body: Body, instead: Instead = {}, traits?: Traits): FaultCase {
  const came = body.under(status);
  const retryAfter = instead.headers?.some(([header]) => header === 'Retry-After') ?? false;
  return faultCase(
    name,
    came.kind === 'other' ? { ...came, retryAfter } : came,
    (scene) => ({ kind: 'answer', effect: scene.effect, status, body: body.of(scene), ...instead }),
    traits,
  );
}

/** An answer that goes with the effect, or without. */
function bound(
  status: number,
  how: 'after the effect' | 'without the effect',
  what: string,
  body: Body,
): FaultCase {
  const effect = how === 'after the effect';
  return faultCase(`HTTP ${status} with ${what} ${how}`, body.under(status), (scene) => {
    return { kind: 'answer', effect, status, body: body.of(scene) };
  });
}

/** Nothing goes wrong. */
export const WELL: FaultCase = { ...PROPER, fault: () => undefined };
/** What the requests before the fault meet, so that it comes to the next: nobody has looked at them. */
export const BUSY = faultCase('HTTP 429', other(429), () => {
  return { kind: 'answer', effect: false, status: 429, body: HTML };
});

export const UNAVAILABLE = faultCase('HTTP 503 with a page', other(503), ({ effect }) => {
  return { kind: 'answer', effect, status: 503, body: HTML };
});

/** The connection is gone, and with it all knowledge of the effect. */
const lost = (name: string, effectOf: (scene: Scene) => boolean) =>
  faultCase(name, NOTHING, (scene) => ({ kind: 'silent', effect: effectOf(scene), ending: 'reset' }));
export const LOST = lost('no answer, reset', ({ effect }) => effect);
export const LOST_AFTER_EFFECT = lost('no answer, reset after the effect', () => true);
export const LOST_BEFORE_EFFECT = lost('no answer, reset before the effect', () => false);

export const STALL = faultCase(
  'no answer, stall',
  NOTHING,
  ({ effect }) => ({ kind: 'silent', effect, ending: 'stall' }),
  HOLDS,
);

/** Escapes of every kind, and in one another: as many ways to read it as there are for whoever looks for secrets. */
const escapes = Array.from({ length: 4_000 }, (_, index) => {
  const code = 48 + ((index * 7919) % 75);
  const [hex, character] = [code.toString(16), String.fromCharCode(code)];
  const spelled = [
    `%25${hex}`,
    `\\u00${hex}`,
    `&#x${hex};`,
    `${character}-`,
    `\\\\${character}`,
    `&amp;#${code};`,
  ];
  return spelled[(index * 104_729) % spelled.length];
}).join('');
/** As long as an answer may be, and all of it the server's words. */
export const LONG_ERROR = answer('a long error object', 503, {
  of: () => JSON.stringify({ error: { code: 'LONG_01', message: escapes, details: escapes } }),
  under: (status) => ({ kind: 'error', status, code: 'LONG_01' }),
});

export const PAGE = answer('HTTP 200 with a page', 200, page);
export const FORBIDDEN = bound(403, 'without the effect', 'a page', page);
export const NOT_FOUND = bound(404, 'without the effect', 'a page', page);

const whole: readonly FaultCase[] = [
  bound(200, 'after the effect', 'nothing', empty),
  bound(
    200,
    'after the effect',
    'nested arrays',
    text(() => '[['.repeat(16_000) + ']]'.repeat(16_000)),
  ),
  bound(204, 'after the effect', 'nothing', empty),
  bound(200, 'without the effect', 'a success object', success),
  bound(401, 'after the effect', 'an error object', errorV2(401)),
  bound(401, 'without the effect', 'nothing', empty),
  bound(401, 'after the effect', 'a page', page),
  bound(401, 'without the effect', 'a page', page),
  FORBIDDEN,
  bound(403, 'after the effect', 'AUTH_01', errorV2(403, 'AUTH_01')),
  bound(401, 'after the effect', 'a flat AUTH_01', errorFlat('AUTH_01')),
  bound(200, 'after the effect', 'an error object of 401', errorV2(401)),
  bound(200, 'without the effect', 'a v3 error object', errorV3('IDS_999')),
  bound(200, 'without the effect', "somebody else's error object", foreignError),
  bound(400, 'after the effect', 'an error object', errorV2(400)),
  bound(403, 'without the effect', 'an error object', errorV2(403)),
  NOT_FOUND,
  bound(
    422,
    'without the effect',
    'the secret',
    text(({ secret }) => JSON.stringify({ secret })),
  ),
  // Redirects, one of them to a host that is named after the secret.
  ...[300, 301, 302, 303, 304, 307, 308].map((status) =>
    faultCase(`HTTP ${status} to a foreign host`, other(status), ({ effect, foreignUrl, secret }) => {
      const location = status === 300 ? `https://${encodeURIComponent(secret)}.${MARK}/` : foreignUrl;
      return { kind: 'answer', effect, status, headers: [['Location', location]] };
    }),
  ),
  faultCase('a delay', PROPER.came, ({ effect }) => ({ kind: 'delay', effect, ms: 300 }), EITHER),
  faultCase(
    'slow headers',
    PROPER.came,
    () => ({ kind: 'slow-headers', effect: true, intervalMs: 1 }),
    EITHER,
  ),
  faultCase(
    'a dripping body',
    PROPER.came,
    () => ({ kind: 'drip-body', effect: true, intervalMs: 10 }),
    EITHER,
  ),
  faultCase('keep-alive left open', PROPER.came, () => ({ kind: 'keep-open', effect: true })),
];

const passing: readonly FaultCase[] = [
  UNAVAILABLE,
  ...[408, 425, 429, 500, 502, 503, 504].map((status, index) =>
    answer(
      `HTTP ${status}`,
      status,
      [errorV2(status), empty, foreignError, errorV3('IDS_999')][index % 4] ?? page,
    ),
  ),
  ...['1', 'soon', new Date(0).toUTCString()].map((after) =>
    answer(`Retry-After: ${after}`, 429, empty, { headers: [['Retry-After', after]] }),
  ),
  answer('Retry-After: 3600', 503, empty, { headers: [['Retry-After', '3600']] }, HOLDS),
  // A gateway's status, with the server's word on the credentials in it.
  answer('HTTP 500 and credentials that are not valid, v2', 500, errorV2(403)),
  answer('HTTP 500 and credentials that are not valid, by the code', 500, errorV2(500, 'UI_10000')),
  answer('HTTP 500 and credentials that are not valid, v3', 500, errorV3('IDS_085')),
  PAGE,
  answer(
    'a part of JSON',
    200,
    text(() => '{"@type":"succ'),
  ),
  answer(
    '64 KiB and a byte',
    200,
    text(() => '{}'.padEnd(65_537)),
  ),
  LONG_ERROR,
  LOST,
  STALL,
  faultCase('no answer, close', NOTHING, ({ effect }) => ({ kind: 'silent', effect, ending: 'close' })),
  ...ENDINGS.flatMap((ending) => {
    const traits = { holds: ending === 'stall' };
    return [
      faultCase(
        `a cut body, ${ending}`,
        NOTHING,
        ({ effect }) => ({ kind: 'cut-body', effect, ending }),
        traits,
      ),
      faultCase(
        `a cut body under 401, ${ending}`,
        other(401),
        () => {
          return { kind: 'cut-body', effect: true, ending, status: 401, body: '{"@type":"error"}' };
        },
        traits,
      ),
    ];
  }),
  faultCase('a long delay', NOTHING, ({ effect }) => ({ kind: 'delay', effect, ms: 20_000 }), HOLDS),
  faultCase(
    'headers too slow',
    NOTHING,
    ({ effect }) => ({ kind: 'slow-headers', effect, intervalMs: 100 }),
    HOLDS,
  ),
  faultCase(
    'a body too slow',
    NOTHING,
    ({ effect }) => ({ kind: 'drip-body', effect, intervalMs: 400 }),
    HOLDS,
  ),
  faultCase('an endless body', other(200), ({ effect }) => ({ kind: 'endless-body', effect })),
  faultCase('an endless flood', other(200), ({ effect }) => {
    return { kind: 'endless-body', effect, chunkBytes: 2 ** 20, intervalMs: 1 };
  }),
  faultCase(
    'an endless trickle',
    NOTHING,
    ({ effect }) => {
      return { kind: 'endless-body', effect, chunkBytes: 1, intervalMs: 20 };
    },
    HOLDS,
  ),
  faultCase('an endless body under 401', other(401), () => {
    return { kind: 'endless-body', effect: true, status: 401 };
  }),
];

const OK = 'HTTP/1.1 200 OK\r\n';
const flood = (status: string, times: number) => `HTTP/1.1 ${status}\r\nX: ${MARK}\r\n\r\n`.repeat(times);

/** Bytes that no proper server sends; what a lenient client finds in them is nobody's word. */
const BYTES: Readonly<Record<string, string | Uint8Array>> = {
  'a Content-Length that is too long': `${OK}Content-Length: 99\r\n\r\n{"@type":`,
  'a Content-Length that is too short': `${OK}Content-Length: 9\r\n\r\n{"@type":"error"}`,
  'a negative Content-Length': `${OK}Content-Length: -1\r\n\r\n{`,
  'a Content-Length beyond all bounds': `${OK}Content-Length: 99999999999999999999\r\n\r\n{`,
  'two lengths': `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{`,
  'a length and chunks': `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n`,
  'a chunk of no size': `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'a chunk that is longer than it says': `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\n{}}}\r\n0\r\n\r\n`,
  'no last chunk': `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`,
  'an unknown transfer coding': `${OK}Transfer-Encoding: ${MARK}\r\n\r\n{`,
  'no length and a FIN in place of a body': `${OK}\r\n`,
  'a body up to the FIN, cut': `${OK}\r\n{"@type":`,
  'a gzipped body': Buffer.concat([Buffer.from(`${OK}Content-Encoding: gzip\r\n\r\n`), gzipSync('{}')]),
  'headers cut by a FIN': `${OK}Content-Le`,
  'a header of 20 kB': `${OK}X: ${'x'.repeat(20_000)}\r\n\r\n{`,
  'a header of 8 MB': `${OK}X: ${'x'.repeat(8_000_000)}\r\n\r\n{`,
  '3,000 headers': `${OK}${'X: y\r\n'.repeat(3_000)}\r\n{`,
  'a header 900 times': `${OK}${'Retry-After: 1\r\n'.repeat(900)}\r\n{`,
  'a header with a NUL': `${OK}X: \0::error::${MARK}\r\n\r\n{`,
  'a header without a colon': `${OK}::error::${MARK}\r\n\r\n{`,
  'a folded header': `${OK}X: y\r\n ::error::${MARK}\r\n\r\n{`,
  'a reason that is a command': `HTTP/1.1 503 ::error::${MARK}\r\nContent-Length: 0\r\n\r\n`,
  'the status 999': 'HTTP/1.1 999 No\r\nContent-Length: 1\r\n\r\n{',
  'the status 2OO': 'HTTP/1.1 2OO OK\r\n\r\n',
  'an HTTP/2 frame': Buffer.from('00001204000000000000', 'hex'),
  SSH: `SSH-2.0-${MARK}\r\n`,
  'a megabyte of NUL': Buffer.alloc(2 ** 20),
  'a megabyte of commands': `::error::${MARK}\n`.repeat(2 ** 16),
  'a flood of 100 Continue': flood('100 Continue', 20_000),
  'a flood of 103 Early Hints': flood('103 Early Hints', 20_000),
};

/** Bytes after which the server falls silent. */
const SILENCES: Readonly<Record<string, string>> = {
  'a few of 100 Continue': flood('100 Continue', 2_000),
  'half of the headers': `${OK}X: y`,
};

const raw: readonly FaultCase[] = [
  ...Object.entries(BYTES).map(([name, bytes]) =>
    faultCase(name, NOTHING, ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'close' })),
  ),
  ...Object.entries(SILENCES).map(([name, bytes]) =>
    faultCase(
      `${name} and silence`,
      NOTHING,
      ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'stall' }),
      HOLDS,
    ),
  ),
  faultCase('101 Switching Protocols', other(101), ({ effect }) => {
    const bytes = 'HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    return { kind: 'raw', effect, bytes, ending: 'stall' };
  }),
  faultCase('1xx answers before an empty one', { kind: 'success' }, () => {
    const bytes = `${flood('102 Processing', 50)}${OK}Content-Length: 0\r\n\r\n`;
    return { kind: 'raw', effect: true, bytes, ending: 'close' };
  }),
  faultCase('the answer twice', { kind: 'success' }, () => {
    return {
      kind: 'raw',
      effect: true,
      bytes: `${OK}Content-Length: 2\r\n\r\n{}`.repeat(2),
      ending: 'close',
    };
  }),
];

/** A login's true answer, its session opened, but for a field. */
const userObject = (
  name: string,
  came: Came,
  fields: RegExp,
  value: string,
  effect: boolean = true,
): FaultCase =>
  faultCase(name, came, () => {
    const changed = (truth: string) => truth.replace(fields, (_, field) => `"${field}":"${value}"`);
    return { kind: 'answer', effect, body: changed };
  });
const SESSION_ID = /"(icSessionId|sessionId)":"[^"]*"/;
const SERVER_URL = /"(serverUrl|baseApiUrl)":"[^"]*"/;

/** What only a login may meet. */
export const USER_OBJECTS: readonly FaultCase[] = [
  userObject(
    'a user object with a server URL elsewhere',
    { kind: 'user-object', hasId: true },
    SERVER_URL,
    'https://elsewhere.example/saas',
  ),
  userObject(
    'a user object with a server URL that is none',
    { kind: 'user-object', hasId: true },
    SERVER_URL,
    `::error::${MARK}`,
  ),
  userObject(
    'a user object whose session id is none',
    { kind: 'user-object', hasId: false },
    SESSION_ID,
    `::error::${MARK}`,
  ),
  userObject('a user object with an empty session id', other(200), SESSION_ID, ''),
  userObject(
    'a user object of a session that there is not',
    { kind: 'user-object', hasId: true },
    SESSION_ID,
    'abcdefghijklmnopqrst0123',
    false,
  ),
];

/** What only the question of verification may meet. */
export const VALIDITIES: readonly FaultCase[] = [true, false].map((isValid) =>
  answer(`isValidToken: ${isValid}`, 200, {
    of: () => JSON.stringify({ '@type': 'validatedToken', isValidToken: isValid, timeUntilExpire: 5 }),
    under: () => ({ kind: 'validity', isValid }),
  }),
);

/** All that one request may meet. */
export const CATALOGUE: readonly FaultCase[] = [...whole, ...passing, ...raw];
