import { describe, expect, test } from '@jest/globals';
import { BODIES } from '../../../proof/responses/table.ts';
import type { HttpResult } from '../../../src/http.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';
import type { LikelyCause } from '../../../src/responses/classification.ts';
import {
  logout,
  logoutall,
  noResponse,
  PAGE,
  PASSWORD,
  page,
  received,
  receivedWith,
  SESSION_ID,
  timedOut,
  tooLarge,
  v2Object,
  v3Object,
  wire,
} from '../support.ts';
import { EXPECTED, type Meaning } from './rows.ts';

/** The parts of a classification that decide what the steps do. */
function meaning(result: HttpResult, request: ApiRequest<true>): Meaning {
  const classification = request.classify(result);
  switch (classification.kind) {
    case 'success':
      return 'ended';
    case 'session-gone':
      return 'already-ended';
    case 'rejected':
      return classification.postMayRetry ? 'refused-for-now' : 'refused';
    case 'inconclusive': {
      const { reason, credentialUse, repeatLimit } = classification;
      if (reason.kind === 'redirect') return 'redirect';
      if (credentialUse === 'final' && request === logoutall) return 'not-again';
      if (repeatLimit !== undefined) return repeatLimit.times === 6 ? 'unclear' : 'unclear-4xx';
      return credentialUse === 'none' ? 'not-now' : 'unknown';
    }
  }
}

type Row = readonly [response: string, result: HttpResult];
const WITHHELD = '(withheld: the text repeated a secret)';
const SCENE = { secret: SESSION_ID, foreignUrl: '', effect: false };
const gzip = { contentEncoding: 'gzip' };

const google = {
  error: { code: 401, message: 'Request had invalid credentials.', status: 'UNAUTHENTICATED' },
};
const flat = { code: 'AUTH_01', message: 'Session expired', requestId: 'x' };

/** The rows of the table with this meaning for a session ID. */
const rowsThatAre = (...meanings: readonly Meaning[]): Row[] =>
  EXPECTED.filter(({ logout }) => meanings.includes(logout)).map(({ row }) => [
    row.name,
    row.response(SCENE),
  ]);

/** Results that are not in the table, because there is no response, or an incomplete one. */
const cut: Row[] = [200, 202, 400, 404, 407, 499, 500, 501, 502, 504, 599].map((status) => [
  `${status}, broken off`,
  wire.brokenOff(status),
]);
const lostResponses: Row[] = [
  ['200, stalled', receivedWith({ kind: 'broken', failure: timedOut }, 200)],
  ['a lost connection', wire.lost],
  ['no response in time', wire.timedOut],
];
const notSent: Row[] = [
  ['a name not resolved', wire.unresolved],
  ['a refused connection', wire.refused],
  ["a proxy's 502", wire.proxy(502)],
  ['no connection in time', noResponse({ kind: 'no-connection', detail: 'none in time', cause: 0 }, false)],
];
const elsewhere: Row[] = [
  ['101, an upgrade', wire.endless(101)],
  ['no status', received(0)],
  ['600', received(600)],
];

const rowsUnder = (status: number, means: Meaning): Row[] =>
  rowsThatAre(means).filter(([name]) => name.startsWith(`HTTP ${status},`));

describe.each([
  ['a session ID', 'logout', logout],
  ['a password', 'logoutall', logoutall],
] as const)('what a response to %s means', (_, mode, request) => {
  test('in each row of the table', () => {
    const meanings = EXPECTED.map((expected) => {
      return {
        name: expected.row.name,
        expected: expected[mode],
        is: meaning(expected.row.response(SCENE), request),
      };
    });
    expect(meanings.filter((row) => row.is !== row.expected)).toEqual([]);
  });

  test.each<[Meaning, Row[]]>([
    ['unknown', [...cut, ...lostResponses]],
    ['not-now', notSent],
    ['unclear', elsewhere],
  ])('%s without a whole response: %#', (expected, results) => {
    const meanings = results.map(([name, result]) => [name, meaning(result, request)]);
    expect(meanings).toEqual(results.map(([name]) => [name, expected]));
  });

  test.each([401, 403])('%i that breaks off', (status) => {
    const expected = request === logout ? 'unknown' : 'not-again';
    expect(meaning(wire.brokenOff(status), request)).toBe(expected);
  });

  test('408 or 503 that breaks off', () => {
    const expected = request === logout ? 'not-now' : 'unknown';
    const results = [408, 503].map((status) => wire.brokenOff(status));
    expect(results.map((result) => meaning(result, request))).toEqual([expected, expected]);
  });
});

