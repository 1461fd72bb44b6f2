import { type IncomingHttpHeaders, request as overTcp } from 'node:http';
import { request as overTls } from 'node:https';

export interface Exchange {
  /** `complete`, an error code, `gave-up` if the client stopped reading, or `too late`. */
  readonly end: string;
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly ca?: string;
  readonly maxHeaderSize?: number;
  /** The client goes away when this resolves, */
  readonly giveUp?: Promise<void> | undefined;
  /** or a moment after it has this many characters of the body. */
  readonly appetite?: number | undefined;
}

export const jsonHeaders = { 'Content-Type': 'application/json', Accept: 'application/json' };

/** One request by a plain client, on a new connection. Never rejects: an error is in the result. */
export function call(
  url: string,
  { method = 'POST', headers = jsonHeaders, body, maxHeaderSize, ...more }: Call = {},
): Promise<Exchange> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let seen: IncomingHttpHeaders = {};
    let text = '';
    const options = {
      method,
      headers: { ...headers, Connection: 'close' },
      agent: false,
      ca: more.ca,
      maxHeaderSize,
    };
    const request = url.startsWith('https:') ? overTls(url, options) : overTcp(url, options);
    const finish = (end: string) => {
      clearTimeout(timer);
      request.destroy();
      resolve({ end, status, headers: seen, body: text });
    };
    const fail = ({ syscall, code, message }: NodeJS.ErrnoException) =>
      finish(`${syscall ?? ''} ${code ?? message}`.trim());
    const timer = setTimeout(() => finish('too late'), 5_000);
    void more.giveUp?.then(() => finish('gave-up'));
    request.on('error', fail).on('response', (response) => {
      status = response.statusCode;
      seen = response.headers;
      response.setEncoding('utf8');
      response.on('error', fail).on('end', () => finish('complete'));
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length >= (more.appetite ?? Number.POSITIVE_INFINITY)) setTimeout(finish, 50, 'gave-up');
      });
    });
    request.end(body);
  });
}
