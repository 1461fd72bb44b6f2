import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { HttpClient, type HttpClientResponse } from '@actions/http-client';
import type { RequestInfo } from '@actions/http-client/lib/interfaces';
import { type Body, type Delivery, MAX_BODY_BYTES, type Send } from '../exchange/delivery.ts';
import { networkFailure } from './network-failure.ts';

/**
 * Sends over `@actions/http-client`, which brings the runner's proxy settings. What it would get wrong
 * here is taken from it: redirects (it re-sends credentials), time limits and reading the body (a
 * connection that drops inside the body leaves `readBody` pending for ever).
 */
export function httpTransport(userAgent: string): Send {
  return async (call, signal) => {
    const client = new ObservedClient(userAgent, signal);
    try {
      const { message } = await Promise.race([
        client.post(call.url, call.body, call.headers),
        // A request that waits for a proxy's tunnel does not hear of the abort.
        rejectedBy(signal),
      ]);
      return await answer(message, signal);
    } catch (error) {
      const { connected } = client;
      const failure = networkFailure(error, { connected, aborted: signal.aborted });
      return { kind: 'no-answer', failure, mayHaveReachedServer: connected };
    } finally {
      client.dispose();
    }
  };
}

/** A client for one request, which can be aborted at any moment and knows whether it was ever connected. */
class ObservedClient extends HttpClient {
  connected = false;
  readonly #signal: AbortSignal;

  constructor(userAgent: string, signal: AbortSignal) {
    super(userAgent, [], { allowRedirects: false });
    this.#signal = signal;
  }

  override requestRawWithCallback(
    info: RequestInfo,
    data: string | NodeJS.ReadableStream,
    onResult: (error?: Error, response?: HttpClientResponse) => void,
  ): void {
    const { protocol, hostname } = info.parsedUrl;
    const module = protocol === 'https:' ? https : http;
    const request = (
      options: http.RequestOptions,
      onResponse: (message: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      // The toolkit leaves the brackets on an IPv6 address, and then the name is not found.
      const host = hostname.replace(/^\[|\]$/g, '');
      const outgoing = module.request({ ...options, host, signal: this.#signal }, onResponse);
      return outgoing.once('socket', (socket) => this.#watch(socket));
    };
    const httpModule: typeof http = Object.create(module, { request: { value: request } });
    super.requestRawWithCallback({ ...info, httpModule }, data, onResult);
  }

  #watch(socket: Socket): void {
    const note = () => {
      this.connected = true;
    };
    if (socket instanceof TLSSocket) socket.once('secureConnect', note);
    else if (socket.connecting) socket.once('connect', note);
    else note();
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function answer(message: http.IncomingMessage, signal: AbortSignal): Promise<Delivery> {
  const { location, 'retry-after': retryAfter } = message.headers;
  const statusCode = message.statusCode ?? 0;
  return { kind: 'answer', statusCode, location, retryAfter, body: await body(message, signal) };
}

async function body(message: http.IncomingMessage, signal: AbortSignal): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return { kind: 'too-large' };
    }
  } catch (error) {
    return { kind: 'broken', failure: networkFailure(error, { connected: true, aborted: signal.aborted }) };
  }
  return { kind: 'complete', text: Buffer.concat(chunks).toString() };
}
