import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  string,
  stringMatching,
  tuple,
} from 'fast-check';
import { hostile } from './answer-arbitrary.ts';
import { bare } from './leak.ts';
import type { Mode } from './meaning.ts';

/** A secret, and a text that has it in some spelling, whole or in part. */
export interface Echo {
  readonly mode: Mode;
  readonly secret: string;
  readonly text: string;
}

/** Less would stand in many a text by chance. */
const LEAST = 8;

const sessionId = oneof(
  stringMatching(/^[0-9a-zA-Z]{20,40}$/),
  stringMatching(/^eyJ[\w-]{12,60}\.[\w-]{20,200}\.[\w-]{12,60}$/),
  string({ unit: 'grapheme-ascii', minLength: LEAST, maxLength: 40 }),
);
const password = oneof(
  string({ unit: 'grapheme-ascii', minLength: LEAST, maxLength: 24 }),
  // Passwords of which little is left as letters, or as the letters of base64; and such as change their case oddly.
  string({ unit: constantFrom(...'~?>ÿ/+=\\%&;"<\'-_. !'), minLength: LEAST, maxLength: 24 }),
  string({ unit: constantFrom(...'ΣΑΒΓσςßẞıİK1'), minLength: LEAST, maxLength: 14 }),
  string({
    unit: oneof(constantFrom('\t', '\n', '\u0001', '\u00a0', '\u200b', '😀'), constantFrom(...'abcXYZ019')),
    minLength: 10,
    maxLength: 24,
  }),
  string({ unit: 'grapheme', minLength: LEAST, maxLength: 24 }),
);
const secrets = oneof(
  tuple(
    constant('logout' as const),
    sessionId.map((given) => given.trim().replaceAll('${{', '{{{')),
  ),
  tuple(constant('logoutall' as const), password),
).filter(([, secret]) => secret.trim() !== '' && Array.from(bare(secret)).length >= LEAST);

const bytes = (text: string) => Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0'));
const each = (text: string, spell: (character: string) => string) => Array.from(text, spell).join('');
const units = (text: string, spell: (unit: string) => string) => text.split('').map(spell).join('');
const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const wellFormed = (text: string) => Buffer.from(text).toString();
const percent = (text: string) =>
  bytes(text)
    .map((byte) => `%${byte}`)
    .join('');
const inBase64 = (before: string) => (text: string) =>
  Buffer.from(`${before}${text}, and more`).toString('base64');

const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => encodeURIComponent(wellFormed(text)),
  (text) => encodeURIComponent(wellFormed(text)).toLowerCase(),
  percent,
  (text) => percent(text).toUpperCase(),
  (text) =>
    bytes(text)
      .map((byte, at) => (at % 2 ? `%${byte}` : `%${byte.toUpperCase()}`))
      .join(''),
  (text) => encodeURIComponent(encodeURIComponent(wellFormed(text))),
  (text) => percent(percent(text)),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => units(text, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => each(text, (character) => `&#${character.codePointAt(0)};`),
  (text) => each(text, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
  (text) => each(text, (character) => NAMED[character] ?? character),
  inBase64(''),
  inBase64('a'),
  inBase64('ab'),
  (text) => inBase64('a')(text).replaceAll('+', '-').replaceAll('/', '_'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => bytes(text).join(''),
  (text) => bytes(text).join('').toUpperCase(),
];
const SPLITS = [
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u0007',
  '\u00a0',
  '\u2028',
  '\u200b',
  '\u00ad',
  '\u001b[31m',
  '\u001b[0;1m',
  '-',
];

function spelled(secret: string): Arbitrary<string> {
  const characters = Array.from(secret);
  const parts = tuple(nat(characters.length), nat(characters.length)).map(([from, less]) =>
    less % 3 > 0 ? secret : characters.slice(from, from + 14).join(''),
  );
  const cuts = oneof(constant(0), nat(16));
  return record({
    part: parts,
    encode: constantFrom(...ENCODINGS),
    every: cuts,
    split: constantFrom(...SPLITS),
  }).map(({ part, encode, every, split }) => {
    const text = encode(part);
    const run = new RegExp(`.{${every}}`, 'gsu');
    return every === 0 ? text : text.replace(run, `$&${split}`);
  });
}

const around = oneof(
  { weight: 3, arbitrary: constantFrom('', 'Not valid: ', '="', '&x=', '/') },
  hostile.map((text) => text.slice(0, 60)),
);

export const echoes: Arbitrary<Echo> = secrets.chain(([mode, secret]) =>
  record({
    mode: constant(mode),
    secret: constant(secret),
    text: array(tuple(around, spelled(secret)), { minLength: 1, maxLength: 2 }).map((parts) =>
      parts.flat().join(''),
    ),
  }),
);
