import { setImmediate } from 'node:timers/promises';
import { type Event, IN_FLIGHT, WAITING } from './events.ts';
import { type Played, play, type Setup } from './schedule.ts';

export interface Exploration {
  readonly schedules: number;
  /** The first, and so a shortest, schedule that breaks an invariant. */
  readonly counterexample: Counterexample | undefined;
}

export interface Counterexample {
  readonly script: readonly Event[];
  readonly broken: readonly string[];
}

type Script = readonly Event[];

/** Plays every schedule of up to `depth` events, the shorter ones first. */
export async function explore(setup: Setup, depth: number): Promise<Exploration> {
  let scripts: readonly Script[] = [[]];
  let schedules = 0;
  for (let length = 0; length <= depth; length += 1) {
    const level = await playAll(setup, scripts);
    schedules += level.schedules;
    if (level.counterexample !== undefined) return { schedules, counterexample: level.counterexample };
    // The last level's continuations would be the largest of all, and are not played.
    scripts = length < depth ? level.continuations.flatMap((continued) => continued()) : [];
  }
  return { schedules, counterexample: undefined };
}

async function playAll(setup: Setup, scripts: readonly Script[]) {
  const continuations: (() => Script[])[] = [];
  let schedules = 0;
  for (const script of scripts) {
    const played = await play(setup, script);
    if (played === undefined) continue;
    schedules += 1;
    // Lets the garbage collector at what weak references hold until the end of the turn.
    if (schedules % 64 === 0) await setImmediate();
    const { broken } = played;
    if (broken.length > 0) return { schedules, continuations, counterexample: { script, broken } };
    continuations.push(() => next(played).map((event) => [...script, event]));
  }
  return { schedules, continuations, counterexample: undefined };
}

function next({ openings }: Played): readonly Event[] {
  return [...(openings.waiting ? WAITING : []), ...(openings.inFlight ? IN_FLIGHT : [])];
}
