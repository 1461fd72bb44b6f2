import { describe, expect, test } from '@jest/globals';
import { readSessionId, sessionIdsIn } from '../../../src/inputs/session-id.ts';
import { SESSION_ID } from '../support.ts';

const jwt = `${'eyJhbGciOiJSUzI1NiJ9'}.${'eyJzdWIiOiJ4In0'}.${'c2ln-_bmF0dXJl'}`;

describe('a session id by its shape is taken', () => {
  test.each([
    ['18 letters and digits', '9KA11tLGqxVcGeul8S'],
    ['32 letters and digits', '0123456789abcdefghijklmnopqrstuv'],
    ['a UUID', '5bd1a9e0-0f4c-4c7e-8a52-1f4e0e3c9a11'],
    ['a JWT', jwt],
    ['the shortest', 'abcdefghijk1'],
    ['letters alone, one of them a capital', 'abcdefghijkL'],
    ['digits alone', '123456789012'],
    ['every character there is', 'aZ09._~+/-aZ'],
    ['base64 with padding', 'abcdefghijklmnopqr1A=='],
    ['16,000 characters', `e${'J'.repeat(15_999)}`],
  ])('%s', (_, id) => {
    expect(readSessionId(id)).toEqual({ ok: true, value: id });
    expect(sessionIdsIn(id)).toEqual([id]);
  });

  test.each([
    ['blanks', `  ${SESSION_ID}\t`],
    ['line ends', `\n${SESSION_ID}\r\n`],
    ['a byte order mark', `\uFEFF${SESSION_ID}`],
  ])('without %s around it', (_, given) => {
    expect(readSessionId(given)).toEqual({ ok: true, value: SESSION_ID });
    expect(sessionIdsIn(given)).toEqual([SESSION_ID]);
  });
});

const MISSING = 'looks like what a missing field prints as';
const MASKED = 'looks like masked text';
const VARIABLE = 'looks like a variable that was not expanded';
const HEADER = 'looks like a header, not its value';
const JSON_TEXT = 'looks like JSON';
const QUOTES = 'looks like text in quotes';
const WORDS = 'looks like several words';
const CHARACTERS = 'has characters that no session ID has';

describe('what is no session id is named by what it looks like, and nothing of it is masked', () => {
  test.each([
    ['', 'is missing'],
    [' \r\n\uFEFF', 'is missing'],
    ['None', MISSING],
    ['null', MISSING],
    ['NULL', MISSING],
    ['undefined', MISSING],
    ['nil', MISSING],
    ['<nil>', MISSING],
    ['<null>', MISSING],
    ['(null)', MISSING],
    ['NaN', MISSING],
    ['[object Object]', MISSING],
    ['***', MASKED],
    ['*******', MASKED],
    ['Bearer ***', MASKED],
    ['$SESSION_ID', VARIABLE],
    ['$env:SESSION_ID', VARIABLE],
    ['$(jq .icSessionId)', VARIABLE],
    [`\${SESSION_ID}`, VARIABLE],
    [`\${ SESSION_ID }`, VARIABLE],
    ['%SESSION_ID%', VARIABLE],
    [`\${{ steps.login.outputs.session-id }}`, VARIABLE],
    [`abc\${{`, VARIABLE],
    ['{{ session_id }}', VARIABLE],
    ['<session-id>', VARIABLE],
    ['icSessionId:', HEADER],
    ['Set-Cookie: a=b', HEADER],
    ['{', JSON_TEXT],
    ['{"error":"none"}', JSON_TEXT],
    ['[]', JSON_TEXT],
    ['""', QUOTES],
    ["'abc'", QUOTES],
    ['“abc”', QUOTES],
    ['"abc', QUOTES],
    ['`abc`', QUOTES],
    ['login failed', WORDS],
    ['two\nlines', WORDS],
    ['Traceback (most recent call last):', WORDS],
    ['https://a.example/1A', CHARACTERS],
    ['abcdefghijk1é', CHARACTERS],
    ['abcdefghijk1\u0000', CHARACTERS],
    ['abcdefghijk1@', CHARACTERS],
    ['true', 'is too short to be one'],
    ['abcdefghij1', 'is too short to be one'],
    ['===', 'is too short to be one'],
    ['abcdefghijkl', 'does not look like one'],
    ['authentication-failed', 'does not look like one'],
    ['abcdef=ghijk1', 'does not look like one'],
    [`e${'J'.repeat(16_000)}`, 'is too long to be one'],
  ])('%j', (given, problem) => {
    const form = 'give the icSessionId (v2) or sessionId (v3) that login returned';
    expect(readSessionId(given)).toEqual({ ok: false, problems: [`session-id ${problem}: ${form}.`] });
    expect(sessionIdsIn(given)).toEqual([]);
  });
});

describe('an id by shape in something else is masked alone', () => {
  test.each([
    ['Bearer', `Bearer ${SESSION_ID}`, HEADER],
    ['bearer of a header', `authorization: bearer ${SESSION_ID}`, HEADER],
    ['icSessionId', `icSessionId: ${SESSION_ID}`, HEADER],
    ['icSessionId and =', `icSessionId=${SESSION_ID}`, HEADER],
    ['INFA-SESSION-ID', `INFA-SESSION-ID: ${SESSION_ID}`, HEADER],
    [
      'the response of v2',
      JSON.stringify({ name: 'x', icSessionId: SESSION_ID, orgId: '000001' }),
      JSON_TEXT,
    ],
    ['the response of v3', JSON.stringify({ userInfo: { sessionId: SESSION_ID } }, null, 2), JSON_TEXT],
    ['JSON as jq -R writes it', JSON.stringify(JSON.stringify({ icSessionId: SESSION_ID })), QUOTES],
    ['a dictionary of Python', `{'sessionId': '${SESSION_ID}'}`, JSON_TEXT],
    ['words', `session id is Bearer ${SESSION_ID}`, WORDS],
    ['quotes', `"${SESSION_ID}"`, QUOTES],
    ['a JWT behind Bearer', `Bearer ${jwt}`, HEADER],
  ])('%s', (name, given, problem) => {
    expect(sessionIdsIn(given)).toEqual([name.startsWith('a JWT') ? jwt : SESSION_ID]);
    const read = readSessionId(given);
    expect(read).toEqual({ ok: false, problems: [expect.stringContaining(`session-id ${problem}: `)] });
    expect(JSON.stringify(read)).not.toContain(SESSION_ID);
  });

  test('each of several', () => {
    const given = `sessionId=${SESSION_ID}\nuat_sessionId=${SESSION_ID}2`;
    expect(sessionIdsIn(given)).toEqual([SESSION_ID, `${SESSION_ID}2`]);
  });

  test.each([
    ['no id by shape', 'Bearer none'],
    ['a word as long as an id', 'Bearer authentication'],
    ['nothing', 'icSessionId: '],
    ['null', '{"icSessionId":null,"description":"authentication"}'],
  ])('what is none is not: %s', (_, given) => expect(sessionIdsIn(given)).toEqual([]));
});
