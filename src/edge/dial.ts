import type { LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';

/** The head start of an address over the next one, as RFC 8305 ("Happy Eyeballs") recommends it. */
const HEAD_START_MS = 250;

/**
 * Opens a TCP connection to the first address of a host that accepts one. Node's own `autoSelectFamily` gives up on an
 * address before it tries the next one (after `autoSelectFamilyAttemptTimeout`, 250 ms): too early for a slow handshake,
 * and a longer timeout is wasted on a dead address. Here no attempt is given up when the next one starts.
 * Rejects with the error of the last attempt to fail. An abort destroys the connection, also later.
 */
export async function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const addresses = (isIP(host) ? [host] : inTurns(await lookUp(host))).values();
  // A DNS lookup cannot be aborted.
  if (signal.aborted) throw signal.reason;
  return await new Promise((resolve, reject) => {
    const running = new Set<Socket>();
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      clearTimeout(timer);
      const { value: address } = addresses.next();
      if (address === undefined || signal.aborted) return;
      const socket = connect({ host: address, port });
      // The option `signal` would do the same, but loading it takes a millisecond.
      signal.addEventListener('abort', () => socket.destroy(signal.reason), { once: true });
      running.add(socket);
      const failed = (error: Error) => {
        running.delete(socket);
        next();
        if (running.size === 0) reject(error);
      };
      socket.once('error', failed).once('connect', () => {
        clearTimeout(timer);
        running.delete(socket);
        for (const slower of running) slower.destroy();
        // Without a listener, a later error would end the process. Users of the socket see its end anyway.
        socket.off('error', failed).on('error', () => {});
        resolve(socket);
      });
      timer = setTimeout(next, HEAD_START_MS);
    };
    next();
  });
}

async function lookUp(host: string): Promise<readonly LookupAddress[]> {
  // Loaded only when needed: an IP address needs no lookup.
  const dns = await import('node:dns');
  return await new Promise((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

/** Alternates the address families, so that a dead family delays the others by one turn only. */
function inTurns(addresses: readonly LookupAddress[]): readonly string[] {
  const isFirst = ({ family }: LookupAddress) => family === addresses[0]?.family;
  const first = addresses.filter(isFirst);
  const others = addresses.filter((address) => !isFirst(address));
  return Array.from({ length: Math.max(first.length, others.length) }, (_, turn) => [
    first[turn],
    others[turn],
  ])
    .flat()
    .flatMap((address) => (address === undefined ? [] : [address.address]));
}
