import { setImmediate } from 'node:timers/promises';
import { addCounts, type Counts, countHarms } from '../invariants.ts';
import type { Setup } from '../virtual/job.ts';
import type { Breadth } from './incidents.ts';
import { describe, type Events, play, type Shared } from './schedule.ts';

/** All schedules of a setup that have at most so many events. */
export interface Scope extends Setup {
  readonly breadth: Breadth;
  readonly depth: number;
}

export interface Exploration {
  readonly schedules: number;
  /** Those with at least one event fewer than the deepest. */
  readonly shallower: number;
  readonly excused: number;
  readonly counts: Counts;
  /** The shortest of the schedules that break an invariant. */
  readonly counterexamples: readonly string[];
}

const MOST_SHOWN = 3;

/** Plays every schedule of up to `depth` events. */
export async function explore(task: Scope): Promise<Exploration> {
  const explorer = new Explorer(task);
  await explorer.follow([], undefined);
  return explorer.found;
}

class Explorer {
  #schedules = 0;
  #shallower = 0;
  #excused = 0;
  #counts = countHarms([]);
  #counterexamples: readonly { readonly events: Events; readonly text: string }[] = [];
  readonly #task: Scope;

  constructor(task: Scope) {
    this.#task = task;
  }

  get found(): Exploration {
    return {
      schedules: this.#schedules,
      shallower: this.#shallower,
      excused: this.#excused,
      counts: this.#counts,
      counterexamples: this.#counterexamples.map(({ text }) => text),
    };
  }

  /**
   * Plays a schedule, and all that go on from it. `shared` is its main step, where that has been played. That no post step is
   * started comes on top of the deepest.
   */
  async follow(events: Events, shared: Shared | undefined): Promise<void> {
    const { problems, excused, next, atNoCost, sharedWith } = await play(
      this.#task,
      this.#task.breadth,
      events,
      shared,
    );
    this.#schedules += 1;
    const depth = events.length - Number(events.at(-1)?.moment === 'post');
    this.#shallower += Number(depth < this.#task.depth);
    this.#excused += Number(excused);
    // Lets the garbage collector at what weak references hold until the end of the turn.
    if (this.#schedules % 64 === 0) await setImmediate();
    if (problems.length > 0) {
      this.#counts = addCounts(this.#counts, countHarms(problems));
      const all = [...this.#counterexamples, { events, text: describe(events, problems) }];
      this.#counterexamples = all
        .sort((one, another) => one.events.length - another.events.length)
        .slice(0, MOST_SHOWN);
    }
    const following = depth < this.#task.depth ? next() : atNoCost;
    for (const event of following) await this.follow([...events, event], sharedWith(event));
  }
}
