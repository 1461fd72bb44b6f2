import { describe, expect, test } from '@jest/globals';
import type { Body, Delivery, NetworkFailure } from '../../src/exchange/delivery.ts';
import { readErrorObject } from '../../src/exchange/error-object.ts';
import { judge } from '../../src/exchange/verdict.ts';
import {
  answer,
  logout,
  logoutall,
  lost,
  noAnswer,
  SESSION_ID,
  timedOut,
  v2Error,
  v3Error,
} from './support.ts';

type Row = readonly [what: string, delivery: Delivery];

const html = '<!doctype html><title>Sign in</title>';
const broken: Body = { kind: 'broken', failure: lost };
const tooLarge: Body = { kind: 'too-large' };
const withBody = (statusCode: number, body: Body) => answer(statusCode, '', { body });

const ended: Row[] = [
  ['200, empty', answer(200)],
  ['200, blanks', answer(200, ' \r\n')],
  ['204', answer(204)],
  ['299, empty', answer(299)],
  ['200, the success object', answer(200, { '@type': 'success' })],
  ['202, an empty object', answer(202, {})],
  ['200, null', answer(200, 'null')],
  ['200, false', answer(200, 'false')],
  ['200, a number', answer(200, '0')],
  ['200, a string', answer(200, '"error"')],
  ['200, a list', answer(200, '[]')],
  ['200, an object with an error of null', answer(200, { error: null })],
  ['200, an object with an empty error', answer(200, { error: '' })],
  ['200, an object of another type with a statusCode', answer(200, { '@type': 'success', statusCode: 401 })],
];

const notValid: Row[] = [
  ['401, v2', answer(401, v2Error('UI_10000'))],
  ['401, v2 that says 403', answer(401, v2Error('UI_10000', 403))],
  ['401, v3', answer(401, v3Error('IDS_085'))],
  ['401, v3 with details and no message', answer(401, { error: { code: 'X', details: [{}] } })],
  ['401, an error that is a text', answer(401, { error: 'invalid_session' })],
  ['403, v2, AUTH_01', answer(403, v2Error('AUTH_01', 403))],
  ['403, v3, AUTH_01', answer(403, v3Error('AUTH_01'))],
  ['200, v2 that says 401', answer(200, v2Error('AUTH_01', 401))],
  ['200, v2 that says 401 with another code', answer(200, v2Error('X', 401))],
  ['200, v2 that says 401 as a text', answer(200, v2Error('X', '401'))],
  ['200, v2 that says 403, AUTH_01', answer(200, v2Error('AUTH_01', 403))],
  ['202, v2 that says 401', answer(202, v2Error('X', 401))],
  ['400, v2 that says 401', answer(400, v2Error('X', 401))],
  ['403, v2 that says 401', answer(403, v2Error('X', 401))],
  ['404, v2 that says 403, AUTH_01', answer(404, v2Error('AUTH_01', 403))],
  ['499, v2 that says 401', answer(499, v2Error('X', 401))],
  ['401, empty', answer(401)],
  ['401, HTML', answer(401, html)],
  ['401, half a JSON', answer(401, '{"@type":"err')],
  ['401, too large to read', withBody(401, tooLarge)],
];

const refused: Row[] = [
  ['401, JSON that is no error object', answer(401, {})],
  ['401, null', answer(401, 'null')],
  ['403, v2', answer(403, v2Error('UI_10000', 403))],
  ['403, v3', answer(403, v3Error('IDS_085'))],
  ['403, v2, AUTH_02', answer(403, v2Error('AUTH_02', 403))],
  ['403, empty', answer(403)],
  ['403, HTML', answer(403, html)],
  ['200, v2 without a statusCode', answer(200, v2Error('UI_10000'))],
  ['200, v2, AUTH_01 without a statusCode', answer(200, v2Error('AUTH_01'))],
  ['200, v2, AUTH_01 that says 400', answer(200, v2Error('AUTH_01', 400))],
  ['200, v2 that says 500', answer(200, v2Error('X', 500))],
  ['200, v3', answer(200, v3Error('IDS_085'))],
  ['200, v3 with nothing in it', answer(200, { error: {} })],
  ['200, v2 in capitals', answer(200, { '@type': 'Error' })],
  ['200, an error that is a text', answer(200, { error: 'no' })],
  ['200, an error that is true', answer(200, { error: true, message: 'no' })],
  ['400, v2', answer(400, v2Error('X', 400))],
  ['400, AUTH_01', answer(400, v2Error('AUTH_01', 400))],
  ['404, v3', answer(404, v3Error('AUTH_01'))],
  ['404, HTML', answer(404, html)],
  ['404, too large', withBody(404, tooLarge)],
  ...[400, 402, 404, 405, 407, 409, 410, 422, 426, 428, 451, 499].map(
    (status): Row => [`${status}, empty`, answer(status)],
  ),
  ...[300, 301, 302, 303, 304, 307, 308, 399].map((status): Row => [`${status}, empty`, answer(status)]),
  ['302, v2 that says 401', answer(302, v2Error('AUTH_01', 401))],
];

