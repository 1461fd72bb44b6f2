import type { Inputs } from '../../runner/index.ts';
import { type SeenRequest, type Session, type Simulator, startSimulator } from '../../simulator/index.ts';
import { CATALOGUE, type FaultCase, WELL } from '../faults/catalogue.ts';
import type { Met, Mode, Trial } from '../judge.ts';
import { ended, newJob, several } from '../play.ts';
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

/** One session, the step that is to end it, and what its requests meet. */
interface Part {
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
  readonly session: Session;
  readonly plan: readonly FaultCase[];
  readonly met: Met[];
  readonly requests: SeenRequest[];
}

/** All that the jobs of a soak have in common. */
interface Ground {
  readonly cloud: Simulator;
  readonly foreign: Simulator;
  /** The parts under way, by what their requests are known by: the session id, or the user name. */
  readonly parts: Map<string, Part>;
}

const TIMEOUT_MS = 4_000;
const MOST_FAULTS = 3;
const PASSWORD = 'not-a-real-password';
const SIDES = ['source', 'target'] as const;
/** A server that lies leaves sessions open, and nobody can know. */
const FAULTS = CATALOGUE.filter(({ lies = false }) => !lies);

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
      const parts = sides.map((side) => newPart(ground, `${side}-${worker}`, random, faultRate));
      for (const trial of await play(ground, parts, `job ${number}`, random)) {
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

/** Two organizations for all, and two for each worker: there a `logoutall` ends no session of another job. */
async function prepare(workers: number): Promise<Ground> {
  const parts = new Map<string, Part>();
  const own = Array.from({ length: workers }, (_, worker) => SIDES.map((side) => `${side}-${worker}`));
  const foreign = await startSimulator();
  const cloud = await startSimulator({
    organizations: [...SIDES, ...own.flat()].map((name) => ({
      name,
      users: [{ username: `${name}@example.com`, password: PASSWORD }],
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
      secret: part.mode === 'logout' ? part.session.sessionId : PASSWORD,
      foreignUrl: foreign.loginUrl,
      effect: part.met.length % 2 === 0,
    });
  });
  return { cloud, foreign, parts };
}

function newPart({ cloud, parts }: Ground, organization: string, random: Random, faultRate: number): Part {
  const mode: Mode = random() < 0.8 ? 'logout' : 'logoutall';
  const name = mode === 'logout' ? organization.replace(/-\d+$/, '') : organization;
  const session = cloud.openSession({ username: `${name}@example.com` });
  const part: Part = {
    mode,
    when: pick(random, ['now', 'job-end']),
    allowAlreadyEnded: random() < 0.5,
    session,
    plan: newPlan(random, faultRate),
    met: [],
    requests: [],
  };
  parts.set(mode === 'logout' ? session.sessionId : session.username, part);
  return part;
}

/** A few faults, no more than one of which lasts as long as it is let: then the server is well in the time given. */
function newPlan(random: Random, faultRate: number): FaultCase[] {
  const plan: FaultCase[] = [];
  let choice = FAULTS;
  while (plan.length < MOST_FAULTS && random() < faultRate) {
    const fault = choice[Math.floor(random() * choice.length)] ?? WELL;
    plan.push(fault);
    if (fault.holds) choice = FAULTS.filter(({ holds = false }) => !holds);
  }
  return plan;
}

/** Runs one job: the main steps one after the other or at once, then the post steps, the last one first. */
async function play(ground: Ground, parts: readonly Part[], label: string, random: Random): Promise<Trial[]> {
  const { cloud, foreign } = ground;
  const foreignBefore = foreign.requests.length;
  const isOpen = ({ session }: Part) =>
    cloud.openSessions().some(({ sessionId }) => sessionId === session.sessionId);
  const atOnce = random() < 0.5;
  const job = newJob();
  try {
    const mains = [];
    for (const part of parts) {
      const step = job.start(inputsOf(cloud, part));
      const over = ended(step, TIMEOUT_MS).then((main) => {
        return { part, step, main, metInMain: part.met.length, openAfterMain: isOpen(part) };
      });
      mains.push(over);
      if (!atOnce) await over;
    }
    const trials: Trial[] = [];
    for (const { part, step, ...ofMain } of (await Promise.all(mains)).reverse()) {
      const post = await ended(job.startPost(step), TIMEOUT_MS);
      const { mode, when, allowAlreadyEnded, session, met, requests } = part;
      trials.push({
        label: `${label}, ${mode}, ${when}`,
        mode,
        timeoutMs: TIMEOUT_MS,
        allowAlreadyEnded,
        jobEnd: when === 'job-end',
        ...ofMain,
        post,
        met,
        requests,
        secrets: [session.sessionId, PASSWORD],
        openBefore: true,
        openAfterPost: isOpen(part),
        foreignConnections: foreign.requests.length - foreignBefore,
        memoryMiB: [],
      });
    }
    return trials;
  } finally {
    await job.dispose();
  }
}

function inputsOf(cloud: Simulator, { mode, when, allowAlreadyEnded, session }: Part): Inputs {
  const { username, sessionId } = session;
  return {
    mode,
    when,
    'timeout-seconds': String(TIMEOUT_MS / 1000),
    'allow-already-ended': String(allowAlreadyEnded),
    ...(mode === 'logout'
      ? { 'server-url': cloud.serverUrl, 'session-id': sessionId }
      : { 'login-url': cloud.loginUrl, username, password: PASSWORD }),
  };
}
