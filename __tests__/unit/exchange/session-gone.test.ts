import { describe, expect, test } from '@jest/globals';
import { responseOf } from '../responses/rows.ts';
import { deadSession, logoutall, never, type Reply, wire, wrongPassword } from '../support.ts';
import { exchange } from './exchange-support.ts';

describe('a session that is gone, after attempts that settled nothing', () => {
  test.each<[string, Reply[]]>([
    ['500', [responseOf(500)]],
    ['502', [responseOf(502, 'a page')]],
    ['504', [responseOf(504)]],
    ['an unclear 200', [responseOf(200, 'a page')]],
    ['200 with success: false', [responseOf(200, '{"success":false}')]],
    ['202', [responseOf(202)]],
    ['200 that ended with the connection', [wire.endless(200)]],
    ['200, too large', [wire.tooLarge(200)]],
    ['a body that broke off', [wire.brokenOff(200)]],
    ['a lost connection', [wire.lost]],
    ['no response in time', [wire.timedOut]],
    ['a send that never settles', [never]],
    ['a lost connection, then a refused one', [wire.lost, wire.refused]],
    ['a refused connection, then a lost one', [wire.refused, wire.lost]],
    ['an unclear 200, then 429', [responseOf(200, 'a page'), responseOf(429)]],
  ])('is perhaps our doing: %s', async (_, script) => {
    const { outcome } = await exchange([...script, deadSession]);
    expect(outcome).toMatchObject({
      kind: 'session-gone',
      possiblyByUs: true,
      attempts: script.length + 1,
      statusCode: 401,
    });
  });

  test.each<[string, Reply[]]>([
    ['none', []],
    ['408', [responseOf(408)]],
    ['425', [responseOf(425)]],
    ['429', [responseOf(429, 'a page')]],
    ['503', [responseOf(503)]],
    ['503 with an error object', [responseOf(503, '{"@type":"error","code":"X_1"}')]],
    ['503, broken off', [wire.brokenOff(503)]],
    ['501', [responseOf(501)]],
    ['an unclear 401', [responseOf(401, 'a page')]],
    ['an unclear 403', [responseOf(403, 'a page')]],
    ['an unclear 404', [responseOf(404)]],
    ['a 404 that broke off', [wire.brokenOff(404)]],
    ['a name not resolved', [wire.unresolved]],
    ['a refused connection', [wire.refused]],
    ['a certificate', [wire.certificate]],
    ['a proxy that does not connect', [wire.proxy(502)]],
    ['no connection in time', [wire.notConnected]],
    ['several of them', [wire.refused, responseOf(503), responseOf(404, 'a page')]],
  ])('was gone already: %s', async (_, script) => {
    const { outcome } = await exchange([...script, deadSession]);
    expect(outcome).toMatchObject({ kind: 'session-gone', possiblyByUs: false, attempts: script.length + 1 });
  });
});

describe('after a lost response', () => {
  test('refused stays refused', async () => {
    expect((await exchange([wire.lost, wrongPassword])).outcome).toMatchObject({
      kind: 'rejected',
      attempts: 2,
    });
  });

  test('done stays done', async () => {
    expect((await exchange([wire.lost, responseOf(200)])).outcome).toEqual({
      kind: 'success',
      attempts: 2,
      possibleSuccesses: 1,
      statusCode: 200,
      value: true,
    });
  });

  test('a password that is not valid is refused, not gone', async () => {
    const { outcome } = await exchange([wire.lost, deadSession], { request: logoutall });
    expect(outcome).toMatchObject({ kind: 'rejected', attempts: 2 });
  });
});
