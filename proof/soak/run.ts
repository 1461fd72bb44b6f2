import { type SeenRequest, type Simulator, startSimulator } from '../../simulator/index.ts';
import { CATALOGUE, type FaultCase, WELL } from '../faults/catalogue.ts';
import type { Trial } from '../judge.ts';
import type { Met } from '../met.ts';
import { KITS, type Mode } from '../modes.ts';
import { newJob, type Part, type Playing, play, several } from '../play.ts';
import { pick, type Random, seededRandom } from '../random.ts';
import { Tally } from '../tally.ts';

export interface SoakOptions {
  readonly jobs: number;
  readonly parallel: number;
  /** How likely a request is to meet a fault: one of the first three that a session sees, for then the server gets well. */
  readonly faultRate: number;
  readonly seed: number;
}

export interface SoakResult {
  readonly opened: number;
  readonly ended: number;
  readonly requests: number;
  readonly faults: number;
  readonly longestStepMs: number;
  readonly found: Tally['found'];
}

/** One step, and what its requests meet. */
interface SoakPart extends Part {
  readonly plan: readonly FaultCase[];
  readonly met: Met[];
  readonly requests: SeenRequest[];
}

/** All that the jobs of a soak have in common. */
interface Ground {
  readonly cloud: Simulator;
  readonly foreign: Simulator;
  /** The parts under way, by what their requests are known by: the session id, or the user name. */
  readonly parts: Map<string, SoakPart>;
}

interface Chance {
  readonly random: Random;
  readonly faultRate: number;
}

const TIMEOUT_MS = 4_000;
const MOST_FAULTS = 3;
const PASSWORD = 'not-a-real-password';
const SIDES = ['source', 'target'] as const;
/** Runs jobs, each with a session in one or two organizations, while whatever can go wrong does so at random. */
export async function runSoak(options: SoakOptions, log: (line: string) => void): Promise<SoakResult> {
  const { jobs, parallel, faultRate, seed } = options;
  const command = `npm run soak -- --jobs ${jobs} --parallel ${parallel} --fault-rate ${faultRate} --seed ${seed}`;
  const tally = new Tally(log, command);
  const total = { opened: 0, ended: 0, requests: 0, faults: 0, longestStepMs: 0 };
  const ground = await prepare(parallel);
  try {
    await several(Array(jobs).keys(), parallel, async (number, worker) => {
      // Each job has its own numbers, so that it does not matter which worker gets to it.
      const random = seededRandom(seed + number);
      const sides = random() < 0.5 ? [pick(random, SIDES)] : SIDES;
      const parts = sides.map((side) =>
        newPart(ground, worker, side, `job ${number}`, { random, faultRate }),
      );
      for (const trial of await tryOne(ground, parts, random)) {
        tally.add(trial);
        total.opened += 1;
        total.ended += Number(!trial.openAfterPost);
        total.requests += trial.met.length;
        total.faults += trial.met.filter((met) => met !== WELL).length;
        total.longestStepMs = Math.max(total.longestStepMs, trial.main.durationMs, trial.post.durationMs);
      }
    });
  } finally {
    await ground.cloud.close();
    await ground.foreign.close();
  }
  return { ...total, found: tally.found };
}

/** Two organizations for all, and two for each worker: there a `logoutall` ends no session of another job, and its user is the worker's own. */
async function prepare(workers: number): Promise<Ground> {
  const parts = new Map<string, SoakPart>();
  const own = Array.from({ length: workers }, (_, worker) => SIDES.map((side) => `${side}-${worker}`));
  const foreign = await startSimulator();
  const cloud = await startSimulator({
    organizations: [...SIDES, ...own.flat()].map((name) => ({
      name,
      users: [{ username: usernameIn(name), password: PASSWORD }],
    })),
  });
  cloud.setFaults((request) => {
    const username = /"username":"([^"]*)"/.exec(request.body)?.[1] ?? '';
    const part = parts.get(request.headers['icsessionid'] ?? username);
    if (part === undefined) throw new Error('a request of no job that is under way');
    const entry = part.plan[part.met.length] ?? WELL;
    part.met.push(entry);
    part.requests.push(request);
    return entry.fault({
      secret: part.task.secret,
      foreignUrl: foreign.loginUrl,
      effect: part.met.length % 2 === 0,
    });
  });
  return { cloud, foreign, parts };
}

function newPart(
  { cloud, parts }: Ground,
  worker: number,
  side: string,
  label: string,
  { random, faultRate }: Chance,
): SoakPart {
  const mode: Mode = random() < 0.8 ? 'logout' : 'logoutall';
  const provesByPassword = KITS[mode].sends.main === 'password';
  const user = {
    username: usernameIn(provesByPassword ? `${side}-${worker}` : side),
    password: PASSWORD,
  };
  const task = KITS[mode].begin(cloud, user, cloud);
  const when = pick(random, ['now', 'job-end'] as const);
  const part: SoakPart = {
    label: `${label}, ${mode}, ${when}`,
    mode,
    when,
    allowAlreadyEnded: random() < 0.5,
    timeoutMs: TIMEOUT_MS,
    task,
    user,
    getsWell: true,
    plan: newPlan(random, faultRate),
    met: [],
    requests: [],
  };
  parts.set(provesByPassword ? user.username : task.secret, part);
  return part;
}

function usernameIn(organization: string): string {
  return `${organization}@example.com`;
}

/** A few faults, no more than one of which lasts as long as it is let: then the server is well in the time given. */
function newPlan(random: Random, faultRate: number): FaultCase[] {
  const plan: FaultCase[] = [];
  let choice = CATALOGUE;
  while (plan.length < MOST_FAULTS && random() < faultRate) {
    const fault = choice[Math.floor(random() * choice.length)] ?? WELL;
    plan.push(fault);
    if (fault.holds) choice = CATALOGUE.filter(({ holds = false }) => !holds);
  }
  return plan;
}

/** Runs one job: the main steps one after the other or at once, then the post steps, the last one first. */
async function tryOne({ foreign }: Ground, parts: readonly Part[], random: Random): Promise<Trial[]> {
  const foreignBefore = foreign.requests.length;
  const foreignConnections = () => foreign.requests.length - foreignBefore;
  const atOnce = random() < 0.5;
  const job = newJob();
  try {
    const started: Playing[] = [];
    for (const part of parts) {
      const playing = play(job, { ...part, foreignConnections });
      started.push(playing);
      if (!atOnce) await playing.main;
    }
    await Promise.all(started.map(({ main }) => main));
    const trials: Trial[] = [];
    for (const playing of started.reverse()) trials.push(await playing.post());
    return trials;
  } finally {
    await job.dispose();
  }
}
