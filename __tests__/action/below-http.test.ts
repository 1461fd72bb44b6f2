import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { StepResult } from '../../runner/index.ts';
import { type Certificate, privateAuthority } from '../../simulator/certificate.ts';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { fileWith } from './files.ts';
import { LOGIN_V2, LOGOUT_V2, loginScene, played, sent } from './login-support.ts';
import {
  afterwards,
  bytes,
  IMPATIENT,
  mainAndPost,
  NO_SESSION,
  newJob,
  onlyMain,
  outcomeLine,
  pipeline,
  preloading,
  respondWith,
  scene,
  TEN_TIMES_AS_FAST,
} from './support.ts';

const OPENED = /^Opened a session of /;
const PERHAPS_OPEN = /a session may be open/i;

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterwards(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The result of a login at a loopback port. */
async function loginAt(url: string, env: Readonly<Record<string, string>> = {}): Promise<StepResult> {
  const inputs = { mode: 'login', 'login-url': url, ...pipeline, 'timeout-seconds': '8' };
  return await newJob({ ...IMPATIENT, env }).run(inputs);
}

/** Retries and the outcome. */
const attemptsIn = ({ outputs }: StepResult) => outputs['attempts'];

test.each<[string, Fault]>([
  ['60 KiB of headers', { kind: 'response', effect: true, headers: [['Set-Cookie', 'x'.repeat(60_000)]] }],
  [
    'a header of 16,400 bytes',
    { kind: 'response', effect: true, headers: [['X-Token', 'x'.repeat(16_400)]] },
  ],
  [
    'a body in gzip, which was not requested',
    {
      kind: 'response',
      effect: true,
      headers: [['Content-Encoding', 'gzip']],
      body: (truth) => gzipSync(truth),
    },
  ],
])('a login is opened by a response with %s', async (_, fault) => {
  const { cloud, main, post } = await played(await loginScene({ faults: [fault] }));
  expect(main.log.at(-1)).toMatch(OPENED);
  expect([main.exitCode, post.exitCode]).toEqual([0, 0]);
  expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
  expect(cloud.openSessions()).toEqual([]);
});

test('a login whose response Node cannot read is not repeated: it may have worked', async () => {
  const text = (truth: string) =>
    `HTTP/1.1 200 OK\r\nX-A : b\r\nContent-Length: ${truth.length}\r\n\r\n${truth}`;
  const fault: Fault = { kind: 'raw', effect: true, bytes: text('{}'), ending: 'close' };
  const { cloud, main, post } = await played(await loginScene({ faults: [fault], job: IMPATIENT }));
  expect(sent(cloud)).toEqual([LOGIN_V2]);
  expect(main.exitCode).toBe(1);
  expect(main.log.at(-1)).toMatch(/not HTTP that Node can read \(HPE_\w+\)/);
  expect(main.log.join('\n')).not.toMatch(/connection .* broke/);
  expect([...main.log, ...post.log].join('\n')).toMatch(PERHAPS_OPEN);
});

test.each([
  ['logout', 'HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n', 'is not HTTP that Node can read (HPE_'],
  ['logoutall', 'HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n', 'is not HTTP that Node can read (HPE_'],
  [
    'logout',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'is not HTTP that Node can read (HPE_',
  ],
  ['logout', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', 'is not HTTP that Node can read (HTTP/2.0)'],
] as const)('%s: %j ends nothing, and is met twice in a step', async (mode, text, said) => {
  const { cloud, job, inputs } = await scene(mode, {
    job: TEN_TIMES_AS_FAST,
    faults: [bytes(text), bytes(text), bytes(text), bytes(text)],
  });
  const { main, post } = await mainAndPost({ job, inputs });
  expect([attemptsIn(main), cloud.requests.length]).toEqual(['2', mode === 'logout' ? 4 : 3]);
  expect(outcomeLine(main)).toContain(said);
  expect(outcomeLine(post)).toContain(UNCONFIRMED_END);
  expect(cloud.openSessions()).toHaveLength(1);
});

test('a logout that ended the session before an unreadable response is told as ended', async () => {
  const fault: Fault = {
    kind: 'raw',
    effect: true,
    bytes: 'HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n',
    ending: 'close',
  };
  const { cloud, job, inputs } = await scene('logout', { job: IMPATIENT, faults: [fault] });
  const main = await onlyMain({ job, inputs });
  expect(outcomeLine(main)).toMatch(/^Ended /);
  expect(cloud.openSessions()).toEqual([]);
});

test('a body in a coding that the action does not know proves nothing', async () => {
  const fault = respondWith(200, '', { 'Content-Encoding': 'zstd' });
  const { cloud, job, inputs } = await scene('logout', { job: IMPATIENT, faults: Array(20).fill(fault) });
  const main = await onlyMain({ job, inputs });
  expect(outcomeLine(main)).toMatch(new RegExp(`^Error: ${UNCONFIRMED_END}`));
  expect(cloud.openSessions()).toHaveLength(1);
});

/** An https server, the requests that it got, and the environment of a job that trusts it. */
async function tlsServer(options: object, certificate = privateAuthority()) {
  const requests: string[] = [];
  let connections = 0;
  const server = createTlsServer({ ...certificate.issue(), ...options }, (request, response) => {
    requests.push(request.url ?? '');
    response.end('{}');
  });
  server.on('connection', () => {
    connections += 1;
  });
  const url = `https://localhost:${await listening(server)}`;
  const env = { NODE_EXTRA_CA_CERTS: fileWith(certificate.cert) };
  return { url, requests, env, connections: () => connections };
}

test('a server that speaks TLS 1.1 is tried twice, and TLS is named', async () => {
  const options = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const { url, env, connections } = await tlsServer(options);
  const main = await loginAt(url, env);
  expect([attemptsIn(main), connections()]).toEqual(['2', 2]);
  expect(main.log.at(-1)).toMatch(
    /^Error: Not (?:confirmed as )?opened: .*TLS with localhost:\d+ failed \((ERR_SSL_\w+|EPROTO)\): .*a proxy that inspects TLS/,
  );
  expect(main.log.join('\n')).not.toMatch(PERHAPS_OPEN);
});

test.each(['TLSv1.2', 'TLSv1.3'])(
  'a server that requires a client certificate (%s) never got the login',
  async (version) => {
    const options = { requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version };
    const { url, env, requests, connections } = await tlsServer(options);
    const main = await loginAt(url, env);
    expect([attemptsIn(main), connections(), requests]).toEqual(['2', 2, []]);
    expect(main.log.at(-1)).toMatch(/^Error: Not (?:confirmed as )?opened: .*requires? a client certificate/);
    expect(main.log.join('\n')).not.toMatch(PERHAPS_OPEN);
  },
);

const other: Certificate & { cert: string } = { key: '', cert: privateAuthority().cert };
test.each<[string, () => string, RegExp]>([
  ['is missing', () => '/nowhere/authority.pem', /could not be used/],
  [
    'is DER',
    () => fileWith(Buffer.from(other.cert.replace(/-----.*-----/g, ''), 'base64')),
    /could not be used/,
  ],
  ['has another authority', () => fileWith(other.cert), /does not contain the certificate authority/],
])('NODE_EXTRA_CA_CERTS that %s is named', async (_, file, said) => {
  const { url } = await tlsServer({});
  const main = await loginAt(url, { NODE_EXTRA_CA_CERTS: file() });
  expect(attemptsIn(main)).toBe('2');
  expect(main.log.at(-1)).toMatch(
    /^Error: Not (?:confirmed as )?opened: .* is not trusted \(\w+\): the file in NODE_EXTRA_CA_CERTS/,
  );
  expect(main.log.at(-1)).toMatch(said);
});

/** A proxy that answers CONNECT with these bytes. */
async function proxySaying(text: string) {
  let requests = 0;
  const port = await listening(
    createTcpServer((socket) => {
      socket.once('data', () => {
        requests += 1;
        socket.end(text);
      });
    }),
  );
  return { url: `http://name:not-a-real-password@127.0.0.1:${port}`, requests: () => requests };
}

test.each([
  [
    '407 No\r\nProxy-Authenticate: NTLM',
    1,
    'it accepts only NTLM, so credentials in https_proxy cannot help',
  ],
  [
    '407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM',
    1,
    'it accepts only Negotiate, NTLM,',
  ],
  ['407 No\r\nProxy-Authenticate: Basic realm="x"', 1, 'check the user name and password in https_proxy'],
  ['407 No', 1, 'check the user name and password in https_proxy'],
  ['302 Found\r\nLocation: https://portal.example/', 1, 'check https_proxy and no_proxy'],
  ['403 No', 2, 'check https_proxy and no_proxy'],
])('a proxy that answers CONNECT with %j gets %i requests', async (head, times, said) => {
  const proxy = await proxySaying(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`);
  const main = await loginAt('dm-us', { https_proxy: proxy.url });
  expect([attemptsIn(main), proxy.requests()]).toEqual([String(times), times]);
  expect(main.log.at(-1)).toContain(said);
  expect(main.log.join('\n')).not.toContain('not-a-real-password');
});

/** Endless responses: the start, and the bytes that the server repeats. */
const ENDLESS: readonly (readonly [string, string, string])[] = [
  ['chunks of one byte', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
  ['an extension of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;', 'x'],
  [
    'chunks with extensions',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    `1;${'x'.repeat(10_000)}\r\nx\r\n`,
  ],
  ['zeros before the size of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '0'],
  ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n', 'X: y\r\n'],
  ['headers', 'HTTP/1.1 200 OK\r\n', 'X: y\r\n'],
  ['headers without a value', 'HTTP/1.1 200 OK\r\n', 'X:\r\n'],
  ['one header', 'HTTP/1.1 200 OK\r\nX: ', 'x'],
  ['blanks in a header', 'HTTP/1.1 200 OK\r\nX: ', ' '],
  ['folded lines of a header', 'HTTP/1.1 200 OK\r\nX: y', '\r\n '],
  ['empty lines', '', '\r\n'],
  ['responses 100', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['responses 103 with headers', '', `HTTP/1.1 103 Hints\r\nLink: ${'x'.repeat(1_000)}\r\n\r\n`],
  ['a reason', 'HTTP/1.1 200 ', 'x'],
  ['a body', 'HTTP/1.1 200 OK\r\n\r\n', ' '],
  ['a body of one length', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n', '{'],
];

/** The URL of a server that responds with this start, and repeats these bytes as long as it can. */
async function endlessServer(head: string, more: string): Promise<string> {
  const block = more.repeat(Math.ceil(64_000 / more.length));
  const port = await listening(
    createTcpServer((socket) => {
      socket.once('data', () => {
        socket.write(head);
        const pour = () => {
          while (!socket.destroyed && socket.write(block));
        };
        socket.on('drain', pour);
        pour();
      });
    }),
  );
  return `http://127.0.0.1:${port}`;
}

test.each(ENDLESS)('endless: %s: at most 100 MiB of memory, and an end', async (_, head, more) => {
  const url = await endlessServer(head, more);
  const memory = preloading(
    "Math.random = () => 0; process.on('exit', () => console.log('peak:', process.resourceUsage().maxRSS));",
  );
  // A logout, because its attempts follow each other at once.
  const inputs = { mode: 'logout', 'server-url': url, 'session-id': NO_SESSION, 'timeout-seconds': '30' };
  const main = await newJob(memory).run(inputs);
  // The action ended the response, and not the time.
  expect(main.log.join('\n')).not.toMatch(/no complete response/i);
  const peak = Number(/^peak: (\d+)$/m.exec(main.log.join('\n'))?.[1]);
  expect(peak).toBeLessThan(100 * 1024);
  expect(main.exitCode).toBe(1);
});

test('a login that gets an endless body is ended by its size too, and may have worked', async () => {
  const main = await loginAt(await endlessServer('HTTP/1.1 200 OK\r\n\r\n', ' '));
  expect(main.exitCode).toBe(1);
  expect(main.log.join('\n')).not.toMatch(/no complete response/i);
  expect(main.log.at(-1)).toMatch(
    /the response is larger than 64 KiB \(HTTP 200\): .* 3 sessions may be open/,
  );
});
