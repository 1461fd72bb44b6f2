import type { StepResult } from '../runner/index.ts';
import type { SeenRequest } from '../simulator/index.ts';
import { found, type Problem, type Violations } from './harm.ts';
import { leaks } from './leaks.ts';
import {
  type Credential,
  isRedirect,
  isUnclear,
  isUnclear4xx,
  type Met,
  mayHaveHadEffect,
  refuses,
  refusesCredentials,
  saysDead,
  saysNotNow,
  settles,
} from './met.ts';
import { KITS, type Mode } from './modes.ts';

/** One step with its post step, and what the server's ledger says of it. */
export interface Trial {
  /** What was tried, for whoever has to find out why it went wrong. */
  readonly label: string;
  readonly mode: Mode;
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly jobEnd: boolean;
  readonly main: StepResult;
  readonly post: StepResult;
  /** What each request met, main's and then post's. */
  readonly met: readonly Met[];
  readonly metInMain: number;
  /** The requests of this step that arrived. */
  readonly requests: readonly SeenRequest[];
  readonly secrets: readonly string[];
  /** Whether the ledger held the session. */
  readonly openBefore: boolean;
  readonly openAfterMain: boolean;
  readonly openAfterPost: boolean;
  /** Whoever goes on asking is answered properly in the end, in the time given. */
  readonly getsWell: boolean;
  /**
   * Main was sent a signal, so long after its start, and had so long to end. What its last request met it may
   * not have heard, or have had no time to say.
   */
  readonly interrupted?: { readonly atMs: number; readonly graceMs: number };
  /** Connections to hosts that no input names. */
  readonly foreignConnections: number;
  /** Peak memory of each step, in MiB, where it was measured. */
  readonly memoryMiB: readonly number[];
}

export interface Verdict {
  readonly problems: readonly Problem[];
  /** What was claimed is false, and no client could have told what it heard from the vendor's word. */
  readonly excused: boolean;
}

const SLACK_MS = 2_000;
const MEMORY_MIB = 100;
/** How often a request with a password may have been heard in a job. */
const MOST_HEARD = 3;
/** How often the same unclear answer may be had in a step, and an unclear 4xx. */
const MOST_UNCLEAR = 6;
const MOST_UNCLEAR_4XX = 2;

/** Holds one step and its post step against the ledger. */
export function judge(trial: Trial): Verdict {
  const untrue = untrueClaims(trial);
  return {
    problems: [
      ...untrue.filter(({ excused }) => !excused).map(({ what }): Problem => ({ breaks: 1, what })),
      ...found(1, contradictions(trial)),
      ...found(2, { 'a session is left': isLeft(trial) }),
      ...found(3, harm(trial)),
      ...found(4, leaks({ ...trial, isSettled: isSettledInMain(trial) })),
      ...found(5, excess(trial)),
    ],
    excused: untrue.some(({ excused }) => excused),
  };
}

type When = 'main' | 'post';

/** One request, by what it proved itself with and what it met. */
interface Sent {
  readonly step: When;
  readonly credential: Credential;
  readonly met: Met;
}

function sentIn({ mode, met, metInMain }: Trial): readonly Sent[] {
  return met.map((one, index) => {
    const step = index < metInMain ? 'main' : 'post';
    return { step, credential: KITS[mode].sends[step], met: one };
  });
}

function metIn({ met, metInMain }: Trial, step: When): readonly Met[] {
  return step === 'main' ? met.slice(0, metInMain) : met.slice(metInMain);
}

interface Claim {
  readonly what: string;
  readonly excused: boolean;
}

/** What the steps say, or let a reader believe, and the ledger denies. */
function untrueClaims(trial: Trial): readonly Claim[] {
  const { mode, main, post, openAfterMain, openAfterPost } = trial;
  const result = main.outputs['result'] ?? 'nothing';
  const claims: Claim[] = [];
  if (openAfterMain && (result === 'ended' || result === 'already-ended')) {
    claims.push({
      what: `main says ${result} and the session is open`,
      excused: isExcused(trial, 'main', result),
    });
  } else if (openAfterMain && main.exitCode === 0 && !KITS[mode].leavesToPost.includes(result)) {
    claims.push({ what: `main is green (${result}) and the session is open`, excused: false });
  }
  if (!openAfterPost) return claims;
  const said = saidBy(post);
  if (said !== undefined) {
    claims.push({
      what: `post says ${said} and the session is open`,
      excused: isExcused(trial, 'post', said),
    });
  } else if (isQuiet(post) && !nothingKnown(trial) && !refusedByTheServer(trial)) {
    const excused = sentIn(trial).some(({ met, credential }) => settles(met.came, credential));
    claims.push({ what: 'post is quiet and the session is open', excused });
  }
  return claims;
}

