import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { privateAuthority } from '../../simulator/certificate.ts';
import { type Fault, inOrder } from '../../simulator/index.ts';
import {
  isValid,
  login,
  logout,
  minute,
  openIds,
  parsed,
  pipeline,
  simulator,
  start,
  startWith,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

const json = ['Content-Type', 'application/json'] as const;

/** Answers with the true body in another form; the request has its effect. */
const responding = (more: Partial<Extract<Fault, { kind: 'response' }>>): Fault => ({
  kind: 'response',
  effect: true,
  ...more,
});

describe('a login that opens a session', () => {
  const loginWith = async (fault: Fault, maxHeaderSize?: number) => {
    await start();
    simulator.setFaults(inOrder(fault));
    const body = JSON.stringify({ '@type': 'login', ...pipeline });
    const url = `${simulator.loginUrl}/ma/api/v2/user/login`;
    const response = await call(url, { body, ...(maxHeaderSize === undefined ? {} : { maxHeaderSize }) });
    expect(openIds()).toHaveLength(1);
    return response;
  };

  test('answered by a user object with an error object in it', async () => {
    const both = (truth: string) => truth.replace('{', '{"code":"USER_0","description":"A text.",');
    const response = await loginWith(responding({ body: both }));
    expect(parsed(response)).toMatchObject({ code: 'USER_0', icSessionId: openIds()[0] });
  });

  test.each([
    ['gzip', gzipSync, gunzipSync],
    ['deflate', deflateSync, inflateSync],
    ['br', brotliCompressSync, brotliDecompressSync],
  ] as const)('answered in %s', async (coding, encode, decode) => {
    let sent: Buffer | undefined;
    const response = await loginWith(
      responding({
        headers: [json, ['Content-Encoding', coding]],
        body: (truth) => {
          sent = encode(truth);
          return sent;
        },
      }),
    );
    expect(response.headers['content-encoding']).toBe(coding);
    expect(response.headers['content-length']).toBe(String(sent?.length));
    expect(JSON.parse(decode(sent ?? '').toString())).toMatchObject({ icSessionId: openIds()[0] });
  });

  test.each([16_400, 65_000])('answered with a header of %s bytes', async (length) => {
    const headers = [json, ['X-Long', 'x'.repeat(length)]] as const;
    expect(await loginWith(responding({ headers }))).toMatchObject({ end: 'HPE_HEADER_OVERFLOW' });
    await simulator.close();
    const response = await loginWith(responding({ headers }), 70_000);
    expect(parsed(response)).toMatchObject({ icSessionId: openIds()[0] });
  });

  test('answered with a blank before a colon, or by bytes made of the true body', async () => {
    const blank = await loginWith(responding({ headers: [json, ['X-A ', 'b']] }));
    expect(blank.end).toMatch(/^HPE_/);
    await simulator.close();
    const bytes = (truth: string) => `HTTP/3.7 200 OK\r\nContent-Length: ${truth.length}\r\n\r\n${truth}`;
    const strange = await loginWith({ kind: 'raw', effect: true, ending: 'close', bytes });
    expect(strange.end).toMatch(/^HPE_/);
  });

  test('answered with 408', async () => {
    expect(await loginWith(responding({ status: 408, headers: [], body: '' }))).toMatchObject({
      status: 408,
    });
  });
});

describe('processed slowly', () => {
  const startSlow = async (more: Partial<Extract<Fault, { kind: 'slow' }>> = {}) => {
    await start();
    simulator.setFaults(inOrder({ kind: 'slow', effect: true, ms: 150, ...more }));
  };

  test('a login opens a session after its client has gone', async () => {
    await startSlow();
    const body = JSON.stringify({ '@type': 'login', ...pipeline });
    const url = `${simulator.loginUrl}/ma/api/v2/user/login`;
    expect(await call(url, { body, giveUp: pause(50) })).toMatchObject({ end: 'gave-up' });
    expect([openIds(), simulator.requests[0]?.effect]).toEqual([[], 'none']);
    await pause(250);
    expect([openIds().length, simulator.requests[0]?.effect]).toEqual([1, 'session-opened']);
  });

  test('its client may wait; the effect is not before the response', async () => {
    await startSlow({ status: 202 });
    const response = login(pipeline);
    await pause(50);
    expect(openIds()).toEqual([]);
    expect(await response).toMatchObject({ status: 202, body: expect.stringContaining('icSessionId') });
    expect(openIds()).toHaveLength(1);
  });

  test('a gateway does not wait for it', async () => {
    await startSlow({ respondedAfterMs: 20 });
    expect(await login(pipeline)).toMatchObject({
      status: 504,
      body: expect.stringContaining('Gateway Timeout'),
    });
    expect(openIds()).toEqual([]);
    await pause(250);
    expect(openIds()).toHaveLength(1);
  });

  test('in vain', async () => {
    await startSlow({ effect: false });
    await login(pipeline);
    expect([openIds(), simulator.openedInAll()]).toEqual([[], 0]);
  });
});

describe('a logout that does not end the session', () => {
  test('answered with success', async () => {
    await startWith({ logoutSuccess: 'success-object' });
    const { sessionId } = simulator.openSession(pipeline);
    simulator.setFaults(inOrder({ kind: 'response', effect: false }));
    expect(await logout(sessionId)).toMatchObject({ status: 200, body: '{"@type":"success"}' });
    expect(openIds()).toEqual([sessionId]);
    expect(parsed(await isValid(pipeline.username, sessionId))).toMatchObject({ isValidToken: true });
  });

  test('answered with an error object about the address', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline);
    const body = JSON.stringify({
      '@type': 'error',
      code: 'UI_10044',
      description: 'The IP address is not trusted.',
    });
    simulator.setFaults(inOrder({ kind: 'response', effect: false, status: 401, body }));
    expect(await logout(sessionId)).toMatchObject({ status: 401, body });
    expect(openIds()).toEqual([sessionId]);
  });
});

