import { readState } from '../../src/state.ts';
import { found, type Problem, type Violations } from '../harm.ts';
import { mayHaveHadEffect, refuses, refusesCredentials, saysDead, saysNotNow, settles } from '../met.ts';
import { type Request, TOO_LITTLE_MS, type Trial } from './job.ts';
import type { StepRun } from './steps.ts';
import { CANCELLED_MS } from './world.ts';

export interface Verdict {
  readonly problems: readonly Problem[];
  /** What was claimed is false, and no client could have told what it heard from the vendor's word. */
  readonly excused: boolean;
}

const SLACK_MS = 2_000;
/** How often a request with a password may have been heard in a job. */
const MOST_HEARD = 3;

/** Holds a job in a virtual world against the ledger. */
export function judge(trial: Trial): Verdict {
  const untrue = untrueClaims(trial);
  return {
    problems: [
      ...untrue.filter(({ excused }) => !excused).map(({ what }): Problem => ({ breaks: 1, what })),
      ...found(1, contradictions(trial)),
      ...found(2, { 'a session is left': isLeft(trial) }),
      ...found(3, harm(trial)),
      ...found(4, leaks(trial)),
      ...found(5, excess(trial)),
    ],
    excused: untrue.some(({ excused }) => excused),
  };
}

interface Claim {
  readonly what: string;
  readonly excused: boolean;
}

type Ended = 'ended' | 'already-ended';

/** What the steps say, or let a reader believe, and the ledger denies. */
function untrueClaims(trial: Trial): readonly Claim[] {
  const { main, post, openAfterMain, openAfterPost } = trial;
  const claims: Claim[] = [];
  const result = resultOf(main);
  if (openAfterMain && (result === 'ended' || result === 'already-ended')) {
    claims.push({
      what: `main says ${result} and the session is open`,
      excused: isForged(trial, 'main', result),
    });
  }
  if (!openAfterPost) return claims;
  const said = claimOf(post);
  if (said !== undefined) {
    claims.push({
      what: `post says ${said} and the session is open`,
      excused: isForged(trial, 'post', said),
    });
  } else if (isQuiet(post) && main.state !== '' && !refusedByTheServer(trial)) {
    claims.push({
      what: 'post is quiet and the session is open',
      excused: trial.requests.some(({ met, credential }) => settles(met.came, credential)),
    });
  }
  return claims;
}

/** Somebody said so in the vendor's form, which no client can see through. */
function isForged(trial: Trial, step: Request['step'], claim: Ended): boolean {
  const had = trial.requests.filter((request) => request.step === step);
  return had.some(({ met, credential }, index) => {
    if (met.came.kind === 'success') return claim === 'ended';
    const dead = credential === 'session-id' && saysDead(met.came);
    return (
      dead && (claim === 'already-ended' || had.slice(0, index).some((one) => mayHaveHadEffect(one.met)))
    );
  });
}

function isQuiet({ report }: StepRun): boolean {
  return report !== 'killed' && report.level === 'info';
}

/** A refusal is no claim: main is red, and has told so. From a gateway it is a lie. */
function refusedByTheServer({ requests }: Trial): boolean {
  return requests.some(({ met, credential }) => met.from !== 'gateway' && refuses(met.came, credential));
}

/** What a step says that does not agree with itself, or with what it can have done. */
function contradictions(trial: Trial): Violations {
  const { main, post, allowAlreadyEnded, when } = trial;
  const result = resultOf(main);
  const isGreen = main.report !== 'killed' && main.report.level === 'info';
  const mayBeGreen =
    result === 'ended' ||
    (result === 'already-ended' && allowAlreadyEnded) ||
    (result === 'scheduled' && when === 'job-end');
  const postSays = claimOf(post);
  return {
    [`main is green with the result ${result}`]: isGreen && !mayBeGreen,
    [`main is not green with the result ${result}`]: !isGreen && mayBeGreen,
    'main says ended, but nothing that it did can have ended the session':
      result === 'ended' && !mayHaveEnded(trial, 'main'),
    'post says ended, but nothing that it did can have ended the session':
      postSays === 'ended' && !mayHaveEnded(trial, 'post'),
    'main says that it was ended already, and has ended it':
      result === 'already-ended' && hasEnded(trial, 'main'),
    'post says that it was ended already, and has ended it':
      postSays === 'already-ended' && hasEnded(trial, 'post'),
  };
}

function mayHaveEnded({ requests }: Trial, step: Request['step']): boolean {
  const had = requests.filter((request) => request.step === step);
  const last = had.at(-1);
  // A password's success is about all sessions, whoever ended them.
  const isSuccess = last !== undefined && (last.hadEffect || last.met.came.kind === 'success');
  return (
    isSuccess || last?.credential === 'password' || had.slice(0, -1).some(({ met }) => mayHaveHadEffect(met))
  );
}

