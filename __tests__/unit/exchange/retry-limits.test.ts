import { describe, expect, test } from '@jest/globals';
import type { HttpResult } from '../../../src/http.ts';
import { responseOf } from '../responses/rows.ts';
import {
  deadSession,
  late,
  logout,
  logoutall,
  noResponse,
  notFound,
  type Reply,
  received,
  wire,
  wrongPassword,
} from '../support.ts';
import { exchange } from './exchange-support.ts';

const ok = responseOf(200);
const forEver = true;
const ofPassword = { request: logoutall } as const;
type Row = readonly [string, HttpResult];

/** How many requests are sent in 240 s if each gets the same result. */
async function sent(result: HttpResult, setting: Parameters<typeof exchange>[1] = {}): Promise<number> {
  const { calls } = await exchange([result], { timeoutMs: 240_000, forEver, ...setting });
  return calls.length;
}

const refusals: Row[] = [
  ["the vendor's 401", responseOf(401, '{"@type":"error","code":"X_1"}')],
  ["the vendor's 403", wrongPassword],
  ['200 with an error object', responseOf(200, '{"@type":"error","code":"UI_10000","statusCode":401}')],
  ['500 with bad credentials', responseOf(500, '{"@type":"error","code":"UI_10000"}')],
  ['503 with a locked account', responseOf(503, '{"code":"IDS_086","description":"locked"}', 'Retry-After')],
  ['429 with AUTH_01', responseOf(429, '{"@type":"error","code":"AUTH_01"}')],
  ['404 with an error object', responseOf(404, '{"@type":"error","code":"X_1"}')],
];

describe('what the vendor settled is sent once', () => {
  test.each<[string, HttpResult, string]>([
    ['success', ok, 'success'],
    ['session-gone', deadSession, 'session-gone'],
    ['rejected', wrongPassword, 'rejected'],
  ])('of a session id: %s', async (_, result, kind) => {
    const ran = await exchange([result]);
    expect(ran).toMatchObject({ outcome: { kind, attempts: 1 }, sentMs: [0], endedMs: 0, retries: [] });
    expect(ran.calls).toEqual([logout.http]);
  });

  test.each(refusals)('of a password: %s', async (_, result) => {
    const { outcome, calls } = await exchange([result], ofPassword);
    expect(outcome).toMatchObject({ kind: 'rejected', attempts: 1 });
    expect(calls).toHaveLength(1);
  });
});

describe('until the time is spent', () => {
  const notNow: Row[] = [
    ['429', responseOf(429, 'a page')],
    ['503 with an error object', responseOf(503, '{"@type":"error","code":"X_1"}')],
    ['503 with Retry-After', responseOf(503, 'a page', 'Retry-After')],
  ];
  const notSent: Row[] = [
    ['a name not resolved', wire.unresolved],
    ['a refused connection', wire.refused],
    ["a proxy's 502", wire.proxy(502)],
  ];
  const ofSession: Row[] = [
    ['500', responseOf(500, 'a page')],
    ['503', responseOf(503)],
    ['504', responseOf(504)],
    ['a body that breaks off', wire.brokenOff(200)],
    ['a lost connection', wire.lost],
  ];

  test.each([...notNow, ...notSent, ...ofSession])('a session id: %s', async (_, result) =>
    expect(await sent(result)).toBeGreaterThan(20),
  );
  test.each(notSent)('a password, because it was not sent: %s', async (_, result) =>
    expect(await sent(result, ofPassword)).toBeGreaterThan(20),
  );
  test.each(notNow)('not a password, although it was not checked: %s', async (_, result) => {
    const { outcome, calls, requests } = await exchange([result], {
      ...ofPassword,
      timeoutMs: 240_000,
      forEver,
    });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'request-limit', credentialUses: 0 });
    expect(calls).toHaveLength(7);
    expect(requests.at(-1)).toBe(7);
  });
  test.each([
    [7, 3],
    [9, 1],
    [10, 0],
  ])(
    'of the ten that a job sends, a post step sends what main left: %i, then %i',
    async (requests, times) => {
      const { outcome, calls } = await exchange([responseOf(429)], {
        ...ofPassword,
        timeoutMs: 240_000,
        forEver,
        credential: { requests, maxRequests: 10 },
      });
      expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'request-limit', attempts: times });
      expect(calls).toHaveLength(times);
    },
  );

  test('the same request each time', async () => {
    const { calls } = await exchange([responseOf(503), wire.lost, responseOf(200, 'a page'), ok]);
    expect(calls).toEqual([logout.http, logout.http, logout.http, logout.http]);
  });
});

