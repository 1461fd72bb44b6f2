import type { SavedState } from '../../src/state.ts';
import { inWords, type Problem } from '../invariants.ts';
import { judge } from '../judge/judge.ts';
import { PROPER } from '../responses/form.ts';
import {
  type Half,
  type JobScript,
  playFirstHalf,
  playSecondHalf,
  type Setup,
  withoutPost,
} from '../virtual/job.ts';
import type { VirtualWorld } from '../virtual/world.ts';
import { type Breadth, happenings } from './incidents.ts';
import { type Event, eventsAt, type Moment } from './moments.ts';

export type Events = readonly Event[];

/** A main step that has been played, for all schedules that go on in post. */
export interface Shared {
  readonly half: Half;
  /** How many events came in it. */
  readonly taken: number;
}

export interface Played {
  readonly problems: readonly Problem[];
  readonly excused: boolean;
  /** The events that can extend the script. */
  readonly next: () => Events;
  /** Events that can extend the script without playing a step again. */
  readonly atNoCost: Events;
  /** The main step, if the extended script has the same one. */
  readonly sharedWith: (event: Event) => Shared | undefined;
}

/**
 * Plays one schedule: main, then post, each with what the script has in store. When that is spent, all is well. An event
 * waits for its moment.
 */
export async function play(
  setup: Setup,
  breadth: Breadth,
  events: Events,
  shared: Shared | undefined,
): Promise<Played> {
  const schedule = new Schedule(breadth, events, shared?.taken ?? 0);
  const half = shared?.half ?? (await playFirstHalf(setup, schedule));
  const { taken } = schedule;
  const inMain = new Set(schedule.openings);
  const calmInMain = new Set(schedule.calm);
  const startsPost = schedule.startsPost(half);
  const { problems, excused } = judge(startsPost ? await playSecondHalf(half, schedule) : withoutPost(half));
  // A script is made from an opening, so that all of it happens.
  const unplayed =
    schedule.taken < events.length ? [{ breaks: 3, what: 'the same script went otherwise' } as const] : [];
  return {
    problems: [...problems, ...unplayed],
    excused,
    next: () =>
      [...schedule.openings].flatMap((moment) => {
        const events = eventsAt(moment, breadth);
        return schedule.calm.has(moment) ? events : events.filter(({ name }) => name !== 'cancel');
      }),
    atNoCost: schedule.openings.has('post') ? eventsAt('post', breadth) : [],
    sharedWith: ({ moment, name }) =>
      (name === 'cancel' ? calmInMain : inMain).has(moment) ? undefined : { half, taken },
  };
}

export function describe(events: Events, problems: readonly Problem[]): string {
  const script = events.map(({ moment, name }) => `${moment}: ${name}`);
  return `${script.join(', ') || 'no event'}: ${problems.map(inWords).join('; ')}`;
}

const KILLED = { name: 'a kill', form: { kind: 'nothing' } } as const;

class Schedule implements JobScript {
  /** The moments after the script's last event. */
  readonly openings = new Set<Moment>();
  /** Those of them in a step that had no signal yet: a second one changes nothing. */
  readonly calm = new Set<Moment>();
  taken: number;
  readonly #breadth: Breadth;
  readonly #events: Events;
  /** How many passwords or sessions the last saved state counts; undefined if there is none. */
  #recorded: number | undefined;
  #killsWhenSaved = false;

  constructor(breadth: Breadth, events: Events, taken: number) {
    this.#breadth = breadth;
    this.#events = events;
    this.taken = taken;
  }

  readonly meet: JobScript['meet'] = async (call, purpose, world, vendor) => {
    const known = happenings(purpose, this.#breadth);
    for (;;) {
      const name = this.#take(purpose, world);
      const happening = name === undefined ? undefined : known[name];
      if (name !== undefined && happening !== undefined) {
        return { met: { name, ...happening.met }, result: await happening.respond(vendor, call) };
      }
      switch (name) {
        case 'cancel':
          world.cancel();
          break;
        case 'kill-before-effect':
        case 'kill-after-effect':
          if (name === 'kill-after-effect') await vendor.respond(call);
          world.kill();
          return { met: KILLED, result: undefined };
        default:
          return { met: PROPER, result: await vendor.respond(call) };
      }
    }
  };

  readonly onWait = (world: VirtualWorld): boolean => {
    switch (this.#take('waiting', world)) {
      case 'kill':
        world.kill();
        return true;
      case 'cancel':
        world.clock.pass((world.clock.untilNextMs ?? 0) / 2);
        world.cancel();
        return true;
      default:
        return false;
    }
  };

  readonly canSave: NonNullable<JobScript['canSave']> = (state, world) => {
    const moment = this.#momentOf(state);
    const event = moment === undefined ? undefined : this.#take(moment);
    if (event === 'kill-before') world.kill();
    this.#killsWhenSaved = event === 'kill-when-saved';
    const can = event !== 'fails';
    if (can || moment === 'saving') this.#recorded = recordedIn(state);
    return can;
  };

  readonly onSaved: NonNullable<JobScript['onSaved']> = (_, world) => {
    if (this.#killsWhenSaved) world.kill();
  };

  readonly canHandOn: NonNullable<JobScript['canHandOn']> = (what, world) => {
    const event = this.#take(what);
    if (event === 'kill-before') world.kill();
    return event === undefined;
  };

  /** Only a main that had a signal can report a runner that is shut down. A killed main reports nothing. */
  startsPost({ main }: Half): boolean {
    return !main.cancelled || main.signal !== null || this.#take('post') === undefined;
  }

  /** What is taken back is saved right after something has happened: nothing happens then. */
  #momentOf(state: SavedState): Moment | undefined {
    if (state.kind === 'settled') return undefined;
    if (state.kind === 'pending' && state.opened !== undefined) return 'keeping';
    if (state.kind === 'pending' && this.#recorded === undefined) return 'saving';
    return recordedIn(state) < (this.#recorded ?? 0) ? undefined : 'recording';
  }

  /** The next event, if it is of this moment. */
  #take(moment: Moment, world?: VirtualWorld): string | undefined {
    const event = this.#events[this.taken];
    const isCalm = world?.cancelled.aborted === false;
    if (event === undefined) {
      this.openings.add(moment);
      if (isCalm) this.calm.add(moment);
    }
    if (event?.moment !== moment || (event.name === 'cancel' && !isCalm)) return undefined;
    this.taken += 1;
    return event.name;
  }
}

function recordedIn(state: SavedState): number {
  switch (state.kind) {
    case 'pending':
      return state.credentialUses;
    case 'logging-in':
      return state.sessions;
    case 'settled':
      return 0;
  }
}
