import type { Inputs } from '../../runner/index.ts';
import { privateTexts } from '../../simulator/user-object.ts';
import type { HttpRequest, HttpResult } from '../../src/http.ts';
import { inputValues } from '../../src/inputs/values.ts';
import type { IdTokenService } from '../../src/requests/id-token.ts';
import { type Assignment, MODE_PROFILES, type Mode, purposeOf } from '../modes.ts';
import type { Encounter, Purpose } from '../responses/form.ts';
import {
  type SentRequest,
  type StepRecord,
  TOO_LITTLE_MS,
  type Trial,
  type TrialWithPost,
  type When,
} from '../trial.ts';
import { VirtualClock } from './clock.ts';
import { recordOf } from './record.ts';
import { type MainOptions, playMain, playPost, secretsSent } from './steps.ts';
import { type Mark, type SessionKind, USER, Vendor } from './vendor.ts';
import { type Reply, type Script, VirtualWorld } from './world.ts';

export interface Setup {
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
  readonly timeoutSeconds: number;
  readonly sessions: SessionKind;
  /** Inputs beyond those that follow from the rest. */
  readonly inputs?: Inputs;
}

/** What happens to a job from outside. */
export interface JobScript
  extends Omit<Script, 'meet'>,
    Pick<MainOptions, 'canSave' | 'onSaved' | 'canHandOn' | 'proxyProblems'> {
  readonly meet: (
    call: HttpRequest,
    purpose: Purpose,
    world: VirtualWorld,
    vendor: Vendor,
    step: When,
  ) => Promise<Reply & { readonly met: Encounter }>;
  /** The token service of a job whose login gets no token from its inputs. */
  readonly tokenService?: {
    readonly at: IdTokenService;
    readonly meet: (call: HttpRequest) => Promise<Reply>;
  };
}

/** What main leaves behind. Post can be played more than once from here. */
export interface Half {
  readonly setup: Setup;
  readonly main: StepRecord;
  /** What main saved last. */
  readonly state: string;
  readonly endedMs: number;
  readonly sent: readonly SentRequest[];
  readonly openBefore: readonly string[];
  readonly openAfterMain: readonly string[];
  readonly saveFailed: boolean;
  readonly unmasked: boolean;
  readonly foreignConnections: number;
  readonly task: Assignment;
  readonly vendor: Vendor;
  readonly clock: VirtualClock;
  readonly mark: Mark;
}

/** A token of the organization's own provider, by its shape. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwaXBlbGluZSJ9.c2lnbmF0dXJlNDcxMQ';

/** Texts of a login's response that must never be shown. */
const PRIVATE = privateTexts(USER);

/** Plays a job against the vendor, with what the script lets come between the two. */
export async function playJob(setup: Setup, script: JobScript): Promise<TrialWithPost> {
  return await playSecondHalf(await playFirstHalf(setup, script), script);
}

/** Plays the main step. */
export async function playFirstHalf(setup: Setup, script: JobScript): Promise<Half> {
  const { mode, sessions } = setup;
  const clock = new VirtualClock();
  const vendor = new Vendor(clock, sessions);
  const token = { organizationId: '000001', jwt: script.tokenService === undefined ? TOKEN : '' };
  const task = MODE_PROFILES[mode].begin({ cloud: vendor, at: vendor, user: USER, token });
  const given = inputsOf(setup, task);
  const sent: SentRequest[] = [];
  const openBefore = idsOf(task);
  const world = worldOf('main', { setup, task, vendor, clock }, script, sent);
  let saveFailed = false;
  const run = await playMain(
    inputValues((name) => given[name] ?? ''),
    world,
    {
      ...script,
      idTokenService: () => script.tokenService?.at,
      canSave: (state, its) => {
        const can = script.canSave?.(state, its) ?? true;
        saveFailed ||= !can;
        return can;
      },
    },
  );
  return {
    setup,
    main: recordOf(run, world.cancelledMs, setup.timeoutSeconds * 1_000),
    state: run.state,
    endedMs: run.endedMs,
    sent,
    openBefore,
    openAfterMain: idsOf(task),
    saveFailed,
    unmasked: run.unmasked,
    foreignConnections: foreignIn(world, script),
    task,
    vendor,
    clock,
    mark: vendor.mark(),
  };
}