describe('a host that does not exist', () => {
  const unknownHost = noResponse(notFound, false);
  const limited = { timeoutMs: 240_000, unknownHostMs: 10_000 } as const;

  test.each([logout, logoutall])('is not tried for long, %#', async (request) => {
    const { outcome, endedMs } = await exchange([unknownHost], { ...limited, request, forEver });
    expect(outcome).toMatchObject({ kind: 'unknown', wasSent: false });
    expect(endedMs).toBeGreaterThanOrEqual(5_000);
    expect(endedMs).toBeLessThanOrEqual(10_000);
  });

  test('is tried as long as there is time, where there is no such limit', async () => {
    const { outcome, endedMs } = await exchange([unknownHost], { timeoutMs: 240_000, forEver });
    expect(outcome).toMatchObject({ gaveUp: 'time-spent' });
    expect(endedMs).toBeGreaterThan(200_000);
  });

  test('exists, if an earlier attempt may have reached it', async () => {
    const script = [wire.lost, unknownHost];
    const { outcome, endedMs } = await exchange(script, { ...limited, forEver });
    expect(outcome).toMatchObject({ wasSent: true, gaveUp: 'time-spent' });
    expect(endedMs).toBeGreaterThan(200_000);
  });
});

describe('the same unclear response, in a step', () => {
  test.each<Row>([
    ['200, a page', responseOf(200, 'a page')],
    ['200, success: false', responseOf(200, '{"success":false}')],
    ['202', responseOf(202)],
    ['200, ended by the connection', wire.endless(200)],
    ['200, too large', wire.tooLarge(200)],
    ['101', wire.endless(101)],
  ])('six times: %s', async (_, result) => {
    const { outcome, calls } = await exchange([result], { forEver, timeoutMs: 240_000 });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 6, gaveUp: 'same-response' });
    expect(calls).toHaveLength(6);
  });

  test.each<[string, (index: number) => HttpResult]>([
    ['the status', (index) => received(201 + index, 'Busy.')],
    ['the media type', (index) => received(200, 'Busy.', { contentType: `text/x-${index}` })],
    ['the body', (index) => received(200, `Busy: ${index}.`)],
  ])('another response is not the same: %s', async (_, result) => {
    const script = Array.from({ length: 20 }, (_, index) => result(index));
    expect((await exchange([...script, ok], { timeoutMs: 240_000 })).outcome).toMatchObject({
      kind: 'success',
    });
  });

  test('the parameters of a media type do not make another response', async () => {
    const script = Array.from({ length: 6 }, (_, index) =>
      received(200, 'Busy.', { contentType: `text/plain; boundary=${index}` }),
    );
    expect((await exchange(script)).outcome).toMatchObject({ gaveUp: 'same-response' });
  });

  test('five times are not six', async () => {
    const script: Reply[] = [...Array<HttpResult>(5).fill(responseOf(200, 'a page')), ok];
    expect((await exchange(script)).outcome).toMatchObject({ kind: 'success', attempts: 6 });
  });
});

describe('an unclear 4xx is repeated once', () => {
  test.each<Row>([
    ['401, a page', responseOf(401, 'a page')],
    ['401, empty with a challenge', responseOf(401, 'no body', 'WWW-Authenticate')],
    ['403, a page', responseOf(403, 'a page')],
    ['404, empty', responseOf(404)],
    ['407, a page', responseOf(407, 'a page')],
  ])('%s', async (_, result) => {
    const { outcome, calls } = await exchange([result], { forEver });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 2, gaveUp: 'same-response' });
    expect(calls).toHaveLength(2);
  });

  test('be it another one, with something else between', async () => {
    expect(
      (await exchange([responseOf(404, 'a page'), responseOf(503), responseOf(403, 'a page')])).outcome,
    ).toMatchObject({ attempts: 3 });
  });

  test('and may have passed by then', async () => {
    expect((await exchange([responseOf(401, 'a page'), ok])).outcome).toMatchObject({
      kind: 'success',
      attempts: 2,
    });
  });
});

