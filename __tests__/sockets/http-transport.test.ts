import '../unit/one-realm.ts';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Certificate, privateAuthority, selfSigned } from '../../simulator/certificate.ts';
import {
  type Fault,
  inOrder,
  type Simulator,
  type SimulatorOptions,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { httpTransport } from '../../src/edge/http-transport.ts';
import { proxyFor } from '../../src/edge/proxy-settings.ts';
import type { HttpRequest, HttpResult } from '../../src/http.ts';
import { type ChildOptions, sendInProcess } from './transport-process.ts';

const [{ users }] = sampleOrganizations;
const [user] = users;
const tls = selfSigned();

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

// The settings of the machine that the tests run on are not the subject.
const PROXY = /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS)$/i;
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

const transport = httpTransport('tester/1.0', proxyFor);
const send = (call: HttpRequest, patienceMs = 10_000): Promise<HttpResult> =>
  transport(call, AbortSignal.timeout(patienceMs));

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

const logoutCall = (serverUrl: string, sessionId = 'an-id'): HttpRequest => ({
  method: 'POST',
  url: new URL(`${serverUrl}/api/v2/user/logout`),
  headers: { ...JSON_HEADERS, icSessionId: sessionId },
  body: '',
});

const logoutallCall = (loginUrl: string): HttpRequest => ({
  method: 'POST',
  url: new URL(`${loginUrl}/ma/api/v2/user/logoutall`),
  headers: JSON_HEADERS,
  body: JSON.stringify({ '@type': 'logout', ...user }),
});

const emptyCall = (url: string): HttpRequest => ({
  method: 'POST',
  url: new URL(url),
  headers: {},
  body: '',
});

/** Sends a logout to a simulator that does something wrong to it; gives up `patienceMs` after it got there. */
async function sendInto(fault: Fault, patienceMs = 10_000): Promise<HttpResult> {
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
  kind: 'no-response',
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
    const result = await send(logoutCall(cloud.serverUrl, sessionId));
    expect(result).toEqual({
      kind: 'response',
      statusCode: 200,
      headers: {
        location: undefined,
        retryAfter: undefined,
        date: expect.stringMatching(/ GMT$/),
        contentType: undefined,
        contentEncoding: undefined,
        wwwAuthenticate: undefined,
        proxyAuthenticate: undefined,
      },
      body: { kind: 'complete', text: '', endIsCertain: true },
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
        'accept-encoding': 'identity',
        'content-length': '0',
        host: new URL(cloud.serverUrl).host,
      },
    });
  });

  test('a GET with a query', async () => {
    const cloud = await simulator();
    const url = new URL(`${cloud.serverUrl}/api/v2/user/validSessionId?a=%20b`);
    await send({ method: 'GET', url, headers: {}, body: '' });
    expect(cloud.requests).toMatchObject([{ method: 'GET', path: `${url.pathname}${url.search}` }]);
  });

  test('nothing of the job in the user agent', async () => {
    process.env['ACTIONS_ORCHESTRATION_ID'] = 'job-1';
    const cloud = await simulator();
    await httpTransport('tester/1.0', proxyFor)(logoutCall(cloud.serverUrl), AbortSignal.timeout(10_000));
    expect(cloud.requests[0]?.headers).toMatchObject({ 'user-agent': 'tester/1.0' });
  });

  test('logoutall: the password in the body, and no session header', async () => {
    const cloud = await simulator();
    cloud.openSession(user);
    expect(await send(logoutallCall(cloud.loginUrl))).toMatchObject({
      statusCode: 200,
      body: { text: '{"@type":"success"}' },
    });
    expect(cloud.openSessions()).toEqual([]);
    const [request] = cloud.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/ma/api/v2/user/logoutall' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ '@type': 'logout', ...user });
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
    expect(await send(logoutCall(cloud.serverUrl))).toMatchObject({ kind: 'response' });
  });
});

