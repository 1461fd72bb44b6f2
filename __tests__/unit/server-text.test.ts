import { describe, expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { serverText } from '../../src/exchange/server-text.ts';
import { PASSWORD, SESSION_ID } from './support.ts';

const WITHHELD = '(withheld: the text repeated a secret)';
const jwt = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"fake","exp":1}').toString('base64url')}.c2lnbmF0dXJl-_x`;
const marked = `P&<w"ö'rd% 9+/x=`;

const show = (text: string, ...secrets: string[]) =>
  serverText(text, secrets.length > 0 ? secrets : [PASSWORD]);

describe('text that a server may say', () => {
  test.each([
    ['', ''],
    ['User name or password is not valid.', 'User name or password is not valid.'],
    ['Grüße, 世界 — "quoted" <b>&amp;', 'Grüße, 世界 — "quoted" <b>&amp;'],
    ['  blanks   around  ', 'blanks around'],
    ['two\nlines', 'two lines'],
    ['two\r\nlines', 'two lines'],
    ['tab\tbell\u0007null\u0000esc\u001b[31m', 'tab bell null esc [31m'],
    ['next\u0085line', 'next line'],
    ['separated\u2028by\u2029these', 'separated by these'],
    ['bidi\u202eevil\u2066x\u2069', 'bidi evil x'],
    ['zero\u200bwidth\ufeffmark', 'zero width mark'],
    ['no-break\u00a0blank', 'no-break blank'],
    ['lone\ud800surrogate', 'lone surrogate'],
    ['one: colon', 'one: colon'],
    ['::error::no', ': :error: :no'],
    [':::', ': : :'],
    ['::::x', ': : : :x'],
    [':\n:', ': :'],
    [':\u200b:', ': :'],
    ['\n::stop-commands::x', ': :stop-commands: :x'],
    ['##[error]no', '## [error]no'],
    ['x###[group]', 'x### [group]'],
  ])('%j', (raw, shown) => expect(show(raw)).toBe(shown));

  test('that is long is searched as far as it is shown', () => {
    expect(show(`${'long '.repeat(97)}${PASSWORD}`)).toBe(WITHHELD);
    expect(show(`${' '.repeat(60_000)}${PASSWORD}`)).toBe(WITHHELD);
    // A part of it would be shown, and is too short to be known for one.
    expect(show(`${'x'.repeat(498)}q7!zK`, 'q7!zK')).toBe(WITHHELD);
    expect(show(`${'long '.repeat(300)}${PASSWORD}`)).toMatch(/^long .+ l?o?n?g? ?…$/);
  });

  test.each([
    [499, 499],
    [500, 500],
    [501, 500],
    [70_000, 500],
  ])('of %i characters has %i', (given, left) => {
    const shown = show('é'.repeat(given));
    expect(Array.from(shown)).toHaveLength(left);
    expect(shown.endsWith('…')).toBe(given > 500);
  });

  test('is not cut inside a character', () => {
    const shown = show('😀'.repeat(501));
    expect(shown).toBe(`${'😀'.repeat(499)}…`);
  });

  const text = string({ unit: 'binary', maxLength: 600 });
  const noise = string({ unit: 'grapheme-ascii', maxLength: 20 });
  test('is one line that starts no command, whatever it was', () =>
    assert(
      property(text, noise, (one, other) => {
        const shown = show(`${one}::${other}\n::${one}##[${other}`);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##\[/u);
        expect(Array.from(shown).length).toBeLessThanOrEqual(500);
      }),
    ));
});

const characters = (text: string) => Array.from(text);
const bytes = (text: string) => Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0'));
const escapedXml: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const base64After = (prefix: string) => (text: string) =>
  Buffer.from(`${prefix}${text}:more`).toString('base64');

