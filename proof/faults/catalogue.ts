import { gzipSync } from 'node:zlib';
import type { Ending } from '../../simulator/index.ts';
import type { NetworkFailure } from '../../src/http.ts';
import { MARK } from '../judge/leaks.ts';
import { type Encounter, type Form, PROPER } from '../responses/form.ts';
import {
  type Body,
  bodyNamed,
  errorWith,
  type Happening,
  type HeaderSet,
  LARGE,
  PLAIN,
  row,
  type Scene,
} from '../responses/table.ts';

type Traits = Omit<Encounter, 'name' | 'form'>;

const HTML = `<!doctype html><title>${MARK}</title>\n::error::${MARK}\n`;
const NOTHING: Form = { kind: 'nothing' };
const other = (status: number): Form => ({ kind: 'other', status });
const ENDINGS: readonly Ending[] = ['close', 'reset', 'stall'];
const TAKES_ALL_TIME: Traits = { takesAllTime: true };
const AMBIGUOUS: Traits = { ambiguous: true };

function faultCase(name: string, form: Form, fault: Happening['fault'], traits: Traits = {}): Happening {
  return { name, form, fault, ...traits };
}

/** A row of the table, with the effect of the request or without. */
function respondWith(
  name: string,
  status: number,
  body: Body,
  headers?: HeaderSet,
  traits: Traits = {},
): Happening {
  return { ...row(status, body, headers), name, ...traits };
}

/** A row of the table, after the effect of the request, or without it. */
function bound(status: number, how: 'after the effect' | 'without the effect', body: string): Happening {
  const happening = row(status, bodyNamed(body), PLAIN, 'v2', how === 'after the effect');
  return { ...happening, name: `HTTP ${status} with ${body} ${how}` };
}

const retryAfter = (value: string): HeaderSet => {
  return { name: `Retry-After: ${value}`, lines: [['Retry-After', value]] };
};

/** Nothing goes wrong. */
export const WELL: Happening = { ...PROPER, fault: () => undefined };
/** What the requests before the fault meet: no server has looked at them, so they are retried. */
export const BUSY = faultCase('HTTP 429', other(429), () => {
  return { kind: 'response', effect: false, status: 429, body: HTML };
});

export const UNAVAILABLE = faultCase('HTTP 503 with a page', other(503), ({ effect }) => {
  return { kind: 'response', effect, status: 503, body: HTML };
});

/** These come after a signal that is sent when the request arrives. */
export const LATE = faultCase('a proper response, late', PROPER.form, () => {
  return { kind: 'delay', effect: true, ms: 800 };
});
export const LATE_BUSY = faultCase('HTTP 429, late', other(429), () => {
  return { kind: 'drip-body', effect: false, status: 429, body: 'x'.repeat(40), intervalMs: 20 };
});

/** The connection is gone, and with it all knowledge of the effect. */
const lost = (name: string, effectOf: (scene: Scene) => boolean) =>
  faultCase(name, NOTHING, (scene) => ({ kind: 'silent', effect: effectOf(scene), ending: 'reset' }));
export const LOST = lost('no response, reset', ({ effect }) => effect);
export const LOST_AFTER_EFFECT = lost('no response, reset after the effect', () => true);
export const LOST_BEFORE_EFFECT = lost('no response, reset before the effect', () => false);

export const STALL = faultCase(
  'no response, stall',
  NOTHING,
  ({ effect }) => ({ kind: 'silent', effect, ending: 'stall' }),
  TAKES_ALL_TIME,
);

/** Escapes of every kind, nested: they take a search for secrets the longest. */
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
/** The longest response that is read, all of it the server's text. */
export const LONG_ERROR = respondWith(
  'a long error object',
  503,
  errorWith('LONG_01', { message: escapes, details: escapes }),
);

export const PAGE = respondWith('HTTP 200 with a page', 200, bodyNamed('a page'));
export const FORBIDDEN = bound(403, 'without the effect', 'a page');
/** A rejection by the vendor, in the forms that it has for an account. */
export const REFUSED = bound(403, 'without the effect', 'an error about the address');
export const NOT_FOUND = bound(404, 'without the effect', 'a page');

