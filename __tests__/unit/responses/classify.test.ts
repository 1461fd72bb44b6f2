import { describe, expect, test } from '@jest/globals';
import type { HttpResult } from '../../../src/http.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';
import type { LikelyCause } from '../../../src/responses/classification.ts';
import {
  broken,
  delivered,
  deliveredWith,
  endsWithConnection,
  logout,
  logoutall,
  lost,
  PAGE,
  PASSWORD,
  page,
  proxySays,
  refusedConnection,
  SESSION_ID,
  timedOut,
  tooLarge,
  undelivered,
  unresolved,
  untrusted,
  v2Object,
  v3Object,
} from '../support.ts';

type Meaning =
  | 'contradicted'
  | 'success'
  | 'session-gone'
  | 'rejected'
  | 'not now'
  | 'unknown'
  | 'unknown, not credentialUses'
  | 'unrecognized'
  | 'unclear, not to be heard again'
  | "unclear, in the server's words"
  | 'redirect';

function meaning(delivery: HttpResult, request: ApiRequest<true>): Meaning {
  const verdict = request.classify(delivery);
  if (verdict.kind !== 'inconclusive') return verdict.kind;
  switch (verdict.reason.kind) {
    case 'network':
      return verdict.credentialUse === 'none' ? 'unknown, not credentialUses' : 'unknown';
    case 'server-error':
      if (verdict.repeatLimit !== undefined) return "unclear, in the server's words";
      return verdict.credentialUse === 'none' ? 'not now' : 'unknown';
    case 'redirect':
    case 'contradicted':
      return verdict.reason.kind;
    case 'no-token':
    case 'unrecognized':
      return verdict.credentialUse === 'final' ? 'unclear, not to be heard again' : 'unrecognized';
  }
}

type Row = readonly [answer: string, delivery: HttpResult];
const LAST = 'unclear, not to be heard again';
const WITHHELD = '(withheld: the text repeated a secret)';
const BOM = '\uFEFF';
const gzip = { contentEncoding: 'gzip' };
const challenge = { wwwAuthenticate: 'NTLM' };
const later = { retryAfter: '2' };

/** The vendor's error object is read under any status, in each of its forms. */
const google = {
  error: { code: 401, message: 'Request had invalid credentials.', status: 'UNAUTHENTICATED' },
};
const azure = { error: { code: 'AuthenticationFailed', message: 'Access denied.' } };
const spring = { timestamp: 1, status: 401, error: 'Unauthorized', path: '/saas/api/v2/user/logout' };
const flat = { code: 'AUTH_01', message: 'Session expired', requestId: 'x' };

const success: Row[] = [
  ['200, empty, the length given', delivered(200)],
  ['200, blank', delivered(200, ' \r\n\t')],
  ['200, a byte order mark', delivered(200, `${BOM} \n`)],
  ['204', delivered(204)],
  ['200, identity', delivered(200, '', { contentEncoding: 'identity' })],
  [
    '200, IDENTITY, with a success object',
    delivered(200, { success: true }, { contentEncoding: 'IDENTITY' }),
  ],
  ['200, {}', delivered(200, {})],
  ['200, a byte order mark and {}', delivered(200, `${BOM}{}\n`)],
  ['200, @type success', delivered(200, { '@type': 'success' })],
  ['200, @type Success', delivered(200, { '@type': 'Success', description: 'Done.' })],
  ['200, success: true', delivered(200, { success: true, message: 'Done.' })],
  [
    '200, success with the status 200',
    delivered(200, { '@type': 'success', status: 200, statusCode: '200' }),
  ],
  ['200, success with a status in words', delivered(200, { success: true, status: 'ok' })],
  ['200, a success object called a page', delivered(200, '{"success":true}', { contentType: 'text/html' })],
];

