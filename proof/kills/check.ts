import { setTimeout as pause } from 'node:timers/promises';
import { sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { BUSY, type FaultCase, LOST, STALL, WELL } from '../faults/catalogue.ts';
import type { Check } from '../finding.ts';
import { nothingKnown, type Trial } from '../judge.ts';
import type { Met } from '../met.ts';
import { KITS, MODES, type Mode } from '../modes.ts';
import { newJob, play, several } from '../play.ts';
import { pick, type Random, seededRandom, seedOfRun } from '../random.ts';
import { Tally } from '../tally.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
type Signal = (typeof SIGNALS)[number];

/** What main meets; the post step finds a server that is well. */
interface Course {
  readonly plan: readonly FaultCase[];
  /** What follows the plan for as long as main runs. */
  readonly after: FaultCase;
  /** The kill comes within this time; where it is not given, within the time that such a main takes. */
  readonly withinMs?: number;
  /** How long main may take to end once it is told to. */
  readonly graceMs: number;
}

interface Kill {
  readonly course: Course;
  readonly mode: Mode;
  readonly signal: Signal;
  readonly afterMs: number;
}

const WANTED_OF_EACH = 105;
const MINIMUM_OF_EACH = 100;
const AT_ONCE = 4;
const TIMEOUT_MS = 8_000;
const [{ users }] = sampleOrganizations;
const [user] = users;

const lateAnswer: FaultCase = { ...WELL, fault: () => ({ kind: 'delay', effect: true, ms: 150 }) };
const lateEffect: FaultCase = { ...WELL, fault: () => ({ kind: 'delay', effect: false, ms: 150 }) };

/** Chosen so that a kill falls into every phase: starting, saving, connecting, waiting for an answer or the next attempt, ending. */
const COURSES: readonly [Course, ...Course[]] = [
  { plan: [], after: WELL, graceMs: 2_000 },
  { plan: [], after: lateAnswer, graceMs: 2_000 },
  { plan: [], after: lateEffect, graceMs: 2_000 },
  { plan: [BUSY], after: lateAnswer, graceMs: 2_000 },
  { plan: [LOST], after: lateEffect, graceMs: 2_000 },
  // Nothing but the signal ends this one in time.
  { plan: [], after: BUSY, withinMs: 1_200, graceMs: 2_000 },
];
/** A cancelled step gives the attempt under way 5 s. That takes its time, so there are few of these. */
const stalling: Course = { plan: [], after: STALL, withinMs: 600, graceMs: 6_000 };
const STALLING_EVERY = 25;

export const kills: Check = {
  name: 'kills',
  about:
    'SIGINT, SIGTERM and SIGKILL at random moments of main, against a server that answers at once, late, not at all, or after a fault, ' +
    'for each mode; then post. Of those that hit main before it saved its state none is held against it: nobody knows of the session then',
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}`);
    const counts: Record<Signal, number> = { SIGINT: 0, SIGTERM: 0, SIGKILL: 0 };
    const tallies = new Map(
      SIGNALS.map((signal) => [signal, new Tally(log, `PROOF_SEED=${seed} npm run proof -- kills`)]),
    );
    const early: Record<Signal, number> = { SIGINT: 0, SIGTERM: 0, SIGKILL: 0 };
    let tooLate = 0;
    const times = await runTimes();
    await several(attempts(seededRandom(seed), times, counts), AT_ONCE, async (kill) => {
      const trial = await tryOne(kill);
      tallies.get(kill.signal)?.add(trial);
      if (trial.interrupted === undefined) tooLate += 1;
      else if (nothingKnown(trial)) early[kill.signal] += 1;
      else counts[kill.signal] += 1;
    });
    log(`${tooLate} more came after the end of main: not counted`);
    return [...tallies].map(([signal, tally]) => ({
      counted: `times ${signal} to a main that had saved its state (and ${early[signal]} to one that had not)`,
      count: counts[signal],
      minimum: MINIMUM_OF_EACH,
      ...tally.found,
    }));
  },
};

/** Kills until there are enough that count; the moments are spread evenly over main, from the start of its process. */
function* attempts(
  random: Random,
  times: ReadonlyMap<Course, number>,
  counts: Readonly<Record<Signal, number>>,
): Generator<Kill> {
  for (let made = 0; made < 4 * SIGNALS.length * WANTED_OF_EACH; made += 1) {
    const missing = SIGNALS.filter((signal) => counts[signal] < WANTED_OF_EACH);
    const signal = missing[made % missing.length];
    if (signal === undefined) return;
    const course = made % STALLING_EVERY === 0 ? stalling : pick(random, COURSES);
    const mode = pick(random, MODES);
    const withinMs = course.withinMs ?? times.get(course) ?? 0;
    yield { course, mode, signal, afterMs: Math.round(random() * withinMs) };
  }
}

/** How long main takes, as busy as the machine is, when nobody kills it. */
async function runTimes(): Promise<ReadonlyMap<Course, number>> {
  const times = new Map<Course, number>();
  const measured = COURSES.filter(({ withinMs }) => withinMs === undefined);
  await several(measured, AT_ONCE, async (course) => {
    const trial = await tryOne({
      course,
      mode: 'logout',
      signal: 'SIGKILL',
      afterMs: Number.POSITIVE_INFINITY,
    });
    times.set(course, trial.main.durationMs);
  });
  return times;
}

async function tryOne({ course, mode, signal, afterMs }: Kill): Promise<Trial> {
  const cloud = await startSimulator();
  const job = newJob();
  try {
    const task = KITS[mode].begin(cloud, user, cloud);
    const met: Met[] = [];
    let mainRuns = true;
    cloud.setFaults((_request, index) => {
      const entry = mainRuns ? (course.plan[index] ?? course.after) : WELL;
      met.push(entry);
      return entry.fault({ secret: task.secret, foreignUrl: '', effect: true });
    });
    const playing = play(job, {
      label: `${signal} after ${afterMs} ms, ${mode}`,
      mode,
      when: 'now',
      timeoutMs: TIMEOUT_MS,
      task,
      user,
      met,
      requests: cloud.requests,
      getsWell: true,
    });
    const over = playing.main.then(() => {
      mainRuns = false;
    });
    if (Number.isFinite(afterMs)) await Promise.race([pause(afterMs), over]);
    else await over;
    playing.interrupt(signal, course.graceMs);
    await over;
    return await playing.post();
  } finally {
    await job.dispose();
    await cloud.close();
  }
}
