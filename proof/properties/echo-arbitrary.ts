import * as fc from 'fast-check';
import type { StepKind } from './both.ts';
import { oneOf, weighted } from './draw.ts';
import { sessionIds } from './input-arbitrary.ts';
import { bare } from './leak.ts';
import { hostile } from './response-arbitrary.ts';

/** A secret, and a text that has it in it, as servers and gateways repeat what they were sent. */
export interface Echo {
  readonly kind: StepKind;
  readonly secret: string;
  readonly text: string;
}

/** Shorter parts occur in many texts by chance. */
const LEAST = 8;

const passwords = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii', minLength: LEAST, maxLength: 24 }),
    fc.string({ unit: 'grapheme', minLength: LEAST, maxLength: 24 }),
    fc.string({ unit: fc.constantFrom(..."~?>ÿ/+=\\%&;<'-_.!ΣσßK1"), minLength: LEAST, maxLength: 24 }),
  )
  .filter((text) => !text.includes('${{') && !/[\r\n]/.test(text));
const tokens = fc.stringMatching(/^eyJ[\w-]{12,60}\.[\w-]{20,100}\.[\w-]{12,60}$/);
const secrets = fc
  .oneof(
    fc.record({ kind: fc.constant<StepKind>('session-id'), secret: sessionIds }),
    fc.record({ kind: fc.constant<StepKind>('password'), secret: passwords }),
    fc.oneof(
      // Post ends the session of a login, and it does not matter how main got the ID.
      fc.record({
        kind: fc.constantFrom<StepKind[]>('login', 'login-v3', 'bearer'),
        secret: fc.oneof(passwords, sessionIds),
      }),
      fc.record({ kind: fc.constantFrom<StepKind[]>('token', 'issued-token'), secret: tokens }),
    ),
  )
  .filter(({ secret }) => Array.from(bare(secret)).length >= LEAST);

const uri = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const units = (text: string, spell: (code: number) => string) =>
  text.replace(/./gs, (unit) => spell(unit.charCodeAt(0)));
const points = (text: string, spell: (code: number) => string) =>
  text.replace(/./gsu, (character) => spell(character.codePointAt(0) ?? 0));
const NAMED: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

const ESCAPES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text,
  (text) => text.toUpperCase(),
  uri,
  (text) => uri(text).replace(/%../g, (triple) => triple.toLowerCase()),
  (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => units(text, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
  (text) => points(text, (code) => `&#${code};`),
  (text) => points(text, (code) => `&#x${code.toString(16)};`),
  (text) => text.replace(/[&<>"']/g, (character) => `&${NAMED[character]};`),
];
const blanks = oneOf('\u2003 \n \r\n \t \u00a0 \u2028 \u200b \u00ad');

/** The secret once, whole or cut, escaped, and in lines of any length. */
function spelled(secret: string): fc.Arbitrary<string> {
  const characters = Array.from(secret);
  // A shorter part is a leak only if the text before it completes it by chance.
  const part = fc.nat(characters.length - LEAST).map((from) => characters.slice(from, from + 14).join(''));
  return fc
    .record({
      part: weighted([2, fc.constant(secret)], [1, part]),
      spell: fc.constantFrom(...ESCAPES),
      every: weighted([3, fc.constant(0)], [1, fc.integer({ min: 1, max: 76 })]),
      blank: blanks,
    })
    .map(({ part, spell, every, blank }) => {
      const split = every === 0 ? part : part.replace(new RegExp(`.{${every}}`, 'gsu'), `$&${blank}`);
      return spell(split);
    });
}

const around = weighted(
  [3, oneOf(' Not\u00a0valid: =" &x= / values:\n[ \t[ [')],
  [1, fc.nat(520).map((length) => '.'.repeat(length))],
  [1, hostile.map((text) => text.slice(0, 60))],
);

export const echoes: fc.Arbitrary<Echo> = secrets.chain(({ kind, secret }) =>
  fc
    .array(fc.tuple(around, spelled(secret)), { minLength: 1, maxLength: 2 })
    .map((parts) => ({ kind, secret, text: parts.flat().join('') })),
);
