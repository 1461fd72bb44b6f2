import { gzipSync } from 'node:zlib';
import type { Ending, Fault, Instead } from '../../simulator/index.ts';
import { MARK, type Met, PROPER, type Says } from '../judge.ts';

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

type Traits = Omit<Met, 'name' | 'says'>;
type Meaning = Says | Met['says'];

const HTML = `<!doctype html><title>${MARK}</title>\n::error::${MARK}\n`;
/** What a session id proves itself with is gone, what a password does is refused. */
const DEAD: Met['says'] = { logout: 'gone', logoutall: 'refused' };
/** What says nothing of a session forbids to send a password again. */
const NOT_VALID: Met['says'] = { logout: 'open', logoutall: 'refused' };
const ENDINGS: readonly Ending[] = ['close', 'reset', 'stall'];
const HOLDS: Traits = { holds: true };

/** A text that would be a command, an annotation or markup if it were not taken for data. */
const hostile = [
  `::error::${MARK}`,
  `\r\n::add-mask::${MARK}\u2028::warning::${MARK}\u0085::stop-commands::${MARK}`,
  `##[error]${MARK} ##[add-mask]${MARK}%0A::set-output name=result::${MARK}`,
  `\u001b[31m<img src=x onerror=${MARK}> [x](javascript:${MARK}) **${MARK}** \`${MARK}\``,
].join(' ');

/** Error objects: what does not repeat the secret, in several spellings, is hostile. */
const errorV2 =
  (status: number, code = '') =>
  ({ secret }: Scene) =>
    JSON.stringify({
      '@type': 'error',
      code: code || echo(secret),
      description: hostile,
      statusCode: status,
    });
const errorV3 = ({ secret }: Scene) =>
  JSON.stringify({ error: { code: hostile, message: echo(secret), requestId: 'r', details: null } });

/** Of a long secret the beginning, or the answer would be longer than is read. */
function echo(whole: string): string {
  const secret = whole.slice(0, 4_000);
  const base64 = Buffer.from(`${secret}.`).toString('base64');
  return [secret, encodeURIComponent(secret), base64, `${secret.slice(0, 8)}\n${secret.slice(8)}`].join(' ');
}

const nothing = () => '';
const html = () => HTML;
const success = () => '{"@type":"success"}';

function faultCase(
  name: string,
  meaning: Meaning,
  fault: FaultCase['fault'],
  traits: Traits = {},
): FaultCase {
  const says = typeof meaning === 'string' ? { logout: meaning, logoutall: meaning } : meaning;
  return { name, says, fault, ...traits };
}

/** An answer that settles nothing, with the effect of the request or without. */
function open(name: string, body: (scene: Scene) => string, instead: Instead, traits?: Traits): FaultCase {
  return faultCase(
    name,
    'open',
    (scene) => ({ kind: 'answer', effect: scene.effect, body: body(scene), ...instead }),
    traits,
  );
}

/** An answer that settles it, true or a lie. */
function settling(
  status: number,
  meaning: Meaning,
  how: 'after the effect' | 'without the effect',
  body: (scene: Scene) => string,
  traits?: Traits,
): FaultCase {
  const fault = (scene: Scene): Fault => {
    return { kind: 'answer', effect: how === 'after the effect', status, body: body(scene) };
  };
  return faultCase(`HTTP ${status} ${how}`, meaning, fault, traits);
}

/** Nothing goes wrong. */
export const WELL: FaultCase = { ...PROPER, fault: () => undefined };
/** What the requests before the fault meet, so that it comes to the next. */
export const BUSY = faultCase('HTTP 503', 'open', () => {
  return { kind: 'answer', effect: false, status: 503, body: HTML };
});

