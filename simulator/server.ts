import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type ApiVersion,
  Cloud,
  type Organization,
  type OrganizationOptions,
  type Session,
  sampleOrganizations,
  type User,
} from './cloud.ts';
import { type FaultScript, inOrder, type Performance, perform, type SeenRequest } from './faults.ts';
import { route } from './routes.ts';
import { defaultSettings, type Settings } from './settings.ts';

export interface SimulatorOptions {
  /** Any free port unless given. */
  readonly port?: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** PEM; with it, everything is https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The sample organizations unless given. */
  readonly organizations?: readonly OrganizationOptions[];
  readonly settings?: Partial<Settings>;
  /** The host name in all URLs, where it isn't the address listened on. */
  readonly publicHost?: string;
  /** Called when the simulator is done with a request, whatever became of the answer. */
  readonly onAnswered?: (request: SeenRequest) => void;
}

export interface Simulator {
  readonly loginUrl: string;
  readonly serverUrl: string;
  readonly organizations: readonly Organization[];
  readonly clock: { nowMs(): number; advance(ms: number): void };
  /** Opens a session without a login request. */
  openSession(user: Pick<User, 'username'>, api?: ApiVersion): Session;
  /** The ledger: the sessions open now, in the order of their logins. */
  openSessions(): readonly Session[];
  /** Ends a session behind the client's back. */
  endSession(sessionId: string): void;
  /** Every request, in the order in which their bodies were complete. */
  readonly requests: readonly SeenRequest[];
  /** Replaces the script; the index of its requests starts at 0. */
  setFaults(script: FaultScript): void;
  /** Destroys all connections at once. */
  close(): Promise<void>;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Starts an Informatica Cloud on this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', tls, organizations = sampleOrganizations, onAnswered } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const cloud = new Cloud(organizations, settings);
  const requests: SeenRequest[] = [];
  let advancedMs = 0;
  let script: FaultScript = inOrder();
  let scripted = 0;

  const nowMs = () => Date.now() + advancedMs;

  const listener: RequestListener = (request, response) => {
    // Every answer is written to the socket by hand, as node's own response would mend what a fault must break.
    handle(request, response.shouldKeepAlive).catch((reason: unknown) => {
      request.socket.destroy(reason instanceof Error ? reason : undefined);
    });
  };
  // Node allows 16 KiB of headers unless told, which is hardly more than a JWT.
  const limits = { maxHeaderSize: 65_536 };
  const server =
    tls === undefined ? createServer(limits, listener) : createTlsServer({ ...limits, ...tls }, listener);
  const connections = trackConnections(server);

  async function handle(incoming: IncomingMessage, keepAlive: boolean): Promise<void> {
    const seen = await readRequest(incoming);
    requests.push(seen);
    const fault = script(seen, scripted++);
    const client = watch(incoming.socket);

    const decide = () => route(seen, { cloud, settings, serverUrl, nowMs: nowMs() });
    const settle = () => {
      const outcome = decide();
      cloud.apply(outcome.effect, nowMs());
      seen.effect = outcome.effect.kind;
      return outcome;
    };
    try {
      let outcome = fault === undefined || fault.effect ? settle() : decide();
      if (fault?.kind === 'delay') {
        await pause(fault.ms, undefined, { signal: client.gone });
        if (!fault.effect) outcome = settle();
      }
      const performance = perform(fault, outcome.answer, keepAlive);
      seen.answeredStatus = performance.status;
      await play(performance, incoming.socket, connections.reset, client.gone);
    } catch (reason) {
      if (!client.gone.aborted) throw reason;
    } finally {
      client.release();
      onAnswered?.(seen);
    }
  }

  server.listen(port, host);
  await once(server, 'listening');
  const loginUrl = urlOf(server, options.publicHost ?? host, tls === undefined ? 'http' : 'https');
  const serverUrl = `${loginUrl}/saas`;

  return {
    loginUrl,
    serverUrl,
    organizations: cloud.organizations,
    clock: {
      nowMs,
      advance: (ms) => {
        advancedMs += ms;
      },
    },
    openSession: (user, api = 'v2') => {
      const session = cloud.newSession(user.username, api, nowMs());
      cloud.apply({ kind: 'session-opened', session }, nowMs());
      return session;
    },
    openSessions: () => cloud.openSessions(nowMs()),
    endSession: (sessionId) => cloud.apply({ kind: 'session-ended', sessionId }, nowMs()),
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

async function readRequest(incoming: IncomingMessage): Promise<Mutable<SeenRequest>> {
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: joinHeaders(incoming),
    rawHeaders: incoming.rawHeaders,
    body: await text(incoming),
    effect: 'none',
    answeredStatus: undefined,
  };
}

async function play(
  { steps }: Performance,
  socket: Socket,
  reset: (socket: Socket) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    signal.throwIfAborted();
    switch (step.kind) {
      case 'send':
        if (!socket.write(step.bytes)) await once(socket, 'drain', { signal });
        break;
      case 'wait':
        await pause(step.ms, undefined, { signal });
        break;
      case 'end':
        if (step.ending === 'close') socket.end();
        if (step.ending === 'reset') reset(socket);
        return;
    }
  }
}

/** Tells when the client has gone. To be released, as a connection that is kept has many requests. */
function watch(socket: Socket): { readonly gone: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  socket.once('close', abort);
  if (socket.destroyed) abort();
  return { gone: controller.signal, release: () => socket.off('close', abort) };
}

/** Remembers the TCP connections, as one under TLS is the only way to reset it or to destroy it at once. */
function trackConnections(server: Server) {
  const open = new Map<string, Socket>();
  const keyOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;
  server.on('connection', (tcp: Socket) => {
    const key = keyOf(tcp);
    open.set(key, tcp);
    tcp.on('close', () => open.delete(key));
    // A client that goes away is no error of the simulator.
    tcp.on('error', () => {});
  });
  return {
    reset: (socket: Socket) => (open.get(keyOf(socket)) ?? socket).resetAndDestroy(),
    destroyAll: () => {
      for (const tcp of open.values()) tcp.destroy();
    },
  };
}

function joinHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
  );
}

function urlOf(server: Server, host: string, scheme: 'http' | 'https'): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port');
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