const unknownStatuses = [408, 425, 429, 500, 502, 503, 504, 599];
const unknown: Row[] = [
  ...unknownStatuses.map((status): Row => [`${status}, empty`, answer(status)]),
  ...unknownStatuses.map((status): Row => [`${status}, v2`, answer(status, v2Error('UI_10000', status))]),
  ['503, v2 without a statusCode', answer(503, v2Error('X_1'))],
  ['503, v2 that says 500', answer(503, v2Error('UI_10000', 500))],
  ['503, v3', answer(503, v3Error('AUTH_01'))],
  ['503, HTML', answer(503, html)],
  ['503, broken', withBody(503, broken)],
  ['503, too large', withBody(503, tooLarge)],
  ['no status at all', answer(0)],
  ['600', answer(600)],
  ['200, HTML', answer(200, html)],
  ['200, text', answer(200, 'OK')],
  ['202, half a JSON', answer(202, '{"@type":"succ')],
  ['200, too large', withBody(200, tooLarge)],
  ['200, broken', withBody(200, broken)],
  ['200, stalled', withBody(200, { kind: 'broken', failure: timedOut })],
  ['connection lost', noAnswer(lost, true)],
  ['timed out', noAnswer(timedOut, true)],
  ['refused connection', noAnswer({ kind: 'connection-refused', cause: undefined }, false)],
  ['name not resolved', noAnswer({ kind: 'name-not-resolved', cause: undefined }, false)],
  ['certificate', noAnswer({ kind: 'certificate', code: 'CERT_HAS_EXPIRED', cause: undefined }, false)],
  ['proxy', noAnswer({ kind: 'proxy', detail: 'HTTP 407', cause: undefined }, false)],
];

/** Tells of a session what the status leaves open, and of a password that it must not be sent again. */
const rejected: Row[] = [
  ...unknownStatuses.flatMap((status): Row[] => [
    [`${status}, v2 that says 401`, answer(status, v2Error('AUTH_01', 401))],
    [`${status}, v2 that says 403 as a text`, answer(status, v2Error('UI_10000', '403'))],
    [`${status}, v2 without a statusCode, UI_10000`, answer(status, v2Error('UI_10000'))],
    [`${status}, v3, IDS_085`, answer(status, v3Error('IDS_085'))],
  ]),
];

describe('what an answer to logout means', () => {
  const kind = (delivery: Delivery) => judge(delivery, logout).kind;
  test.each(ended)('%s: ended', (_, delivery) => expect(kind(delivery)).toBe('ended'));
  test.each(notValid)('%s: already ended', (_, delivery) => expect(kind(delivery)).toBe('already-ended'));
  test.each(refused)('%s: refused', (_, delivery) => expect(kind(delivery)).toBe('refused'));
  test.each([...unknown, ...rejected])('%s: unknown', (_, delivery) =>
    expect(kind(delivery)).toBe('unknown'),
  );
  // A second logout does no harm, and the rest of the body could say that the session lives.
  test.each([400, 401, 403, 404])('%i, broken: unknown', (status) =>
    expect(kind(withBody(status, broken))).toBe('unknown'),
  );
});

describe('what an answer to logoutall means', () => {
  const kind = (delivery: Delivery) => judge(delivery, logoutall).kind;
  test.each(ended)('%s: ended', (_, delivery) => expect(kind(delivery)).toBe('ended'));
  test.each(notValid)('%s: refused', (_, delivery) => expect(kind(delivery)).toBe('refused'));
  test.each([...refused, ...rejected])('%s: refused', (_, delivery) =>
    expect(kind(delivery)).toBe('refused'),
  );
  test.each(unknown)('%s: unknown', (_, delivery) => expect(kind(delivery)).toBe('unknown'));
  // Accounts lock: the status has said enough.
  test.each([400, 401, 403, 404])('%i, broken: refused', (status) =>
    expect(kind(withBody(status, broken))).toBe('refused'),
  );
});

describe('an unknown answer', () => {
  test.each([408, 429, 503, 200])('%i hands on Retry-After', (status) => {
    const verdict = judge(answer(status, html, { retryAfter: '7' }), logout);
    expect(verdict).toMatchObject({ kind: 'unknown', retryAfter: '7', mayHaveReachedServer: true });
  });

  test.each([true, false])('without an answer: reached the server: %s', (reached) => {
    const verdict = judge(noAnswer(lost, reached), logout);
    expect(verdict).toMatchObject({ retryAfter: undefined, mayHaveReachedServer: reached });
  });

  test('keeps what the server said', () => {
    const verdict = judge(answer(500, v2Error('UI_500', 500, 'Come back later.')), logout);
    const error = { code: 'UI_500', description: 'Come back later.' };
    expect(verdict).toMatchObject({ reason: { kind: 'status', statusCode: 500, error } });
  });

  test('keeps why the body broke off', () => {
    const failure: NetworkFailure = { kind: 'connection-lost', code: 'EPIPE', cause: undefined };
    expect(judge(withBody(200, { kind: 'broken', failure }), logout)).toMatchObject({
      reason: { kind: 'network', failure },
    });
  });
});