/** The session is gone, but nobody hears of it. */
export const LOST = faultCase('no answer, reset', 'open', ({ effect }) => {
  return { kind: 'silent', effect, ending: 'reset' };
});
export const STALL = faultCase(
  'no answer, stall',
  'open',
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
export const LONG_ERROR = faultCase('a long error object', 'open', ({ effect }) => {
  const body = JSON.stringify({ error: { code: escapes, message: escapes } });
  return { kind: 'answer', effect, status: 503, body };
});

const settled: readonly FaultCase[] = [
  settling(200, 'gone', 'after the effect', nothing),
  settling(200, 'gone', 'after the effect', () => '[['.repeat(16_000) + ']]'.repeat(16_000)),
  settling(204, 'gone', 'after the effect', nothing),
  settling(200, 'gone', 'without the effect', success, { lies: true }),
  settling(401, DEAD, 'after the effect', errorV2(401)),
  settling(401, DEAD, 'without the effect', nothing, { lies: true }),
  settling(401, DEAD, 'after the effect', html),
  settling(403, DEAD, 'after the effect', errorV2(403, 'AUTH_01')),
  settling(200, DEAD, 'after the effect', errorV2(401)),
  settling(200, 'refused', 'without the effect', errorV3),
  settling(400, 'refused', 'after the effect', errorV2(400)),
  settling(403, 'refused', 'without the effect', errorV2(403)),
  settling(404, 'refused', 'without the effect', html),
  settling(422, 'refused', 'without the effect', ({ secret }) => JSON.stringify({ secret })),
  // Redirects, one of them to a host that is named after the secret.
  ...[300, 301, 302, 303, 304, 307, 308].map((status) =>
    faultCase(`HTTP ${status} to a foreign host`, 'refused', ({ effect, foreignUrl, secret }) => {
      const location = status === 300 ? `https://${encodeURIComponent(secret)}.${MARK}/` : foreignUrl;
      return { kind: 'answer', effect, status, headers: [['Location', location]] };
    }),
  ),
  faultCase('a delay', 'either', ({ effect }) => ({ kind: 'delay', effect, ms: 300 })),
  faultCase('slow headers', 'either', () => ({ kind: 'slow-headers', effect: true, intervalMs: 1 })),
  faultCase('a dripping body', 'either', () => ({ kind: 'drip-body', effect: true, intervalMs: 10 })),
  faultCase('keep-alive left open', 'gone', () => ({ kind: 'keep-open', effect: true })),
];

const unsettled: readonly FaultCase[] = [
  ...[408, 429, 500, 502, 503].map((status, index) =>
    open(`HTTP ${status}`, [errorV2(status), nothing, errorV3][index % 3] ?? html, { status }),
  ),
  ...['1', 'soon', new Date(0).toUTCString()].map((after) =>
    open(`Retry-After: ${after}`, nothing, { status: 429, headers: [['Retry-After', after]] }),
  ),
  open('Retry-After: 3600', nothing, { status: 503, headers: [['Retry-After', '3600']] }, HOLDS),
  // A gateway's status, with the server's word on the credentials in it.
  ...[errorV2(403), () => '{"error":{"code":"IDS_085"}}'].map((body, index) =>
    faultCase(`HTTP 500 and credentials that are not valid, v${index + 2}`, NOT_VALID, (scene) => {
      return { kind: 'answer', effect: scene.effect, status: 500, body: body(scene) };
    }),
  ),
  open('HTML', html, { status: 200 }),
  open('a part of JSON', () => '{"@type":"succ', { status: 200 }),
  open('64 KiB and a byte', () => '{}'.padEnd(65_537), { status: 200 }),
  LONG_ERROR,
  LOST,
  STALL,
  faultCase('no answer, close', 'open', ({ effect }) => ({ kind: 'silent', effect, ending: 'close' })),
  ...ENDINGS.flatMap((ending) => {
    const traits = { holds: ending === 'stall' };
    const either = { logout: 'either', logoutall: 'refused' } as const;
    return [
      faultCase(
        `a cut body, ${ending}`,
        'open',
        ({ effect }) => ({ kind: 'cut-body', effect, ending }),
        traits,
      ),
      faultCase(
        `a cut body under 401, ${ending}`,
        either,
        () => {
          return { kind: 'cut-body', effect: true, ending, status: 401, body: '{"@type":"error"}' };
        },
        traits,
      ),
    ];
  }),
  faultCase('a long delay', 'open', ({ effect }) => ({ kind: 'delay', effect, ms: 20_000 }), HOLDS),
  faultCase(
    'headers too slow',
    'open',
    ({ effect }) => ({ kind: 'slow-headers', effect, intervalMs: 100 }),
    HOLDS,
  ),
  faultCase(
    'a body too slow',
    'open',
    ({ effect }) => ({ kind: 'drip-body', effect, intervalMs: 400 }),
    HOLDS,
  ),
  faultCase('an endless body', 'open', ({ effect }) => ({ kind: 'endless-body', effect })),
  faultCase('an endless flood', 'open', ({ effect }) => {
    return { kind: 'endless-body', effect, chunkBytes: 2 ** 20, intervalMs: 1 };
  }),
  faultCase(
    'an endless trickle',
    'open',
    ({ effect }) => {
      return { kind: 'endless-body', effect, chunkBytes: 1, intervalMs: 20 };
    },
    HOLDS,
  ),
  faultCase('an endless body under 401', { logout: 'either', logoutall: 'refused' }, () => {
    return { kind: 'endless-body', effect: true, status: 401 };
  }),
];

const OK = 'HTTP/1.1 200 OK\r\n';
const flood = (status: string, times: number) => `HTTP/1.1 ${status}\r\nX: ${MARK}\r\n\r\n`.repeat(times);

/** Bytes that no proper server sends; where a lenient client finds a body in them, that is no JSON. */
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
  '101 Switching Protocols': 'HTTP/1.1 101 No\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'half of the headers': `${OK}X: y`,
};

const raw: readonly FaultCase[] = [
  ...Object.entries(BYTES).map(([name, bytes]) =>
    faultCase(name, 'open', ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'close' })),
  ),
  ...Object.entries(SILENCES).map(([name, bytes]) =>
    faultCase(
      `${name} and silence`,
      'open',
      ({ effect }) => ({ kind: 'raw', effect, bytes, ending: 'stall' }),
      HOLDS,
    ),
  ),
  faultCase('1xx answers before the true one', 'gone', () => {
    const bytes = `${flood('102 Processing', 50)}${OK}Content-Length: 0\r\n\r\n`;
    return { kind: 'raw', effect: true, bytes, ending: 'close' };
  }),
  faultCase('the answer twice', 'gone', () => {
    return {
      kind: 'raw',
      effect: true,
      bytes: `${OK}Content-Length: 2\r\n\r\n{}`.repeat(2),
      ending: 'close',
    };
  }),
];

/** All that one request may meet. */
export const CATALOGUE: readonly FaultCase[] = [...settled, ...unsettled, ...raw];
