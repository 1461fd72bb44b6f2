import { inputValues } from '../../src/inputs/values.ts';
import type { SavedState } from '../../src/state.ts';
import type { Delivery, HttpCall } from '../../src/wire.ts';
import type { Credential, Met } from '../met.ts';
import { KITS, type Mode } from '../modes.ts';
import { VirtualClock } from './clock.ts';
import { type MainRun, playMain, playPost, type StepRun } from './steps.ts';
import { USER, Vendor } from './vendor.ts';
import { type Fate, type Script, VirtualWorld } from './world.ts';

export interface Setup {
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
  readonly timeoutSeconds: number;
}

/** What a request meets, and how often something of this kind may be met in a step before it is to give up. */
export interface Incident extends Met {
  readonly atMost?: { readonly kind: string; readonly times: number };
}

/** What happens to a job from outside. */
export interface JobScript extends Omit<Script, 'meet'> {
  readonly meet: (
    call: HttpCall,
    world: VirtualWorld,
    vendor: Vendor,
  ) => Promise<Fate & { readonly met: Incident }>;
  readonly canSave?: (state: SavedState, world: VirtualWorld) => boolean;
  readonly onSaved?: (state: SavedState, world: VirtualWorld) => void;
}

/** One request, as the ledger and whoever answered know it. */
export interface Request {
  readonly step: 'main' | 'post';
  readonly credential: Credential;
  readonly host: string;
  readonly met: Incident;
  /** It has ended the session. */
  readonly hadEffect: boolean;
}

/** A job with the action in it, main and then post, and what the ledger says of it. */
export interface Trial extends Setup {
  readonly main: MainRun;
  readonly post: StepRun;
  readonly cancelledMs: { readonly main: number; readonly post: number };
  readonly requests: readonly Request[];
  readonly secret: string;
  readonly hosts: readonly string[];
  readonly openAfterMain: boolean;
  readonly openAfterPost: boolean;
  /** Main was kept from saving something. */
  readonly couldNotSave: boolean;
}

/** With less than this left a step need not ask again. */
export const TOO_LITTLE_MS = 700;

/** How long an answer asks to wait. */
function askedMs(delivery: Delivery | undefined): number {
  const seconds = delivery?.kind === 'answer' ? Number(delivery.headers.retryAfter) : 0;
  return Number.isNaN(seconds) ? 0 : seconds * 1_000;
}

/** Plays a job against the vendor, with what the script lets come between the two. */
export async function playJob(setup: Setup, script: JobScript): Promise<Trial> {
  const { mode, when, allowAlreadyEnded, timeoutSeconds } = setup;
  const clock = new VirtualClock();
  const vendor = new Vendor(clock);
  const task = KITS[mode].begin(vendor, USER, vendor);
  const isOpen = () => task.held().length > 0;
  const requests: Request[] = [];
  const worldOf = (step: Request['step']) =>
    new VirtualWorld(clock, {
      ...script,
      meet: async (call, world) => {
        const wasOpen = isOpen();
        const { met, ...fate } = await script.meet(call, world, vendor);
        const isTooLong = askedMs(fate.delivery) > world.leftMs(timeoutSeconds * 1_000) - TOO_LITTLE_MS;
        requests.push({
          step,
          credential: 'icSessionId' in call.headers ? 'session-id' : 'password',
          host: call.url.host,
          met: isTooLong ? { ...met, holds: true } : met,
          hadEffect: wasOpen && !isOpen() && !vendor.hasEndedThem,
        });
        return fate;
      },
    });

  const given: Readonly<Record<string, string>> = {
    mode,
    when,
    'allow-already-ended': String(allowAlreadyEnded),
    'timeout-seconds': String(timeoutSeconds),
    // What it would say is what the log says.
    summary: 'false',
    ...task.inputs,
  };
  let couldNotSave = false;
  const canSave: JobScript['canSave'] = (state, world) => {
    const can = script.canSave?.(state, world) ?? true;
    couldNotSave ||= !can;
    return can;
  };
  const mainWorld = worldOf('main');
  const main = await playMain(
    inputValues((name) => given[name] ?? ''),
    mainWorld,
    { ...script, canSave },
  );
  const openAfterMain = isOpen();
  const postWorld = worldOf('post');
  const post = await playPost(main.state, postWorld);
  return {
    ...setup,
    main,
    post,
    cancelledMs: { main: mainWorld.cancelledMs, post: postWorld.cancelledMs },
    requests,
    secret: task.secret,
    hosts: [vendor.loginUrl, vendor.serverUrl].map((url) => new URL(url).host),
    openAfterMain,
    openAfterPost: isOpen(),
    couldNotSave,
  };
}
