import { describe, expect, test } from '@jest/globals';
import { fileCommandPairs } from '../../runner/file-commands.ts';
import { parseCommand } from '../../runner/workflow-commands.ts';

const parse = (line: string) => parseCommand(line, (name) => name === 'error');

describe('a line is a command', () => {
  test.each([
    ['::error::text', {}, 'text'],
    ['\u00a0 ::ERROR::text', {}, 'text'],
    ['::error file=a%2Cb.js,line=1::50%25%0Anext %250A', { file: 'a,b.js', line: '1' }, '50%\nnext %0A'],
    ['::error:\u200b:text', {}, ':text'],
    ['::error line=1:\u00ad\u0001:text', { line: '1' }, '\u0001:text'],
    ['some text ##[error]more', {}, 'more'],
    ['##[error file=a%3Bb;line=1]x%5D', { file: 'a;b', line: '1' }, 'x]'],
    ['::unknown::x ##[error]y', {}, 'y'],
  ])('%s', (line, properties, data) => {
    expect(parse(line)).toEqual({ name: 'error', properties, data });
  });

  test.each([
    'text ::error::x',
    '::error x',
    '::error:\t:x',
    ':\u200b:error::x',
    '::unknown::x',
    '##[unknown]x ##[error]y',
    '##[error x',
    ':: error::x',
  ])('not: %s', (line) => {
    expect(parse(line)).toBeUndefined();
  });
});

describe('a file command', () => {
  const pairs = (text: string) => [...fileCommandPairs(text)];

  test('has single lines and heredocs, whose delimiter may end the file', () => {
    expect(pairs('a=1=<<2\n\nb<<END\none=1\n\ntwo\nEND\nc<<X\nX')).toEqual([
      ['a', '1=<<2'],
      ['b', 'one=1\n\ntwo'],
      ['c', ''],
    ]);
  });

  test.each([
    ['a<<END\nvalue\n', 'Matching delimiter not found'],
    ['a<<END\nvalue', 'EOF marker missing new line'],
    ['a<<\nvalue\n', 'delimiter must not be empty'],
    ['nothing', 'Invalid format'],
  ])('is malformed: %j', (text, message) => {
    expect(() => pairs(text)).toThrow(message);
  });
});