const unclear2xx: Row[] = [
  ...[challenge, { proxyAuthenticate: 'NTLM' }, { location: '/' }].flatMap((headers): Row[] => [
    [`200, empty, ${Object.keys(headers)}`, delivered(200, '', headers)],
    [`200, {}, ${Object.keys(headers)}`, delivered(200, {}, headers)],
    [`204, ${Object.keys(headers)}`, delivered(204, '', headers)],
  ]),
  ['200, empty, ended by the connection', deliveredWith(endsWithConnection, 200)],
  ['200, empty, in an encoding', delivered(200, '', gzip)],
  ['200, a success object in an encoding', delivered(200, { success: true }, gzip)],
  ['200, a success object in br', delivered(200, { success: true }, { contentEncoding: 'br' })],
  ['200, a page', page(200)],
  ['200, text', delivered(200, 'OK')],
  ['200, half a JSON', delivered(200, '{"@type":"succ')],
  ['200, too large', deliveredWith(tooLarge, 200)],
  ['200, success: false', delivered(200, { success: false })],
  ['200, success: "true"', delivered(200, { success: 'true' })],
  ['200, @type success and success: false', delivered(200, { '@type': 'success', success: false })],
  ['200, @type success and status 500', delivered(200, { '@type': 'success', status: 500 })],
  ['200, @type success and statusCode "401"', delivered(200, { '@type': 'success', statusCode: '401' })],
  ['200, success: true and status 300', delivered(200, { success: true, status: 300 })],
  ['200, success: true and an error', delivered(200, { success: true, error: 'x' })],
  ['200, success: true and errors', delivered(200, { success: true, errors: [] })],
  ['200, @type success and a fault', delivered(200, { '@type': 'success', fault: {} })],
  ['200, a status in words', delivered(200, { status: 'maintenance' })],
  ['200, @type of something else', delivered(200, { '@type': 'user' })],
  ['200, @type Error', delivered(200, { '@type': 'Error', code: 'AUTH_01' })],
  ['200, a user object', delivered(200, { icSessionId: 'Aa1234567890', serverUrl: 'https://x' })],
  ['200, null', delivered(200, 'null')],
  ['200, true', delivered(200, 'true')],
  ['200, a number', delivered(200, '0')],
  ['200, a string', delivered(200, '"success"')],
  ['200, a list', delivered(200, '[{"@type":"success"}]')],
  ['200, a list with nothing', delivered(200, '[]')],
  ["200, Google's envelope", delivered(200, google)],
  ["200, Azure's envelope", delivered(200, azure)],
  ["200, Spring's envelope", delivered(200, spring)],
  ['204, in an encoding', delivered(204, '', gzip)],
  ['201, empty', delivered(201)],
  ['202, empty', delivered(202)],
  ['202, a success object', delivered(202, { '@type': 'success' })],
  ['206, {}', delivered(206, {})],
  ['299, empty', delivered(299)],
];

const SAYS_DEAD = 'The session is not valid.';
const dead: Row[] = [
  ['401, v2', delivered(401, v2Object('X_1', undefined, SAYS_DEAD))],
  ['401, v2, its code is one of bad credentials', delivered(401, v2Object('UI_10000', 401, SAYS_DEAD))],
  ['401, v2 with nothing but its type', delivered(401, { '@type': 'error' })],
  ['401, v2 with nothing but its status', delivered(401, { '@type': 'error', statusCode: '401' })],
  ['401, v2 with a challenge', delivered(401, v2Object('X_1', 401, SAYS_DEAD), challenge)],
  [
    '401, v2 after a byte order mark',
    delivered(401, `${BOM}${JSON.stringify(v2Object('X_1', 401, SAYS_DEAD))}`),
  ],
  ['401, v3', delivered(401, v3Object('IDS_085', SAYS_DEAD))],
  ['401, flat, message', delivered(401, flat)],
  ['401, flat, description', delivered(401, { code: 'X_1', description: SAYS_DEAD })],
  ['200, v2 that says 401', delivered(200, v2Object('X_1', 401, SAYS_DEAD))],
  ['200, v2 that says "401"', delivered(200, v2Object('X_1', '401', SAYS_DEAD))],
  ...[200, 400, 401, 403, 404, 499].flatMap((status): Row[] => [
    [`${status}, v2, AUTH_01`, delivered(status, v2Object('AUTH_01', status))],
    [`${status}, v2, auth_01`, delivered(status, v2Object('auth_01', status))],
    [`${status}, v3, AUTH_01`, delivered(status, v3Object('AUTH_01'))],
    [`${status}, flat, AUTH_01`, delivered(status, flat)],
  ]),
];