function hasEnded({ requests }: Trial, step: Request['step']): boolean {
  return requests.some(
    (request) =>
      request.step === step &&
      request.hadEffect &&
      mayHaveHadEffect(request.met) &&
      !settles(request.met.came, request.credential),
  );
}

/** An open session counts unless nobody could have ended it, by whoever keeps the limits. */
function isLeft(trial: Trial): boolean {
  const { requests, main, post, openAfterPost } = trial;
  const passwords = requests.filter(({ credential }) => credential === 'password');
  const had = requests.filter(({ step }) => step === 'post');
  const nobodyCould =
    // Said by someone in the vendor's form.
    requests.some(({ met, credential }) => met.came.kind !== 'truth' && settles(met.came, credential)) ||
    passwords.some(({ met }) => refusesCredentials(met.came)) ||
    passwords.filter(mayHaveBeenHeard).length >= mostHeard(trial) ||
    had.some(({ met }) => met.holds) ||
    had.some(({ met: { atMost } }) => atMost !== undefined && times(had, atMost.kind) >= atMost.times) ||
    post.report === 'killed' ||
    post.endedMs > deadlineMs(trial, 'post') - TOO_LITTLE_MS ||
    main.state === '';
  return openAfterPost && !nobodyCould;
}

/** A kill after the record and before the request leaves one less to be sent. */
function mostHeard({ main }: Trial): number {
  return main.report === 'killed' ? MOST_HEARD - 1 : MOST_HEARD;
}

function mayHaveBeenHeard({ met }: Request): boolean {
  return !met.unheard && !saysNotNow(met.came);
}

function times(had: readonly Request[], kind: string): number {
  return had.filter(({ met }) => met.atMost?.kind === kind).length;
}

function harm(trial: Trial): Violations {
  const { requests, hosts, main, post } = trial;
  const passwords = requests.filter(({ credential }) => credential === 'password');
  const refusedAt = passwords.findIndex(({ met }) => refusesCredentials(met.came));
  // What could not be written down, post can't know.
  const again = passwords.slice(refusedAt + 1).filter(({ step }) => step === 'main' || !trial.couldNotSave);
  const heard = passwords.filter(mayHaveBeenHeard).length;
  const settledAt = requests.findIndex(({ met, credential }) => settles(met.came, credential));
  const steps = (['main', 'post'] as const).map((step) =>
    requests.filter((request) => request.step === step),
  );
  const state = readState(main.state).kind;
  return {
    'a password was sent again after it was refused': refusedAt >= 0 && again.length > 0,
    [`a password was heard ${heard} times`]: heard > MOST_HEARD,
    [`a request was sent after "${requests[settledAt]?.met.name}"`]:
      settledAt >= 0 && settledAt < requests.length - 1,
    'a step goes on although such an answer rarely passes': steps.some((had) =>
      had.some(({ met: { atMost } }) => atMost !== undefined && times(had, atMost.kind) > atMost.times),
    ),
    'a request went to another host': requests.some(({ host }) => !hosts.includes(host)),
    'main sent a request before it saved what post needs':
      state === 'nothing' && requests.length > 0 && !trial.couldNotSave,
    'main saved what post cannot read': state === 'unreadable',
    'post fails the job although it was to warn': post.report !== 'killed' && post.report.level === 'error',
  };
}

function leaks({ main, post, secret }: Trial): Violations {
  return {
    'a secret was saved or sent before it was masked': main.unmasked || !main.masked.has(secret),
    'a secret is shown': [...main.texts, ...post.texts].some((text) => text.includes(secret)),
    'the state of a settled step holds a secret':
      readState(main.state).kind === 'settled' && main.state.includes(secret),
  };
}

function excess(trial: Trial): Violations {
  const late = (['main', 'post'] as const).map((step) => trial[step].endedMs - deadlineMs(trial, step));
  return { [`a step is ${Math.max(...late)} ms late`]: Math.max(...late) > SLACK_MS };
}

function deadlineMs(trial: Trial, step: Request['step']): number {
  const { startedMs } = trial[step];
  const cancelledMs = Math.max(startedMs, trial.cancelledMs[step]);
  return Math.min(startedMs + trial.timeoutSeconds * 1000, cancelledMs + CANCELLED_MS);
}

function resultOf({ report }: StepRun): string {
  return report === 'killed' ? 'nothing' : (report.outputs['result'] ?? 'nothing');
}

/** What the last words of a post step claim. */
function claimOf({ report }: StepRun): Ended | undefined {
  if (report === 'killed') return undefined;
  if (report.text.startsWith('Ended ')) return 'ended';
  return report.text.startsWith('Already ended') ? 'already-ended' : undefined;
}
