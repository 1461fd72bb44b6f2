import type { Clock } from '../exchange/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  nowMs: () => process.uptime() * 1000,
  nowEpochMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, signal.aborted ? 0 : ms);
      signal.addEventListener('abort', wake);
    }),
};
