import { setImmediate } from 'node:timers/promises';
import { addCounts, type Counts, countHarms } from '../harm.ts';
import type { Setup } from '../virtual/job.ts';
import type { Breadth } from './incidents.ts';
import { describe, next, type Played, play } from './schedule.ts';

/** All schedules of a setup that have at most so many events. */
export interface Task extends Setup {
  readonly breadth: Breadth;
  readonly depth: number;
}

export interface Exploration {
  readonly schedules: number;
  readonly excused: number;
  readonly counts: Counts;
  /** The first, and so the shortest, schedules that break an invariant. */
  readonly counterexamples: readonly string[];
}

const MOST_SHOWN = 3;

/** Plays every schedule of up to `depth` events, the shorter ones first. */
export async function explore(task: Task): Promise<Exploration> {
  const tried = new Tried(task);
  for (let scripts: readonly Script[] = [[]], length = 0; length <= task.depth; length += 1) {
    const longer: Script[] = [];
    for (const script of scripts) {
      const openings = await tried.add(script);
      // The last level's continuations would be the most of all, and are not played.
      if (length === task.depth) continue;
      for (const event of next(openings, task, task.breadth)) longer.push([...script, event]);
    }
    scripts = longer;
  }
  return tried.found;
}

type Script = readonly string[];

class Tried {
  #schedules = 0;
  #excused = 0;
  #counts = countHarms([]);
  readonly #counterexamples: string[] = [];
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
  }

  get found(): Exploration {
    return {
      schedules: this.#schedules,
      excused: this.#excused,
      counts: this.#counts,
      counterexamples: this.#counterexamples,
    };
  }

  /** Plays a schedule. The moments at which it could go on. */
  async add(script: Script): Promise<Played['openings']> {
    const { problems, excused, openings } = await play(this.#task, this.#task.breadth, script);
    this.#schedules += 1;
    this.#excused += Number(excused);
    // Lets the garbage collector at what weak references hold until the end of the turn.
    if (this.#schedules % 64 === 0) await setImmediate();
    if (problems.length > 0) {
      this.#counts = addCounts(this.#counts, countHarms(problems));
      if (this.#counterexamples.length < MOST_SHOWN) this.#counterexamples.push(describe(script, problems));
    }
    return openings;
  }
}
