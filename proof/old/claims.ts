import type { StepResult } from '../../runner/index.ts';
import type { Violations } from '../invariants.ts';
import type { When } from '../journal.ts';
import { deniesOpening, mayHaveHadEffect, opens, refuses, saysDead, settles } from '../met.ts';
import { isLogin, KITS } from '../modes.ts';
import {
  isOpenThoughEndedAtOnce,
  isSpent,
  nothingKnown,
  openForPost,
  openings,
  openToNobody,
  resultOf,
  sentIn,
  type Trial,
} from './trial.ts';
import type { Claim } from './verdict.ts';

/** What the steps say, or let a reader believe, and the ledger denies. */
export function untrueClaims(trial: Trial): readonly Claim[] {
  return [...claimsOfMain(trial), ...claimsOfPost(trial), ...silences(trial)];
}

function claimsOfMain(trial: Trial): readonly Claim[] {
  const { mode, main, openAfterMain } = trial;
  const result = resultOf(trial);
  if (result === 'opened') {
    const holds = openAfterMain.includes(main.outputs['session-id'] ?? '');
    const excused = trial.sent.some(({ met }) => met.came.kind === 'user-object');
    return holds ? [] : [{ what: 'main says opened, and the ledger has no such session', excused }];
  }
  if (isOpenThoughEndedAtOnce(trial)) {
    const excused = isExcused(trial, 'main', 'ended') || isExcused(trial, 'main', 'already-ended');
    return [{ what: 'main says that it was ended at once, and the session is open', excused }];
  }
  if (openAfterMain.length === 0 || isLogin(mode)) return [];
  if (result === 'ended' || result === 'already-ended') {
    const what = `main says ${result} and the session is open`;
    return [{ what, excused: isExcused(trial, 'main', result) }];
  }
  if (main.exitCode !== 0 || KITS[mode].leavesToPost.includes(result)) return [];
  return [{ what: `main is green (${result}) and the session is open`, excused: false }];
}

function claimsOfPost(trial: Trial): readonly Claim[] {
  const { post, sent } = trial;
  if (openForPost(trial).length === 0) return [];
  const said = saidBy(post);
  if (said !== undefined) {
    const what = `post says ${said} and the session is open`;
    return [{ what, excused: isExcused(trial, 'post', said) }];
  }
  const quiet = isQuiet(post) && !saysStillValid(post);
  if (!quiet || nothingKnown(trial) || refusedByTheServer(trial)) return [];
  const excused = sent.some(({ met, purpose }) => !opens(purpose) && settles(met.came, purpose));
  return [{ what: 'post is quiet and the session is open', excused }];
}

/** Sessions whose ids nobody has, and of which nobody tells either. What denied the opening is the vendor's word, or a lie. */
function silences(trial: Trial): readonly Claim[] {
  const count = openToNobody(trial);
  const told = Math.max(...[trial.main, trial.post].map(toldBy));
  if (!isLogin(trial.mode) || count <= told) return [];
  const denied = openings(trial).filter(({ met }) => deniesOpening(met)).length;
  return [
    {
      what: `${count} sessions are open to nobody, and ${told} are told of`,
      excused: count <= told + denied,
    },
  ];
}

/** What the line says that tells how a step went. */
function saidBy({ log }: StepResult): 'ended' | 'already-ended' | undefined {
  const [, said] =
    log.map((line) => /^(?:Error: |Warning: )?(Ended|Already ended)\b/.exec(line)).find(Boolean) ?? [];
  if (said === undefined) return undefined;
  return said === 'Ended' ? 'ended' : 'already-ended';
}

/** Only the words that say so in the vendor's form carry a claim; and it may say so of an end that was none. */
function isExcused(trial: Trial, step: When, claim: 'ended' | 'already-ended'): boolean {
  const had = sentIn(trial, step);
  if (step === 'post' && saysVerified(trial.post)) {
    return had.some(({ met: { came } }) => came.kind === 'validity' && !came.isValid);
  }
  return had.some(({ met: { came }, purpose, request }, index) => {
    if (came.kind === 'success' || request?.effect === 'logout-ignored') return claim === 'ended';
    const dead = purpose === 'logout' && saysDead(came);
    return (
      dead && (claim === 'already-ended' || had.slice(0, index).some(({ met }) => mayHaveHadEffect(met)))
    );
  });
}

