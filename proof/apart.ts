import { execFile } from 'node:child_process';
import { availableParallelism, constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { addMatchedClaims, matchedClaims } from './said.ts';

/** A Node that runs TypeScript itself is a fifth faster than one with a loader. */
const LOADER = 'typescript' in process.features && process.features.typescript ? [] : process.execArgv;
const MOST_BYTES = 2 ** 26;

export const WORKERS = availableParallelism();

/** Gives a task to a worker in a process of its own, and resolves to what it hands over. */
export async function apart<Task, Result>(worker: URL, task: Task): Promise<Result> {
  const options = [...LOADER, fileURLToPath(worker), JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(process.execPath, options, { maxBuffer: MOST_BYTES });
  const { result, claims } = JSON.parse(stdout);
  addMatchedClaims(claims);
  return result;
}

/** The other end: does the task that this process was given. */
export async function handOver<Task, Result>(work: (task: Task) => Promise<Result>): Promise<void> {
  // It only computes: checks that measure the time of processes run beside it.
  setPriority(constants.priority.PRIORITY_LOW);
  // Many jobs throw errors, and nobody reads their stacks.
  Error.stackTraceLimit = 0;
  const result = await work(JSON.parse(process.argv[2] ?? ''));
  console.log(JSON.stringify({ result, claims: matchedClaims() }));
}

/** Does the work for every item, as many at a time as there are cores. */
export async function onEachCore<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const run = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: WORKERS }, run));
}