/** What the line says that tells how a step went. */
function saidBy({ log }: StepResult): 'ended' | 'already-ended' | undefined {
  const [, said] =
    log.map((line) => /^(?:Error: |Warning: )?(Ended|Already ended)\b/.exec(line)).find(Boolean) ?? [];
  if (said === undefined) return undefined;
  return said === 'Ended' ? 'ended' : 'already-ended';
}

/** Only the words that say so in the vendor's form carry a claim. */
function isExcused(trial: Trial, step: When, claim: 'ended' | 'already-ended'): boolean {
  const had = metIn(trial, step);
  const credential = KITS[trial.mode].sends[step];
  return had.some(({ came }, index) => {
    if (came.kind === 'success') return claim === 'ended';
    const dead = credential === 'session-id' && saysDead(came);
    return dead && (claim === 'already-ended' || had.slice(0, index).some(mayHaveHadEffect));
  });
}

function isQuiet({ exitCode, annotations }: StepResult): boolean {
  return exitCode === 0 && !annotations.some(({ level }) => level === 'warning' || level === 'error');
}

/** A refusal is no claim: main is red, and has told so. From a gateway it is a lie. */
function refusedByTheServer(trial: Trial): boolean {
  return sentIn(trial).some(({ met, credential }) => met.from !== 'gateway' && refuses(met.came, credential));
}

/** Main was killed before it saved anything and before the server saw a request: nobody knows of the session then. */
export function nothingKnown({ interrupted, main, requests }: Trial): boolean {
  return interrupted !== undefined && main.stateFile === '' && requests.length === 0;
}

/** What main says that does not agree with itself, or with what it can have done. */
function contradictions(trial: Trial): Violations {
  const { mode, main, allowAlreadyEnded, jobEnd, openBefore } = trial;
  const said = saidBy(main);
  const result = main.outputs['result'] ?? 'nothing';
  const mayBeGreen =
    result === 'ended' ||
    (result === 'already-ended' && allowAlreadyEnded) ||
    KITS[mode].leavesToPost.includes(result);
  const had = metIn(trial, 'main');
  const mayHaveEnded =
    openBefore || had.slice(0, -1).some(mayHaveHadEffect) || had.at(-1)?.came.kind === 'success';
  return {
    'main says ended, but nothing that it did can have ended the session':
      result === 'ended' && !mayHaveEnded,
    [`main is green with the result ${result}`]: main.exitCode === 0 && !mayBeGreen,
    [`main says ${said}, and its result is ${result}`]: said !== undefined && said !== result,
    'main puts off what it was to do at once': result === 'scheduled' && !jobEnd,
    'main says ended and fails': result === 'ended' && main.exitCode === 1,
  };
}

/** An open session counts unless nobody could have ended it, by whoever keeps the limits. */
function isLeft(trial: Trial): boolean {
  const sent = sentIn(trial);
  const settled = sent.some(
    ({ met, credential }) => settles(met.came, credential) && met.came.kind !== 'truth',
  );
  const passwords = sent.filter(({ credential }) => credential === 'password');
  const mayNotBeSent =
    passwords.some(({ met }) => refusesCredentials(met.came)) ||
    passwords.filter(mayHaveBeenHeard).length >= MOST_HEARD;
  const had = metIn(trial, 'post');
  const excused =
    !trial.getsWell ||
    settled ||
    mayNotBeSent ||
    had.some(({ holds }) => holds) ||
    had.some(({ came }) => isRedirect(came)) ||
    had.filter(({ came }) => isUnclear4xx(came)).length >= MOST_UNCLEAR_4XX ||
    mostAlike(had) >= MOST_UNCLEAR ||
    nothingKnown(trial);
  return trial.openAfterPost && !excused;
}

function mayHaveBeenHeard({ met }: Sent): boolean {
  return !met.unheard && !saysNotNow(met.came);
}

