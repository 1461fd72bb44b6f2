import http from 'node:http';
import { isIP, isIPv6, type Socket } from 'node:net';
import { type HttpProxy, schemesIn } from '../inputs/proxy.ts';
import { dial } from './dial.ts';
import { limitResponse, MAX_HEADER_BYTES } from './response-limit.ts';

/** The proxy made no connection: its status for CONNECT and the authentication schemes that it offers, or another error in `cause`. */
export class ProxyError extends Error {
  readonly statusCode: number | undefined;
  readonly schemes: readonly string[];

  constructor(statusCode: number | undefined, schemes: readonly string[], cause?: unknown) {
    super('The proxy made no connection', { cause });
    this.statusCode = statusCode;
    this.schemes = schemes;
  }
}

/**
 * Opens a connection to the server of a URL, through a proxy if one is set. Resolves when a request may be sent: for
 * https, once the server's certificate was verified. Rejects with the error, a `ProxyError` if the proxy caused it.
 * An abort destroys the connection, also later.
 */
export async function openConnection(
  url: URL,
  proxy: HttpProxy | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const usesTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (usesTls ? 443 : 80));
  const socket = await (proxy === undefined ? dial(host, port, signal) : tunnel(proxy, host, port, signal));
  return usesTls ? await secured(socket, host) : socket;
}

/** Opens a tunnel to the target through a proxy (RFC 9110, 9.3.6). */
async function tunnel(proxy: HttpProxy, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  try {
    const socket = await dial(proxy.host, proxy.port, signal);
    const toProxy = proxy.overTls ? await secured(socket, proxy.host) : socket;
    return await connectThrough(toProxy, `${isIPv6(host) ? `[${host}]` : host}:${port}`, proxy);
  } catch (error) {
    throw error instanceof ProxyError ? error : new ProxyError(undefined, [], error);
  }
}

function connectThrough(socket: Socket, target: string, { authorization }: HttpProxy): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const createConnection = () => socket;
    const request = http.request({
      method: 'CONNECT',
      path: target,
      setHost: false,
      createConnection,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    const liftLimit = limitResponse(request);
    request.setHeader('Host', target);
    // Not in the options: Node prints those under NODE_DEBUG.
    if (authorization !== undefined) request.setHeader('Proxy-Authorization', authorization);
    request.once('error', reject);
    request.once('connect', ({ statusCode = 0, headers }, _, head) => {
      liftLimit();
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(new ProxyError(statusCode, schemesIn(headers['proxy-authenticate'] ?? '')));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

/** Starts TLS on a connection. `host` is the name or address that the certificate must match. */
async function secured(socket: Socket, host: string): Promise<Socket> {
  // Loaded only when needed, because loading is slow and loopback needs no TLS.
  const tls = await import('node:tls');
  // A socket that ended in the meantime emits no further event.
  if (socket.destroyed || socket.readableEnded) throw closed();
  return await new Promise((resolve, reject) => {
    const servername = isIP(host) ? '' : host;
    const secure = tls.connect({ socket, host, servername, ALPNProtocols: ['http/1.1'] });
    secure.on('error', reject);
    secure.once('close', () => reject(closed()));
    secure.once('secureConnect', () => resolve(secure));
  });
}

function closed(): Error {
  return Object.assign(new Error('The connection was closed before it was secure'), { code: 'ECONNRESET' });
}