test('each body of the table has a meaning', () => {
  const names = new Set(EXPECTED.map(({ row }) => row.name.replace(/^HTTP \d+, |, [^,]*$/g, '')));
  expect(BODIES.filter(({ name }) => !names.has(name)).map(({ name }) => name)).toEqual([]);
});

describe("the form of the vendor's codes", () => {
  test.each(['AUTH_02', 'UI_10000', 'IDS_085', 'REST_API_1', 'a1_0', 'X_1'])('%s is one', (code) => {
    expect(meaning(received(400, v3Object(code)), logout)).toBe('refused');
    expect(meaning(received(400, { code, message: 'No.' }), logout)).toBe('refused');
  });

  test.each([
    '',
    'AUTH',
    'AUTH_',
    '_01',
    '01_AUTH',
    'AUTH-01',
    'AUTH__01',
    'AUTH_01 ',
    'AUTH_01a',
    'AUTH_1_x',
    '401',
  ])('%j is none', (code) => {
    expect(meaning(received(400, v3Object(code)), logout)).toBe('unclear-4xx');
    expect(meaning(received(400, { code, message: 'No.' }), logout)).toBe('unclear-4xx');
  });

  test('a number is none', () => {
    expect(meaning(received(400, { error: { code: 401, message: 'No.' } }), logout)).toBe('unclear-4xx');
    expect(meaning(received(400, { code: 401, message: 'No.' }), logout)).toBe('unclear-4xx');
  });

  test('v2 names itself by its type: its code has any form, or is not there', () => {
    for (const code of ['anything', 7, {}, undefined]) {
      expect(meaning(received(400, { '@type': 'error', code }), logout)).toBe('refused');
    }
  });
});

describe('whether it may have had its effect all the same', () => {
  const effect = (result: HttpResult, request: ApiRequest<true>) => {
    const classification = request.classify(result);
    return classification.kind === 'inconclusive' ? classification.effect : `settled: ${classification.kind}`;
  };
  const possible: Row[] = [
    ['a lost connection', wire.lost],
    ['no response in time', wire.timedOut],
    ...[200, 501].map((status): Row => [`${status}, broken off`, wire.brokenOff(status)]),
    ...[500, 502, 504].flatMap((status): Row[] => rowsUnder(status, 'unknown')),
    ...rowsThatAre('unclear').filter(([, result]) => meaning(result, logoutall) === 'unclear'),
  ];
  const doubtful: Row[] = [
    ...elsewhere,
    ...[400, 404, 407, 499].map((status): Row => [`${status}, broken off`, wire.brokenOff(status)]),
    ...[501, 520, 599].flatMap((status) => rowsUnder(status, 'unknown')),
  ];
  const none: Row[] = [
    ...[425, 429].flatMap((status) => rowsUnder(status, 'not-now')),
    ...rowsThatAre('redirect', 'unclear-4xx'),
    ...notSent,
  ];

  describe.each([
    ['a session ID', logout],
    ['a password', logoutall],
  ])('of %s', (_, request) => {
    test.each([
      ['possible', possible],
      ['doubtful', doubtful],
      ['none', none],
    ] as const)('%s', (expected, results) => {
      const effects = results.map(([name, result]) => [name, effect(result, request)]);
      const wrong = effects.filter(([, is]) => is !== expected && is !== 'settled: rejected');
      expect(results.length).toBeGreaterThan(5);
      expect(wrong).toEqual([]);
    });
  });

  test('"not now" to a session ID; to a password it is not known', () => {
    const retryLater: Row[] = [408, 503].flatMap((status) => [
      [`${status}, broken off`, wire.brokenOff(status)],
      ...rowsUnder(status, 'not-now').filter(([, result]) => meaning(result, logoutall) === 'unknown'),
    ]);
    const effects = retryLater.map(([, result]) => [effect(result, logout), effect(result, logoutall)]);
    expect(new Set(effects.map(String))).toEqual(new Set(['none,doubtful']));
  });
});

