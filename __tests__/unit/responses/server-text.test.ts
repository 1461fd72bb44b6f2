import { describe, expect, test } from '@jest/globals';
import { assert, integer, property, string } from 'fast-check';
import { serverText, serverTexts, WITHHELD } from '../../../src/responses/server-text.ts';
import { cpuMsOf, PASSWORD, SESSION_ID } from '../support.ts';

const show = (raw: string, secret = PASSWORD) => serverText(raw, secret);

describe('a text is one line that starts nothing', () => {
  test.each([
    ['nothing', '', ''],
    ['a sentence', 'User name or password is not valid.', 'User name or password is not valid.'],
    ['other scripts and markup', 'Grüße, 世界 — "quoted" <b>&amp;', 'Grüße, 世界 — "quoted" <b>&amp;'],
    ['blanks around and between', '  blanks   around  ', 'blanks around'],
    ['two lines', 'two\r\nlines', 'two lines'],
    ['control characters', 'tab\tbell\u0007null\u0000end', 'tab bell null end'],
    ['colours', '\u001b[31mred\u001b[0;1m, bold\u001b[m.', 'red, bold.'],
    ['what only begins a colour', 'esc\u001b[ape', 'esc [ape'],
    ['ends of lines in Unicode', 'next\u0085line\u2028and\u2029that', 'next line and that'],
    ['directions', 'bidi\u202eevil\u2066x\u2069', 'bidi evil x'],
    ['what has no width', 'zero\u200bwidth\ufeffmark', 'zero width mark'],
    ['half a character', 'lone\ud800surrogate', 'lone surrogate'],
    ['one colon', 'one: colon', 'one: colon'],
    ['a command', '::error::no', ': :error: :no'],
    ['a command on the next line', '\n::stop-commands::x', ': :stop-commands: :x'],
    ['many colons', '::::x', ': : : :x'],
    ['a command in pieces', ':\u200b:error:\u001b[0m:no', ': :error: :no'],
    ['an old command', '##[error]no', '## [error]no'],
    ['an old command in pieces', 'x##\u001b[0m[group]', 'x## [group]'],
  ])('%s', (_, raw, shown) => expect(show(raw)).toBe(shown));

  test.each([
    [499, 499],
    [500, 500],
    [501, 500],
    [70_000, 500],
  ])('of %i characters, %i are shown', (given, left) => {
    const shown = show('😀'.repeat(given));
    expect(Array.from(shown)).toHaveLength(left);
    expect(shown.endsWith('…')).toBe(given > 500);
    expect(shown).not.toMatch(/[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/);
  });

  // fast-check's own unit of any character takes a second to set up.
  const unit = integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  const text = string({ unit, maxLength: 600 });
  test('whatever it was', () =>
    assert(
      property(text, text, (one, other) => {
        const shown = show(`${one}::${other}\n::${one}##[${other}`);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|::|##\[/u);
        expect(Array.from(shown).length).toBeLessThanOrEqual(500);
      }),
    ));
});

const bytes = (text: string) => Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0'));
const units = (text: string) => text.split('').map((unit) => unit.charCodeAt(0));
const XML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** How servers and gateways repeat what they were sent. */
const spellings: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['inside a word', (secret) => `icSessionId=${secret}&next`],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['in small letters', (secret) => secret.toLowerCase()],
  ['percent-encoded', encodeURIComponent],
  [
    'percent-encoded, each byte',
    (secret) =>
      bytes(secret)
        .map((byte) => `%${byte}`)
        .join(''),
  ],
  [
    'percent-encoded, in capitals',
    (secret) =>
      bytes(secret)
        .map((byte) => `%${byte.toUpperCase()}`)
        .join(''),
  ],
  ['as JSON', (secret) => JSON.stringify(secret)],
  ['as JSON with \\/', (secret) => JSON.stringify(secret).replaceAll('/', '\\/')],
  [
    'as JSON with \\u',
    (secret) =>
      units(secret)
        .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
        .join(''),
  ],
  ['as XML', (secret) => secret.replace(/[&<>"']/g, (mark) => XML[mark] ?? '')],
  [
    'as XML, decimal',
    (secret) =>
      units(secret)
        .map((unit) => `&#${unit};`)
        .join(''),
  ],
  [
    'as XML, hexadecimal',
    (secret) =>
      units(secret)
        .map((unit) => `&#x${unit.toString(16)};`)
        .join(''),
  ],
  [
    'as JSON with \\u, percent-encoded',
    (secret) =>
      encodeURIComponent(
        units(secret)
          .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
          .join(''),
      ),
  ],
  [
    'as XML, percent-encoded',
    (secret) =>
      encodeURIComponent(
        units(secret)
          .map((unit) => `&#${unit};`)
          .join(''),
      ),
  ],
  ['as JSON in XML', (secret) => JSON.stringify(secret).replace(/[&<>"']/g, (mark) => XML[mark] ?? '')],
  ['in two lines', (secret) => `${secret.slice(0, 6)}\r\n${secret.slice(6)}`],
  ['with blanks between', (secret) => secret.split('').join(' ')],
  ['with what has no width between', (secret) => secret.split('').join('\u200b')],
  ['with colours between', (secret) => secret.split('').join('\u001b[0m')],
];

describe.each([
  ['a session id', SESSION_ID],
  ['a password', PASSWORD],
  ['a password full of marks', `q&<w"ö'r%9+/x=\\`],
  ['a password of five characters', 'q7!zK'],
  ['a password with a command in it', 'a::b##[c]'],
])('a text that repeats %s is withheld', (_, secret) => {
  test.each(spellings)('%s', (_spelling, spell) =>
    expect(show(`The value ${spell(secret)} was given.`, secret)).toBe(WITHHELD),
  );
});

describe('a text that repeats a part of a secret', () => {
  const id = 'S3ss10nIdAbCdEfGhIjKlMnOpQr';
  test.each([
    ['8 characters at its start', 'S3ss10nI'],
    ['8 characters at its end', 'KlMnOpQr'],
    ['8 characters of its middle', 'dAbCdEfG'],
    ['three parts, apart', 'S3ss10nId then AbCdEfGhI then jKlMnOpQr'],
  ])('is withheld: %s', (_, part) => expect(show(`bad id: ${part}.`, id)).toBe(WITHHELD));

  test('of 16,000 characters is withheld, wherever the part stood', () => {
    const long = Array.from({ length: 1_600 }, (_, index) => `${index}`.padStart(10, 'QZWVX')).join('');
    const places = [0, 1, 495, 1_000, 8_003, 15_991, 15_992];
    const shown = places.filter((at) => show(`It is <${long.slice(at, at + 8)}>.`, long) !== WITHHELD);
    expect(shown).toEqual([]);
    expect(show('It is not valid.', long)).toBe('It is not valid.');
  });

  test('is shown where it is 7 characters of a longer one, or not the whole of a shorter one', () => {
    expect(show('bad id: S3ss10n.', id)).toBe('bad id: S3ss10n.');
    expect(show('bad: q7!z.', 'q7!zK')).toBe('bad: q7!z.');
  });

  test('is searched as far as it is shown', () => {
    expect(show(`${'long '.repeat(97)}${id}`, id)).toBe(WITHHELD);
    expect(show(`${'long '.repeat(99)}${id}`, id)).toMatch(/^(long ){99}S3ss…$/);
  });
});

describe('a text that repeats no secret is shown', () => {
  test.each([
    ['harmless words', 'User name or password is not valid.', PASSWORD],
    ['of a session id', 'Session Qm3ZtV… expired.', SESSION_ID],
    ['what only looks like escapes', '%zz \\u00 &#; &#x; &nosuch; \\', PASSWORD],
    ['escapes of no character', '&#9999999; &#x110000; %ff%fe', PASSWORD],
  ])('%s', (_, text, secret) => expect(show(text, secret)).toBe(text));
});

describe('texts that are shown together', () => {
  test('are withheld together where one repeats the secret', () => {
    expect(serverTexts(['E_1', `Not ${SESSION_ID}.`, ''], SESSION_ID)).toBeUndefined();
  });

  test('are searched as one: half in the code, half in the description', () => {
    expect(serverTexts([SESSION_ID.slice(0, 5), SESSION_ID.slice(5, 10)], SESSION_ID)).toBeUndefined();
  });

  test('are shown together else, an empty one stays so', () => {
    expect(serverTexts(['E_1', ' two\nlines ', ''], SESSION_ID)).toEqual(['E_1', 'two lines', '']);
  });
});

test('blanks of a password may come as +, without any other escape', () => {
  expect(show('got my+odd+pass+phr+93', 'my odd pass phr 93')).toBe(WITHHELD);
});

test('where nothing is secret, nothing is withheld', () => {
  expect(show('Everything.', '')).toBe('Everything.');
  expect(show('Everything.', ' \n')).toBe('Everything.');
});

test('the largest body and the longest session id take no noticeable time', () => {
  const secret = Array.from({ length: 1_600 }, (_, index) => `${index}`.padStart(10, 'x')).join('');
  let shown = '';
  const tookMs = cpuMsOf(() => {
    shown = show('%41&#66;\\u0043'.repeat(4_681), secret);
  });
  expect(shown).toMatch(/^%41/);
  expect(tookMs).toBeLessThan(5_000);
});