const bare401: Row[] = [
  ['401, empty: bare', delivered(401)],
  ['401, blank: bare', delivered(401, `${BOM}\r\n`)],
];

/** A 401 in the vendor's form that does not clearly speak about the session. */
const other401: Row[] = [
  ['401, v2', delivered(401, v2Object('X_1', 401))],
  ['401, v2, bad credentials', delivered(401, v2Object('UI_10000', 401, 'It is not valid.'))],
  ['401, v2 that says 403', delivered(401, v2Object('X_1', 403, SAYS_DEAD))],
  ['401, v2 that says something else', delivered(401, v2Object('X_1', 'FAILED', SAYS_DEAD))],
  ['401, v2, another status', delivered(401, { ...v2Object('X_1', 401, SAYS_DEAD), status: 503 })],
  ['401, v3', delivered(401, v3Object('IDS_085'))],
  ['401, v3 with another status', delivered(401, { ...v3Object('X_1', SAYS_DEAD), statusCode: 500 })],
  ['401, v2 with a code and no text', delivered(401, { '@type': 'error', code: 'X_1' })],
  [
    '401, v2 with a text that says nothing',
    delivered(401, { '@type': 'error', description: 'Unauthorized' }),
  ],
  ['401, in another language', delivered(401, v2Object('X_1', 401, 'Session invalid: réseau inconnu'))],
];

/** Bad credentials to a password; of a session id they say no more than that it is refused. */
const refused: Row[] = [
  ['403, v2, bad credentials', delivered(403, v2Object('UI_10000', 403))],
  ['403, v2, another code', delivered(403, v2Object('AUTH_02', 403))],
  ['403, v3, bad credentials', delivered(403, v3Object('IDS_085'))],
  ['403, v3, locked', delivered(403, v3Object('IDS_086'))],
  ['403, v2 with a challenge', delivered(403, v2Object('X_1', 403), challenge)],
  ['200, v2 without a status', delivered(200, v2Object('UI_10000'))],
  ['200, v2 that says 403', delivered(200, v2Object('X_1', 403))],
  ['200, v2 that says 500', delivered(200, v2Object('X_1', 500))],
  ['200, v2 with nothing but its type', delivered(200, { '@type': 'error' })],
  ['200, v2 that says success too', delivered(200, { '@type': 'error', success: true })],
  ['200, v3', delivered(200, v3Object('X_1'))],
  ['202, v3', delivered(202, v3Object('X_1'))],
  ['400, v2', delivered(400, v2Object('X_1', 400))],
  ['400, v2, bad credentials', delivered(400, v2Object('UI_10000', 400))],
  ['404, v3', delivered(404, v3Object('X_1'))],
  ['404, v2 that says 401', delivered(404, v2Object('X_1', 401, SAYS_DEAD))],
  ['202, v2 that says 401', delivered(202, v2Object('X_1', 401, SAYS_DEAD))],
  ['403, v2 about the session', delivered(403, v2Object('X_1', 403, SAYS_DEAD))],
  ['401, an address', delivered(401, v2Object('UI_10044', 401, 'The IP address is not trusted.'))],
  [
    '401, a session from an address',
    delivered(401, v2Object('X_1', 401, 'Session is not valid from this IP.')),
  ],
  ['200 that says 401, a license', delivered(200, v2Object('X_1', 401, 'Session ended: license expired.'))],
  ['499, v2', delivered(499, v2Object('X_1'))],
];

