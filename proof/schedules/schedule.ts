import { inWords, type Problem } from '../harm.ts';
import { type JobScript, playJob, type Setup } from '../virtual/job.ts';
import { judge } from '../virtual/judge.ts';
import type { VirtualWorld } from '../virtual/world.ts';
import { type Breadth, type Happening, happenings } from './incidents.ts';

/** What can happen to a step while a request is under way. SIGINT and SIGTERM are one to the code that decides. */
const TO_THE_STEP = ['cancel', 'kill-before-effect', 'kill-after-effect'] as const;
/** What can happen while it waits for its next attempt. */
const WAITING = ['cancel-while-waiting', 'kill-while-waiting'] as const;
/** What can happen when main saves its state for the first time, and when it writes down that a password goes out. */
const SAVING = ['first-save-fails'] as const;
const RECORDING = ['kill-after-record', 'record-fails'] as const;

type Moment = 'saving' | 'recording' | 'waiting' | 'under-way';
const AT: Readonly<Record<Exclude<Moment, 'under-way'>, readonly string[]>> = {
  saving: SAVING,
  recording: RECORDING,
  waiting: WAITING,
};

export interface Played {
  readonly problems: readonly Problem[];
  readonly excused: boolean;
  /** The moments at which the script could have gone on, had it been longer. */
  readonly openings: ReadonlySet<Moment>;
}

/** Plays one schedule: main, then post, each with what the script has in store. When that is spent, all is well. */
export async function play(setup: Setup, breadth: Breadth, script: readonly string[]): Promise<Played> {
  const schedule = new Schedule(happenings(setup.mode, breadth), script);
  const { problems, excused } = judge(await playJob(setup, schedule));
  // A script is made from an opening, so that all of it happens.
  const unplayed = schedule.left > 0 ? [{ breaks: 3, what: 'the same script went otherwise' } as const] : [];
  return { problems: [...problems, ...unplayed], excused, openings: schedule.openings };
}

/** What a script can go on with at these moments. */
export function next(openings: ReadonlySet<Moment>, setup: Setup, breadth: Breadth): readonly string[] {
  return [...openings].flatMap((moment) =>
    moment === 'under-way' ? [...TO_THE_STEP, ...Object.keys(happenings(setup.mode, breadth))] : AT[moment],
  );
}

export function describe(script: readonly string[], problems: readonly Problem[]): string {
  return `${script.join(', ') || 'no event'}: ${problems.map(inWords).join('; ')}`;
}

class Schedule implements JobScript {
  readonly openings = new Set<Moment>();
  readonly #happenings: Readonly<Record<string, Happening>>;
  readonly #script: readonly string[];
  #at = 0;
  #heard: number | undefined;

  constructor(known: Readonly<Record<string, Happening>>, script: readonly string[]) {
    this.#happenings = known;
    this.#script = script;
  }

  get left(): number {
    return this.#script.length - this.#at;
  }

  readonly meet: JobScript['meet'] = async (call, world, vendor) => {
    for (;;) {
      const name = this.#take('under-way');
      const happening = name === undefined ? undefined : this.#happenings[name];
      if (name !== undefined && happening !== undefined) {
        return { met: { name, ...happening.met }, delivery: await happening.befall(vendor, call) };
      }
      switch (name) {
        case 'cancel':
          world.cancel();
          break;
        case 'kill-before-effect':
        case 'kill-after-effect':
          if (name === 'kill-after-effect') await vendor.answer(call);
          world.kill();
          return { met: { name, came: { kind: 'nothing' } }, delivery: undefined };
        default:
          return {
            met: { name: 'a proper answer', came: { kind: 'truth' } },
            delivery: await vendor.answer(call),
          };
      }
    }
  };

  readonly onWait = (world: VirtualWorld): boolean => {
    switch (this.#take('waiting')) {
      case 'kill-while-waiting':
        world.kill();
        return true;
      case 'cancel-while-waiting':
        world.clock.pass((world.clock.untilNextMs ?? 0) / 2);
        world.cancel();
        return true;
      default:
        return false;
    }
  };

  readonly canSave: NonNullable<JobScript['canSave']> = (state, world) => {
    if (state.kind !== 'pending') return true;
    const moment = this.#heard === undefined ? 'saving' : 'recording';
    // What is taken back is saved right after something has happened.
    const event = state.heard < (this.#heard ?? 0) ? undefined : this.#take(moment);
    if (event === 'kill-after-record') world.kill();
    const can = event !== 'first-save-fails' && event !== 'record-fails';
    if (can || moment === 'saving') this.#heard = state.heard;
    return can;
  };

  /** The next event, if it is of this moment. */
  #take(moment: Moment): string | undefined {
    const event = this.#script[this.#at];
    if (event === undefined) {
      if (!this.openings.has('under-way')) this.openings.add(moment);
      return undefined;
    }
    if (moment !== 'under-way' && !AT[moment].includes(event)) return undefined;
    this.#at += 1;
    return event;
  }
}