const spellings: [string, (secret: string) => string][] = [
  ['as it is', (text) => text],
  ['inside a word', (text) => `icSessionId=${text}&next`],
  ['in capitals', (text) => text.toUpperCase()],
  ['in small letters', (text) => text.toLowerCase()],
  ['percent-encoded', encodeURIComponent],
  [
    'percent-encoded, each byte',
    (text) =>
      bytes(text)
        .map((byte) => `%${byte}`)
        .join(''),
  ],
  [
    'percent-encoded, each byte, in capitals',
    (text) =>
      bytes(text)
        .map((byte) => `%${byte.toUpperCase()}`)
        .join(''),
  ],
  ['percent-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
  [
    'percent-encoded twice, each byte',
    (text) =>
      bytes(text)
        .map((byte) => `%25${byte}`)
        .join(''),
  ],
  ['form-encoded', (text) => new URLSearchParams({ password: text }).toString()],
  ['as JSON', (text) => JSON.stringify(text)],
  ['as JSON in JSON', (text) => JSON.stringify(JSON.stringify(text))],
  [
    'as JSON with \\u',
    (text) =>
      text
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  ],
  ['as XML', (text) => text.replace(/[&<>"']/g, (character) => escapedXml[character] ?? '')],
  [
    'as XML, decimal',
    (text) =>
      characters(text)
        .map((character) => `&#${character.codePointAt(0)};`)
        .join(''),
  ],
  [
    'as XML, hexadecimal',
    (text) =>
      characters(text)
        .map((character) => `&#x${character.codePointAt(0)?.toString(16)};`)
        .join(''),
  ],
  ['as hex', (text) => bytes(text).join('')],
  ['as hex in capitals', (text) => bytes(text).join('').toUpperCase()],
  ['as base64', (text) => Buffer.from(text).toString('base64')],
  ['as base64, first alignment', base64After('abc')],
  ['as base64, second alignment', base64After('ab')],
  ['as base64, third alignment', base64After('a')],
  ['as base64 in lines', (text) => base64After('user:')(text).replace(/.{8}/g, '$&\r\n')],
  ['as base64, percent-encoded', (text) => encodeURIComponent(base64After('user:')(text))],
  ['split by blanks', (text) => characters(text).join(' ')],
  ['split by newlines', (text) => characters(text).join('\r\n')],
  ['split by zero-width characters', (text) => characters(text).join('\u200b')],
  ['split by hyphens', (text) => characters(text).join('-')],
  ['split by dots', (text) => characters(text).join('.')],
  ['broken into two lines', (text) => `${text.slice(0, 7)}\n${text.slice(7)}`],
  ['the first 10 characters', (text) => `${text.slice(0, 10)}…`],
  ['the last 10 characters', (text) => `…${text.slice(-10)}`],
  ['10 characters of the middle', (text) => text.slice(2, 12)],
];

describe.each([
  ['a session id', SESSION_ID],
  ['a JWT', jwt],
  ['a password', PASSWORD],
])('a server that repeats %s', (_, secret) => {
  test.each(spellings)('%s', (_spelling, spell) => {
    expect(show(`The value ${spell(secret)} was given.`, 'another-secret', secret)).toBe(WITHHELD);
  });
});

describe('a server that repeats a password full of marks', () => {
  // Its letters alone are too few to be recognized among other characters, and a blank counts for nothing.
  const recognized = spellings.filter(([name]) => !/hyphens|dots|form|10 characters/.test(name));
  test.each(recognized)('%s', (_spelling, spell) => {
    expect(show(`The value ${spell(marked)} was given.`, marked)).toBe(WITHHELD);
  });
});

describe('a server that repeats a password of five characters', () => {
  const short = 'q7!zK';
  test.each([
    ['as it is', short],
    ['in capitals', short.toUpperCase()],
    ['percent-encoded', 'q7%21zK'],
    ['as XML', 'q7&#33;zK'],
    ['split by blanks', 'q 7 ! z K'],
    ['as hex', Buffer.from(short).toString('hex')],
    ['as base64', Buffer.from(short).toString('base64')],
  ])('%s', (_, spelled) => expect(show(`The value ${spelled} was given.`, short)).toBe(WITHHELD));
});

describe('a server that repeats a secret whose spelling looks like another one', () => {
  test.each([
    ['Fake\\Pass-9', 'Fake%5CPass-9'],
    ['CORP\\fake-pässwörter', encodeURIComponent('CORP\\fake-pässwörter')],
    ['a%41b&amp;c', encodeURIComponent('a%41b&amp;c')],
    ['one\ntwo!', JSON.stringify('one\ntwo!')],
    ['abcd1234', Buffer.from('me:abcd1234:x').toString('base64')],
    ['Secr3t!9', Buffer.from('bob@x:Secr3t!9,').toString('base64')],
    ['>>>???>>>???', Buffer.from('>>>???>>>???').toString('base64url')],
    ['abcd1234', 'a-b-c-d-1-2-3-4'],
    // In a list, which must not be taken for a colour; and split by colours, which stand there as they are or escaped.
    ['Hunter2!', 'values:\n[Hunter2!]'],
    ['Hunter2!', 'values:\t[Hunter2!, x]'],
    ['Hunter2!', 'values: \u001b[Hunter2!'],
    ['Hunter2!', '%0A%5BHunter2%21'],
    ['1234567890123a', '\r\n[1234567890123a]'],
    ['Hunter2!', 'Hun\u001b[31mter\u001b[0;1m2!'],
    ['Hunter2!', 'Hun%1b[31mter%1b[0m2!'],
    ['Hunter2!', '\u001b[31mHun\u001b[31mter2!'],
    // Split inside its escapes, which are escaped again.
    ['k!q2zK9#', '%25%36%62%25\t%32%31%25%37 %31%25%33%32%25%37%61%25%34%62%25%33%39%25%32%33'],
  ])('%j', (secret, spelled) => expect(show(`The value ${spelled} was given.`, secret)).toBe(WITHHELD));
});

describe('a server that repeats a part of a secret of 16,000 characters', () => {
  // No run of a few characters comes twice, and none of them is a word.
  const long = Array.from({ length: 1_600 }, (_, index) => `${index}`.padStart(10, 'QZWVX')).join('');
  const spelled: [string, (part: string) => string][] = [
    ['as it is', (part) => part],
    ['as hex', (part) => Buffer.from(part).toString('hex')],
    ['as base64', (part) => base64After('a')(`${part}QZ`)],
    ['percent-encoded, each byte', (part) => part.replace(/./g, (it) => `%${bytes(it)}`)],
  ];
  test.each(spelled)('%s, wherever it stands', (_, spell) => {
    // More than is looked at in one go lies between the places, and some lie over a seam.
    const places = [0, 495, 985, 990, 995, 1_000, 1_005, 1_045, 1_050, 1_995, 8_003, 15_985];
    const shown = places.filter(
      (at) => show(`The value ${spell(long.slice(at, at + 15))} was given.`, long) !== WITHHELD,
    );
    expect(shown).toEqual([]);
  });

  test.each([1_000, 1_001, 1_003, 1_049, 1_050, 1_051, 1_060])(
    'and nothing else of one of %i characters',
    (length) => {
      const secret = `${long.slice(0, length - 3)}not`;
      expect(show('It is not valid.', secret)).toBe('It is not valid.');
      expect(show(`It is ${secret.slice(-12)}, is it?`, secret)).toBe(WITHHELD);
    },
  );
});

describe('a text that repeats no secret is shown', () => {
  test.each([
    ['User name or password is not valid.', PASSWORD],
    ['Your Fake-Pass is not valid.', PASSWORD],
    ['The password is fake.', PASSWORD],
    ['Session expired.', SESSION_ID],
    ['Session 7hFakeSe… expired.', SESSION_ID],
    ['%zz \\u00 &#; &#x; &nosuch; \\', PASSWORD],
    ['&#9999999; &#x110000; %ff%fe', PASSWORD],
    ['Not valid: 50% off, q7!z', 'q7!zK'],
  ])('%s', (text, secret) => expect(show(text, secret)).toBe(text));

  test('with no secret at all', () => expect(serverText('Anything.', [])).toBe('Anything.'));
});

test('the largest body and the longest session id take no noticeable time', () => {
  const startedMs = performance.now();
  const secret = Array.from({ length: 1_600 }, (_, index) => `${index}`.padStart(10, 'x')).join('');
  expect(show('%41&#66;\\u0043'.repeat(4_681), secret)).toMatch(/^%41/);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