/** What only the request decides, for accounts lock: refused to a password, and to a session id as named here. */
const refusedToPassword: (readonly [string, HttpResult, Meaning])[] = [
  ['302, v2, bad credentials', delivered(302, v2Object('UI_10000')), 'redirect'],
  ['302, v2 that says 403', delivered(302, v2Object('X_1', 403)), 'redirect'],
  ['302, v3, AUTH_01', delivered(302, v3Object('AUTH_01')), 'redirect'],
  [
    '407, v2, password',
    delivered(407, v2Object('X_1', 407, 'Wrong password.')),
    "unclear, in the server's words",
  ],
  ['429, v2 that says 401', delivered(429, v2Object('X_1', 401)), 'not now'],
  [
    '429, a lock',
    delivered(429, v2Object('UI_2', 429, 'Too many failed logins: the account is locked.')),
    'not now',
  ],
  ['500, AUTH_01', delivered(500, v2Object('AUTH_01', 500)), 'unknown'],
  ['503, AUTH_01', delivered(503, flat), 'not now'],
  ['500, a lock', delivered(500, v2Object('X_1', 500, 'User is disabled.')), 'unknown'],
  ...[408, 425, 429, 503].flatMap((status): [string, HttpResult, Meaning][] => [
    [`${status}, v2, bad credentials`, delivered(status, v2Object('UI_10000', status)), 'not now'],
    [`${status}, v2 that says "403"`, delivered(status, v2Object('X_1', '403')), 'not now'],
    [`${status}, v3, bad credentials`, delivered(status, v3Object('IDS_085')), 'not now'],
    [`${status}, v3, locked`, delivered(status, v3Object('IDS_086')), 'not now'],
  ]),
  ['503, v2 that says 401', delivered(503, v2Object('X_1', 401)), 'not now'],
  ...[500, 502, 504, 599].flatMap((status): [string, HttpResult, Meaning][] => [
    [`${status}, v2, bad credentials`, delivered(status, v2Object('UI_10000', status)), 'unknown'],
    [`${status}, v2 that says 401`, delivered(status, v2Object('X_1', 401)), 'unknown'],
    [`${status}, v2 that says 403`, delivered(status, v2Object('X_1', 403)), 'unknown'],
    [`${status}, v3, locked`, delivered(status, v3Object('IDS_086')), 'unknown'],
  ]),
];

const unclear401: Row[] = [401, 403].flatMap((status): Row[] => [
  [`${status}, a page`, page(status)],
  [`${status}, a page and a challenge`, page(status, challenge)],
  [`${status}, empty with a challenge`, delivered(status, '', challenge)],
  [`${status}, empty, ended by the connection`, deliveredWith(endsWithConnection, status)],
  [`${status}, empty, in an encoding`, delivered(status, '', gzip)],
  [`${status}, the vendor's object in an encoding`, delivered(status, v2Object('AUTH_01', 401), gzip)],
  [`${status}, text`, delivered(status, 'Unauthorized')],
  [`${status}, half of the vendor's object`, delivered(status, '{"@type":"err')],
  [`${status}, too large`, deliveredWith(tooLarge, status)],
  [`${status}, {}`, delivered(status, {})],
  [`${status}, a success object`, delivered(status, { '@type': 'success' })],
  [`${status}, null`, delivered(status, 'null')],
  [`${status}, the vendor's object in a list`, delivered(status, [v2Object('AUTH_01', 401)])],
  [`${status}, Google's envelope`, delivered(status, google)],
  [`${status}, Azure's envelope`, delivered(status, azure)],
  [`${status}, Spring's envelope`, delivered(status, spring)],
  [`${status}, an error in words`, delivered(status, { error: 'invalid_token' })],
  [`${status}, a flat code without words`, delivered(status, { code: 'AUTH_01' })],
  [`${status}, words without a code`, delivered(status, { message: 'Unauthorized' })],
]);
unclear401.push(['403, empty', delivered(403)]);