describe('a redirect names the host that it pointed to', () => {
  test.each([
    ['https://evil.example/collect?a=b', 'evil.example'],
    ['https://user:pass@evil.example:8443/', 'evil.example:8443'],
    ['//evil.example/', 'evil.example'],
    ['/login', 'usw3.dm-us.informaticacloud.com'],
    ['login', 'usw3.dm-us.informaticacloud.com'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://ex ample/', 'a place it does not name'],
    ['javascript:alert(1)', 'a place it does not name'],
    ['', 'usw3.dm-us.informaticacloud.com'],
    [undefined, 'a place it does not name'],
    [`https://${SESSION_ID}.evil.example/`, '(withheld: the text repeated a secret)'],
  ])('%s', (location, host) => {
    expect(judge(answer(302, '', { location }), logout)).toEqual({
      kind: 'refused',
      statusCode: 302,
      reason: { kind: 'redirect', host },
    });
  });
});

describe('what is shown of an error object', () => {
  test.each([
    ['already ended', answer(401, v2Error(`E-${SESSION_ID}`, 401, `Session ${SESSION_ID} is over.`))],
    ['refused', answer(403, v3Error(`E-${SESSION_ID}`, `Session ${SESSION_ID} may not.`))],
    ['unknown', answer(503, v2Error(`E-${SESSION_ID}`, 503, `Session ${SESSION_ID} waits.`))],
  ])('no secret: %s', (_, delivery) => {
    const shown = JSON.stringify(judge(delivery, logout));
    expect(shown).not.toContain(SESSION_ID);
    expect(shown.match(/withheld/g)).toHaveLength(2);
  });

  const withheld = '(withheld: the text repeated a secret)';
  const half = SESSION_ID.length / 2;
  test.each([
    ['in the code', `E-${SESSION_ID}`, 'No.', [withheld, 'No.']],
    ['in the description', 'E_1', `Not ${SESSION_ID}.`, ['E_1', withheld]],
    [
      'after what could be the start of a colour',
      'E_1\u001b[',
      `${SESSION_ID} is no session.`,
      ['E_1 [', withheld],
    ],
    [
      'split over both and by colours',
      'E %37',
      `\u001b[0;1m${SESSION_ID.slice(1, 10)}`,
      [withheld, withheld],
    ],
    ['split over both', SESSION_ID.slice(0, half), SESSION_ID.slice(half), [withheld, withheld]],
    [
      '5 characters before the end of the code',
      `E-${SESSION_ID.slice(0, 5)}`,
      SESSION_ID.slice(5, 10),
      [withheld, withheld],
    ],
  ])('no secret %s', (_, code, description, shown) => {
    const verdict = judge(answer(403, v3Error(code, description)), logout);
    expect(verdict).toMatchObject({ reason: { error: { code: shown[0], description: shown[1] } } });
  });

  test.each([
    ['v2', v2Error('UI_1', 400, 'Two words.'), { code: 'UI_1', description: 'Two words.', statusCode: 400 }],
    [
      'v2 with a message',
      { '@type': 'error', message: 'M' },
      { code: '', description: 'M', statusCode: undefined },
    ],
    ['v2 with numbers', { '@type': 'error', code: 7 }, { code: '7', description: '', statusCode: undefined }],
    [
      'v2 with things that are no text',
      { '@type': 'error', code: {}, description: [], statusCode: 'four' },
      { code: '', description: '', statusCode: undefined },
    ],
    [
      'v3',
      v3Error('IDS_085', 'Two words.'),
      { code: 'IDS_085', description: 'Two words.', statusCode: undefined },
    ],
    [
      'v3 with a description',
      { error: { code: 'C', description: 'D' } },
      { code: 'C', description: 'D', statusCode: undefined },
    ],
    ['true', { error: true, message: 'M' }, { code: '', description: 'M', statusCode: undefined }],
    ['a text', { error: 'Just words.' }, { code: '', description: 'Just words.', statusCode: undefined }],
  ])('%s', (_, json, error) => expect(readErrorObject(json)).toEqual(error));

  test.each([null, undefined, 'error', 401, [], {}, { error: false }, { error: 0 }, { '@type': 'success' }])(
    'none: %j',
    (json) => expect(readErrorObject(json)).toBeUndefined(),
  );
});

test('an error object with a status that is no number or text is read all the same', () => {
  const body = '{"@type":"error","code":"X","description":"No.","statusCode":{"toString":1,"valueOf":1}}';
  expect(judge(answer(403, body), logout)).toMatchObject({ kind: 'refused', statusCode: 403 });
});
