import http from 'node:http';
import type { Socket } from 'node:net';
import { HttpClient } from '@actions/http-client';
import type { HttpRequest, HttpResponse, NetworkFailure, Send } from '../http.ts';
import type { Checked } from '../inputs/checked.ts';
import type { HttpProxy } from '../inputs/proxy.ts';
import { openConnection } from './connection.ts';
import { networkFailure, type RequestProgress } from './network-failure.ts';
import { type PendingResponse, readBody } from './response-body.ts';
import { limitResponse, MAX_HEADER_BYTES, NotHttp } from './response-limit.ts';

/**
 * Sends with `@actions/http-client`, but uses only its raw request. Its other functions follow redirects with the
 * credentials, add to the user agent, bypass a proxy whose variable they cannot read, and wait forever for a body whose
 * connection drops.
 */
export function httpTransport(
  userAgent: string,
  proxyFor: (url: URL) => Checked<HttpProxy | undefined>,
): Send {
  // The signal limits the time. The toolkit's own limit would be three minutes.
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
      // A DNS lookup cannot be aborted.
      socket = await Promise.race([openConnection(call.url, setting.value, signal), rejectedBy(signal)]);
      const response = await request(client, userAgent, call, socket);
      return await httpResponse(response, (error) => networkFailure(error, progress(true)));
    } catch (error) {
      const connected = socket !== undefined;
      const failure = networkFailure(error, progress(connected));
      const mayHaveReachedServer = connected && !(failure.kind === 'tls' && failure.refusesClient);
      return { kind: 'no-response', failure, mayHaveReachedServer };
    } finally {
      socket?.destroy();
    }
  };
}

/** Sends a request on a new connection, which an abort destroys. Resolves with the status and headers of the response. */
async function request(
  client: HttpClient,
  userAgent: string,
  { method, url, headers, body }: HttpRequest,
  socket: Socket,
): Promise<PendingResponse> {
  const fields = { ...headers, 'Accept-Encoding': 'identity', 'User-Agent': userAgent, Host: url.host };
  let requestError: unknown;
  const send = (
    options: http.RequestOptions,
    onResponse: (message: http.IncomingMessage) => void,
  ): http.ClientRequest => {
    const outgoing = http.request(options, onResponse).on('error', (error) => {
      // If Node rejects a header, the client has no error listener yet, and an unhandled error ends the process.
      requestError ??= error;
    });
    limitResponse(outgoing);
    // Node would drop the headers after the first thousand.
    outgoing.maxHeadersCount = 0;
    // Not in the options: Node prints those under NODE_DEBUG.
    for (const [name, value] of Object.entries(fields)) outgoing.setHeader(name, value);
    // Without a listener, Node would close the connection silently.
    return outgoing.once('upgrade', onResponse);
  };
  const options: http.RequestOptions = {
    method,
    path: `${url.pathname}${url.search}`,
    setHost: false,
    createConnection: () => socket,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const httpModule: typeof http = Object.create(http, { request: { value: send } });
  const { message } = await client.requestRaw({ options, parsedUrl: url, httpModule }, body);
  if (message.httpVersionMajor !== 1) throw new NotHttp(`HTTP/${message.httpVersion}`);
  return { message, requestError: () => requestError };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function httpResponse(
  response: PendingResponse,
  failureOf: (error: unknown) => NetworkFailure,
): Promise<HttpResponse> {
  const { headers, statusCode = 0 } = response.message;
  const { body, contentEncoding } = await readBody(response, failureOf);
  return {
    kind: 'response',
    statusCode,
    headers: {
      location: headers.location,
      retryAfter: headers['retry-after'],
      date: headers.date,
      contentType: headers['content-type'],
      contentEncoding,
      wwwAuthenticate: headers['www-authenticate'],
      proxyAuthenticate: headers['proxy-authenticate'],
    },
    body,
  };
}