/** How often the unclear answer was had that was had most. */
function mostAlike(had: readonly Met[]): number {
  const unclear = had.filter(({ came }) => isUnclear(came));
  return Math.max(0, ...unclear.map(({ name }) => unclear.filter((other) => other.name === name).length));
}

/** By the vendor's word, and main has heard it. */
function isSettledInMain(trial: Trial): boolean {
  const settledAt = indexOfSettled(trial);
  const said = ['ended', 'already-ended'].includes(trial.main.outputs['result'] ?? '');
  return said || (settledAt >= 0 && settledAt < trial.metInMain && !mayNotHaveHeard(trial, settledAt));
}

function harm(trial: Trial): Violations {
  const { main, post, met, foreignConnections } = trial;
  const sent = sentIn(trial);
  const settledAt = indexOfSettled(trial);
  const afterwards = sent
    .slice(settledAt + 1)
    .filter(({ credential }) => credential === sent[settledAt]?.credential);
  const refusedAt = sent.findIndex(
    ({ met: { came, either }, credential }, index) =>
      credential === 'password' && refusesCredentials(came) && !either && !mayNotHaveHeard(trial, index),
  );
  const again = sent.slice(refusedAt + 1).some(({ credential }) => credential === 'password');
  const heard = sent.filter((one) => one.credential === 'password' && mayHaveBeenHeard(one)).length;
  const unexpected = [...main.log, ...post.log].find((line) => /failed unexpectedly|Could not /.test(line));
  return {
    [`${afterwards.length} requests after "${met[settledAt]?.name}"`]:
      settledAt >= 0 && afterwards.length > 0 && !mayNotHaveHeard(trial, settledAt),
    [`a password is sent again after "${met[refusedAt]?.name}"`]: refusedAt >= 0 && again,
    [`${heard} requests with a password may have been heard`]: heard > MOST_HEARD,
    ...tooOften(trial, 'main'),
    ...tooOften(trial, 'post'),
    'a connection to a host that no input names': foreignConnections > 0,
    'the post step failed the job': post.failed,
    [`stderr: ${main.stderr}${post.stderr}`]: main.stderr + post.stderr !== '',
    [`the log says "${unexpected}"`]: unexpected !== undefined,
  };
}

/** Where the vendor's word was had that leaves nothing to ask; -1 if nowhere. */
function indexOfSettled(trial: Trial): number {
  return sentIn(trial).findIndex(({ met, credential }) => settles(met.came, credential) && !met.either);
}

/** Told so in its last moment main may not have heard; after a kill its request may even arrive when main is gone. */
function mayNotHaveHeard({ main, metInMain, timeoutMs, interrupted }: Trial, index: number): boolean {
  const spent = main.durationMs >= timeoutMs && main.outputs['status-code'] === '';
  const isLast = index === metInMain - 1;
  return (spent && isLast) || (interrupted !== undefined && (isLast || index === metInMain));
}

/** A step that asks again although what it had will not pass. */
function tooOften(trial: Trial, step: When): Violations {
  const had = metIn(trial, step);
  const unclear = had.filter(({ either }) => !either);
  const redirectAt = had.findIndex(({ came, either }) => isRedirect(came) && !either);
  const unclear4xx = unclear.filter(({ came }) => isUnclear4xx(came));
  return {
    [`${step} asks again after a redirect`]: redirectAt >= 0 && redirectAt < had.length - 1,
    [`${step} has the same unclear 4xx ${mostAlike(unclear4xx)} times`]:
      mostAlike(unclear4xx) > MOST_UNCLEAR_4XX,
    [`${step} has the same unclear answer ${mostAlike(unclear)} times`]: mostAlike(unclear) > MOST_UNCLEAR,
  };
}

function excess({ main, post, timeoutMs, interrupted, memoryMiB }: Trial): Violations {
  const longestMs = Math.max(main.durationMs, post.durationMs);
  const peakMiB = Math.max(0, ...memoryMiB);
  return {
    'main goes on although it was told to end':
      interrupted !== undefined && main.durationMs > interrupted.atMs + interrupted.graceMs,
    [`a step took ${Math.round(longestMs)} ms`]: longestMs > timeoutMs + SLACK_MS,
    [`a step took ${peakMiB} MiB`]: peakMiB > MEMORY_MIB,
  };
}
