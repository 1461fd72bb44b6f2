import { describe, expect, test } from '@jest/globals';
import { Masker } from '../../runner/masker.ts';

const secret = `p'a"ss & <wörd>!\u2028\tend`;

function masked(value: string, text: string): string {
  const masker = new Masker();
  masker.add(value);
  return masker.mask(text);
}

const base64Behind = (prefix: string) => Buffer.from(prefix + secret).toString('base64');

describe('a secret is hidden', () => {
  test.each([
    ['as it is', secret],
    ['in JSON', `p'a\\"ss & <wörd>!\\u2028\\tend`],
    ['in a URI', 'p%27a%22ss%20%26%20%3Cw%C3%B6rd%3E%21%E2%80%A8%09end'],
    ['in XML', 'p&apos;a&quot;ss &amp; &lt;wörd&gt;!\u2028\tend'],
    ['in base64', base64Behind('')],
    ['with double quotes escaped', secret.replace('"', '\\"')],
    ['in an expression', secret.replace("'", "''")],
  ])('%s', (_form, text) => {
    expect(masked(secret, `before ${text} after`)).toBe('before *** after');
  });

  test('at the end of a longer text in base64, whatever its alignment', () => {
    expect(masked(secret, base64Behind('u:'))).toMatch(/^.{4}\*\*\*$/);
    expect(masked(secret, base64Behind('u'))).toMatch(/^.{4}\*\*\*$/);
  });

  test('line by line, each trimmed', () => {
    expect(masked('first line\r\n  second one', 'first line|second one')).toBe('***|***');
  });

  test('trimmed as .NET does: U+0085 goes, a byte order mark stays', () => {
    expect(masked('one\n\u0085two\u0085\n\ufeffthree', 'one|two|three')).toBe('***|***|three');
  });

  test('once where occurrences overlap or touch', () => {
    expect(masked('aba', 'xababay abaaba')).toBe('x***y ***');
    expect(masked('x', 'x')).toBe('***');
  });
});

test('the end of a secret in the middle of base64 stays: the runner does not find it either', () => {
  expect(masked('secret1', Buffer.from('secret1:more').toString('base64'))).not.toContain('***');
});

test('without its double quotes, and around an ampersand', () => {
  expect(masked('"quoted value"', 'quoted value')).toBe('***');
  expect(masked('secretpart1&secretpart2', 'secretpart1&|secretpart2')).toBe('***|***');
  expect(masked('secretpart1&+secretpart2', 'secretpart1&+|ecretpart2')).toBe('***|***');
});
