import { debug, isDebug } from '@actions/core';
import type { Clock, Effects } from '../exchange/effects.ts';
import { attemptText } from '../report/debug-text.ts';
import { USER_AGENT } from '../version.ts';
import { httpTransport } from './http-transport.ts';
import { proxyFor } from './proxy-settings.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  // `performance.now` says the same, but loading it takes a millisecond.
  nowMs: () => process.uptime() * 1000,
  nowEpochMs: () => Date.now(),
  after: (ms, alarm) => {
    const timer = setTimeout(alarm, ms);
    return () => clearTimeout(timer);
  },
};

/** The network, the clock, the runner's signals and its debug log. */
export function realEffects(): Effects {
  // Node cannot exit during a DNS look-up, and a name server that does not answer holds it for 10 to 30 s. glibc reads this at the
  // first look-up. One try is enough, because the exchange retries.
  process.env['RES_OPTIONS'] ??= 'timeout:2 attempts:1';
  // A job may switch off the verification of certificates for another tool. Credentials need it.
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
    onAttempt: (attempt) => {
      if (isDebug()) debug(attemptText(attempt));
    },
  };
}