const unclear4xx: Row[] = [400, 402, 404, 405, 407, 410, 422, 451, 499].flatMap((status): Row[] => [
  [`${status}, empty`, delivered(status)],
  [`${status}, a page`, page(status)],
  [`${status}, too large`, deliveredWith(tooLarge, status)],
  [`${status}, Azure's envelope`, delivered(status, azure)],
]);

const cut401: Row[] = [401, 403].map((status) => [`${status}, broken off`, deliveredWith(broken, status)]);
const cut4xx: Row[] = [400, 404, 407, 499].map((status) => [
  `${status}, broken off`,
  deliveredWith(broken, status),
]);

const redirects: Row[] = [300, 301, 302, 303, 304, 307, 308, 399].flatMap((status): Row[] => [
  [`${status}, empty`, delivered(status, '', { location: 'https://portal.example/' })],
  [`${status}, a page`, page(status)],
  [`${status}, v2 that says nothing of credentials`, delivered(status, v2Object('X_1', 400))],
  [`${status}, a success object`, delivered(status, { '@type': 'success' })],
]);

const notNow: Row[] = [
  ...[425, 429].flatMap((status): Row[] => [
    [`${status}, empty`, delivered(status)],
    [`${status}, a page`, page(status)],
    [`${status}, broken off`, deliveredWith(broken, status)],
    [`${status}, v2`, delivered(status, v2Object('X_1', status))],
    [`${status}, Retry-After`, delivered(status, '', later)],
  ]),
  ['503, v2', delivered(503, v2Object('X_1', 503))],
  ['503, v3', delivered(503, v3Object('X_1'))],
];

/** Not now, but it may have worked. */
const later503: Row[] = [
  ['503, Retry-After', delivered(503, '', later)],
  ['503, Retry-After and a page', page(503, later)],
  ['503, Retry-After, broken off', deliveredWith(broken, 503, later)],
];

/** Not now to a session id, unknown to a password. */
const bare503: Row[] = [
  ['408, empty', delivered(408)],
  ['408, a page', page(408)],
  ['408, broken off', deliveredWith(broken, 408)],
  ['408, v2', delivered(408, v2Object('X_1', 408))],
  ['408, Retry-After', delivered(408, '', later)],
  ['503, empty', delivered(503)],
  ['503, a page', page(503)],
  ['503, too large', deliveredWith(tooLarge, 503)],
  ['503, broken off', deliveredWith(broken, 503)],
  ["503, the vendor's object in an encoding", delivered(503, v2Object('X_1', 503), gzip)],
];

const unknown: Row[] = [
  ...[500, 501, 502, 504, 505, 599].flatMap((status): Row[] => [
    [`${status}, empty`, delivered(status)],
    [`${status}, a page`, page(status)],
    [`${status}, v2`, delivered(status, v2Object('X_1', status))],
    [`${status}, Retry-After`, delivered(status, '', later)],
    [`${status}, broken off`, deliveredWith(broken, status)],
    [`${status}, too large`, deliveredWith(tooLarge, status)],
  ]),
  ['200, broken off', deliveredWith(broken, 200)],
  ['200, stalled', deliveredWith({ kind: 'broken', failure: timedOut }, 200)],
  ['202, broken off', deliveredWith(broken, 202)],
  ['a lost connection', undelivered(lost, true)],
  ['no answer in time', undelivered(timedOut, true)],
];

const notHeard: Row[] = [
  ['a name not resolved', undelivered(unresolved, false)],
  ['a refused connection', undelivered(refusedConnection, false)],
  ['a certificate not trusted', undelivered(untrusted, false)],
  ["a proxy's 407", undelivered(proxySays(407), false)],
  ["a proxy's 502", undelivered(proxySays(502), false)],
  ['no connection in time', undelivered({ kind: 'no-connection', detail: 'none in time', cause: 0 }, false)],
];

const elsewhere: Row[] = [
  ['101, an upgrade', deliveredWith(endsWithConnection, 101)],
  ['no status', delivered(0)],
  ['600', delivered(600)],
];

