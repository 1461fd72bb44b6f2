import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Job, type JobOptions, type RunningStep, type StepResult } from '../runner/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const memoryScript = join(root, 'scripts', 'bench', 'memory.cjs');

/** A job whose steps are the shipped bundles, on the Node that `PROOF_NODE` names. */
export function newJob(options: Omit<JobOptions, 'actionDirectory' | 'node'> = {}): Job {
  return new Job({ actionDirectory: root, node: process.env['PROOF_NODE'] ?? process.execPath, ...options });
}

/** How long after its time a step is killed, so that one that would never end is found out and not waited for. */
const PATIENCE_MS = 5_000;

/** The end of a step that has so much time. */
export async function ended(step: RunningStep, timeoutMs: number): Promise<StepResult> {
  const timer = setTimeout(() => step.signal('SIGKILL'), timeoutMs + PATIENCE_MS);
  const result = await step.finished;
  clearTimeout(timer);
  return result;
}

/** Where the processes of a job write their peak memory to. */
export class MemoryGauge {
  readonly options: Pick<JobOptions, 'nodeArguments' | 'env'>;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.options = { nodeArguments: ['--require', memoryScript], env: { BENCH_MEMORY: file } };
  }

  /** The peak of the step that ended last, in MiB; nothing if it was killed. */
  read(): number[] {
    try {
      const kib = Number(readFileSync(this.#file, 'utf8'));
      rmSync(this.#file);
      return [Math.round(kib / 1024)];
    } catch {
      return [];
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

/** Does the work for every item, so many at once. */
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
