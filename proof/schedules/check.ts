import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Check } from '../finding.ts';
import { addCounts, countHarms } from '../harm.ts';
import { MODES, type Mode } from '../modes.ts';
import type { Exploration, Task } from './explore.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What happens on every network goes deepest; what is rare, less deep. The largest come first. */
const TASKS: readonly Task[] = [
  ...MODES.map((mode) => task(mode, 'now', { breadth: 'common', depth: 5 })),
  ...MODES.map((mode) => task(mode, 'job-end', { breadth: 'common', depth: 5 })),
  ...MODES.map((mode) => task(mode, 'now', { breadth: 'all', depth: 4 })),
  ...MODES.map((mode) => task(mode, 'job-end', { breadth: 'all', depth: 4 })),
  { ...task('logout', 'now', { breadth: 'all', depth: 4 }), allowAlreadyEnded: true },
];

function task(mode: Mode, when: Task['when'], size: Pick<Task, 'breadth' | 'depth'>): Task {
  return { mode, when, allowAlreadyEnded: false, timeoutSeconds: 60, ...size };
}

export const schedules: Check = {
  name: 'schedules',
  about:
    'Every sequence of up to five events (answers of the vendor and of whatever stands in front of it, losses, stalls, ' +
    'cancellations, kills, states that cannot be saved; the rarer ones in sequences of up to four), for each mode and `when`, ' +
    "main then post, through the code that decides, with a scripted network, clock and runner, judged by the simulator's ledger",
  run: async (log) => {
    const waiting = [...TASKS];
    let count = 0;
    let excused = 0;
    let counts = countHarms([]);
    const work = async () => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        const found = await exploreApart(task);
        count += found.schedules;
        excused += found.excused;
        counts = addCounts(counts, found.counts);
        const { mode, when, breadth, depth } = task;
        log(`${mode} ${when} ${breadth} ${depth}: ${found.schedules} schedules, ${found.excused} excused`);
        for (const line of found.counterexamples) log(line);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return [{ counted: 'schedules', count, minimum: 3_000_000, ...counts, excused }];
  },
};

/** A Node that reads TypeScript itself plays them in four fifths of the time that it takes through a loader. */
const LOADER = 'typescript' in process.features && process.features.typescript ? [] : process.execArgv;

async function exploreApart(task: Task): Promise<Exploration> {
  const options = [...LOADER, WORKER, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  return JSON.parse(stdout);
}
