import type { Effects } from '../exchange/effects.ts';
import { USER_AGENT } from '../version.ts';
import { httpTransport } from './http-transport.ts';
import { proxyFor } from './proxy-settings.ts';
import { systemClock } from './system-clock.ts';

/** The network, the clock and the runner's signals. */
export function realEffects(): Effects {
  // Node cannot exit while a look-up of a name is under way, and a name server that does not answer holds
  // it for 10 to 30 s. glibc reads this at the first look-up; the attempts are ours to repeat.
  process.env['RES_OPTIONS'] ??= 'timeout:2 attempts:1';
  // A job may switch off the verification of certificates for some tool of its own; credentials need it.
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  const cancelled = new AbortController();
  // A cancelled job: SIGINT, 7.5 s later SIGTERM (on Windows SIGBREAK), 2.5 s later the kill.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const)
    process.on(signal, () => cancelled.abort());
  return {
    send: httpTransport(USER_AGENT, proxyFor),
    clock: systemClock,
    random: Math.random,
    cancelled: cancelled.signal,
  };
}