function warnings({ annotations }: StepResult): readonly string[] {
  return annotations
    .filter(({ level }) => level === 'warning' || level === 'error')
    .map(({ message }) => message);
}

function isQuiet(step: StepResult): boolean {
  return step.exitCode === 0 && warnings(step).length === 0;
}

function saysStillValid({ log }: StepResult): boolean {
  return log.some((line) => /^(?:Error: |Warning: )?Still valid\b/.test(line));
}

function saysVerified({ log }: StepResult): boolean {
  return log.some((line) => /^Ended\b.*, verified\b/.test(line));
}

/** Of how many sessions that nobody has the id of a step says that they are open or may be. */
function toldBy(step: StepResult): number {
  return (
    perhapsOpen(step) + warnings(step).filter((text) => /without its id nobody can end it/.test(text)).length
  );
}

function perhapsOpen(step: StepResult): number {
  const told = warnings(step).map((text) => /(?:\b(A) session|(\d+) sessions) may be open/.exec(text));
  return told.reduce((sum, match) => sum + (match?.[1] === undefined ? Number(match?.[2] ?? 0) : 1), 0);
}

/** A refusal is no claim: main is red, and has told so. From a gateway it is a lie. */
function refusedByTheServer(trial: Trial): boolean {
  return trial.sent.some(({ met, purpose }) => met.from !== 'gateway' && refuses(met.came, purpose));
}

/** What main says that does not agree with itself, or with what it can have done. */
export function contradictions(trial: Trial): Violations {
  const { mode, main, allowAlreadyEnded, jobEnd, openBefore } = trial;
  const said = saidBy(main);
  const result = resultOf(trial);
  const mayBeGreen =
    result === 'ended' ||
    (result === 'already-ended' && allowAlreadyEnded) ||
    KITS[mode].leavesToPost.includes(result);
  const had = sentIn(trial, 'main');
  const mayHaveEnded =
    openBefore.length > 0 ||
    had.slice(0, -1).some(({ met }) => mayHaveHadEffect(met)) ||
    had.at(-1)?.met.came.kind === 'success';
  return {
    'main says ended, but nothing that it did can have ended the session':
      result === 'ended' && !mayHaveEnded,
    [`main is green with the result ${result}`]: main.exitCode === 0 && !mayBeGreen,
    [`main says ${said}, and its result is ${result}`]: said !== undefined && said !== result,
    'main puts off what it was to do at once': result === 'scheduled' && !jobEnd,
    [`main says ${result} and fails`]: ['ended', 'opened'].includes(result) && main.exitCode === 1,
    'post says verified, and nobody has said that the session is dead': isUnverified(trial),
    ...falseAlarms(trial),
  };
}

function isUnverified({ post, sent }: Trial): boolean {
  const answered = sent.some(
    ({ purpose, met: { came } }) =>
      purpose === 'validity' && (came.kind === 'truth' || (came.kind === 'validity' && !came.isValid)),
  );
  return saysVerified(post) && !answered;
}

/** A login alone leaves sessions to nobody; and of one that was answered it is known what became of it. */
function falseAlarms(trial: Trial): Violations {
  const lost = trial.sent.filter(({ met, purpose }) => {
    const { came, either = false } = met;
    const isAnswered = settles(came, purpose) && !either && !(came.kind === 'user-object' && !came.hasId);
    return opens(purpose) && !deniesOpening(met) && !isAnswered;
  }).length;
  const told = Math.max(...[trial.main, trial.post].map(perhapsOpen));
  const mayTell = trial.interrupted !== undefined || isSpent(trial);
  return { [`${told} sessions may be open, it says, and ${lost} logins were lost`]: told > lost && !mayTell };
}