/** Plays the post step after a main step. */
export async function playSecondHalf(half: Half, script: JobScript): Promise<TrialWithPost> {
  const { setup, task, vendor, clock } = half;
  vendor.returnTo(half.mark);
  clock.returnTo(half.endedMs);
  const sent = [...half.sent];
  const world = worldOf('post', half, script, sent);
  const run = await playPost(half.state, world);
  const post = recordOf(run, world.cancelledMs, setup.timeoutSeconds * 1_000);
  return { ...trialOf(half, sent, idsOf(task), foreignIn(world, script)), post };
}

/** The job of a runner that starts no post step after this main. */
export function withoutPost(half: Half): Trial {
  half.vendor.returnTo(half.mark);
  return { ...trialOf(half, half.sent, half.openAfterMain, 0), post: undefined };
}

function trialOf(
  half: Half,
  sent: readonly SentRequest[],
  openAfterPost: readonly string[],
  foreignInPost: number,
): Omit<Trial, 'post'> {
  const { task } = half;
  const { mode, when, allowAlreadyEnded } = half.setup;
  const accessTokens = task.accessTokens();
  return {
    label: `${mode}, ${when}`,
    mode,
    when,
    allowAlreadyEnded,
    main: half.main,
    sent,
    secrets: [
      task.secret,
      ...sent.flatMap(({ opened, token }) => [...opened, token]),
      ...accessTokens.map(({ token }) => token),
      ...PRIVATE,
    ],
    credential: task.secret,
    accessTokens,
    openBefore: half.openBefore,
    openAfterMain: half.openAfterMain,
    openAfterPost,
    getsWell: true,
    interrupted: false,
    mayMissLast: false,
    saveFailed: half.saveFailed,
    unmasked: half.unmasked,
    foreignConnections: half.foreignConnections + foreignInPost,
  };
}

/** Connections to hosts that no input names. */
function foreignIn({ sent }: VirtualWorld, { tokenService }: JobScript): number {
  const known = tokenService === undefined ? HOSTS : [...HOSTS, new URL(tokenService.at.url).host];
  return sent.filter(({ call }) => !known.includes(call.url.host)).length;
}

const HOSTS = [new Vendor(new VirtualClock())].flatMap(({ loginUrl, serverUrl }) =>
  [loginUrl, serverUrl].map((url) => new URL(url).host),
);

function inputsOf(
  { when, allowAlreadyEnded, timeoutSeconds, inputs }: Setup,
  task: Assignment,
): Readonly<Record<string, string>> {
  return {
    when,
    'allow-already-ended': String(allowAlreadyEnded),
    'timeout-seconds': String(timeoutSeconds),
    // The summary says the same as the log.
    summary: 'false',
    ...task.inputs,
    ...inputs,
  };
}

function worldOf(
  step: When,
  { setup, task, vendor, clock }: Pick<Half, 'setup' | 'task' | 'vendor' | 'clock'>,
  script: JobScript,
  sent: SentRequest[],
): VirtualWorld {
  const { tokenService } = script;
  return new VirtualWorld(clock, {
    ...script,
    meet: async (call, world) => {
      if (tokenService !== undefined && call.url.href.startsWith(tokenService.at.url)) {
        return tokenService.meet(call);
      }
      const before = idsOf(task);
      const purpose = purposeOf(call.url.pathname);
      vendor.lastEffect = undefined;
      const { met, ...reply } = await script.meet(call, purpose, world, vendor, step);
      const openThen = idsOf(task);
      const leftMs = world.leftMs(setup.timeoutSeconds * 1_000);
      const isTooLong = retryAfterMs(reply.result) > leftMs - TOO_LITTLE_MS;
      sent.push({
        step,
        purpose,
        met: isTooLong ? { ...met, takesAllTime: true } : met,
        token: purpose === 'token-login' ? secretsSent(call).join() : '',
        effect: vendor.lastEffect,
        opened: openThen.filter((id) => !before.includes(id)),
        openThen,
      });
      return reply;
    },
  });
}

function idsOf(task: Assignment): readonly string[] {
  return task.held().map(({ sessionId }) => sessionId);
}

/** The wait that a response requests, in milliseconds. */
function retryAfterMs(result: HttpResult | undefined): number {
  const seconds = result?.kind === 'response' ? Number(result.headers.retryAfter ?? 0) : 0;
  return Number.isNaN(seconds) ? 0 : seconds * 1_000;
}