describe('bytes without end', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  test.each([
    [
      'chunks of one byte',
      { start: chunked, repeated: '1\r\nx\r\n'.repeat(500) },
      { end: 'gave-up', status: 200 },
    ],
    ['extensions of a chunk', { start: `${chunked}1`, repeated: ';x=y' }, { end: 'gave-up', status: 200 }],
    ['empty lines', { start: '', repeated: '\r\n'.repeat(500) }, { end: 'gave-up', status: undefined }],
    [
      'headers',
      { start: 'HTTP/1.1 200 OK\r\n', repeated: 'X: a longer value\r\n'.repeat(500) },
      { end: 'HPE_HEADER_OVERFLOW' },
    ],
  ])('%s', async (_what, bytes, seen) => {
    await start();
    const { sessionId } = simulator.openSession(pipeline);
    simulator.setFaults(inOrder({ kind: 'endless-raw', effect: true, ...bytes }));
    const response = await call(`${simulator.serverUrl}/api/v2/user/logout`, {
      headers: { ...jsonHeaders, icSessionId: sessionId },
      giveUp: pause(200),
    });
    expect(response).toMatchObject(seen);
    expect(openIds()).toEqual([]);
  });
});

describe('user names', () => {
  const shouted = { ...pipeline, username: pipeline.username.toUpperCase() };

  test('in other letters are others', async () => {
    await start();
    expect(await login(shouted)).toMatchObject({ status: 401 });
  });

  test('in other letters log in where that is set; validSessionId goes by the exact one', async () => {
    await startWith({ loginNames: 'any-case' });
    expect(parsed(await login(shouted))).toMatchObject({ name: pipeline.username });
    const [sessionId = ''] = openIds();
    simulator.clock.advance(minute);
    expect(parsed(await isValid(shouted.username, sessionId))).toMatchObject({ isValidToken: false });
    expect(parsed(await isValid(pipeline.username, sessionId))).toMatchObject({ isValidToken: true });
    await login({ ...shouted, password: 'wrong' });
    expect(simulator.passwordUse(pipeline.username)).toMatchObject({ attempts: 2, rejected: 1 });
  });
});

describe('TLS', () => {
  const authority = privateAuthority();
  const ca = authority.cert;
  /** The result of a handshake and a request. */
  const handshake = (options: object) =>
    new Promise<string>((resolve) => {
      const port = Number(new URL(simulator.loginUrl).port);
      const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options }, () =>
        socket.write('GET /simulator/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      );
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      socket.once('data', (bytes) => resolve(String(bytes).slice(0, 15)));
    });

  test('a client certificate that is wanted', async () => {
    await start({ tls: { ...authority.issue(), requestCert: true, ca } });
    expect(await handshake({})).toMatch(/^ERR_SSL_|^ECONNRESET$/);
    expect(await handshake(authority.issue({ host: 'a client' }))).toBe('HTTP/1.1 200 OK');
    expect(simulator.requests).toEqual([]);
  });

  test('an old version alone', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await start({ tls: { ...authority.issue(), ...old } });
    expect(await handshake({})).toMatch(/^ERR_SSL_|^EPROTO$/);
    expect(await handshake(old)).toBe('HTTP/1.1 200 OK');
  });
});