describe("likely causes of a rejection, by the vendor's status, code and text", () => {
  const likelyCauses = (result: HttpResult, request: ApiRequest<true>) => {
    const classification = request.classify(result);
    return classification.kind === 'session-gone' || classification.kind === 'rejected'
      ? classification.likelyCauses
      : classification.kind;
  };
  test.each<[string, HttpResult, readonly LikelyCause[], readonly LikelyCause[]]>([
    [
      '403, bad credentials',
      received(403, v2Object('UI_10000', 403)),
      ['credentials', 'address'],
      ['address'],
    ],
    ['403, another code', received(403, v3Object('X_1')), ['credentials', 'address'], ['address']],
    ['a 403 in the object', received(400, v2Object('X_1', '403')), ['credentials', 'address'], ['address']],
    ['a 401 in the object', received(404, v2Object('X_1', 401)), ['credentials', 'address'], []],
    ['an address', received(400, v2Object('X_1', 400, 'IP not allowed.')), ['address'], ['address']],
    ['400, bad credentials', received(400, v2Object('UI_10000', 400)), ['credentials'], []],
    ['400, IDS_085', received(400, v3Object('IDS_085')), ['credentials'], []],
    ['400, AUTH_01', received(400, v3Object('AUTH_01')), ['credentials'], []],
    ['400, another code', received(400, v2Object('X_1', 400)), [], []],
    ['404', received(404, v3Object('X_1')), [], []],
    ['IDS_086', received(403, v3Object('IDS_086')), ['lock'], ['address']],
    [
      'a text about a lock',
      received(403, v2Object('UI_1', 403, 'The account is Locked.')),
      ['lock'],
      ['address'],
    ],
    ['a text about a lock under 400', received(400, v2Object('X_1', 400, 'Account lock.')), ['lock'], []],
    ['a lock of something else', received(400, v2Object('X_1', 400, 'Object X is locked.')), [], []],
    ['a block is no lock', received(400, v2Object('X_1', 400, 'Blocked, or unlocked.')), [], []],
    [
      'an expired password',
      received(403, v2Object('X_1', 403, 'Your password has expired.')),
      ['expired-password'],
      ['address'],
    ],
    [
      'too many sessions',
      received(403, v2Object('X_1', 403, 'Maximum number of sessions reached.')),
      ['too-many-sessions'],
      ['address'],
    ],
  ])('%s', (_, result, ofPassword, ofSession) => {
    expect(likelyCauses(result, logoutall)).toEqual(ofPassword);
    expect(likelyCauses(result, logout)).toEqual(ofSession);
  });

  test('is found in the text as the server sent it, even if it is withheld', () => {
    const echo = v2Object('X_1', 400, `${PASSWORD}: user is locked.`);
    const classification = logoutall.classify(received(400, echo));
    expect(classification).toMatchObject({
      likelyCauses: ['lock'],
      error: { code: 'X_1', description: WITHHELD },
    });
  });

  test("with the server's date, for the runner's clock may be wrong", () => {
    const date = 'Tue, 03 Feb 2026 04:05:06 GMT';
    const said = (headers: { date?: string }) => received(403, v2Object('X_1', 403), headers);
    expect(logoutall.classify(said({ date }))).toMatchObject({ kind: 'rejected', date });
    expect(logoutall.classify(said({}))).toMatchObject({ date: undefined });
  });
});

describe('whether post may send a rejected request again', () => {
  const postMayRetry = (result: HttpResult, request: ApiRequest<true>) => {
    const classification = request.classify(result);
    return classification.kind === 'rejected' ? classification.postMayRetry : classification.kind;
  };
  test.each([
    ['an error about something else', v2Object('X_1', 400), 400, true],
    ['under 200', v2Object('X_1', 500), 200, true],
    ['bad credentials', v2Object('ui_10000', 400), 400, false],
    ['403', v2Object('X_1', 403), 403, false],
    ['a text about a password', v3Object('X_1', 'The user name is unknown.'), 404, false],
    ['a text about a lock', v3Object('X_1', 'User locked.'), 400, false],
  ])('%s', (_, json, status, ofPassword) => {
    expect(postMayRetry(received(status, json), logoutall)).toBe(ofPassword);
    expect(postMayRetry(received(status, json), logout)).toBe(false);
  });
});

describe('when to come back', () => {
  const requests = { retryAfter: '7', date: 'Tue, 03 Feb 2026 04:05:06 GMT' };
  test.each([408, 425, 429, 503])('%i can say it', (status) =>
    expect(logout.classify(page(status, requests))).toMatchObject({ retryAfter: requests }),
  );
  test.each([200, 202, 302, 401, 403, 404, 500, 502, 504])('%i cannot', (status) =>
    expect(logout.classify(page(status, requests))).toMatchObject({ retryAfter: undefined }),
  );
});

