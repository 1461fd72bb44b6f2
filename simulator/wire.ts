import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request } from './messages.ts';
import type { Performance } from './performance.ts';

/** A request with its headers as they were received. */
export interface WholeRequest extends Request {
  readonly rawHeaders: readonly string[];
}

export async function readRequest(incoming: IncomingMessage): Promise<WholeRequest> {
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: joinHeaders(incoming),
    rawHeaders: incoming.rawHeaders,
    body: await text(incoming),
  };
}

/** Performs the steps one after the other. Rejects if the signal says that the client has gone. */
export async function play(
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

/** Tells when the client has gone. Must be released, because a kept connection has many requests. */
export function watch(socket: Socket): { readonly gone: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  socket.once('close', abort);
  if (socket.destroyed) abort();
  return { gone: controller.signal, release: () => socket.off('close', abort) };
}

/** Keeps track of the TCP connections, because a TLS socket can only be reset through the one below it. */
export function trackConnections(server: Server) {
  const open = new Map<string, Socket>();
  const keyOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;
  server.on('connection', (tcp: Socket) => {
    const key = keyOf(tcp);
    open.set(key, tcp);
    tcp.on('close', () => open.delete(key));
    // A client that closes its connection is not an error of the simulator.
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
