import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Check } from '../finding.ts';
import type { Exploration } from './explore.ts';

const DEPTH = 5;
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Each row a setup: mode, when, allow-already-ended, and how many events its schedules have at most. */
const SETUPS = [
  ['logout', 'now', 'false', DEPTH],
  ['logoutall', 'now', 'false', DEPTH],
  ['logout', 'job-end', 'false', DEPTH],
  ['logoutall', 'job-end', 'false', DEPTH],
  ['logout', 'now', 'true', DEPTH - 1],
  ['logout', 'job-end', 'true', DEPTH - 1],
] as const;

export const schedules: Check = {
  name: 'schedules',
  about:
    'Every sequence of up to five events (answers, losses, refusals, stalls, cancellations, kills), for each mode and `when`, ' +
    'main then post, through the code that decides, with a scripted network, clock and runner. ' +
    'One that breaks an invariant, whichever, counts as a false claim',
  run: async (log) => {
    const waiting = [...SETUPS];
    let count = 0;
    let broken = 0;
    const work = async () => {
      for (let setup = waiting.shift(); setup !== undefined; setup = waiting.shift()) {
        const { schedules, counterexample } = await exploreApart(setup);
        count += schedules;
        log(`${setup.join(' ')}: ${schedules} schedules`);
        if (counterexample === undefined) continue;
        broken += 1;
        log(`${counterexample.script.join(', ') || 'no event'}: ${counterexample.broken.join('; ')}`);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    // A counterexample names its invariant in the log; which column it counts in makes no difference to zero.
    return [
      {
        counted: 'schedules',
        count,
        minimum: 1_000_000,
        sessionsLeft: 0,
        falseClaims: broken,
        leaks: 0,
        otherHarm: 0,
      },
    ];
  },
};

/** A Node that reads TypeScript itself plays them in four fifths of the time that it takes through a loader. */
const LOADER = 'typescript' in process.features && process.features.typescript ? [] : process.execArgv;

async function exploreApart(setup: (typeof SETUPS)[number]): Promise<Exploration> {
  const options = [...LOADER, WORKER, ...setup.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  return JSON.parse(stdout);
}
