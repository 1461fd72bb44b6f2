import { apart, onEachCore } from '../apart.ts';
import type { Check } from '../finding.ts';
import { addCounts, countHarms } from '../invariants.ts';
import { ENDINGS, type Mode } from '../modes.ts';
import type { Exploration, Scope } from './explore.ts';
import type { Breadth } from './incidents.ts';

const COMMON = 'common' as const;
const ALL = 'all' as const;
const AT_END = 'job-end' as const;
const LASTING = 'lasting-jwt' as const;
/** A token's signature can't be checked without sockets. */
const PLAYED_LOGINS = ['login', 'login-v3'] as const;
const WITH_ACCESS_TOKEN = 'login-access-token' as const;

const GATE_MINIMUM = 200_000;
const WORKER = new URL('./worker.ts', import.meta.url);

/** Common events go deepest, rare ones less deep. The largest setups come first. */
const TASKS: readonly Scope[] = [
  ...ENDINGS.map((mode) => task(mode, COMMON, 5)),
  ...ENDINGS.map((mode) => ({ ...task(mode, COMMON, 5), when: AT_END })),
  ...ENDINGS.map((mode) => task(mode, ALL, 4)),
  ...ENDINGS.map((mode) => ({ ...task(mode, ALL, 4), when: AT_END })),
  { ...task('logout', ALL, 4), allowAlreadyEnded: true },
  ...PLAYED_LOGINS.map((mode) => task(mode, COMMON, 4)),
  { ...task('login', COMMON, 4), sessions: LASTING },
  // A login with a post step has as many moments as two other jobs.
  ...PLAYED_LOGINS.map((mode) => task(mode, ALL, 3)),
  { ...task('login-v3', COMMON, 3), sessions: LASTING },
  task(WITH_ACCESS_TOKEN, COMMON, 3),
  task(WITH_ACCESS_TOKEN, ALL, 2),
  { ...task(WITH_ACCESS_TOKEN, COMMON, 2), sessions: LASTING },
];

function task(mode: Mode, breadth: Breadth, depth: number): Scope {
  return {
    mode,
    when: 'now',
    allowAlreadyEnded: false,
    timeoutSeconds: 60,
    sessions: 'opaque',
    breadth,
    depth,
  };
}

export const schedules: Check = {
  name: 'schedules',
  about:
    'Every sequence of up to five events (responses of the vendor and of anything in front of it, losses, stalls, ' +
    'cancellations, kills, states, outputs and variables that cannot be written; the rarer ones in sequences of up to four), for ' +
    'each mode and `when`; and for logins, with JWTs that outlive their logout too, in sequences of up to four (the rarer ones up ' +
    'to three; with an access token one event fewer), main then post, or after a signal no post step at all, as on a runner that is ' +
    'shut down, through the code that decides, with a scripted network, clock and runner, judged ' +
    "by the simulator's ledger",
  run: async (log) => {
    const isFull = process.env['PROOF_FULL'] === '1';
    const total = { schedules: 0, shallower: 0, excused: 0 };
    let counts = countHarms([]);
    await onEachCore(TASKS, async (full) => {
      const task = isFull ? full : { ...full, depth: full.depth - 1 };
      const found: Exploration = await apart(WORKER, task);
      total.schedules += found.schedules;
      total.shallower += found.shallower;
      total.excused += found.excused;
      counts = addCounts(counts, found.counts);
      const { mode, when, sessions, breadth, depth } = task;
      log(
        `${mode} ${when} ${sessions} ${breadth} ${depth}: ${found.schedules} schedules, ${found.excused} excused`,
      );
      for (const line of found.counterexamples) log(line);
    });
    const { schedules, shallower, excused } = total;
    const inGate = { counted: 'schedules, one event shallower, in process', minimum: GATE_MINIMUM };
    if (!isFull) return [{ ...inGate, count: schedules, ...counts, excused }];
    const all = {
      counted: `schedules in process, of which the gate plays ${shallower.toLocaleString('en')}`,
    };
    return [{ ...all, count: schedules, minimum: 4_000_000, ...counts, excused }];
  },
};