const whole: readonly Happening[] = [
  bound(200, 'after the effect', 'no body'),
  row(200, LARGE.nested, PLAIN, 'v2', true),
  bound(204, 'after the effect', 'no body'),
  bound(200, 'without the effect', '{"@type":"success"}'),
  bound(401, 'after the effect', 'a hostile v2 error'),
  bound(401, 'without the effect', 'no body'),
  bound(401, 'after the effect', 'a page'),
  bound(401, 'without the effect', 'a page'),
  FORBIDDEN,
  bound(403, 'after the effect', 'a hostile AUTH_01'),
  bound(401, 'after the effect', 'a hostile flat AUTH_01'),
  bound(200, 'after the effect', 'a hostile v2 error of 401'),
  bound(200, 'without the effect', 'a hostile v3 error'),
  bound(200, 'without the effect', "somebody else's error with the secret"),
  bound(400, 'after the effect', 'a hostile v2 error'),
  bound(403, 'without the effect', 'a hostile v2 error'),
  NOT_FOUND,
  bound(422, 'without the effect', 'the secret'),
  // Redirects, one of them to a host that is named after the secret.
  ...[300, 301, 302, 303, 304, 307, 308].map((status) =>
    faultCase(`HTTP ${status} to a foreign host`, other(status), ({ effect, foreignUrl, secret }) => {
      const location = status === 300 ? `https://${encodeURIComponent(secret)}.${MARK}/` : foreignUrl;
      return { kind: 'response', effect, status, headers: [['Location', location]] };
    }),
  ),
  faultCase('a delay', PROPER.form, ({ effect }) => ({ kind: 'delay', effect, ms: 300 }), AMBIGUOUS),
  faultCase(
    'slow headers',
    PROPER.form,
    () => ({ kind: 'slow-headers', effect: true, intervalMs: 1 }),
    AMBIGUOUS,
  ),
  faultCase(
    'a dripping body',
    PROPER.form,
    () => ({ kind: 'drip-body', effect: true, intervalMs: 10 }),
    AMBIGUOUS,
  ),
  faultCase('keep-alive left open', PROPER.form, () => ({ kind: 'keep-open', effect: true })),
];

