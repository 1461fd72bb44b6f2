import * as fc from 'fast-check';
import { hostile } from './answer-arbitrary.ts';
import { oneOf, weighted } from './draw.ts';
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

const of = (unit: string, maxLength = 24) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength: LEAST, maxLength });
const sessionId = fc.oneof(
  fc.stringMatching(/^[0-9a-zA-Z]{20,40}$/),
  fc.stringMatching(/^eyJ[\w-]{12,60}\.[\w-]{20,200}\.[\w-]{12,60}$/),
  fc.string({ unit: 'grapheme-ascii', minLength: LEAST, maxLength: 40 }),
);
const password = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: LEAST, maxLength: 24 }),
  fc.string({ unit: 'grapheme', minLength: LEAST, maxLength: 24 }),
  // Of which little is left as letters, or as the letters of base64; which change their case oddly; which a
  // text shows as blanks in part.
  of('~?>ÿ/+=\\%&;"<\'-_. !'),
  of('ΣΑΒΓσςßẞıİK1', 14),
  of('aabbccXXYYZZ001199\t\n\u0001\u00a0\u200b😀'),
);
const secrets = fc
  .oneof(
    // What still looks like an expression is no session id, and neither is what is in quotes.
    fc.record({
      mode: fc.constant<Mode>('logout'),
      secret: sessionId.map((id) => id.trim().replaceAll('{{', '{').replace(/^["']/, '')),
    }),
    fc.record({ mode: fc.constant<Mode>('logoutall'), secret: password }),
  )
  .filter(({ secret }) => secret.trim() !== '' && Array.from(bare(secret)).length >= LEAST);

const bytes = (text: string) => Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0'));
const percent = (text: string) => bytes(text).join('').replace(/../g, '%$&');
const uri = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const units = (text: string, spell: (code: number) => string) =>
  text.replace(/./gs, (unit) => spell(unit.charCodeAt(0)));
const points = (text: string, spell: (code: number) => string) =>
  text.replace(/./gsu, (character) => spell(character.codePointAt(0) ?? 0));
const NAMED = new Map(Object.entries({ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }));
const base64 = (before: string, form: 'base64' | 'base64url', after: string) => (text: string) =>
  Buffer.from(before + text + after).toString(form);

const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  uri,
  (text) => uri(text).toLowerCase(),
  (text) => uri(uri(text)),
  percent,
  (text) => percent(text).toUpperCase(),
  (text) => percent(text).replace(/(..)a/g, '$1A'),
  (text) => percent(percent(text)),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => units(text, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  (text) => points(text, (code) => `&#${code};`),
  (text) => points(text, (code) => `&#x${code.toString(16)};`),
  (text) => text.replace(/[&<>"']/g, (character) => `&${NAMED.get(character)};`),
  base64('', 'base64', ''),
  base64('', 'base64', ', and more'),
  base64('a', 'base64', ', and more'),
  base64('ab', 'base64', ''),
  base64('', 'base64url', ''),
  base64('a', 'base64url', ', and more'),
  (text) => bytes(text).join(''),
  (text) => bytes(text).join('').toUpperCase(),
];
const split = oneOf('\u2003 \n \r\n \t \0 \u0007 \u00a0 \u2028 \u200b \u00ad \u001b[31m \u001b[0;1m -');

function spelled(secret: string): fc.Arbitrary<string> {
  const characters = Array.from(secret);
  const part = fc.nat(characters.length).map((from) => characters.slice(from, from + 14).join(''));
  return fc
    .record({
      part: weighted([2, fc.constant(secret)], [1, part]),
      encode: fc.constantFrom(...ENCODINGS),
      every: fc.oneof(fc.constant(0), fc.nat(16)),
      split,
    })
    .map(({ part, encode, every, split }) => {
      const text = encode(part);
      return every === 0 ? text : text.replace(new RegExp(`.{${every}}`, 'gsu'), `$&${split}`);
    });
}

const around = weighted(
  [3, oneOf(' Not\u00a0valid: =" &x= / values:\n[ \t[ \u001b[ [')],
  [1, hostile.map((text) => text.slice(0, 60))],
);

export const echoes: fc.Arbitrary<Echo> = secrets.chain(({ mode, secret }) =>
  fc
    .array(fc.tuple(around, spelled(secret)), { minLength: 1, maxLength: 2 })
    .map((parts) => ({ mode, secret, text: parts.flat().join('') })),
);
