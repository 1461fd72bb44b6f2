import http from 'node:http';
import type { Socket } from 'node:net';
import { HttpClient } from '@actions/http-client';
import {
  type HttpRequest,
  type HttpResponse,
  MAX_BODY_BYTES,
  type ResponseBody,
  type Send,
} from '../http.ts';
import type { Checked } from '../inputs/checked.ts';
import type { HttpProxy } from '../inputs/proxy.ts';
import { openConnection } from './connection.ts';
import { networkFailure, type RequestProgress } from './network-failure.ts';

/**
 * Sends over `@actions/http-client`. Of it only the bare request is used: what it does around that follows redirects
 * (and sends credentials along), adds to the user agent, goes past a proxy whose variable it cannot read, and waits
 * for ever for a body whose connection drops.
 */
export function httpTransport(
  userAgent: string,
  proxyFor: (url: URL) => Checked<HttpProxy | undefined>,
): Send {
  // The time that a request has is the signal's; the toolkit's own would be three minutes.
  const client = new HttpClient(userAgent, [], { socketTimeout: 2 ** 31 - 1 });
  return async (call, signal) => {
    const setting = proxyFor(call.url);
    if (!setting.ok) {
      const problem = setting.problems.join(' ');
      const failure = { kind: 'proxy-settings', problem, cause: undefined } as const;
      return { kind: 'no-response', failure, mayHaveReachedServer: false };
    }
    const progress = (connected: boolean): RequestProgress => ({
      proxy: setting.value?.address,
      connected,
      aborted: signal.aborted,
    });
    let socket: Socket | undefined;
    try {
      if (signal.aborted) throw signal.reason;
      // A look-up of a name does not hear of the abort.
      socket = await Promise.race([openConnection(call.url, setting.value, signal), rejectedBy(signal)]);
      const message = await request(client, userAgent, call, socket);
      return await response(message, (error) => networkFailure(error, progress(true)));
    } catch (error) {
      const connected = socket !== undefined;
      const failure = networkFailure(error, progress(connected));
      return { kind: 'no-response', failure, mayHaveReachedServer: connected };
    } finally {
      socket?.destroy();
    }
  };
}

/** Sends a request on a connection of its own, which an abort destroys; resolves with the head of the answer. */
async function request(
  client: HttpClient,
  userAgent: string,
  { method, url, headers, body }: HttpRequest,
  socket: Socket,
): Promise<http.IncomingMessage> {
  const fields = { ...headers, 'Accept-Encoding': 'identity', 'User-Agent': userAgent, Host: url.host };
  const send = (
    options: http.RequestOptions,
    onAnswer: (message: http.IncomingMessage) => void,
  ): http.ClientRequest => {
    // The client does not listen for errors yet when a header is refused, and one that nobody hears ends the process.
    const outgoing = http.request(options, onAnswer).on('error', () => {});
    // Not in the options: Node prints those under NODE_DEBUG.
    for (const [name, value] of Object.entries(fields)) outgoing.setHeader(name, value);
    // Without a listener Node would close the connection and say nothing.
    return outgoing.once('upgrade', onAnswer);
  };
  const options: http.RequestOptions = {
    method,
    path: `${url.pathname}${url.search}`,
    setHost: false,
    createConnection: () => socket,
  };
  const httpModule: typeof http = Object.create(http, { request: { value: send } });
  const { message } = await client.requestRaw({ options, parsedUrl: url, httpModule }, body);
  return message;
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

type Failure = (error: unknown) => ReturnType<typeof networkFailure>;

async function response(message: http.IncomingMessage, failure: Failure): Promise<HttpResponse> {
  const { headers, statusCode = 0 } = message;
  return {
    kind: 'response',
    statusCode,
    headers: {
      location: headers.location,
      retryAfter: headers['retry-after'],
      date: headers.date,
      contentType: headers['content-type'],
      contentEncoding: headers['content-encoding'],
      wwwAuthenticate: headers['www-authenticate'],
    },
    body:
      statusCode === 101 ? { kind: 'complete', text: '', endIsCertain: false } : await read(message, failure),
  };
}

/** By its events: what a loop over a stream needs takes a millisecond to load. */
function read(message: http.IncomingMessage, failure: Failure): Promise<ResponseBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const broken = (error?: unknown) => resolve({ kind: 'broken', failure: failure(error) });
    message.on('error', broken).once('close', broken);
    // It may have closed before anybody listened.
    if (message.destroyed) broken();
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) resolve({ kind: 'too-large' });
    });
    message.once('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ kind: 'complete', text, endIsCertain: hasCertainEnd(message) });
    });
  });
}

/** Whether more than the end of the connection said where the body ends (RFC 9112, 6.3). */
function hasCertainEnd({ statusCode, headers }: http.IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  if (statusCode === 204) return true;
  return coding === undefined ? headers['content-length'] !== undefined : /(^|,)\s*chunked\s*$/i.test(coding);
}
