import { describe, expect, test } from '@jest/globals';
import { passwordNotes, readPassword, readUsername } from '../../../src/inputs/credentials.ts';
import { secretsIn } from '../../../src/inputs/secrets.ts';
import { PASSWORD, SESSION_ID, valuesOf } from '../support.ts';

const problem = (text: string) => ({ ok: false, problems: [expect.stringMatching(text)] });

describe('username', () => {
  test.each([
    ['an address', 'pipeline@example.com'],
    ['a name with blanks', 'Ann the pipeline'],
    ['a name that begins like a missing one', 'Nonesuch'],
  ])('%s is taken', (_, name) => expect(readUsername(` ${name}\r\n`)).toEqual({ ok: true, value: name }));

  test.each([
    ['', 'is missing'],
    [' \n', 'is missing'],
    ['None', 'is what a missing field prints as'],
    ['null', 'is what a missing field prints as'],
    ['$IICS_USERNAME', 'is a variable that was not expanded'],
    [`\${IICS_USERNAME}`, 'is a variable that was not expanded'],
    ['%IICS_USERNAME%', 'is a variable that was not expanded'],
    [`\${{ secrets.USERNAME }}`, 'is a variable that was not expanded'],
    ['***', 'is masked text'],
    ['"pipeline@example.com"', 'is in quotes'],
    ["'pipeline@example.com'", 'is in quotes'],
    ['{"username":"x"}', 'is JSON'],
  ])('%j is refused', (given, text) => expect(readUsername(given)).toEqual(problem(`^username ${text}: `)));
});

describe('password', () => {
  test.each([
    ['blanks', ' a b '],
    ['tabs', '\ta\t'],
    ['quotes', '"None"'],
    ['a dollar', '$x'],
    ['a missing field, for it may be one', 'None'],
    ['other line ends of Unicode', 'a\u2028b'],
  ])('stays as it is: %s', (_, given) => {
    expect(readPassword(given)).toEqual({ ok: true, value: given });
    expect(passwordNotes(given)).toEqual([]);
  });

  test.each([
    ['CR', 'right\r'],
    ['LF', 'right\n'],
    ['CR LF', 'right\r\n'],
    ['several', 'right\r\n\n\r'],
  ])('loses the line end of a file, and that is said: %s', (_, given) => {
    expect(readPassword(given)).toEqual({ ok: true, value: 'right' });
    expect(passwordNotes(given)).toHaveLength(1);
  });

  test('blanks before the line end stay', () => {
    expect(readPassword(' right \n')).toEqual({ ok: true, value: ' right ' });
  });

  test.each([
    ['', 'is missing'],
    [' \t', 'is missing'],
    ['\r\n', 'is missing'],
    ['one\ntwo', 'contains a line break'],
    ['\nright', 'contains a line break'],
    ['one\rtwo\n', 'contains a line break'],
    [`\${{ secrets.PASSWORD }}`, 'contains an unexpanded expression'],
    [`x\${{`, 'contains an unexpanded expression'],
  ])('%j is refused', (given, text) => {
    const read = readPassword(given);
    expect(read).toEqual(problem(`^password ${text}`));
    expect(JSON.stringify(read)).not.toMatch(/right|one\b|two|secrets\./);
  });
});

describe('what is masked', () => {
  test.each([
    ['the session id', { 'session-id': SESSION_ID }, [SESSION_ID]],
    ['the session id as it is sent', { 'session-id': `${SESSION_ID}\n` }, [SESSION_ID]],
    ['the password', { password: PASSWORD }, [PASSWORD]],
    [
      'the password as it is given, sent and saved',
      { password: 'right"\r\n' },
      ['right"\r\n', 'right\\"\\r\\n', 'right"', 'right\\"'],
    ],
    [
      'both, though a mode needs one',
      { password: PASSWORD, 'session-id': SESSION_ID },
      [SESSION_ID, PASSWORD],
    ],
    ['a password that is refused', { password: 'one\ntwo' }, ['one\ntwo', 'one\\ntwo']],
    ['the id in what is refused', { 'session-id': `Bearer ${SESSION_ID}` }, [SESSION_ID]],
    ['nothing of what is no id', { 'session-id': 'None' }, []],
    ['nothing of nothing: a blank mask draws a warning', { 'session-id': ' ', password: ' \n' }, []],
  ])('%s', (_, given, secrets) =>
    expect([...secretsIn(valuesOf(given))].sort()).toEqual([...secrets].sort()),
  );
});
