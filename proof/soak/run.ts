import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { CATALOGUE, WELL } from '../faults/catalogue.ts';
import { Journal, secretIn } from '../journal.ts';
import { isLogin, LOGINS, MODE_PROFILES, type Mode } from '../modes.ts';
import { newJob, type Part, type Playing, play, several } from '../play.ts';
import { Provider } from '../provider.ts';
import { pick, type Random, seededRandom } from '../random.ts';
import type { Happening } from '../responses/table.ts';
import { Tally } from '../tally.ts';
import { stepsOf, type Trial } from '../trial.ts';

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
  readonly plan: readonly Happening[];
}

/** What all jobs of a soak share. */
interface Setup {
  readonly cloud: Simulator;
  readonly foreign: Simulator;
  readonly provider: Provider;
  /** The running parts, by the session id, token or user name in their requests. */
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
/** Runs jobs, each with a session in one or two organizations, while everything that can go wrong does so at random. */
export async function runSoak(options: SoakOptions, log: (line: string) => void): Promise<SoakResult> {
  const { jobs, parallel, faultRate, seed } = options;
  const command = `npm run soak -- --jobs ${jobs} --parallel ${parallel} --fault-rate ${faultRate} --seed ${seed}`;
  const tally = new Tally(log, command);
  const total = { opened: 0, ended: 0, requests: 0, faults: 0, longestStepMs: 0 };
  const setup = await prepare(parallel);
  try {
    await several(Array(jobs).keys(), parallel, async (number, worker) => {
      // Each job has its own numbers, so that it does not matter which worker gets to it.
      const random = seededRandom(seed + number);
      const sides = random() < 0.5 ? [pick(random, SIDES)] : SIDES;
      const parts: SoakPart[] = [];
      for (const side of sides) {
        parts.push(await newPart(setup, worker, side, `job ${number}`, { random, faultRate }));
      }
      for (const trial of await tryOne(setup, parts, random)) {
        tally.add(trial);
        const opened = trial.openBefore.length + trial.sent.flatMap(({ opened }) => opened).length;
        total.opened += opened;
        total.ended += opened - trial.openAfterPost.length;
        total.requests += trial.sent.length;
        total.faults += trial.sent.filter(({ met }) => met !== WELL).length;
        total.longestStepMs = Math.max(
          total.longestStepMs,
          ...stepsOf(trial).map(({ durationMs }) => durationMs),
        );
      }
    });
  } finally {
    await setup.cloud.close();
    await setup.foreign.close();
    await setup.provider.close();
  }
  return { ...total, found: tally.found };
}

/**
 * Two organizations for all, and two for each worker, one of them with JWTs: there a `logoutall` ends no session of another
 * job, and the user, who may log in, is the worker's own.
 */
async function prepare(workers: number): Promise<Setup> {
  const parts = new Map<string, SoakPart>();
  const own = Array.from({ length: workers }, (_, worker) => SIDES.map((side) => `${side}-${worker}`));
  const foreign = await startSimulator();
  const provider = await Provider.start();
  const cloud: Simulator = await startSimulator({
    organizations: [...SIDES, ...own.flat()].map((name) => ({
      ...provider.organization(name, { username: usernameIn(name), password: PASSWORD }),
      sessionIds: name.startsWith('target-') ? { kind: 'jwt', length: 1_200 } : { kind: 'opaque' },
    })),
  });
  cloud.setFaults((request) => {
    for (const { sessionId, username } of cloud.openSessions()) {
      const itsPart = parts.get(username);
      if (itsPart !== undefined && !parts.has(sessionId)) parts.set(sessionId, itsPart);
    }
    const [, username = ''] = /"username":"([^"]*)"/.exec(request.body) ?? [];
    const part = parts.get(secretIn(request)) ?? parts.get(username);
    if (part === undefined) throw new Error('a request of no running job');
    const { sent } = part.journal;
    const entry = part.plan[sent.length] ?? WELL;
    part.journal.arrived(request, entry);
    return entry.fault({
      secret: secretIn(request),
      foreignUrl: foreign.loginUrl,
      effect: sent.length % 2 === 0,
    });
  });
  return { cloud, foreign, provider, parts };
}

async function newPart(
  { cloud, provider, parts }: Setup,
  worker: number,
  side: string,
  label: string,
  { random, faultRate }: Chance,
): Promise<SoakPart> {
  const mode = anyMode(random);
  const organization = mode === 'logout' ? side : `${side}-${worker}`;
  const user = { username: usernameIn(organization), password: PASSWORD };
  const token = await provider.token(cloud, organization);
  const task = MODE_PROFILES[mode].begin({ cloud, at: cloud, user, token });
  // Sessions that an earlier job of the worker left open were judged then.
  if (isLogin(mode)) for (const { sessionId } of task.held()) cloud.endSession(sessionId);
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
    privateTexts: cloud.privateTexts(user),
    plan: newPlan(random, faultRate),
    journal: new Journal(mode, task),
  };
  if (mode !== 'logout') parts.set(user.username, part);
  if (mode === 'logout' || mode === 'login-token') parts.set(task.secret, part);
  return part;
}

function anyMode(random: Random): Mode {
  const draw = random();
  if (draw < 0.5) return 'logout';
  return draw < 0.63 ? 'logoutall' : pick(random, LOGINS);
}

function usernameIn(organization: string): string {
  return `${organization}@example.com`;
}

/** A few faults, at most one of them without an end of its own, so the server works again within the time given. */
function newPlan(random: Random, faultRate: number): Happening[] {
  const plan: Happening[] = [];
  let choice = CATALOGUE;
  while (plan.length < MOST_FAULTS && random() < faultRate) {
    const fault = choice[Math.floor(random() * choice.length)] ?? WELL;
    plan.push(fault);
    if (fault.takesAllTime) choice = CATALOGUE.filter(({ takesAllTime = false }) => !takesAllTime);
  }
  return plan;
}

/** Runs one job: the main steps one after the other or at once, then the post steps, the last one first. */
async function tryOne({ foreign }: Setup, parts: readonly Part[], random: Random): Promise<Trial[]> {
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