const table: readonly (readonly [Meaning, Meaning, readonly Row[]])[] = [
  ['success', 'success', success],
  ['session-gone', 'rejected', dead],
  ['session-gone', LAST, bare401],
  ["unclear, in the server's words", 'rejected', other401],
  [
    "unclear, in the server's words",
    "unclear, in the server's words",
    [['407, v2', delivered(407, v2Object('X_1'))]],
  ],
  ['rejected', 'rejected', refused],
  ['unrecognized', 'unrecognized', unclear2xx],
  [LAST, LAST, unclear401],
  ['unrecognized', 'unrecognized', unclear4xx],
  ['unknown', LAST, cut401],
  ['unknown', 'unknown', cut4xx],
  ['redirect', 'redirect', redirects],
  ['not now', 'not now', notNow],
  ['not now', 'not now', later503],
  ['not now', 'unknown', bare503],
  ['unknown', 'unknown', unknown],
  ['unknown, not credentialUses', 'unknown, not credentialUses', notHeard],
  ['unrecognized', 'unrecognized', elsewhere],
];

describe.each([
  ['a session id (logout)', logout, 0],
  ['a password (logoutall)', logoutall, 1],
] as const)('what an answer to %s means', (_, request, column) => {
  test.each(
    table.flatMap((row) => row[2].map(([answer, delivery]) => [answer, row[column], delivery] as const)),
  )('%s: %s', (_answer, expected, delivery) => expect(meaning(delivery, request)).toBe(expected));

  test.each(
    refusedToPassword.map(([answer, delivery, ofSession]) => {
      return [answer, column === 0 ? ofSession : 'rejected', delivery] as const;
    }),
  )('%s: %s', (_answer, expected, delivery) => expect(meaning(delivery, request)).toBe(expected));
});

describe("the form of the vendor's codes", () => {
  test.each(['AUTH_02', 'UI_10000', 'IDS_085', 'REST_API_1', 'a1_0', 'X_1'])('%s is one', (code) => {
    expect(meaning(delivered(400, v3Object(code)), logout)).toBe('rejected');
    expect(meaning(delivered(400, { code, message: 'No.' }), logout)).toBe('rejected');
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
    expect(meaning(delivered(400, v3Object(code)), logout)).toBe('unrecognized');
    expect(meaning(delivered(400, { code, message: 'No.' }), logout)).toBe('unrecognized');
  });

  test('a number is none', () => {
    expect(meaning(delivered(400, { error: { code: 401, message: 'No.' } }), logout)).toBe('unrecognized');
    expect(meaning(delivered(400, { code: 401, message: 'No.' }), logout)).toBe('unrecognized');
  });

  test('v2 names itself by its type: its code has any form, or is not there', () => {
    for (const code of ['anything', 7, {}, undefined]) {
      expect(meaning(delivered(400, { '@type': 'error', code }), logout)).toBe('rejected');
    }
  });
});

describe('whether it may have had its effect all the same', () => {
  const effect = (delivery: HttpResult, request: ApiRequest<true>) => {
    const verdict = request.classify(delivery);
    return verdict.kind === 'inconclusive' ? verdict.effect : `settled: ${verdict.kind}`;
  };
  const others: Row[] = [
    ...elsewhere,
    ...cut4xx,
    ['501', delivered(501)],
    ['505', delivered(505)],
    ['599', page(599)],
  ];

  describe.each([
    ['a session id', logout],
    ['a password', logoutall],
  ])('of %s', (_, request) => {
    test.each<Row>([
      ['a lost connection', undelivered(lost, true)],
      ['no answer in time', undelivered(timedOut, true)],
      ['200, broken off', deliveredWith(broken, 200)],
      ['501, broken off', deliveredWith(broken, 501)],
      ...[500, 502, 504].map((status): Row => [`${status}`, delivered(status)]),
      ['500, v2', delivered(500, v2Object('X_1', 500))],
      ...unclear2xx,
    ])('%s: a dead session after it may be its doing', (_, delivery) =>
      expect(effect(delivery, request)).toBe('possible'),
    );

    test.each(others)('%s: it is not known, and "gone" after it is not claimed', (_, delivery) =>
      expect(effect(delivery, request)).toBe('doubtful'),
    );

    test.each([...notNow, ...redirects, ...unclear401, ...unclear4xx, ...notHeard])(
      '%s: it said no, or could not come',
      (_, delivery) => expect(effect(delivery, request)).toBe('none'),
    );
  });

  test.each([...bare503, ...later503])(
    '%s: "not now" to a session id, to a password it is not known',
    (_, delivery) => {
      expect(effect(delivery, logout)).toBe('none');
      expect(effect(delivery, logoutall)).toBe('doubtful');
    },
  );
});

