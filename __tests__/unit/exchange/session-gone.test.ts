import { describe, expect, test } from '@jest/globals';
import {
  broken,
  deadSession,
  delivered,
  deliveredWith,
  endsWithConnection,
  logoutall,
  lost,
  never,
  page,
  proxySays,
  type Reply,
  refusedConnection,
  timedOut,
  tooLarge,
  undelivered,
  unresolved,
  untrusted,
  v2Object,
  wrongPassword,
} from '../support.ts';
import { asked } from './exchange-support.ts';

const toLost = undelivered(lost, true);
const toRefused = undelivered(refusedConnection, false);

describe('a session that is gone, after attempts that settled nothing', () => {
  test.each<[string, Reply[]]>([
    ['500', [delivered(500)]],
    ['502', [page(502)]],
    ['504', [delivered(504)]],
    ['an unclear 200', [page(200)]],
    ['200 with success: false', [delivered(200, { success: false })]],
    ['202', [delivered(202)]],
    ['200 that ended with the connection', [deliveredWith(endsWithConnection, 200)]],
    ['200, too large', [deliveredWith(tooLarge, 200)]],
    ['a body that broke off', [deliveredWith(broken, 200)]],
    ['a lost connection', [toLost]],
    ['no answer in time', [undelivered(timedOut, true)]],
    ['a send that never settles', [never]],
    ['a lost connection, then a refused one', [toLost, toRefused]],
    ['a refused connection, then a lost one', [toRefused, toLost]],
    ['an unclear 200, then 429', [page(200), delivered(429)]],
  ])('is perhaps our doing: %s', async (_, script) => {
    const { outcome } = await asked([...script, deadSession]);
    expect(outcome).toMatchObject({
      kind: 'session-gone',
      possiblyByUs: true,
      attempts: script.length + 1,
      statusCode: 401,
    });
  });

  test.each<[string, Reply[]]>([
    ['none', []],
    ['408', [delivered(408)]],
    ['425', [delivered(425)]],
    ['429', [page(429)]],
    ['503', [delivered(503)]],
    ['503 with an error object', [delivered(503, v2Object('X_1', 503))]],
    ['503, broken off', [deliveredWith(broken, 503)]],
    ['501', [delivered(501)]],
    ['an unclear 401', [page(401)]],
    ['an unclear 403', [page(403)]],
    ['an unclear 404', [delivered(404)]],
    ['a 404 that broke off', [deliveredWith(broken, 404)]],
    ['a name not resolved', [undelivered(unresolved, false)]],
    ['a refused connection', [toRefused]],
    ['a certificate', [undelivered(untrusted, false)]],
    ['a proxy that does not connect', [undelivered(proxySays(502), false)]],
    ['no connection in time', [undelivered(timedOut, false)]],
    ['several of them', [toRefused, delivered(503), page(404)]],
  ])('was gone already: %s', async (_, script) => {
    const { outcome } = await asked([...script, deadSession]);
    expect(outcome).toMatchObject({ kind: 'session-gone', possiblyByUs: false, attempts: script.length + 1 });
  });
});

describe('after a lost answer', () => {
  test('refused stays refused', async () => {
    expect((await asked([toLost, wrongPassword])).outcome).toMatchObject({ kind: 'rejected', attempts: 2 });
  });

  test('done stays done', async () => {
    expect((await asked([toLost, delivered(200)])).outcome).toEqual({
      kind: 'success',
      attempts: 2,
      possibleSuccesses: 1,
      statusCode: 200,
      value: true,
    });
  });

  test('a password that is not valid is refused, not gone', async () => {
    const { outcome } = await asked([toLost, deadSession], { request: logoutall });
    expect(outcome).toMatchObject({ kind: 'rejected', attempts: 2 });
  });
});
