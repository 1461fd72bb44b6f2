import { explore } from './explore.ts';
import type { Setup } from './schedule.ts';

/** Explores one setup in a process of its own: `worker.ts MODE WHEN ALLOW-ALREADY-ENDED DEPTH` prints the result as JSON. */
const [mode, when, allowAlreadyEnded, depth] = process.argv.slice(2);
const setup: Setup = {
  mode: mode === 'logoutall' ? mode : 'logout',
  when: when === 'job-end' ? when : 'now',
  allowAlreadyEnded: allowAlreadyEnded === 'true',
};
// Errors are part of many schedules, their stacks of none.
Error.stackTraceLimit = 0;
console.log(JSON.stringify(await explore(setup, Number(depth))));