describe("what a refusal may come from, by the vendor's status, code and words", () => {
  const likelyCauses = (delivery: HttpResult, request: ApiRequest<true>) => {
    const verdict = request.classify(delivery);
    return verdict.kind === 'session-gone' || verdict.kind === 'rejected'
      ? verdict.likelyCauses
      : verdict.kind;
  };
  test.each<[string, HttpResult, readonly LikelyCause[], readonly LikelyCause[]]>([
    [
      '403, bad credentials',
      delivered(403, v2Object('UI_10000', 403)),
      ['credentials', 'address'],
      ['address'],
    ],
    ['403, another code', delivered(403, v3Object('X_1')), ['credentials', 'address'], ['address']],
    ['a 403 in the object', delivered(400, v2Object('X_1', '403')), ['credentials', 'address'], ['address']],
    ['a 401 in the object', delivered(404, v2Object('X_1', 401)), ['credentials', 'address'], []],
    ['an address', delivered(400, v2Object('X_1', 400, 'IP not allowed.')), ['address'], ['address']],
    ['400, bad credentials', delivered(400, v2Object('UI_10000', 400)), ['credentials'], []],
    ['400, IDS_085', delivered(400, v3Object('IDS_085')), ['credentials'], []],
    ['400, AUTH_01', delivered(400, v3Object('AUTH_01')), ['credentials'], []],
    ['400, another code', delivered(400, v2Object('X_1', 400)), [], []],
    ['404', delivered(404, v3Object('X_1')), [], []],
    ['IDS_086', delivered(403, v3Object('IDS_086')), ['lock'], ['address']],
    [
      'words of a lock',
      delivered(403, v2Object('UI_1', 403, 'The account is Locked.')),
      ['lock'],
      ['address'],
    ],
    ['words of a lock under 400', delivered(400, v2Object('X_1', 400, 'Account lock.')), ['lock'], []],
    ['a lock of something else', delivered(400, v2Object('X_1', 400, 'Object X is locked.')), [], []],
    ['a block is no lock', delivered(400, v2Object('X_1', 400, 'Blocked, or unlocked.')), [], []],
    [
      'an expired password',
      delivered(403, v2Object('X_1', 403, 'Your password has expired.')),
      ['expired-password'],
      ['address'],
    ],
    [
      'too many sessions',
      delivered(403, v2Object('X_1', 403, 'Maximum number of sessions reached.')),
      ['too-many-sessions'],
      ['address'],
    ],
  ])('%s', (_, delivery, ofPassword, ofSession) => {
    expect(likelyCauses(delivery, logoutall)).toEqual(ofPassword);
    expect(likelyCauses(delivery, logout)).toEqual(ofSession);
  });

  test('is found in the words as the server sent them, be they withheld', () => {
    const echo = v2Object('X_1', 400, `${PASSWORD}: user is locked.`);
    const verdict = logoutall.classify(delivered(400, echo));
    expect(verdict).toMatchObject({ likelyCauses: ['lock'], error: { code: 'X_1', description: WITHHELD } });
  });

  test("with the server's date, for the runner's clock may be wrong", () => {
    const date = 'Tue, 03 Feb 2026 04:05:06 GMT';
    const said = (headers: { date?: string }) => delivered(403, v2Object('X_1', 403), headers);
    expect(logoutall.classify(said({ date }))).toMatchObject({ kind: 'rejected', date });
    expect(logoutall.classify(said({}))).toMatchObject({ date: undefined });
  });
});

