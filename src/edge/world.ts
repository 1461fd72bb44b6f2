import type { World } from '../exchange/exchange.ts';
import { USER_AGENT } from '../version.ts';
import { httpTransport } from './http-transport.ts';
import { systemClock } from './system-clock.ts';

/** The network, the clock and the runner's signals. */
export function realWorld(): World {
  const cancelled = new AbortController();
  // A cancelled job: SIGINT, 7.5 s later SIGTERM, 2.5 s later the kill.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancelled.abort());
  return {
    send: httpTransport(USER_AGENT),
    clock: systemClock,
    random: Math.random,
    cancelled: cancelled.signal,
  };
}

/** Ends the process when all that was printed is out: a socket that will not close must not hold the step. */
export function exit(): void {
  process.stdout.write('', () => process.exit());
}
