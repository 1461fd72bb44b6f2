import { setTimeout as pause } from 'node:timers/promises';
import { startSimulator } from '../../simulator/index.ts';
import { BUSY, LOST, STALL, WELL } from '../faults/catalogue.ts';
import type { Check, Finding } from '../finding.ts';
import { Journal, secretIn } from '../journal.ts';
import { ACCESS_TOKEN_LOGINS, ENDINGS, isLogin, LOGINS, MODE_PROFILES, type Mode } from '../modes.ts';
import { newJob, play, several } from '../play.ts';
import { Provider } from '../provider.ts';
import { pick, type Random, seededRandom, seedOfRun } from '../random.ts';
import type { Happening } from '../responses/table.ts';
import { Tally } from '../tally.ts';
import { nothingKnown, type Trial } from '../trial.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
type Signal = (typeof SIGNALS)[number];

/** What main meets. The server works properly for the post step. */
interface Course {
  readonly plan: readonly Happening[];
  /** What follows the plan for as long as main runs. */
  readonly after: Happening;
  /** The kill comes within this time; if it is not given, within the time that such a main takes. */
  readonly withinMs?: number;
  /** How long main may take to end once it is told to. */
  readonly withinMsOfSignal: number;
}

interface Kill {
  readonly course: Course;
  readonly mode: Mode;
  readonly signal: Signal;
  readonly afterMs: number;
}

/** Modes whose kills are counted together. */
interface Group {
  readonly name: string;
  readonly modes: readonly [Mode, ...Mode[]];
}

const GROUPS: readonly Group[] = [
  { name: 'of a logout or logoutall', modes: ENDINGS },
  { name: 'of a login', modes: [...LOGINS, ...ACCESS_TOKEN_LOGINS] },
];
const WANTED_OF_EACH = 105;
const MINIMUM_OF_EACH = 100;
const AT_ONCE = 4;
const TIMEOUT_MS = 8_000;
const ORGANIZATION = 'Organization';
const USER = { username: 'pipeline@example.com', password: 'not-a-real-password' };

const lateResponse: Happening = { ...WELL, fault: () => ({ kind: 'delay', effect: true, ms: 150 }) };
const lateEffect: Happening = { ...WELL, fault: () => ({ kind: 'delay', effect: false, ms: 150 }) };

/** Chosen so that a kill falls into every phase: starting, saving, connecting, waiting for a response or the next attempt, ending. */
const COURSES: readonly [Course, ...Course[]] = [
  { plan: [], after: WELL, withinMsOfSignal: 0 },
  { plan: [], after: lateResponse, withinMsOfSignal: 0 },
  { plan: [], after: lateEffect, withinMsOfSignal: 0 },
  { plan: [BUSY], after: lateResponse, withinMsOfSignal: 0 },
  { plan: [LOST], after: lateEffect, withinMsOfSignal: 0 },
  // Only the signal ends this one in time.
  { plan: [], after: BUSY, withinMs: 1_200, withinMsOfSignal: 0 },
];
/** A cancelled step gives the pending attempt 5 s. That is slow, so there are few of these. */
const stalling: Course = { plan: [], after: STALL, withinMs: 600, withinMsOfSignal: 5_000 };
const STALLING_EVERY = 25;