describe('whether post may send a rejected request again', () => {
  const postMayRetry = (delivery: HttpResult, request: ApiRequest<true>) => {
    const verdict = request.classify(delivery);
    return verdict.kind === 'rejected' ? verdict.postMayRetry : verdict.kind;
  };
  test.each([
    ['an error about something else', v2Object('X_1', 400), 400, true],
    ['under 200', v2Object('X_1', 500), 200, true],
    ['bad credentials', v2Object('ui_10000', 400), 400, false],
    ['403', v2Object('X_1', 403), 403, false],
    ['words of a password', v3Object('X_1', 'The user name is unknown.'), 404, false],
    ['words of a lock', v3Object('X_1', 'User locked.'), 400, false],
  ])('%s', (_, json, status, ofPassword) => {
    expect(postMayRetry(delivered(status, json), logoutall)).toBe(ofPassword);
    expect(postMayRetry(delivered(status, json), logout)).toBe(false);
  });
});

describe('when to come back', () => {
  const asked = { retryAfter: '7', date: 'Tue, 03 Feb 2026 04:05:06 GMT' };
  test.each([408, 425, 429, 503])('%i can say it', (status) =>
    expect(logout.classify(page(status, asked))).toMatchObject({ retryAfter: asked }),
  );
  test.each([200, 202, 302, 401, 403, 404, 500, 502, 504])('%i cannot', (status) =>
    expect(logout.classify(page(status, asked))).toMatchObject({ retryAfter: undefined }),
  );
});

describe('what is said of an answer that is not clear', () => {
  test.each([
    ['a page by its type', page(200), 'web-page', 'text/html'],
    ['a page by its text', delivered(200, ` ${PAGE}`), 'web-page', ''],
    ['a text', delivered(404, 'no', { contentType: 'text/plain' }), 'text', 'text/plain'],
    ['JSON', delivered(401, google), 'json', 'application/json'],
    ['nothing', delivered(404), 'empty', ''],
    ['nothing, perhaps', deliveredWith(endsWithConnection, 200), 'empty', ''],
    ['too much', deliveredWith(tooLarge, 200, { contentType: 'video/mp4' }), 'too-large', 'video/mp4'],
    ['an encoding', delivered(200, '{}', gzip), 'encoded', ''],
    ['a type that is none', delivered(404, 'x', { contentType: 'a <b>, c' }), 'text', ''],
  ])('%s', (_, delivery, body, contentType) =>
    expect(logout.classify(delivery)).toMatchObject({ reason: { kind: 'unrecognized', body, contentType } }),
  );

  test('a media type is a text from the server too: it repeats no secret', () => {
    const contentType = `text/${SESSION_ID}`;
    expect(logout.classify(delivered(404, 'x', { contentType }))).toMatchObject({
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
    expect(logout.classify(delivered(302, '', { location }))).toMatchObject({
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
  ])('%s', (_, json, error) => expect(logoutall.classify(delivered(404, json))).toMatchObject({ error }));

  test('it is kept where it settles nothing, too', () => {
    expect(logout.classify(delivered(500, v2Object('X_1', 500, description)))).toMatchObject({
      reason: { kind: 'server-error', statusCode: 500, error: { code: 'X_1', description } },
    });
  });

  test.each([
    ['session-gone', 401],
    ['rejected', 403],
    ['inconclusive', 503],
  ])('what repeats the secret is withheld: %s', (kind, status) => {
    const echo = v2Object(`E-${SESSION_ID}`, status, `Session ${SESSION_ID} expired.`);
    const verdict = logout.classify(delivered(status, echo));
    expect(verdict.kind).toBe(kind);
    expect(JSON.stringify(verdict)).not.toContain(SESSION_ID);
    expect(JSON.stringify(verdict)).toContain('withheld');
  });
});
