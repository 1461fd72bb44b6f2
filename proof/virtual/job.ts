import { privateTexts } from '../../simulator/user-object.ts';
import { inputValues } from '../../src/inputs/values.ts';
import type { IdTokenService } from '../../src/requests/id-token.ts';
import { readState, type State } from '../../src/state.ts';
import type { HttpResult, HttpRequest } from '../../src/http.ts';
import type { Met, Purpose } from '../met.ts';
import { KITS, type Mode, purposeOf, type Task } from '../modes.ts';
import type { Trial as NewTrial, SentRequest, StepRecord } from '../trial.ts';
import { VirtualClock } from './clock.ts';
import { type MainOptions, type MainRun, playMain, playPost, type StepRun, secretsSent } from './steps.ts';
import { type Mark, type SessionKind, USER, Vendor } from './vendor.ts';
import { CANCELLED_MS, type Fate, type Script, VirtualWorld } from './world.ts';

export interface Setup {
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
  readonly timeoutSeconds: number;
  readonly sessions: SessionKind;
}

/** What a request meets, and how often something of this kind may be met in a step before it is to give up. */
export type Incident = Met;

/** What happens to a job from outside. */
export interface JobScript
  extends Omit<Script, 'meet'>,
    Pick<MainOptions, 'canSave' | 'onSaved' | 'canHandOn'> {
  readonly meet: (
    call: HttpRequest,
    purpose: Purpose,
    world: VirtualWorld,
    vendor: Vendor,
  ) => Promise<Fate & { readonly met: Incident }>;
  /** The token service of a job whose login by token is given none. */
  readonly tokenService?: {
    readonly at: IdTokenService;
    readonly meet: (call: HttpRequest) => Promise<Fate>;
  };
}

type SessionIds = readonly string[];

/** One request, as the ledger and whoever answered know it. */
export interface Request {
  readonly step: 'main' | 'post';
  readonly purpose: Purpose;
  readonly host: string;
  /** The token that it shows; empty where it shows none. */
  readonly token: string;
  readonly met: Incident;
  /** The sessions that it has opened, and that it has ended. */
  readonly opened: SessionIds;
  readonly ended: SessionIds;
  /** The sessions that are open after it. */
  readonly left: SessionIds;
}

/** What main leaves behind. Post can be played more than once from here. */
export interface Half extends Setup {
  readonly main: MainRun;
  /** What main has saved for post. */
  readonly state: State;
  readonly cancelledMs: number;
  readonly requests: readonly Request[];
  readonly sent: readonly SentRequest[];
  readonly openBefore: SessionIds;
  readonly record: StepRecord;
  readonly foreignConnections: number;
  readonly openAfterMain: SessionIds;
  /** Main was kept from saving something. */
  readonly couldNotSave: boolean;
  readonly task: Task;
  readonly vendor: Vendor;
  readonly clock: VirtualClock;
  readonly mark: Mark;
}

/** A job with the action in it, main and then post, and what the ledger says of it. */
export interface Trial extends Setup {
  readonly trial: NewTrial;
  readonly main: MainRun;
  readonly post: StepRun;
  readonly state: State;
  readonly cancelledMs: { readonly main: number; readonly post: number };
  readonly requests: readonly Request[];
  readonly secret: string;
  readonly hosts: readonly string[];
  readonly openAfterMain: SessionIds;
  readonly openAfterPost: SessionIds;
  /** Main was kept from saving something. */
  readonly couldNotSave: boolean;
}

/** A token of the organization's own provider, by its shape. */
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwaXBlbGluZSJ9.c2lnbmF0dXJlNDcxMQ';

/** With less than this left a step need not ask again. */
export const TOO_LITTLE_MS = 700;

/** Plays a job against the vendor, with what the script lets come between the two. */
export async function playJob(setup: Setup, script: JobScript): Promise<Trial> {
  return await playSecondHalf(await playFirstHalf(setup, script), script);
}

/** Plays the main step. */
export async function playFirstHalf(setup: Setup, script: JobScript): Promise<Half> {
  const { mode, sessions } = setup;
  const clock = new VirtualClock();
  const vendor = new Vendor(clock, sessions);
  const token = { organizationId: '000001', jwt: script.tokenService === undefined ? TOKEN : '' };
  const task = KITS[mode].begin({ cloud: vendor, at: vendor, user: USER, token });
  const given = inputsOf(setup, task);
  const requests: Request[] = [];
  const sent: SentRequest[] = [];
  const openBefore = idsOf(task);
  const world = worldOf('main', { ...setup, task, vendor, clock }, script, requests, sent);
  let couldNotSave = false;
  const main = await playMain(
    inputValues((name) => given[name] ?? ''),
    world,
    {
      ...script,
      idTokenService: () => script.tokenService?.at,
      canSave: (state, its) => {
        const can = script.canSave?.(state, its) ?? true;
        couldNotSave ||= !can;
        return can;
      },
    },
  );
  return {
    ...setup,
    main,
    state: readState(main.state),
    cancelledMs: world.cancelledMs,
    requests,
    sent,
    openBefore,
    record: recordOf(main, world.cancelledMs, setup.timeoutSeconds),
    foreignConnections: foreignIn(world),
    openAfterMain: idsOf(task),
    couldNotSave,
    task,
    vendor,
    clock,
    mark: vendor.mark(),
  };
}

