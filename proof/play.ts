import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Inputs, Job, type JobOptions, type RunningStep, type StepResult } from '../runner/index.ts';
import type { User } from '../simulator/index.ts';
import type { Journal } from './journal.ts';
import { type Assignment, isLogin, type Mode } from './modes.ts';
import { CANCELLED_MS, type StepRecord, TOO_LITTLE_MS, type Trial, type TrialWithPost } from './trial.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const memoryScript = join(root, 'scripts', 'bench', 'memory.cjs');

/** A job whose steps are the shipped bundles, on the Node that `PROOF_NODE` names. */
export function newJob(options: Omit<JobOptions, 'actionDirectory' | 'node'> = {}): Job {
  return new Job({ actionDirectory: root, node: process.env['PROOF_NODE'] ?? process.execPath, ...options });
}

/** How long after its time a step is killed, so that a step that never ends is found. */
const PATIENCE_MS = 5_000;

/** When a step with this much time must have ended. */
export async function ended(step: RunningStep, timeoutMs: number): Promise<StepResult> {
  const timer = setTimeout(() => step.signal('SIGKILL'), timeoutMs + PATIENCE_MS);
  const result = await step.finished;
  clearTimeout(timer);
  return result;
}

/** One step of the action: its inputs, and where its results can be read. */
export interface Part {
  readonly label: string;
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded?: boolean;
  readonly timeoutMs: number;
  readonly task: Assignment;
  readonly user: User;
  /** Inputs beyond those that follow from the rest. */
  readonly inputs?: Inputs;
  /** Texts of a user object that must never be shown. */
  readonly privateTexts: readonly string[];
  readonly journal: Journal;
  /** Whether a client that keeps retrying gets a proper response in the end, within the time given. */
  readonly getsWell: boolean;
  /** Connections to hosts that no input names. */
  readonly foreignConnections?: () => number;
}

/** A step that is being played. */
export interface Playing {
  readonly step: RunningStep;
  /** Resolves when main has ended, and what the ledger says then is noted. */
  readonly main: Promise<StepResult>;
  /** Sends main a signal; it must end within this time. Has no effect once main has ended. */
  interrupt(signal: NodeJS.Signals, withinMs: number): void;
  /** Shuts the runner down: main gets the signals, and no post step follows. */
  shutDown(): Promise<Trial>;
  /** Plays the post step, once main has ended. */
  post(): Promise<TrialWithPost>;
}

/** How much of its time a login's main keeps to end the session that it opened. */
const KEPT_BACK_MS = 5_000;

/** Plays a step of the action: main now, the post step when the caller starts it. */
export function play(job: Job, part: Part, gauge?: MemoryGauge): Playing {
  const { label, mode, when, allowAlreadyEnded = false, timeoutMs, task, user, journal, getsWell } = part;
  const openBefore = journal.openNow();
  const startedAt = performance.now();
  const step = job.start({
    when,
    'timeout-seconds': String(timeoutMs / 1000),
    'allow-already-ended': String(allowAlreadyEnded),
    ...task.inputs,
    ...part.inputs,
  });
  let dueMs = timeoutMs;
  let interrupted = false;
  let isOver = false;
  const afterMain = ended(step, timeoutMs).then((result) => {
    isOver = true;
    journal.step = 'post';
    return { result, openAfterMain: journal.openNow(), memoryMiB: gauge?.read() };
  });
  const trialOf = (main: StepRecord, openAfterMain: readonly string[]): Omit<Trial, 'post'> => {
    const sent = journal.requests();
    const accessTokens = journal.accessTokens();
    return {
      label,
      mode,
      when,
      allowAlreadyEnded,
      main,
      sent,
      secrets: [
        user.password,
        task.secret,
        ...journal.sessionIds,
        ...accessTokens.map(({ token }) => token),
        ...part.privateTexts,
      ],
      credential: task.secret,
      accessTokens,
      openBefore,
      openAfterMain,
      openAfterPost: journal.openNow(),
      getsWell,
      interrupted,
      mayMissLast: interrupted || main.outOfTime,
      saveFailed: false,
      unmasked: false,
      foreignConnections: part.foreignConnections?.() ?? 0,
    };
  };
  return {
    step,
    main: afterMain.then(({ result }) => result),
    interrupt: (signal, withinMs) => {
      if (isOver) return;
      step.signal(signal);
      interrupted = true;
      dueMs = Math.min(timeoutMs, performance.now() - startedAt + withinMs);
    },
    shutDown: async () => {
      dueMs = Math.min(timeoutMs, performance.now() - startedAt + CANCELLED_MS);
      await job.shutDown();
      const { result, openAfterMain, memoryMiB } = await afterMain;
      const outOfTime = result.durationMs > dueMs - TOO_LITTLE_MS;
      const main: StepRecord = { ...result, dueMs, cancelled: true, outOfTime, memoryMiB };
      return { ...trialOf(main, openAfterMain), post: undefined };
    },
    post: async () => {
      const { result, openAfterMain, memoryMiB } = await afterMain;
      const outOfTime = isOutOfTime(result, mode, timeoutMs);
      const main: StepRecord = { ...result, dueMs, cancelled: interrupted, outOfTime, memoryMiB };
      const afterwards = await ended(job.startPost(step), timeoutMs);
      const post: StepRecord = {
        ...afterwards,
        dueMs: timeoutMs,
        cancelled: false,
        outOfTime: false,
        memoryMiB: gauge?.read(),
      };
      return { ...trialOf(main, openAfterMain), post };
    },
  };
}

/** Main had no time left for its last response. */
function isOutOfTime({ durationMs, outputs }: StepResult, mode: Mode, timeoutMs: number): boolean {
  const keptBackMs = isLogin(mode) ? Math.min(KEPT_BACK_MS, timeoutMs / 2) : 0;
  return durationMs >= timeoutMs - keptBackMs && outputs['status-code'] === '';
}

/** Where the processes of a job write their peak memory to. */
export class MemoryGauge {
  readonly options: Pick<JobOptions, 'nodeArguments' | 'env'>;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.options = { nodeArguments: ['--require', memoryScript], env: { BENCH_MEMORY: file } };
  }

  /** The peak of the step that ended last, in MiB; undefined if it was killed. */
  read(): number | undefined {
    try {
      const kib = Number(readFileSync(this.#file, 'utf8'));
      rmSync(this.#file);
      return Math.round(kib / 1024);
    } catch {
      return undefined;
    }
  }
}

/** A folder for the time of a run. */
export class Scratch {
  readonly #folder = mkdtempSync(join(tmpdir(), 'proof-'));
  #files = 0;

  path(): string {
    this.#files += 1;
    return join(this.#folder, String(this.#files));
  }

  write(text: string): string {
    const path = this.path();
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Does the work for every item, `atOnce` at a time. */
export async function several<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const run = async (worker: number) => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value, worker);
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => run(worker)));
}
