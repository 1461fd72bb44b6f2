import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { RequestError, Server, type ServerOptions } from 'proxy-chain';
import { type Certificate, selfSigned } from '../../simulator/certificate.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * What the proxy does with a CONNECT; `intercept` leads to a server whose certificate nobody trusts, `page` says 200,
 * and what follows is a web page.
 */
export type Behaviour =
  | 'serve'
  | 'never-respond'
  | 'bad-gateway'
  | 'forbid'
  | 'page'
  | 'ask-for-credentials'
  | 'drop'
  | 'intercept';

export interface ProxyOptions {
  /** What its users have to show; nothing unless given. */
  readonly credentials?: Credentials | undefined;
  /** The host names that it resolves, all of them to 127.0.0.1. */
  readonly names: readonly string[];
  /** With it, clients reach the proxy over TLS. */
  readonly tls?: Certificate | undefined;
}

export interface RunningProxy {
  readonly port: number;
  /** The targets of all CONNECTs in order, including those that failed. */
  readonly requestedHosts: readonly string[];
  /** The nth CONNECT from now on meets the nth behaviour, each further one the last of them. */
  behave(...behaviours: readonly Behaviour[]): void;
  close(): Promise<void>;
}

/** Starts a real proxy on loopback, with the given failures. */
export async function startProxy({ credentials, names, tls }: ProxyOptions): Promise<RunningProxy> {
  const requestedHosts: string[] = [];
  const dnsLookup = lookupOf(names);
  let plan: readonly Behaviour[] = [];
  const interceptor = createServer(selfSigned({ host: names[0] ?? 'localhost' })).listen(0, '127.0.0.1');
  await once(interceptor, 'listening');

  const options: ServerOptions = {
    host: '127.0.0.1',
    port: 0,
    prepareRequestFunction: async ({ request, hostname, username, password }) => {
      requestedHosts.push(hostname);
      const [behaviour = 'serve', ...later] = plan;
      if (later.length > 0) plan = later;
      switch (behaviour) {
        case 'never-respond':
          return new Promise<never>(() => {});
        case 'drop':
          request.socket.destroy();
          return new Promise<never>(() => {});
        case 'bad-gateway':
          // As proxies do, it names its user.
          throw new RequestError(`::error::No gateway for ${username}, ${password}`, 502);
        case 'forbid':
          throw new RequestError('<html>Blocked</html>', 403);
        case 'page':
          request.socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>');
          return new Promise<never>(() => {});
        case 'ask-for-credentials':
          return { requestAuthentication: true };
        case 'intercept': {
          const address = interceptor.address();
          if (typeof address === 'object' && address !== null) request.url = `127.0.0.1:${address.port}`;
          return {};
        }
        case 'serve': {
          const known = credentials === undefined || isDeepStrictEqual({ username, password }, credentials);
          return { requestAuthentication: !known, dnsLookup };
        }
      }
    },
  };
  const server = new Server(
    tls === undefined ? options : { ...options, serverType: 'https', httpsOptions: { ...tls } },
  );

  await server.listen();
  return {
    port: server.port,
    requestedHosts,
    behave: (...behaviours) => {
      plan = behaviours;
    },
    close: async () => {
      interceptor.close();
      await server.close(true);
    },
  };
}

/** Looks names up in a list instead of in DNS, and returns either of the two forms that `net` expects. */
function lookupOf(names: readonly string[]): typeof dns.lookup {
  const lookup = (name: string, ...rest: readonly unknown[]) => {
    const [options, callback] = [rest[0], rest.at(-1)];
    if (typeof callback !== 'function') throw new TypeError('lookup wants a callback');
    const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    const found = all ? [[{ address: '127.0.0.1', family: 4 }]] : ['127.0.0.1', 4];
    const missing = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    process.nextTick(() => (names.includes(name) ? callback(null, ...found) : callback(missing)));
  };
  return Object.assign(lookup, { __promisify__: dns.lookup.__promisify__ });
}
