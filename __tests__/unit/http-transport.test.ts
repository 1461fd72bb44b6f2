import './one-realm.ts';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import https from 'node:https';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { selfSigned } from '../../simulator/certificate.ts';
import {
  type Fault,
  inOrder,
  type Simulator,
  type SimulatorOptions,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { httpTransport } from '../../src/edge/http-transport.ts';
import type { Delivery } from '../../src/exchange/delivery.ts';
import type { HttpCall } from '../../src/requests/session-request.ts';
import { logoutallInputs, logoutInputs, orderOf } from './support.ts';

const [{ users }] = sampleOrganizations;
const [user] = users;
const tls = selfSigned();

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

// The proxy settings of the machine that the tests run on are not the subject.
const PROXY = /^(https?|no|all)_proxy$/i;
beforeEach(() => {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (PROXY.test(name)) delete process.env[name];
  cleanUps.push(() => {
    process.env = before;
  });
});

async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator(options);
  cleanUps.push(() => started.close());
  return started;
}

function portOf(server: TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const transport = httpTransport('tester/1.0');
const send = (call: HttpCall, patienceMs = 10_000): Promise<Delivery> =>
  transport(call, AbortSignal.timeout(patienceMs));

const logoutCall = (serverUrl: string, sessionId = 'an-id'): HttpCall =>
  orderOf(logoutInputs({ 'server-url': serverUrl, 'session-id': sessionId })).request.call;

/** Sends a logout to a simulator that does something wrong to it; gives up `patienceMs` after it got there. */
async function sendInto(fault: Fault, patienceMs = 10_000): Promise<Delivery> {
  const cloud = await simulator();
  const { sessionId } = cloud.openSession(user);
  cloud.setFaults(inOrder(fault));
  const patience = new AbortController();
  const sent = transport(logoutCall(cloud.serverUrl, sessionId), patience.signal);
  while (cloud.requests.length === 0) await pause(5);
  const timer = setTimeout(() => patience.abort(), patienceMs);
  cleanUps.push(() => clearTimeout(timer));
  return await sent;
}

const reachedFailure = (kind: string, more: object = {}) => ({
  kind: 'no-answer',
  failure: { kind, cause: expect.anything(), ...more },
  mayHaveReachedServer: true,
});
const unreachedFailure = (kind: string, more: object = {}) => ({
  ...reachedFailure(kind, more),
  mayHaveReachedServer: false,
});

describe('what is sent', () => {
  test('logout: one request that ends the session, in the form that the vendor shows', async () => {
    const cloud = await simulator();
    const { sessionId } = cloud.openSession(user);
    const delivery = await send(logoutCall(cloud.serverUrl, sessionId));
    expect(delivery).toEqual({
      kind: 'answer',
      statusCode: 200,
      location: undefined,
      retryAfter: undefined,
      body: { kind: 'complete', text: '' },
    });
    expect(cloud.openSessions()).toEqual([]);
    expect(cloud.requests).toHaveLength(1);
    expect(cloud.requests[0]).toMatchObject({
      method: 'POST',
      path: '/saas/api/v2/user/logout',
      body: '',
      headers: {
        icsessionid: sessionId,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'tester/1.0',
      },
    });
  });

  test('logoutall: the password in the body, and no session header', async () => {
    const cloud = await simulator();
    cloud.openSession(user);
    const { call } = orderOf(logoutallInputs({ 'login-url': cloud.loginUrl, ...user })).request;
    expect(await send(call)).toMatchObject({ statusCode: 200, body: { text: '{"@type":"success"}' } });
    expect(cloud.openSessions()).toEqual([]);
    const [request] = cloud.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/ma/api/v2/user/logoutall' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      '@type': 'logout',
      username: user.username,
      password: user.password,
    });
    expect(Object.keys(request?.headers ?? {})).not.toContain('icsessionid');
  });

  test('a session id of 16,000 characters', async () => {
    const cloud = await simulator();
    const id = 'j'.repeat(16_000);
    await send(logoutCall(cloud.serverUrl, id));
    expect(cloud.requests[0]?.headers).toMatchObject({ icsessionid: id });
  });

  test('to an IPv6 address', async () => {
    // Not every machine has one.
    const cloud = await simulator({ host: '::1' }).catch(() => undefined);
    if (cloud === undefined) return;
    expect(cloud.serverUrl).toMatch(/^http:\/\/\[::1\]:/);
    expect(await send(logoutCall(cloud.serverUrl))).toMatchObject({ kind: 'answer' });
  });
});