test.each([301, 302, 307, 308])('a redirect (%i) ends the attempts at once', async (status) => {
  for (const request of [logout, logoutall]) {
    const { outcome } = await exchange([responseOf(status, 'no body', 'Location')], { request });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 1, gaveUp: 'same-response' });
  }
});

describe.each([
  ['a session id', logout],
  ['a password', logoutall],
])('a failure before the server, with %s', (_, request) => {
  test.each<[string, HttpResult, number]>([
    ["a proxy's 407: once, because an account locks behind it", wire.proxy(407), 1],
    ["a proxy's 403: twice", wire.proxy(403), 2],
    ["a proxy's 404: twice", wire.proxy(404), 2],
    ['a certificate: twice', wire.certificate, 2],
    [
      'settings of a proxy that cannot be used: once',
      noResponse({ kind: 'proxy-settings', problem: 'No.', cause: undefined }, false),
      1,
    ],
  ])('%s', async (_name, result, times) => {
    const ran = await exchange([result], { request, forEver });
    expect(ran.outcome).toMatchObject({
      kind: 'unknown',
      attempts: times,
      gaveUp: 'same-response',
      credentialUses: 0,
    });
    expect(ran.calls).toHaveLength(times);
  });
});

describe('a password that may have been judged', () => {
  const usedUp = { kind: 'unknown', gaveUp: 'credential-used-up', credentialUses: 3 } as const;

  test.each<Row>([
    ['a lost connection', wire.lost],
    ['no response in time', wire.timedOut],
    ['500', responseOf(500)],
    ['503 without Retry-After or an error of the vendor', responseOf(503, 'a page')],
    ['504', responseOf(504, 'a page')],
    ['an unclear 200', responseOf(200, 'a page')],
    ['a body that breaks off', wire.brokenOff(200)],
    ['an upgrade', wire.endless(101)],
  ])('is sent three times: %s', async (_, result) => {
    const { outcome, calls, records } = await exchange([result], { ...ofPassword, forEver });
    expect(outcome).toMatchObject({ ...usedUp, attempts: 3 });
    expect(calls).toHaveLength(3);
    expect(records).toEqual(['1/1', '2/2', '3/3']);
  });

  test.each([
    [1, 2],
    [2, 1],
    [3, 0],
    [4, 0],
  ])('used %i times before: is sent %i times', async (credentialUses, times) => {
    const { outcome, calls } = await exchange([responseOf(500)], {
      ...ofPassword,
      forEver,
      credential: { uses: credentialUses },
    });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: times, gaveUp: 'credential-used-up' });
    expect(calls).toHaveLength(times);
  });

  test('already used up: there is no reason to report', async () => {
    const { outcome } = await exchange([], { ...ofPassword, credential: { uses: 3 } });
    expect(outcome).toMatchObject({ ...usedUp, attempts: 0, reason: undefined });
  });

  test.each([401, 403])('and was perhaps refused is the last time, also in the job (%i)', async (status) => {
    for (const result of [responseOf(status, 'a page'), wire.brokenOff(status), received(status, { a: 1 })]) {
      const { outcome, calls, records } = await exchange([result], ofPassword);
      expect(outcome).toMatchObject({ ...usedUp, attempts: 1 });
      expect(calls).toHaveLength(1);
      // It was a rejection, from the server or a gateway, so nothing was done.
      expect(records).toEqual(['1/1', '3/0']);
    }
  });

  test('is not sent again in the step either, where that cannot be recorded', async () => {
    const { outcome, calls } = await exchange([responseOf(401, 'a page'), ok], {
      ...ofPassword,
      canRecord: [true, false],
    });
    expect(calls).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'credential-used-up' });
  });

  test.each([400, 404])('an unclear %i: one repetition', async (status) => {
    const { outcome, calls, records } = await exchange([responseOf(status, 'a page')], {
      ...ofPassword,
      forEver,
    });
    expect(outcome).toMatchObject({
      gaveUp: 'same-response',
      attempts: 2,
      credentialUses: 2,
      possibleSuccesses: 0,
    });
    expect(calls).toHaveLength(2);
    expect(records).toEqual(['1/1', '1/0', '2/1', '2/0']);
  });

  test('is counted before it is sent', async () => {
    const { journal } = await exchange([responseOf(500), responseOf(500), ok], ofPassword);
    expect(journal).toEqual(['record 1/1', 'send', 'record 2/2', 'send', 'record 3/3', 'send']);
  });

  test.each<Row>([
    ['429', responseOf(429)],
    ['a refused connection', wire.refused],
    ['no connection in time', wire.notConnected],
  ])('the count is taken back if it was not checked: %s', async (_, result) => {
    const { journal, outcome } = await exchange([result, result, ok], ofPassword);
    expect(outcome).toMatchObject({ kind: 'success', attempts: 3 });
    const once = ['record 1/1', 'send', 'record 0/0'];
    expect(journal).toEqual([...once, ...once, 'record 1/1', 'send']);
  });

  test('what cannot be taken back counts', async () => {
    const { outcome, records } = await exchange([responseOf(429)], {
      ...ofPassword,
      forEver,
      canRecord: [true, false, true, false, true, false],
    });
    expect(outcome).toMatchObject({ ...usedUp, attempts: 3 });
    expect(records).toEqual(['1/1', '0/0', '2/2', '1/1', '3/3', '2/2']);
  });

  test('what cannot be counted is not sent', async () => {
    const { outcome, calls } = await exchange([], { ...ofPassword, canRecord: [false] });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'not-saved', attempts: 0, credentialUses: 0 });
    expect(calls).toEqual([]);
  });

  test('nor is the next one', async () => {
    const { outcome, calls } = await exchange([responseOf(500)], { ...ofPassword, canRecord: [true, false] });
    expect(outcome).toMatchObject({
      gaveUp: 'not-saved',
      attempts: 1,
      credentialUses: 1,
      reason: { statusCode: 500 },
    });
    expect(calls).toHaveLength(1);
  });
});