describe('the reason for an unrecognized response', () => {
  test.each([
    ['a page by its type', page(200), 'web-page', 'text/html'],
    ['a page by its text', received(200, ` ${PAGE}`), 'web-page', ''],
    ['a text', received(404, 'no', { contentType: 'text/plain' }), 'text', 'text/plain'],
    ['JSON', received(401, google), 'json', 'application/json'],
    ['nothing', received(404), 'empty', ''],
    ['nothing, perhaps', wire.endless(200), 'empty', ''],
    ['too much', receivedWith(tooLarge, 200, { contentType: 'video/mp4' }), 'too-large', 'video/mp4'],
    ['an encoding', received(200, '{}', gzip), 'encoded', ''],
    ['a type that is none', received(404, 'x', { contentType: 'a <b>, c' }), 'text', ''],
  ])('%s', (_, result, body, contentType) =>
    expect(logout.classify(result)).toMatchObject({ reason: { kind: 'unrecognized', body, contentType } }),
  );

  test('a media type is a text from the server too: it repeats no secret', () => {
    const contentType = `text/${SESSION_ID}`;
    expect(logout.classify(received(404, 'x', { contentType }))).toMatchObject({
      reason: { contentType: WITHHELD },
    });
  });
});

describe('a redirect names the host that it pointed to, if that is harmless text', () => {
  const nowhere = undefined;
  test.each([
    ['https://portal.example/collect?a=b', 'portal.example'],
    ['https://user:pass@portal.example:8443/', 'portal.example:8443'],
    ['//portal.example/', 'portal.example'],
    ['/login', 'usw3.dm-us.informaticacloud.com'],
    ['', 'usw3.dm-us.informaticacloud.com'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://ex ample/', nowhere],
    ['javascript:alert(1)', nowhere],
    [undefined, nowhere],
    [`https://${SESSION_ID}.example/`, WITHHELD],
  ])('%s: %s', (location, host) => {
    expect(logout.classify(received(302, '', { location }))).toMatchObject({
      reason: { kind: 'redirect', statusCode: 302, host },
    });
  });
});

describe('what is kept of an error object', () => {
  const description = 'Two words.';
  test.each([
    ['v2', v2Object('X_1', 400, description), { code: 'X_1', description, requestId: '' }],
    ['v2, message', { '@type': 'error', message: description }, { code: '', description, requestId: '' }],
    ['v2, a number', { '@type': 'error', code: 7 }, { code: '7', description: '', requestId: '' }],
    [
      'v2, no texts',
      { '@type': 'error', code: {}, description: [] },
      { code: '', description: '', requestId: '' },
    ],
    [
      'v2, a request',
      { '@type': 'error', requestId: 'r-2' },
      { code: '', description: '', requestId: 'r-2' },
    ],
    ['v3', v3Object('X_1', description), { code: 'X_1', description, requestId: 'r-1' }],
    ['v3, description', { error: { code: 'X_1', description } }, { code: 'X_1', description, requestId: '' }],
    ['flat', flat, { code: 'AUTH_01', description: 'Session expired', requestId: 'x' }],
    [
      'flat, with an empty error',
      { ...flat, error: null },
      { code: 'AUTH_01', description: 'Session expired', requestId: 'x' },
    ],
  ])('%s', (_, json, error) => expect(logoutall.classify(received(404, json))).toMatchObject({ error }));

  test('it is kept where it settles nothing, too', () => {
    expect(logout.classify(received(500, v2Object('X_1', 500, description)))).toMatchObject({
      reason: { kind: 'server-error', statusCode: 500, error: { code: 'X_1', description } },
    });
  });

  test.each([
    ['session-gone', 401],
    ['rejected', 403],
    ['inconclusive', 503],
  ])('what repeats the secret is withheld: %s', (kind, status) => {
    const echo = v2Object(`E-${SESSION_ID}`, status, `Session ${SESSION_ID} expired.`);
    const classification = logout.classify(received(status, echo));
    expect(classification.kind).toBe(kind);
    expect(JSON.stringify(classification)).not.toContain(SESSION_ID);
    expect(JSON.stringify(classification)).toContain('withheld');
  });
});