describe('an answer', () => {
  test('its status, Location, Retry-After and body', async () => {
    const headers: [string, string][] = [
      ['Retry-After', '7'],
      ['Location', 'https://evil.example/'],
    ];
    const fault: Fault = { kind: 'answer', effect: false, status: 429, headers, body: '{"a":"ü"}' };
    expect(await sendInto(fault)).toEqual({
      kind: 'answer',
      statusCode: 429,
      location: 'https://evil.example/',
      retryAfter: '7',
      body: { kind: 'complete', text: '{"a":"ü"}' },
    });
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await simulator();
    const cloud = await simulator();
    const location = `${elsewhere.serverUrl}/collect`;
    cloud.setFaults(inOrder({ kind: 'answer', effect: false, status, headers: [['Location', location]] }));
    const { call } = orderOf(logoutallInputs({ 'login-url': cloud.loginUrl, ...user })).request;
    expect(await send(call)).toMatchObject({ statusCode: status, location });
    expect([cloud.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
  });

  test.each([
    [65_536, { kind: 'complete', text: 'x'.repeat(65_536) }],
    [65_537, { kind: 'too-large' }],
  ])('a body of %i bytes', async (length, body) => {
    expect(await sendInto({ kind: 'answer', effect: true, body: 'x'.repeat(length) })).toMatchObject({
      body,
    });
  });

  test('a body without an end is too large, and not waited for', async () => {
    const startedMs = performance.now();
    expect(await sendInto({ kind: 'endless-body', effect: true })).toMatchObject({
      statusCode: 200,
      body: { kind: 'too-large' },
    });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('a body that comes byte by byte, in the middle of characters too', async () => {
    const body = '{"a":"ü€😀"}';
    expect(await sendInto({ kind: 'drip-body', effect: true, intervalMs: 1, body })).toMatchObject({
      body: { kind: 'complete', text: body },
    });
  });

  test('a connection that stays open after the answer does not hold it', async () => {
    expect(await sendInto({ kind: 'keep-open', effect: true })).toMatchObject({ statusCode: 200 });
  });

  test.each(['close', 'reset'] as const)('a body that breaks off (%s)', async (ending) => {
    expect(await sendInto({ kind: 'cut-body', effect: true, ending })).toMatchObject({
      kind: 'answer',
      statusCode: 200,
      body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'ECONNRESET' } },
    });
  });

  test('a body that stalls is given up when the signal says so', async () => {
    expect(await sendInto({ kind: 'cut-body', effect: true, ending: 'stall' }, 150)).toMatchObject({
      kind: 'answer',
      statusCode: 200,
      body: { kind: 'broken' },
    });
  });
});

describe('no answer', () => {
  test.each(['close', 'reset'] as const)('the server got the request and hangs up (%s)', async (ending) => {
    expect(await sendInto({ kind: 'silent', effect: true, ending })).toEqual(
      reachedFailure('connection-lost', { code: 'ECONNRESET' }),
    );
  });

  test('the server got the request and says nothing', async () => {
    const startedMs = performance.now();
    expect(await sendInto({ kind: 'silent', effect: true, ending: 'stall' }, 150)).toEqual(
      reachedFailure('timed-out'),
    );
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('headers that come too slowly', async () => {
    expect(await sendInto({ kind: 'slow-headers', effect: true, intervalMs: 50 }, 150)).toEqual(
      reachedFailure('timed-out'),
    );
  });

  test('something that is no HTTP', async () => {
    expect(await sendInto({ kind: 'raw', effect: true, bytes: 'SSH-2.0-x\r\n', ending: 'close' })).toEqual(
      reachedFailure('connection-lost', { code: expect.stringMatching(/^HPE_/) }),
    );
  });

  test('a signal that has fired before', async () => {
    const cloud = await simulator();
    const delivery = await transport(logoutCall(cloud.serverUrl), AbortSignal.abort());
    expect(delivery).toMatchObject({ kind: 'no-answer', failure: { kind: 'no-connection' } });
    expect(cloud.requests).toEqual([]);
  });

  test('nobody listens', async () => {
    const cloud = await simulator();
    await cloud.close();
    expect(await send(logoutCall(cloud.serverUrl))).toEqual(unreachedFailure('connection-refused'));
  });

  test('the name does not resolve', async () => {
    // The ending is reserved for that, and the label is too long to be asked for.
    const url = `http://${'x'.repeat(70)}.invalid/`;
    expect(await send({ url, headers: {}, body: '' })).toEqual(unreachedFailure('name-not-resolved'));
  });
});

describe('https', () => {
  test('a certificate that is not trusted: nothing is sent', async () => {
    const cloud = await simulator({ tls, publicHost: 'localhost', host: 'localhost' });
    expect(await send(logoutCall(cloud.serverUrl))).toEqual(
      unreachedFailure('certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    );
    expect(cloud.requests).toEqual([]);
  });

  test('a server that speaks no TLS', async () => {
    const cloud = await simulator();
    const url = cloud.serverUrl.replace('http:', 'https:');
    expect(await send(logoutCall(url))).toMatchObject({ ...unreachedFailure('no-connection') });
  });

  describe('that is trusted', () => {
    // What NODE_EXTRA_CA_CERTS would do, had it been set before this process began.
    beforeEach(() => {
      const { createConnection } = https.Agent.prototype;
      const trusting = jest.spyOn(https.Agent.prototype, 'createConnection');
      trusting.mockImplementation(function (this: https.Agent, options, callback) {
        return createConnection.call(this, { ...options, ca: tls.cert }, callback);
      });
      cleanUps.push(() => trusting.mockRestore());
    });

    test('ends the session', async () => {
      const cloud = await simulator({ tls, publicHost: 'localhost', host: 'localhost' });
      const { sessionId } = cloud.openSession(user);
      expect(await send(logoutCall(cloud.serverUrl, sessionId))).toMatchObject({ statusCode: 200 });
      expect(cloud.openSessions()).toEqual([]);
    });

    test('a lost answer may have reached the server', async () => {
      const cloud = await simulator({ tls, publicHost: 'localhost', host: 'localhost' });
      cloud.setFaults(inOrder({ kind: 'silent', effect: true, ending: 'reset' }));
      expect(await send(logoutCall(cloud.serverUrl))).toEqual(
        reachedFailure('connection-lost', { code: 'ECONNRESET' }),
      );
    });

    test('a certificate for another name is named as such', async () => {
      const cloud = await simulator({ tls, publicHost: '127.0.0.1' });
      expect(await send(logoutCall(cloud.serverUrl))).toEqual(
        unreachedFailure('certificate', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      );
      expect(cloud.requests).toEqual([]);
    });
  });
});

describe('a proxy', () => {
  // Loopback goes past every proxy, so the server has a name that only the proxy can reach.
  const behindProxy = 'pod.example';

  async function listen(server: Server): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${portOf(server)}`;
  }

  /** A proxy that leads everything to one server, and remembers what it was asked for. */
  async function proxyTo(cloud: Simulator): Promise<{ url: string; asked: unknown[] }> {
    const asked: unknown[] = [];
    const proxy = createServer().on('connect', (request, client: Socket) => {
      asked.push(request.url);
      const upstream = connect(Number(new URL(cloud.loginUrl).port), '127.0.0.1');
      upstream.on('error', () => client.destroy());
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    return { url: await listen(proxy), asked };
  }

  test('carries the request to the server', async () => {
    const cloud = await simulator();
    const { sessionId } = cloud.openSession(user);
    const { url, asked } = await proxyTo(cloud);
    process.env['http_proxy'] = url;
    const call = logoutCall(cloud.serverUrl, sessionId);
    const behind = { ...call, url: `http://${behindProxy}/saas/api/v2/user/logout` };
    expect(await send(behind)).toMatchObject({ kind: 'answer', statusCode: 200 });
    expect(asked).toEqual([`${behindProxy}:80`]);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('carried the request, and the answer was lost', async () => {
    const cloud = await simulator();
    cloud.setFaults(inOrder({ kind: 'silent', effect: true, ending: 'close' }));
    process.env['http_proxy'] = (await proxyTo(cloud)).url;
    const delivery = await send({ url: `http://${behindProxy}/`, headers: {}, body: '' });
    expect(delivery).toMatchObject({ kind: 'no-answer', mayHaveReachedServer: true });
    expect(cloud.requests).toHaveLength(1);
  });

  test.each(['http_proxy', 'https_proxy'] as const)('that says no: %s', async (name) => {
    process.env[name] = await listen(
      createServer().on('connect', (_, client: Socket) => client.end('HTTP/1.1 407 No\r\n\r\n')),
    );
    const url = `${name.replace('_proxy', '')}://${behindProxy}/`;
    expect(await send({ url, headers: {}, body: '' })).toEqual(
      unreachedFailure('proxy', { detail: 'HTTP 407' }),
    );
  });

  test('that is not there', async () => {
    const cloud = await simulator();
    await cloud.close();
    process.env['https_proxy'] = cloud.loginUrl;
    const delivery = await send({ url: `https://${behindProxy}/`, headers: {}, body: '' });
    expect(delivery).toEqual(unreachedFailure('proxy', { detail: 'ECONNREFUSED' }));
  });

  test('is asked for https, and the certificate behind it is checked', async () => {
    const cloud = await simulator({ tls });
    process.env['https_proxy'] = (await proxyTo(cloud)).url;
    const delivery = await send({ url: `https://${behindProxy}/`, headers: {}, body: '' });
    expect(delivery).toEqual(unreachedFailure('certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }));
    expect(cloud.requests).toEqual([]);
  });
});

test('a proxy that takes the connection and says nothing: there is no connection, and no waiting for it', async () => {
  const sockets: Socket[] = [];
  const silent = createTcpServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  process.env['https_proxy'] = `http://127.0.0.1:${portOf(silent)}`;
  const delivery = await send(logoutCall('https://pod.informaticacloud.com'), 200);
  expect(delivery).toMatchObject({
    kind: 'no-answer',
    failure: { kind: 'no-connection', detail: 'none in time' },
    mayHaveReachedServer: false,
  });
});

test('a body that stalls is out of time, not broken off', async () => {
  const delivery = await sendInto({ kind: 'cut-body', effect: true, ending: 'stall' }, 200);
  expect(delivery).toMatchObject({ body: { kind: 'broken', failure: { kind: 'timed-out' } } });
});
