import '../one-realm.ts';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpTransport } from '../../../src/edge/http-transport.ts';
import type { HttpResult } from '../../../src/http.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

type Bytes = string | Buffer;

/** Sends a request to a server that sends these bytes, one after the other, and then ends the connection. */
async function sendTo(...response: readonly Bytes[]): Promise<HttpResult> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => {
      for (const bytes of response) socket.write(bytes);
      socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(`http://127.0.0.1:${address.port}/`);
  const send = httpTransport('tester/1.0', () => ({ ok: true, value: undefined }));
  return await send({ method: 'POST', url, headers: {}, body: '' }, AbortSignal.timeout(10_000));
}

const OK = 'HTTP/1.1 200 OK\r\n';
const withLength = (body: Buffer, headers: string): readonly Bytes[] => [
  `${OK}${headers}Content-Length: ${body.length}\r\n\r\n`,
  body,
];
const complete = (text: string) => ({ body: { kind: 'complete', text, endIsCertain: true } });

describe('headers', () => {
  const empty = 'Content-Length: 0\r\n\r\n';

  test.each([
    ['one of 60,000 bytes', `X: ${'x'.repeat(60_000)}\r\n`],
    ['three of 20,000', `X: ${'x'.repeat(20_000)}\r\n`.repeat(3)],
  ])('%s are read', async (_, headers) => {
    expect(await sendTo(`${OK}${headers}Location: https://a.example/\r\n${empty}`)).toMatchObject({
      headers: { location: 'https://a.example/' },
      ...complete(''),
    });
  });

  test('one behind five thousand others is read, too', async () => {
    expect(
      await sendTo(`${OK}${'x:\r\n'.repeat(5_000)}Location: https://a.example/\r\n${empty}`),
    ).toMatchObject({
      headers: { location: 'https://a.example/' },
    });
  });

  test('of more than 64 KiB are no HTTP', async () => {
    expect(await sendTo(`${OK}X: ${'x'.repeat(66_000)}\r\n${empty}`)).toMatchObject({
      failure: { kind: 'not-http', code: 'HPE_HEADER_OVERFLOW' },
      mayHaveReachedServer: true,
    });
  });
});

describe('a response that Node cannot parse', () => {
  test.each([
    [`${OK}X-A : b\r\n\r\n`, /^HPE_/],
    ['HTTP/1.1 OK\r\n\r\n', /^HPE_/],
    [`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /^HPE_/],
    [`${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, /^HPE_/],
    ['HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', /^HTTP\/2\.0$/],
    ['HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n', /^HTTP\/0\.9$/],
    ['<html>', /^HPE_/],
  ])('%j is no lost connection', async (bytes, code) => {
    expect(await sendTo(bytes)).toMatchObject({
      kind: 'no-response',
      failure: { kind: 'not-http', code: expect.stringMatching(code) },
      mayHaveReachedServer: true,
    });
  });

  test.each([
    'zz\r\n',
    '2\r\n{}!!',
    // Extensions of more than 16 KiB.
    `1;${'x'.repeat(20_000)}\r\n`,
    // Trailers of more than 64 KiB.
    `2\r\n{}\r\n0\r\n${`X: ${'x'.repeat(1_000)}\r\n`.repeat(70)}\r\n`,
  ])('%j in chunks: a body that is broken', async (chunks) => {
    expect(await sendTo(`${OK}Transfer-Encoding: chunked\r\n\r\n`, chunks)).toMatchObject({
      statusCode: 200,
      body: { kind: 'broken', failure: { kind: 'not-http', code: expect.stringMatching(/^HPE_/) } },
    });
  });
});

describe('a body in a coding', () => {
  const text = '{"a":"ü€😀"}';
  test.each([
    ['gzip', gzipSync(text)],
    ['GZip ', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is decoded', async (coding, body) => {
    const result = await sendTo(...withLength(body, `Content-Encoding: ${coding}\r\n`));
    expect(result).toMatchObject({ headers: { contentEncoding: undefined }, ...complete(text) });
  });

  test.each(['gzip', 'deflate', 'br'])('%s: nothing in it is an empty body', async (coding) => {
    const result = await sendTo(...withLength(Buffer.alloc(0), `Content-Encoding: ${coding}\r\n`));
    expect(result).toMatchObject({ headers: { contentEncoding: undefined }, ...complete('') });
  });

  test('whose end only the end of the connection says', async () => {
    const result = await sendTo(`${OK}Content-Encoding: gzip\r\n\r\n`, gzipSync(text));
    expect(result).toMatchObject({ body: { kind: 'complete', text, endIsCertain: false } });
  });

  test.each([
    ['zstd', gzipSync(text)],
    ['gzip, br', gzipSync(text)],
    ['gzip', Buffer.from(text)],
    ['gzip', gzipSync(text).subarray(0, -1)],
    ['deflate', deflateSync(text).subarray(0, -1)],
    ['br', brotliCompressSync(text).subarray(0, -1)],
    ['br', gzipSync(text)],
  ])('%s that cannot be decoded keeps its coding', async (coding, body) => {
    const result = await sendTo(...withLength(body, `Content-Encoding: ${coding}\r\n`));
    expect(result).toMatchObject({ headers: { contentEncoding: coding }, body: { kind: 'complete' } });
  });

  const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => 32 + ((index * 7919) % 89)));
  // The best quality, which is the default, takes seconds.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 3 };
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (body: Buffer) => brotliCompressSync(body, { params })],
  ] as const)('%s: 64 KiB are read, not a byte more', async (coding, encode) => {
    const send = (body: Buffer) => sendTo(...withLength(encode(body), `Content-Encoding: ${coding}\r\n`));
    expect(textIn(await send(noise))).toBe(noise.toString());
    for (const body of [Buffer.concat([noise, Buffer.from(' ')]), Buffer.alloc(50_000_000)]) {
      expect(await send(body)).toMatchObject({ body: { kind: 'too-large' } });
    }
  });
});

function textIn(result: HttpResult): string | undefined {
  return result.kind === 'response' && result.body.kind === 'complete' ? result.body.text : undefined;
}