/** Plays the post step after a main step. */
export async function playSecondHalf(half: Half, script: JobScript): Promise<Trial> {
  const { task, vendor, clock, mark, main, cancelledMs, record, openBefore, ...rest } = half;
  vendor.returnTo(mark);
  clock.returnTo(main.endedMs);
  const requests = [...half.requests];
  const sent = [...half.sent];
  const world = worldOf('post', half, script, requests, sent);
  const post = await playPost(main.state, world);
  const openAfterPost = idsOf(task);
  const trial: NewTrial = {
    label: '',
    mode: half.mode,
    when: half.when,
    allowAlreadyEnded: half.allowAlreadyEnded,
    main: record,
    post: recordOf(post, world.cancelledMs, half.timeoutSeconds),
    sent,
    secrets: [task.secret, ...sent.flatMap(({ opened, token }) => [...opened, token]), ...PRIVATE],
    credential: task.secret,
    openBefore,
    openAfterMain: half.openAfterMain,
    openAfterPost,
    getsWell: true,
    interrupted: false,
    mayMissLast: false,
    saveFailed: half.couldNotSave,
    unmasked: main.unmasked,
    foreignConnections: half.foreignConnections + foreignIn(world),
  };
  return {
    trial,
    ...rest,
    main,
    post,
    cancelledMs: { main: cancelledMs, post: world.cancelledMs },
    requests,
    secret: task.secret,
    hosts: HOSTS,
    openAfterPost,
  };
}

/** What a login's response holds, and nobody may show. */
const PRIVATE = privateTexts(USER);

const NOTHING_DONE = {
  stdout: '',
  stderr: '',
  masks: [],
  commands: [],
  outputs: {},
  state: {},
  env: {},
  stateFile: '',
};

/** What a runner would have seen of the step. */
function recordOf(run: StepRun | MainRun, cancelledMs: number, timeoutSeconds: number): StepRecord {
  const { report, printed, summary, startedMs, endedMs } = run;
  const durationMs = endedMs - startedMs;
  const dueMs = Math.min(timeoutSeconds * 1_000, Math.max(0, cancelledMs - startedMs) + CANCELLED_MS);
  const ofMain =
    'masked' in run
      ? {
          masks: [...run.masked],
          outputs: run.outputs,
          env: run.variables,
          stateFile: run.stateFile,
        }
      : {};
  const warned = 'warned' in run ? run.warned : [];
  const warnings = warned.map((message) => ({ level: 'warning', message }) as const);
  const common = {
    ...NOTHING_DONE,
    ...ofMain,
    summary,
    durationMs,
    dueMs,
    outOfTime: durationMs > dueMs - TOO_LITTLE_MS,
    memoryMiB: undefined,
  };
  if (report === 'killed') {
    const log = [...printed, ...warned];
    return { ...common, exitCode: null, signal: 'SIGKILL', failed: true, log, annotations: warnings };
  }
  const { level, text } = report;
  return {
    ...common,
    exitCode: level === 'error' ? 1 : 0,
    signal: null,
    failed: level === 'error',
    log: [...printed, ...warned, text],
    annotations: level === 'info' ? warnings : [...warnings, { level, message: text }],
  };
}

function foreignIn({ sent }: VirtualWorld): number {
  return sent.filter(({ call }) => !HOSTS.includes(call.url.host)).length;
}

const HOSTS = [new Vendor(new VirtualClock())].flatMap(({ loginUrl, serverUrl }) =>
  [loginUrl, serverUrl].map((url) => new URL(url).host),
);

function inputsOf(
  { when, allowAlreadyEnded, timeoutSeconds }: Setup,
  task: Task,
): Readonly<Record<string, string>> {
  return {
    when,
    'allow-already-ended': String(allowAlreadyEnded),
    'timeout-seconds': String(timeoutSeconds),
    // What it would say is what the log says.
    summary: 'false',
    ...task.inputs,
  };
}

function worldOf(
  step: Request['step'],
  { task, vendor, clock, timeoutSeconds }: Pick<Half, 'task' | 'vendor' | 'clock' | 'timeoutSeconds'>,
  script: JobScript,
  requests: Request[],
  sent: SentRequest[],
): VirtualWorld {
  return new VirtualWorld(clock, {
    ...script,
    meet: async (call, world) => {
      const { tokenService } = script;
      if (tokenService !== undefined && call.url.href.startsWith(tokenService.at.url))
        return tokenService.meet(call);
      const before = idsOf(task);
      const purpose = purposeOf(call.url.pathname);
      vendor.lastEffect = undefined;
      const { met, ...fate } = await script.meet(call, purpose, world, vendor);
      const left = idsOf(task);
      const isTooLong = askedMs(fate.delivery) > world.leftMs(timeoutSeconds * 1_000) - TOO_LITTLE_MS;
      const token = purpose === 'token-login' ? secretsSent(call).join() : '';
      const metAtAll = isTooLong ? { ...met, holds: true } : met;
      const opened = left.filter((id) => !before.includes(id));
      sent.push({ step, purpose, met: metAtAll, token, effect: vendor.lastEffect, opened, openThen: left });
      requests.push({
        step,
        purpose,
        host: call.url.host,
        token,
        met: metAtAll,
        opened: left.filter((id) => !before.includes(id)),
        ended: vendor.hasEndedThem ? [] : before.filter((id) => !left.includes(id)),
        left,
      });
      return fate;
    },
  });
}

function idsOf(task: Task): SessionIds {
  return task.held().map(({ sessionId }) => sessionId);
}

/** How long an answer asks to wait. */
function askedMs(delivery: HttpResult | undefined): number {
  const seconds = delivery?.kind === 'response' ? Number(delivery.headers.retryAfter ?? 0) : 0;
  return Number.isNaN(seconds) ? 0 : seconds * 1_000;
}