describe('a response', () => {
  test('its status, headers and body', async () => {
    const headers: [string, string][] = [
      ['Retry-After', '7'],
      ['Location', 'https://evil.example/'],
      ['Date', 'Tue, 03 Feb 2026 04:05:06 GMT'],
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Encoding', 'zstd'],
      ['WWW-Authenticate', 'NTLM'],
    ];
    const fault: Fault = { kind: 'response', effect: false, status: 429, headers, body: '{"a":"ü"}' };
    expect(await sendInto(fault)).toEqual({
      kind: 'response',
      statusCode: 429,
      headers: {
        location: 'https://evil.example/',
        retryAfter: '7',
        date: 'Tue, 03 Feb 2026 04:05:06 GMT',
        contentType: 'text/html; charset=utf-8',
        contentEncoding: 'zstd',
        wwwAuthenticate: 'NTLM',
        proxyAuthenticate: undefined,
      },
      body: { kind: 'complete', text: '{"a":"ü"}', endIsCertain: true },
    });
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await simulator();
    const cloud = await simulator();
    const location = `${elsewhere.serverUrl}/collect`;
    cloud.setFaults(inOrder({ kind: 'response', effect: false, status, headers: [['Location', location]] }));
    expect(await send(logoutallCall(cloud.loginUrl))).toMatchObject({
      statusCode: status,
      headers: { location },
    });
    expect([cloud.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
  });

  test.each([
    [65_536, { kind: 'complete', text: 'x'.repeat(65_536), endIsCertain: true }],
    [65_537, { kind: 'too-large' }],
  ])('a body of %i bytes', async (length, body) => {
    expect(await sendInto({ kind: 'response', effect: true, body: 'x'.repeat(length) })).toMatchObject({
      body,
    });
  });

  test.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '', true],
    ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}', '{}', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', '{}', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n', '', true],
    ['HTTP/1.1 204 No Content\r\n\r\n', '', true],
    ['HTTP/1.1 200 OK\r\n\r\n', '', false],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}', '{}', false],
    ['HTTP/1.0 200 OK\r\n\r\n{}', '{}', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', '', false],
    ['HTTP/1.1 401 No\r\n\r\n', '', false],
  ])('%j: whether its end is certain', async (bytes, text, endIsCertain) => {
    expect(await sendInto({ kind: 'raw', effect: false, bytes, ending: 'close' })).toMatchObject({
      body: { kind: 'complete', text, endIsCertain },
    });
  });

  test.each([
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n',
  ])('%j, and the connection ends: a body that breaks off', async (bytes) => {
    expect(await sendInto({ kind: 'raw', effect: false, bytes, ending: 'close' })).toMatchObject({
      body: { kind: 'broken' },
    });
  });

  test.each(['Connection: Upgrade\r\nUpgrade: websocket\r\n', ''])(
    'HTTP 101 with %j ends the attempt at once',
    async (headers) => {
      const bytes = `HTTP/1.1 101 Switching Protocols\r\n${headers}\r\nwho knows what`;
      expect(await sendInto({ kind: 'raw', effect: false, bytes, ending: 'stall' })).toMatchObject({
        kind: 'response',
        statusCode: 101,
        body: { kind: 'complete', text: '', endIsCertain: false },
      });
    },
  );

  test('the connection is closed after an HTTP 101', async () => {
    const closed = new Promise((resolve) => {
      const server = createTcpServer((socket) => {
        socket.once('close', resolve).once('data', () => socket.write('HTTP/1.1 101 Yes\r\n\r\n'));
      });
      void listen(server).then((url) => send(emptyCall(url)));
    });
    await closed;
  });

  test('an informational response is not the final one', async () => {
    const bytes = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n';
    expect(await sendInto({ kind: 'raw', effect: false, bytes, ending: 'close' })).toMatchObject({
      statusCode: 429,
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

  test('a connection that stays open after the response does not delay it', async () => {
    expect(await sendInto({ kind: 'keep-open', effect: true })).toMatchObject({ statusCode: 200 });
  });

  test.each(['close', 'reset'] as const)('a body that breaks off (%s)', async (ending) => {
    expect(await sendInto({ kind: 'cut-body', effect: true, ending })).toMatchObject({
      kind: 'response',
      statusCode: 200,
      body: { kind: 'broken', failure: { kind: 'connection-lost', code: 'ECONNRESET' } },
    });
  });

  test('a body that stalls is given up when the signal says so', async () => {
    expect(await sendInto({ kind: 'cut-body', effect: true, ending: 'stall' }, 150)).toMatchObject({
      kind: 'response',
      statusCode: 200,
      body: { kind: 'broken' },
    });
  });
});

describe('no response', () => {
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
      reachedFailure('not-http', { code: expect.stringMatching(/^HPE_/), proxy: undefined }),
    );
  });

  test('headers that are too large', async () => {
    const bytes = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`;
    expect(await sendInto({ kind: 'raw', effect: true, bytes, ending: 'close' })).toEqual(
      reachedFailure('not-http', { code: 'HPE_HEADER_OVERFLOW', proxy: undefined }),
    );
  });

  test('a header that cannot be sent', async () => {
    const cloud = await simulator();
    const result = await send(logoutCall(cloud.serverUrl, 'an-id\n'));
    expect(result).toMatchObject({
      kind: 'no-response',
      failure: { kind: 'unexpected', error: 'ERR_INVALID_CHAR' },
    });
    expect(cloud.requests).toEqual([]);
  });

  test('a signal that has fired before', async () => {
    const cloud = await simulator();
    const result = await transport(logoutCall(cloud.serverUrl), AbortSignal.abort());
    expect(result).toMatchObject({ kind: 'no-response', failure: { kind: 'no-connection' } });
    expect(cloud.requests).toEqual([]);
  });

  test('nobody listens', async () => {
    const cloud = await simulator();
    await cloud.close();
    expect(await send(logoutCall(cloud.serverUrl))).toEqual(unreachedFailure('connection-refused'));
  });

  test('there is no host of the name', async () => {
    // The top-level domain is reserved for that, and the label is too long for a DNS query.
    const url = `http://${'x'.repeat(70)}.invalid/`;
    expect(await send(emptyCall(url))).toEqual(unreachedFailure('name-not-found'));
  });
});

