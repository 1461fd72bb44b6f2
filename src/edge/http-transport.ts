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
      const { message } = await client.post(call.url, call.body, call.headers);
      return await answer(message);
    } catch (error) {
      const failure = networkFailure(error);
      return { kind: 'no-answer', failure, mayHaveReachedServer: client.connected };
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

async function answer(message: http.IncomingMessage): Promise<Delivery> {
  const { location, 'retry-after': retryAfter } = message.headers;
  return {
    kind: 'answer',
    statusCode: message.statusCode ?? 0,
    location,
    retryAfter,
    body: await body(message),
  };
}

async function body(message: http.IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return { kind: 'too-large' };
    }
  } catch (error) {
    return { kind: 'broken', failure: networkFailure(error) };
  }
  return { kind: 'complete', text: Buffer.concat(chunks).toString() };
}