const passing: readonly Happening[] = [
  UNAVAILABLE,
  ...[408, 425, 429, 500, 502, 503, 504].map((status, index) => {
    const bodies = [
      'a hostile v2 error',
      'no body',
      "somebody else's error with the secret",
      'a hostile v3 error',
    ];
    return respondWith(`HTTP ${status}`, status, bodyNamed(bodies[index % 4] ?? 'a page'));
  }),
  ...['1', 'soon', new Date(0).toUTCString()].map((after) =>
    respondWith(`Retry-After: ${after}`, 429, bodyNamed('no body'), retryAfter(after)),
  ),
  respondWith('Retry-After: 3600', 503, bodyNamed('no body'), retryAfter('3600'), TAKES_ALL_TIME),
  // A gateway's status, with the server's error about the credentials in the body.
  respondWith('HTTP 500 and credentials that are not valid, v2', 500, bodyNamed('a hostile v2 error of 403')),
  respondWith(
    'HTTP 500 and credentials that are not valid, by the code',
    500,
    bodyNamed('a hostile UI_10000'),
  ),
  respondWith('HTTP 500 and credentials that are not valid, v3', 500, bodyNamed('a hostile IDS_085')),
  PAGE,
  respondWith('a part of JSON', 200, LARGE.cut),
  respondWith('64 KiB and a byte', 200, LARGE.tooLarge),
  LONG_ERROR,
  LOST,
  STALL,
  faultCase('no response, close', NOTHING, ({ effect }) => ({ kind: 'silent', effect, ending: 'close' })),
  ...ENDINGS.flatMap((ending) => {
    const traits = { takesAllTime: ending === 'stall' };
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
  faultCase('a long delay', NOTHING, ({ effect }) => ({ kind: 'delay', effect, ms: 20_000 }), TAKES_ALL_TIME),
  faultCase(
    'headers too slow',
    NOTHING,
    ({ effect }) => ({ kind: 'slow-headers', effect, intervalMs: 100 }),
    TAKES_ALL_TIME,
  ),
  faultCase(
    'a body too slow',
    NOTHING,
    ({ effect }) => ({ kind: 'drip-body', effect, intervalMs: 400 }),
    TAKES_ALL_TIME,
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
    TAKES_ALL_TIME,
  ),
  faultCase('an endless body under 401', other(401), () => {
    return { kind: 'endless-body', effect: true, status: 401 };
  }),
];

const OK = 'HTTP/1.1 200 OK\r\n';
const flood = (status: string, times: number) => `HTTP/1.1 ${status}\r\nX: ${MARK}\r\n\r\n`.repeat(times);

/** Bytes that break off, or that no proper server sends. What a lenient client reads from them is not the vendor's. */
const BYTES: Readonly<Record<string, string | Uint8Array>> = {
  'a Content-Length that is too long': `${OK}Content-Length: 99\r\n\r\n{"@type":`,
  'a Content-Length that is too short': `${OK}Content-Length: 9\r\n\r\n{"@type":"error"}`,
  'no last chunk': `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`,
  'an unknown transfer coding': `${OK}Transfer-Encoding: ${MARK}\r\n\r\n{`,
  'no length and a FIN in place of a body': `${OK}\r\n`,
  'a body up to the FIN, cut': `${OK}\r\n{"@type":`,
  'a gzipped body': Buffer.concat([Buffer.from(`${OK}Content-Encoding: gzip\r\n\r\n`), gzipSync('{}')]),
  'headers cut by a FIN': `${OK}Content-Le`,
  'a header of 20 kB': `${OK}X: ${'x'.repeat(20_000)}\r\n\r\n{`,
  '3,000 headers': `${OK}${'X: y\r\n'.repeat(3_000)}\r\n{`,
  'a header 900 times': `${OK}${'Retry-After: 1\r\n'.repeat(900)}\r\n{`,
  'a reason that is a command': `HTTP/1.1 503 ::error::${MARK}\r\nContent-Length: 0\r\n\r\n`,
  'the status 999': 'HTTP/1.1 999 No\r\nContent-Length: 1\r\n\r\n{',
  'a flood of 100 Continue': flood('100 Continue', 20_000),
  'a flood of 103 Early Hints': flood('103 Early Hints', 20_000),
};

/** Bytes that are not HTTP. */
const NO_HTTP: Readonly<Record<string, string | Uint8Array>> = {
  'a blank before a colon': `${OK}X : y\r\nContent-Length: 2\r\n\r\n{}`,
  'a negative Content-Length': `${OK}Content-Length: -1\r\n\r\n{`,
  'a Content-Length beyond all bounds': `${OK}Content-Length: 99999999999999999999\r\n\r\n{`,
  'two lengths': `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{`,
  'a length and chunks': `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n`,
  'a chunk of no size': `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'a chunk that is longer than it says': `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\n{}}}\r\n0\r\n\r\n`,
  'a header of 8 MB': `${OK}X: ${'x'.repeat(8_000_000)}\r\n\r\n{`,
  'a header with a NUL': `${OK}X: \0::error::${MARK}\r\n\r\n{`,
  'a header without a colon': `${OK}::error::${MARK}\r\n\r\n{`,
  'a folded header': `${OK}X: y\r\n ::error::${MARK}\r\n\r\n{`,
  'the status 2OO': 'HTTP/1.1 2OO OK\r\n\r\n',
  'an HTTP/2 frame': Buffer.from('00001204000000000000', 'hex'),
  SSH: `SSH-2.0-${MARK}\r\n`,
  'a megabyte of NUL': Buffer.alloc(2 ** 20),
  'a megabyte of commands': `::error::${MARK}\n`.repeat(2 ** 16),
};

/** A client can read at least the status of these. */
const READABLE: Readonly<Record<string, Form>> = {
  'a reason that is a command': other(503),
  'the status 999': other(999),
  'a gzipped body': { kind: 'success' },
};

/** Bytes after which the response stalls. */
const STALLED: Readonly<Record<string, string>> = {
  'a few of 100 Continue': flood('100 Continue', 2_000),
  'half of the headers': `${OK}X: y`,
};

const rawCase = (name: string, form: Form, bytes: string | Uint8Array): Happening =>
  faultCase(name, form, ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'close' }));

const raw: readonly Happening[] = [
  ...Object.entries(BYTES).map(([name, bytes]) => rawCase(name, READABLE[name] ?? NOTHING, bytes)),
  ...Object.entries(NO_HTTP).map(([name, bytes]) => rawCase(name, { kind: 'nothing', notHttp: true }, bytes)),
  ...Object.entries(STALLED).map(([name, bytes]) =>
    faultCase(
      `${name} and silence`,
      NOTHING,
      ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'stall' }),
      TAKES_ALL_TIME,
    ),
  ),
  faultCase('101 Switching Protocols', other(101), ({ effect }) => {
    const bytes = 'HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    return { kind: 'raw', effect, bytes, ending: 'stall' };
  }),
  faultCase('1xx responses before an empty one', { kind: 'success' }, () => {
    const bytes = `${flood('102 Processing', 50)}${OK}Content-Length: 0\r\n\r\n`;
    return { kind: 'raw', effect: true, bytes, ending: 'close' };
  }),
  faultCase('the response twice', { kind: 'success' }, () => {
    return {
      kind: 'raw',
      effect: true,
      bytes: `${OK}Content-Length: 2\r\n\r\n{}`.repeat(2),
      ending: 'close',
    };
  }),
];

function failing(name: string, failure: NetworkFailure, traits: Traits = {}): Happening {
  const { neverSent = false } = traits;
  const response = () => ({ kind: 'no-response', failure, mayHaveReachedServer: !neverSent }) as const;
  const fault: Happening['fault'] = ({ effect }) => {
    return { kind: 'silent', effect: effect && !neverSent, ending: 'reset' };
  };
  return { ...faultCase(name, NOTHING, fault, traits), response };
}
const tls = (code: string, refusesClient = false): NetworkFailure => {
  return { kind: 'tls', code, proxy: undefined, refusesClient, cause: undefined };
};
const TLS_TWICE: Traits = { atMost: { kind: 'TLS', times: 2 } };

/** Network failures, in process only: over sockets some are in `connections.ts`, and others have separate tests. */
export const FAILURES: readonly Happening[] = [
  failing('a handshake that fails', tls('EPROTO'), { ...TLS_TWICE, neverSent: true }),
  failing('no client certificate', tls('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', true), {
    ...TLS_TWICE,
    neverSent: true,
  }),
  failing('TLS that fails after the request', tls('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), TLS_TWICE),
  failing(
    'an error in the program',
    { kind: 'unexpected', error: 'TypeError', cause: undefined },
    { programError: true, atMost: { kind: 'an error in the program', times: 2 } },
  ),
  failing('a name that does not exist', { kind: 'name-not-found', cause: undefined }, { neverSent: true }),
];

/** A login's true response, except for one field. The session is open. */
const userObject = (
  name: string,
  form: Form,
  fields: RegExp,
  value: string,
  effect: boolean = true,
): Happening =>
  faultCase(name, form, () => {
    const changed = (truth: string) => truth.replace(fields, (_, field) => `"${field}":"${value}"`);
    return { kind: 'response', effect, body: changed };
  });
const SESSION_ID = /"(icSessionId|sessionId)":"[^"]*"/;
const SERVER_URL = /"(serverUrl|baseApiUrl)":"[^"]*"/;

/** What only a login may meet. */
export const USER_OBJECTS: readonly Happening[] = [
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
  faultCase('a user object with an error beside it', { kind: 'user-object', hasId: true }, () => {
    const changed = (truth: string) => truth.replace('{', '{"code":"USER_0","description":"x",');
    return { kind: 'response', effect: true, body: changed };
  }),
  userObject(
    'a user object of a session that there is not',
    { kind: 'user-object', hasId: true },
    SESSION_ID,
    'abcdefghijklmnopqrst0123',
    false,
  ),
];

/** What only validSessionId may meet. */
export const VALIDITIES: readonly Happening[] = ['a valid token', 'a dead token'].map((name) =>
  respondWith(name, 200, bodyNamed(name)),
);

/** What only a request for an access token may meet: the true response, but for the token or its field. */
export const ACCESS_TOKENS: readonly Happening[] = [
  ...['', 'see you later', `::error::${MARK}`, '1234567.1234567.1234567'].map((value) =>
    faultCase(`an access token that reads "${value}"`, other(200), () => {
      return { kind: 'response', effect: true, body: (truth) => truth.replace(/:"[^"]*"/, `:"${value}"`) };
    }),
  ),
  faultCase('an access token in an unknown field', other(200), () => {
    return { kind: 'response', effect: true, body: (truth) => truth.replace('jwt_token', 'jwt') };
  }),
  faultCase('an access token in another field, with blanks', PROPER.form, () => {
    const changed = (truth: string) => truth.replace(/"jwt_token":"([^"]*)"/, '"token":" $1\\n"');
    return { kind: 'response', effect: true, body: changed };
  }),
  faultCase('an access token that nobody granted', { kind: 'access-token' }, () => {
    return { kind: 'response', effect: false, body: (truth) => truth };
  }),
];

/** All that one request may meet. */
export const CATALOGUE: readonly Happening[] = [...whole, ...passing, ...raw];
