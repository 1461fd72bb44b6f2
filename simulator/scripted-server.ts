import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { type Fault, type FaultScript, inOrder, type SeenRequest } from './faults.ts';
import { type HttpResponse, page, type Request } from './messages.ts';
import { type Performance, perform } from './performance.ts';
import { play, readRequest, trackConnections, type WholeRequest, watch } from './wire.ts';

export interface ServerOptions {
  /** Any free port by default. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** If given, the server speaks https only. */
  readonly tls?: Readonly<{ key: string; cert: string }> &
    Readonly<Pick<TlsOptions, 'ca' | 'requestCert' | 'minVersion' | 'maxVersion' | 'ciphers'>>;
}

/** The true response to a request, and the effect that the request had or would have had. */
export interface Turn<Effect> {
  readonly response: HttpResponse;
  readonly effect: Effect;
}

export interface Service<Effect extends string> {
  /** Responds to requests that are not part of the service. They are not recorded and get no faults. */
  readonly aside: (request: Request) => HttpResponse | undefined;
  /** Calls other servers first. The function that it resolves to decides, and with `true` it also applies the effect. */
  readonly prepare: (request: Request) => Promise<(apply: boolean) => Turn<Effect | 'none'>>;
  /** Called when the server has finished a request, even if the response was lost. */
  readonly onResponse?: ((request: SeenRequest<Effect | 'none'>) => void) | undefined;
}

export interface ScriptedServer<Effect extends string> {
  readonly port: number;
  /** The URL without a path. `host` replaces the address that the server listens on. */
  origin(host?: string): string;
  /** All requests, in the order in which their bodies were complete. */
  readonly requests: readonly SeenRequest<Effect | 'none'>[];
  /** Replaces the script. Its index starts at 0 again. */
  setFaults(script: FaultScript<Effect | 'none'>): void;
  /** Closes the server and all its connections at once. */
  close(): Promise<void>;
}

const gatewayTimeout = page(504, 'Gateway Timeout');

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A server with scripted faults. It writes all bytes itself, because Node's own responses would repair a fault. */
export async function startScriptedServer<Effect extends string>(
  { port = 0, host = '127.0.0.1', tls }: ServerOptions,
  { aside, prepare, onResponse }: Service<Effect>,
): Promise<ScriptedServer<Effect>> {
  const requests: SeenRequest<Effect | 'none'>[] = [];
  let script: FaultScript<Effect | 'none'> = inOrder();
  let scripted = 0;

  const listener: RequestListener = (request, response) => {
    handle(request, response.shouldKeepAlive).catch((reason: unknown) => {
      request.socket.destroy(reason instanceof Error ? reason : undefined);
    });
  };
  // Node's default is 16 KiB, which a session id that is a JWT can fill.
  const limits = { maxHeaderSize: 65_536 };
  const server =
    tls === undefined ? createServer(limits, listener) : createTlsServer({ ...limits, ...tls }, listener);
  const connections = trackConnections(server);

  async function handle(incoming: IncomingMessage, keepAlive: boolean): Promise<void> {
    const request = await readRequest(incoming);
    const client = watch(incoming.socket);
    const send = (performance: Performance) =>
      play(performance, incoming.socket, connections.reset, client.gone);
    try {
      const beside = aside(request);
      if (beside !== undefined) await send(perform(undefined, beside, keepAlive));
      else await act(request, keepAlive, client.gone, send);
    } catch (reason) {
      if (!client.gone.aborted) throw reason;
    } finally {
      client.release();
    }
  }

  async function act(
    request: WholeRequest,
    keepAlive: boolean,
    gone: AbortSignal,
    send: (performance: Performance) => Promise<void>,
  ): Promise<void> {
    const seen: Mutable<SeenRequest<Effect | 'none'>> = {
      ...request,
      effect: 'none',
      responseStatus: undefined,
    };
    requests.push(seen);
    const fault = script(seen, scripted++);
    try {
      const decide = await prepare(request);
      const settle = () => {
        const { response, effect } = decide(true);
        seen.effect = effect;
        return response;
      };
      const applies = fault === undefined || fault.effect;
      const settleOrNot = () => (applies ? settle() : decide(false).response);
      const respond = async (response: HttpResponse) => {
        const performance = perform(fault, response, keepAlive);
        seen.responseStatus = performance.status;
        await send(performance);
      };
      if (fault?.kind === 'slow') {
        await processSlowly(fault, gone, settleOrNot, respond);
        return;
      }
      let response = settleOrNot();
      if (fault?.kind === 'delay') {
        await pause(fault.ms, undefined, { signal: gone });
        if (!fault.effect) response = settle();
      }
      await respond(response);
    } finally {
      onResponse?.(seen);
    }
  }

  async function processSlowly(
    { ms, respondedAfterMs }: Extract<Fault, { kind: 'slow' }>,
    gone: AbortSignal,
    settle: () => HttpResponse,
    respond: (truth: HttpResponse) => Promise<void>,
  ): Promise<void> {
    // Continues after the client has gone. Unreferenced, because a closed server must not keep the process alive.
    const settled = pause(ms, undefined, { ref: false }).then(settle);
    const responded =
      respondedAfterMs === undefined
        ? settled.then(respond)
        : pause(respondedAfterMs, undefined, { signal: gone }).then(() => respond(gatewayTimeout));
    await Promise.allSettled([settled, responded]);
    await responded;
  }

  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port');

  return {
    port: address.port,
    origin: (name = host) =>
      `${tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${address.port}`,
    requests,
    setFaults: (next) => {
      script = next;
      scripted = 0;
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      connections.destroyAll();
      await once(server, 'close');
    },
  };
}