describe('https', () => {
  test('a certificate that is not trusted: nothing is sent', async () => {
    const cloud = await simulator({ tls, publicHost: 'localhost', host: 'localhost' });
    expect(await send(logoutCall(cloud.serverUrl))).toEqual(
      unreachedFailure('certificate', {
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        proxy: undefined,
        extraAuthorities: 'not-set',
      }),
    );
    expect(cloud.requests).toEqual([]);
  });

  test('a server that speaks no TLS', async () => {
    const cloud = await simulator();
    const url = cloud.serverUrl.replace('http:', 'https:');
    expect(await send(logoutCall(url))).toMatchObject(unreachedFailure('tls', { refusesClient: false }));
  });

  describe('that is trusted', () => {
    const authority = privateAuthority();
    const trusted = authority.issue();
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'transport-'));
      writeFileSync(join(folder, 'authority.pem'), authority.cert);
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    const trusting = (call: HttpRequest, env: ChildOptions['env'] = {}, patienceMs = 10_000) =>
      sendInProcess(call, {
        env: { NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'), ...env },
        patienceMs,
      });

    test('ends the session', async () => {
      const cloud = await simulator({ tls: trusted, publicHost: 'localhost', host: 'localhost' });
      const { sessionId } = cloud.openSession(user);
      expect(await trusting(logoutCall(cloud.serverUrl, sessionId))).toMatchObject({
        result: { statusCode: 200 },
        stderr: '',
        exitCode: 0,
      });
      expect(cloud.openSessions()).toEqual([]);
    });

    test('a lost response may have reached the server', async () => {
      const cloud = await simulator({ tls: trusted, publicHost: 'localhost', host: 'localhost' });
      cloud.setFaults(inOrder({ kind: 'silent', effect: true, ending: 'reset' }));
      expect((await trusting(logoutCall(cloud.serverUrl))).result).toEqual({
        kind: 'no-response',
        failure: { kind: 'connection-lost', code: 'ECONNRESET' },
        mayHaveReachedServer: true,
      });
    });

    test('a server that says nothing is given up when the signal says so', async () => {
      const cloud = await simulator({ tls: trusted, publicHost: 'localhost', host: 'localhost' });
      cloud.setFaults(inOrder({ kind: 'silent', effect: true, ending: 'stall' }));
      expect(await trusting(logoutCall(cloud.serverUrl), {}, 1_000)).toMatchObject({
        result: { kind: 'no-response', failure: { kind: 'timed-out' }, mayHaveReachedServer: true },
        stderr: '',
        exitCode: 0,
      });
    });

    test('a certificate for another name is named as such', async () => {
      const cloud = await simulator({ tls: trusted, publicHost: '127.0.0.1' });
      expect((await trusting(logoutCall(cloud.serverUrl))).result).toEqual({
        kind: 'no-response',
        failure: { kind: 'certificate', code: 'ERR_TLS_CERT_ALTNAME_INVALID', extraAuthorities: 'used' },
        mayHaveReachedServer: false,
      });
      expect(cloud.requests).toEqual([]);
    });

    describe('through a proxy', () => {
      const throughTls = (url: string) => url.replace('http://127.0.0.1', 'https://localhost');

      test.each([
        ['over TCP', undefined, (url: string) => url],
        ['over TLS', trusted, throughTls],
      ])('%s: each end proves its own name', async (_, proxyTls, urlOf) => {
        const cloud = await simulator({ tls: authority.issue({ host: behindProxy }) });
        const { sessionId } = cloud.openSession(user);
        const { url, connects } = await proxyTo(cloud, proxyTls);
        const call = logoutCall(`https://${behindProxy}/saas`, sessionId);
        expect(await trusting(call, { https_proxy: urlOf(url) })).toMatchObject({
          result: { statusCode: 200 },
          stderr: '',
          exitCode: 0,
        });
        expect(connects).toMatchObject([{ url: `${behindProxy}:443` }]);
        expect(cloud.openSessions()).toEqual([]);
      });

      test.each(['10.1.2.3', '[fd00::1]'])(
        'to %s: the name of the proxy is not the name of the server',
        async (host) => {
          const cloud = await simulator({ tls: trusted });
          const { url, connects } = await proxyTo(cloud);
          const proxyUrl = url.replace('127.0.0.1', 'localhost');
          const { result } = await trusting(logoutCall(`https://${host}/saas`), { https_proxy: proxyUrl });
          expect(result).toMatchObject({
            failure: { kind: 'certificate', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
            mayHaveReachedServer: false,
          });
          expect(result).not.toHaveProperty('failure.proxy');
          expect(connects).toMatchObject([{ url: `${host}:443` }]);
        },
      );

      test('whose own certificate is for another name, or not trusted', async () => {
        const cloud = await simulator({ tls: authority.issue({ host: behindProxy }) });
        const call = logoutCall(`https://${behindProxy}/saas`);
        for (const [proxyTls, code] of [
          [authority.issue({ host: behindProxy }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
          [tls, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
        ] as const) {
          const { url, connects } = await proxyTo(cloud, proxyTls);
          const { result } = await trusting(call, { https_proxy: throughTls(url) });
          expect(result).toMatchObject({
            failure: { kind: 'certificate', proxy: addressOf(throughTls(url)), code },
            mayHaveReachedServer: false,
          });
          expect(connects).toEqual([]);
        }
      });

      test.each(['end', 'destroy'] as const)(
        'over TLS, which makes a connection and drops it (%s)',
        async (drop) => {
          const proxy = createTlsServer({ ...trusted }).on('connect', (_, client: TLSSocket) => {
            client.write('HTTP/1.1 200 OK\r\n\r\n', () => client[drop]());
          });
          const https_proxy = throughTls(await listen(proxy));
          const { result, tookMs, stderr } = await trusting(logoutCall(`https://${behindProxy}/saas`), {
            https_proxy,
          });
          expect(result).toMatchObject({
            failure: { kind: 'proxy-unreachable', proxy: addressOf(https_proxy) },
            mayHaveReachedServer: false,
          });
          expect(tookMs).toBeLessThan(5_000);
          expect(stderr).toBe('');
        },
      );

      test('nothing on stderr, whatever DEBUG says', async () => {
        const cloud = await simulator({ tls: authority.issue({ host: behindProxy }) });
        const { url } = await proxyTo(cloud);
        const call = logoutCall(`https://${behindProxy}/saas`);
        const { stderr } = await trusting(call, { https_proxy: url, DEBUG: '*' });
        expect(stderr).toBe('');
      });

      test.each(['https', 'http,https,net,tls,stream', '*'])(
        'NODE_DEBUG=%s shows no secret',
        async (debug) => {
          const cloud = await simulator({ tls: authority.issue({ host: behindProxy }) });
          const { url } = await proxyTo(cloud, trusted);
          const id = Array.from({ length: 2_000 }, (_, index) => `K${String(index).padStart(7, '0')}`).join(
            '',
          );
          const call = { ...logoutallCall(`https://${behindProxy}`) };
          const headers = { ...call.headers, icSessionId: id, Authorization: 'Bearer a-b-c-d-e-f' };
          const proxied = throughTls(url).replace('//', '//builder:not-a-real-proxy-password@');
          const { result, stderr } = await trusting(
            { ...call, headers },
            { https_proxy: proxied, NODE_DEBUG: debug },
          );
          expect(result).toMatchObject({ kind: 'response' });
          expect(cloud.requests[0]?.headers).toMatchObject({ icsessionid: id });
          const basic = Buffer.from('builder:not-a-real-proxy-password').toString('base64');
          const secrets = [user.password, 'a-b-c-d-e-f', 'not-a-real-proxy-password', basic];
          for (const secret of [...secrets, ...(id.match(/.{8}/g) ?? [])])
            expect(stderr.includes(secret)).toBe(false);
          if (debug !== 'https') expect(stderr).toContain('HTTP');
        },
      );
    });
  });
});

/** Only the proxy resolves this name. Loopback names would bypass every proxy. */
const behindProxy = 'pod.example';
const addressOf = (url: string) => url.replace(/^https?:\/\//, '');

async function listen(server: TcpServer): Promise<string> {
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

/** A proxy that connects everything to one server, and keeps the CONNECT requests. */
async function proxyTo(
  cloud: Simulator,
  proxyTls?: Certificate,
  status = '200 OK',
): Promise<{ url: string; connects: { url: string | undefined; headers: IncomingHttpHeaders }[] }> {
  const connects: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const proxy = proxyTls === undefined ? createServer() : createTlsServer({ ...proxyTls });
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    connects.push({ url: request.url, headers: request.headers });
    const upstream = connect(Number(new URL(cloud.loginUrl).port), '127.0.0.1');
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    client.write(`HTTP/1.1 ${status}\r\n\r\n`);
    client.pipe(upstream).pipe(client);
  });
  return { url: await listen(proxy), connects };
}

describe('a proxy', () => {
  const call = emptyCall(`https://${behindProxy}/`);
  /** A server that sends the same bytes to each client, and the clients that connected. */
  async function saying(bytes: string, ending: 'end' | 'destroy' | 'stall'): Promise<Socket[]> {
    const clients: Socket[] = [];
    const url = await listen(
      createTcpServer((socket) => {
        clients.push(socket);
        socket.once('data', () => {
          socket.write(bytes, () => {
            if (ending === 'end') socket.end();
            if (ending === 'destroy') socket.resetAndDestroy();
          });
        });
      }),
    );
    process.env['https_proxy'] = url;
    return clients;
  }
  const address = () => addressOf(process.env['https_proxy'] ?? '');

  test('carries the request to the server', async () => {
    const cloud = await simulator();
    const { sessionId } = cloud.openSession(user);
    const { url, connects } = await proxyTo(cloud);
    process.env['http_proxy'] = url;
    const behind = logoutCall(`http://${behindProxy}/saas`, sessionId);
    expect(await send(behind)).toMatchObject({ kind: 'response', statusCode: 200 });
    expect(connects).toMatchObject([{ url: `${behindProxy}:80` }]);
    expect(connects[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(cloud.requests[0]?.headers).toMatchObject({ host: behindProxy });
    expect(cloud.openSessions()).toEqual([]);
  });

  test('gets the user name and password', async () => {
    const cloud = await simulator();
    const { url, connects } = await proxyTo(cloud);
    process.env['http_proxy'] = url.replace('//', '//DOMAIN%5Cbuild:p%C3%A4:ss%@');
    await send(emptyCall(`http://${behindProxy}:8080/`));
    const basic = Buffer.from('DOMAIN\\build:pä:ss%').toString('base64');
    expect(connects).toMatchObject([
      {
        url: `${behindProxy}:8080`,
        headers: { 'proxy-authorization': `Basic ${basic}`, host: `${behindProxy}:8080` },
      },
    ]);
    expect(cloud.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('carried the request, and the response was lost', async () => {
    const cloud = await simulator();
    cloud.setFaults(inOrder({ kind: 'silent', effect: true, ending: 'close' }));
    process.env['http_proxy'] = (await proxyTo(cloud)).url;
    const result = await send(emptyCall(`http://${behindProxy}/`));
    expect(result).toMatchObject({ kind: 'no-response', mayHaveReachedServer: true });
    expect(cloud.requests).toHaveLength(1);
  });

  test.each([407, 403, 502, 199, 302])(
    'that answers CONNECT with %i and a page: no response of the server',
    async (status) => {
      const page = '<html>Sign in</html>';
      const clients = await saying(
        `HTTP/1.1 ${status} No\r\nContent-Length: ${page.length}\r\n\r\n${page}`,
        'stall',
      );
      expect(await send(call)).toEqual(
        unreachedFailure('proxy-status', { proxy: address(), statusCode: status, schemes: [] }),
      );
      expect(clients).toHaveLength(1);
      while (clients.some(({ readyState }) => readyState !== 'closed')) await pause(5);
    },
  );

  test.each([
    ['hangs up', '', 'end', 'ECONNRESET'],
    ['resets the connection', '', 'destroy', 'ECONNRESET'],
    ['makes a connection and drops it', 'HTTP/1.1 200 OK\r\n\r\n', 'end', 'ECONNRESET'],
    ['makes a connection and resets it', 'HTTP/1.1 200 OK\r\n\r\n', 'destroy', expect.any(String)],
  ] as const)('that %s', async (_, bytes, ending, detail) => {
    await saying(bytes, ending);
    expect(await send(call)).toEqual(unreachedFailure('proxy-unreachable', { proxy: address(), detail }));
  });

  test.each([
    ['SSH-2.0-x\r\n', 'HPE_INVALID_CONSTANT'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, 'HPE_HEADER_OVERFLOW'],
    [`HTTP/1.1 200 OK\r\nX: ${' '.repeat(1_100_000)}`, 'more than 1 MiB'],
  ])('that says something that is no HTTP (%#)', async (bytes, code) => {
    await saying(bytes, 'stall');
    expect(await send(call)).toEqual(unreachedFailure('not-http', { proxy: address(), code }));
  });

  test('behind which nothing speaks TLS', async () => {
    await saying('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 No\r\n\r\n', 'stall');
    const code = expect.stringMatching(/^ERR_SSL_/);
    expect(await send(call)).toEqual(
      unreachedFailure('tls', { code, proxy: undefined, refusesClient: false }),
    );
  });

  test.each([
    [['NTLM'], ['NTLM']],
    [
      ['Negotiate', 'ntlm'],
      ['Negotiate', 'NTLM'],
    ],
    [['Basic realm="a, Digest", charset="UTF-8", Digest qop="x"'], ['Basic', 'Digest']],
  ])('that wants %j', async (challenges, schemes) => {
    const headers = challenges.map((challenge) => `Proxy-Authenticate: ${challenge}\r\n`).join('');
    await saying(`HTTP/1.1 407 No\r\n${headers}\r\n`, 'stall');
    expect(await send(call)).toMatchObject({ failure: { kind: 'proxy-status', statusCode: 407, schemes } });
  });

  test.each(['200 OK', '201 Created', '299 Well'])(
    'that answers CONNECT with %s makes a tunnel',
    async (status) => {
      const cloud = await simulator();
      process.env['http_proxy'] = (await proxyTo(cloud, undefined, status)).url;
      expect(await send(emptyCall(`http://${behindProxy}/`))).toMatchObject({ kind: 'response' });
      expect(cloud.requests).toHaveLength(1);
    },
  );

  test.each(['', 'HTTP/1.1 200 OK\r\n\r\n'])(
    'that says %j and then nothing is given up when the signal says so',
    async (bytes) => {
      const clients = await saying(bytes, 'stall');
      const failure = { proxy: address(), detail: 'none in time' };
      expect(await send(call, 200)).toEqual(unreachedFailure('proxy-unreachable', failure));
      // Nothing is left of it that could hold the process.
      while (clients.some(({ readyState }) => readyState !== 'closed')) await pause(5);
    },
  );

  test('that is not there', async () => {
    const cloud = await simulator();
    await cloud.close();
    process.env['https_proxy'] = cloud.loginUrl;
    const failure = { proxy: address(), detail: 'ECONNREFUSED' };
    expect(await send(call)).toEqual(unreachedFailure('proxy-unreachable', failure));
  });

  test('whose name does not resolve', async () => {
    const name = `${'x'.repeat(70)}.invalid`;
    process.env['https_proxy'] = `http://${name}:3128`;
    const failure = { proxy: `${name}:3128`, detail: 'ENOTFOUND' };
    expect(await send(call)).toEqual(unreachedFailure('proxy-unreachable', failure));
  });

  test('tunnels https, and the certificate behind it is checked', async () => {
    const cloud = await simulator({ tls });
    process.env['https_proxy'] = (await proxyTo(cloud)).url;
    expect(await send(call)).toEqual(
      unreachedFailure('certificate', {
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        proxy: undefined,
        extraAuthorities: 'not-set',
      }),
    );
    expect(cloud.requests).toEqual([]);
  });

  test('that cannot be read: nothing is sent', async () => {
    process.env['https_proxy'] = 'socks5://127.0.0.1:9';
    expect(await send(call)).toEqual({
      kind: 'no-response',
      failure: { kind: 'proxy-settings', problem: expect.stringMatching(/^https_proxy /), cause: undefined },
      mayHaveReachedServer: false,
    });
  });
});

describe('a host with addresses of both families', () => {
  // Closes its own server, because `afterEach` runs for no concurrent test. These overlap because they mostly wait.
  const slow = async (env: Record<string, string>, patienceMs: number) => {
    const cloud = await startSimulator();
    try {
      const url = `http://dual.example:${new URL(cloud.serverUrl).port}/saas`;
      return await sendInProcess(logoutCall(url), { env: { DUAL_HOST: 'dual.example', ...env }, patienceMs });
    } finally {
      await cloud.close();
    }
  };

  test.concurrent.each([
    ['a slow first, a dead second', '127.0.0.1,::1', '300', 10_000],
    ['a very slow first, a dead second', '127.0.0.1,::1', '2500', 10_000],
    ['a dead first', '::1,127.0.0.1', '0', 900],
    ['a dead first, a slow second', '::1,127.0.0.1', '300', 1_500],
    ['several dead ones of the first', '::1,::1,::1,::1,::1,127.0.0.1', '0', 900],
  ])('%s: reached', async (_, ADDRESSES, HANDSHAKE_MS, patienceMs) => {
    const { result, stderr, exitCode } = await slow({ ADDRESSES, HANDSHAKE_MS }, patienceMs);
    expect(result).toMatchObject({ kind: 'response', statusCode: 401 });
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  test.concurrent('the slower one is let go', async () => {
    const { exitCode } = await slow({ ADDRESSES: '127.0.0.1,127.0.0.1', HANDSHAKE_MS: '400' }, 10_000);
    expect(exitCode).toBe(0);
  });

  test.concurrent.each([0, 300])(
    'a name server that says nothing: given up after %i ms',
    async (patienceMs) => {
      const { result, tookMs } = await slow({}, patienceMs);
      expect(result).toMatchObject({ kind: 'no-response', failure: { kind: 'no-connection' } });
      expect(tookMs).toBeLessThan(5_000);
    },
  );

  test.concurrent('all dead: given up when the signal says so, and nothing holds the process', async () => {
    const { result, tookMs, exitCode } = await slow({ ADDRESSES: '::1,::1' }, 500);
    expect(result).toEqual({
      kind: 'no-response',
      failure: { kind: 'no-connection', detail: 'none in time' },
      mayHaveReachedServer: false,
    });
    expect(tookMs).toBeLessThan(5_000);
    expect(exitCode).toBe(0);
  });

  test.concurrent('given up before the second has its turn: it is not tried any more', async () => {
    const { result, exitCode } = await slow({ ADDRESSES: '::1,127.0.0.1', HANDSHAKE_MS: '0' }, 100);
    expect(result).toMatchObject({ kind: 'no-response', failure: { detail: 'none in time' } });
    // An unused connection would keep the process alive.
    expect(exitCode).toBe(0);
  });

  test('a proxy on such a host', async () => {
    const cloud = await simulator();
    const { url, connects } = await proxyTo(cloud);
    const env = {
      DUAL_HOST: 'dual.example',
      ADDRESSES: '127.0.0.1,::1',
      HANDSHAKE_MS: '300',
      http_proxy: url.replace('127.0.0.1', 'dual.example'),
    };
    const call = logoutCall(`http://${behindProxy}/saas`);
    const { result } = await sendInProcess(call, { env });
    expect(result).toMatchObject({ kind: 'response' });
    expect(connects).toHaveLength(1);
  });
});

test('a body that stalls is out of time, not broken off', async () => {
  const result = await sendInto({ kind: 'cut-body', effect: true, ending: 'stall' }, 200);
  expect(result).toMatchObject({ body: { kind: 'broken', failure: { kind: 'timed-out' } } });
});