test('of a session id nothing is counted or recorded', async () => {
  const { records, outcome } = await exchange([responseOf(500)], { forEver });
  expect(records).toEqual([]);
  expect(outcome).toMatchObject({ credentialUses: 0 });
});

describe('how many attempts may have worked although no response said so', () => {
  test.each<[string, Reply[], number]>([
    ['none, where each said no', [responseOf(429), responseOf(404, 'a page'), wire.refused], 0],
    ['each lost response', [wire.lost, responseOf(500, 'a page')], 2],
    ['each response that leaves it open', [responseOf(501, 'a page'), wire.endless(101)], 2],
    ['a lost response among others', [responseOf(425), wire.timedOut, responseOf(429)], 1],
  ])('%s', async (_, script, possibleSuccesses) => {
    // The one that settles it is known.
    for (const last of [ok, wrongPassword]) {
      const setting = { ...ofPassword, timeoutMs: 240_000 };
      expect((await exchange([...script, last], setting)).outcome).toMatchObject({ possibleSuccesses });
      expect((await exchange([...script, last])).outcome).toMatchObject({ possibleSuccesses });
    }
  });

  test('where nothing settles it, the last one too', async () => {
    const { outcome } = await exchange([responseOf(429), wire.lost, responseOf(401, 'a page')], ofPassword);
    expect(outcome).toMatchObject({ kind: 'unknown', possibleSuccesses: 1 });
    expect((await exchange([responseOf(500, 'a page')], { ...ofPassword, forEver })).outcome).toMatchObject({
      possibleSuccesses: 3,
    });
  });
});

describe('what is seen elsewhere to have worked', () => {
  test('is not requested again', async () => {
    const { outcome, calls, reasons, retries } = await exchange([responseOf(200, 'a page')], {
      overAfter: 1,
    });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      gaveUp: 'already-done',
      attempts: 1,
      reason: { kind: 'unrecognized' },
    });
    expect([calls.length, reasons.length, retries]).toEqual([1, 1, []]);
  });

  test('counts, though the step is cancelled meanwhile', async () => {
    const { outcome } = await exchange([late(100, responseOf(200, 'a page'))], {
      overAfter: 1,
      cancelAtMs: 50,
    });
    expect(outcome).toMatchObject({ gaveUp: 'already-done' });
  });

  test('is looked for after each attempt that settled nothing, the last one too', async () => {
    const { outcome, reasons } = await exchange([
      responseOf(503),
      responseOf(401, 'a page'),
      responseOf(401, 'a page'),
    ]);
    expect(outcome).toMatchObject({ gaveUp: 'same-response' });
    expect(reasons.map(({ kind }) => kind)).toEqual(['server-error', 'unrecognized', 'unrecognized']);
  });
});