export const kills: Check = {
  name: 'kills',
  about:
    'SIGINT, SIGTERM and SIGKILL at random moments of main, with a server that responds at once, late, never, or after a fault, ' +
    'for each mode; then post. A kill before main saved its state does not count as a failure, because nobody knows of the session then',
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}`);
    const provider = await Provider.start();
    try {
      const findings: Finding[] = [];
      for (const group of GROUPS) findings.push(...(await killMains(group, seed, provider, log)));
      return findings;
    } finally {
      await provider.close();
    }
  },
};

async function killMains(
  { name, modes }: Group,
  seed: number,
  provider: Provider,
  log: (line: string) => void,
): Promise<readonly Finding[]> {
  const counts: Record<Signal, number> = { SIGINT: 0, SIGTERM: 0, SIGKILL: 0 };
  const tallies = new Map(
    SIGNALS.map((signal) => [signal, new Tally(log, `PROOF_SEED=${seed} npm run proof -- kills`)]),
  );
  const early: Record<Signal, number> = { SIGINT: 0, SIGTERM: 0, SIGKILL: 0 };
  let tooLate = 0;
  const times = await runTimes(modes, provider);
  await several(attempts(seededRandom(seed), modes, times, counts), AT_ONCE, async (kill) => {
    const trial = await tryOne(kill, provider);
    tallies.get(kill.signal)?.add(trial);
    if (!trial.interrupted) tooLate += 1;
    else if (nothingKnown(trial)) early[kill.signal] += 1;
    else counts[kill.signal] += 1;
  });
  log(`${tooLate} more came after the end of main: not counted`);
  return [...tallies].map(([signal, tally]) => ({
    counted: `times ${signal} to a main ${name} that had saved its state (and ${early[signal]} to one that had not)`,
    count: counts[signal],
    minimum: MINIMUM_OF_EACH,
    ...tally.found,
  }));
}

/** Draws kills until enough of each signal count. Their moments are spread evenly over main, from the start of its process. */
function* attempts(
  random: Random,
  modes: readonly [Mode, ...Mode[]],
  times: ReadonlyMap<Course, number>,
  counts: Readonly<Record<Signal, number>>,
): Generator<Kill> {
  for (let made = 0; made < 4 * SIGNALS.length * WANTED_OF_EACH; made += 1) {
    const missing = SIGNALS.filter((signal) => counts[signal] < WANTED_OF_EACH);
    const signal = missing[made % missing.length];
    if (signal === undefined) return;
    const course = made % STALLING_EVERY === 0 ? stalling : pick(random, COURSES);
    const mode = pick(random, modes);
    const withinMs = course.withinMs ?? times.get(course) ?? 0;
    yield { course, mode, signal, afterMs: Math.round(random() * withinMs) };
  }
}

/** How long main takes without a kill, with the machine as busy as it is. */
async function runTimes(
  [mode]: readonly [Mode, ...Mode[]],
  provider: Provider,
): Promise<ReadonlyMap<Course, number>> {
  const times = new Map<Course, number>();
  const measured = COURSES.filter(({ withinMs }) => withinMs === undefined);
  await several(measured, AT_ONCE, async (course) => {
    const never = { course, mode, signal: 'SIGKILL', afterMs: Number.POSITIVE_INFINITY } as const;
    const trial = await tryOne(never, provider);
    times.set(course, trial.main.durationMs);
  });
  return times;
}

async function tryOne({ course, mode, signal, afterMs }: Kill, provider: Provider): Promise<Trial> {
  const cloud = await startSimulator({ organizations: [provider.organization(ORGANIZATION, USER)] });
  const job = newJob();
  try {
    const token = await provider.token(cloud, ORGANIZATION);
    const task = MODE_PROFILES[mode].begin({ cloud, at: cloud, user: USER, token });
    const journal = new Journal(mode, task);
    cloud.setFaults((request, index) => {
      const entry = journal.step === 'main' ? (course.plan[index] ?? course.after) : WELL;
      journal.arrived(request, entry);
      return entry.fault({ secret: secretIn(request), foreignUrl: '', effect: true });
    });
    const playing = play(job, {
      label: `${signal} after ${afterMs} ms, ${mode}`,
      mode,
      when: 'now',
      timeoutMs: TIMEOUT_MS,
      task,
      user: USER,
      privateTexts: cloud.privateTexts(USER),
      journal,
      getsWell: true,
    });
    if (Number.isFinite(afterMs)) await Promise.race([pause(afterMs), playing.main]);
    else await playing.main;
    // An end is tried again for the time that a signal leaves, because no post step may follow.
    playing.interrupt(signal, isLogin(mode) ? course.withinMsOfSignal : stalling.withinMsOfSignal);
    await playing.main;
    return await playing.post();
  } finally {
    await job.dispose();
    await cloud.close();
  }
}
