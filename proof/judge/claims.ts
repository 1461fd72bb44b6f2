import type { StepResult } from '../../runner/index.ts';
import type { Violations } from '../invariants.ts';
import { isLogin, MODE_PROFILES } from '../modes.ts';
import {
  deniesOpening,
  type Encounter,
  ends,
  isUnclearError,
  mayHaveHadEffect,
  opens,
  rejects,
  saysDead,
  settles,
} from '../responses/form.ts';
import { type Claimed, saidBy } from '../said.ts';
import {
  accessTokenOf,
  hasControl,
  hasSavedLogout,
  nothingKnown,
  openForPost,
  openInHand,
  receivedIds,
  receivedLogins,
  resultOf,
  type SentRequest,
  sentIn,
  stepsOf,
  type Trial,
  type When,
  wantsAccessToken,
} from '../trial.ts';

/** What a step says, or lets a reader believe, and the ledger denies. */
export interface Claim {
  readonly what: string;
  /** No client could have told the response that it rests on from the vendor's. */
  readonly excused: boolean;
}

export function falseClaims(trial: Trial): readonly Claim[] {
  return [...claimsOfMain(trial), ...claimsOfPost(trial), ...claimsWithoutPost(trial), ...unreported(trial)];
}

function claimsOfMain(trial: Trial): readonly Claim[] {
  const { mode, main, openAfterMain, sent } = trial;
  const result = resultOf(trial);
  if (result === 'opened') {
    const holds = openAfterMain.includes(main.outputs['session-id'] ?? '');
    const forged = ({ met, opened }: SentRequest) => met.form.kind === 'user-object' && opened.length === 0;
    return holds
      ? claimsOfAccessToken(trial)
      : [{ what: 'main says opened, and the ledger has no such session', excused: sent.some(forged) }];
  }
  if (claimsEndAtOnce(trial) && receivedIds(trial).some((id) => openAfterMain.includes(id))) {
    const excused = isExcused(trial, 'main', 'ended') || isExcused(trial, 'main', 'already-ended');
    return [{ what: 'main says that it was ended at once, and the session is open', excused }];
  }
  if (openAfterMain.length === 0 || isLogin(mode)) return [];
  if (result === 'ended' || result === 'already-ended') {
    const what = `main says ${result} and the session is open`;
    return [{ what, excused: isExcused(trial, 'main', result) }];
  }
  if (main.exitCode !== 0 || MODE_PROFILES[mode].leavesToPost.includes(result)) return [];
  return [{ what: `main is green (${result}) and the session is open`, excused: false }];
}

/** A login that requests an access token has opened a session only if it hands on the token that the server granted for it. */
function claimsOfAccessToken(trial: Trial): readonly Claim[] {
  if (!wantsAccessToken(trial)) return [];
  const { main, accessTokens, sent } = trial;
  const granted = accessTokens.find(
    ({ token, sessionId }) => token === accessTokenOf(trial) && sessionId === main.outputs['session-id'],
  );
  if (granted === undefined) {
    const excused = sent.some(({ met }) => met.form.kind === 'access-token');
    return [{ what: 'main says opened, and its access token was not granted', excused }];
  }
  const expiresAt = main.outputs['access-token-expires-at'] ?? '';
  const isTrue = Date.parse(expiresAt) === granted.expiresAtMs;
  return isTrue ? [] : [{ what: `main says that its access token expires at ${expiresAt}`, excused: false }];
}

/** Main says it; or, where main was killed before it could, post does. */
function claimsEndAtOnce({ mode, main, post }: Trial): boolean {
  return isLogin(mode) && (saidBy(main).endedAtOnce || saidBy(post).settledInMain);
}

function claimsOfPost(trial: Trial): readonly Claim[] {
  const { mode, post, sent } = trial;
  if (post === undefined) return [];
  const { claimed } = saidBy(post);
  const isOpen = openForPost(trial).length > 0;
  if (claimed === 'still-valid') {
    const excused = sentIn(trial, 'post').some(
      ({ met: { form } }) => form.kind === 'validity' && form.isValid,
    );
    return isOpen ? [] : [{ what: 'post says that the session is still valid, and it is not open', excused }];
  }
  if (!isOpen) return [];
  if (claimed !== undefined) {
    const what = `post says ${claimed} and the session is open`;
    return [{ what, excused: isExcused(trial, 'post', claimed) }];
  }
  if (!isQuiet(post) || nothingKnown(trial) || isConfirmedFalselyInMain(trial)) return [];
  if (!isLogin(mode) && rejectedByTheServer(trial)) return [];
  // What validSessionId said may have been true when it was said.
  const liesLater = sentIn(trial, 'post').some(
    ({ met: { form } }) => form.kind === 'validity' && !form.isValid,
  );
  const excused = isLogin(mode)
    ? liesLater && isControlled(trial)
    : sent.some(
        ({ met, purpose }) =>
          ends(purpose) && (settles(met.form, purpose) || isUnclearError(met.form, purpose)),
      );
  return [{ what: 'post is quiet and the session is open', excused }];
}

/** No post step follows, so main must hand nothing on after the signal, and must say what it leaves open. */
function claimsWithoutPost(trial: Trial): readonly Claim[] {
  const { main, post } = trial;
  const claimsEnd = ['ended', 'already-ended'].includes(resultOf(trial)) || claimsEndAtOnce(trial);
  if (post !== undefined || claimsEnd || openInHand(trial).length === 0) return [];
  if (main.exitCode === 0) return [{ what: 'main is green, and no post step follows', excused: false }];
  return saidBy(main).notEnded
    ? []
    : [{ what: 'main does not say that the session is open', excused: false }];
}

/** Sessions whose IDs nobody has, and of which nobody warns either. A response that denies the login excuses that. */
function unreported(trial: Trial): readonly Claim[] {
  const { mode, main, post, openAfterPost } = trial;
  if (!isLogin(mode)) return [];
  const told = Math.max(saidBy(main).warnedOpen, saidBy(post).warnedOpen);
  const claimed = claimsEndAtOnce(trial) ? receivedIds(trial) : [];
  const lost = openAfterPost.filter((id) => !main.stateFile.includes(id) && !claimed.includes(id));
  if (lost.length <= told) return [];
  const denied = trial.sent
    .filter(({ met }) => deniesOpening(met))
    .flatMap(({ opened }) => opened)
    .filter((id) => lost.includes(id)).length;
  const what = `${lost.length} sessions are open to nobody, and ${told} are told of`;
  return [{ what, excused: lost.length - denied <= told }];
}

/** Only a response in a form of the vendor's own carries a claim; and the vendor may confirm an end that ended nothing. */
function isExcused(trial: Trial, step: When, claim: Claimed): boolean {
  const had = sentIn(trial, step);
  if (step === 'post') {
    const validities = had
      .slice(had.findLastIndex(({ purpose }) => ends(purpose)) + 1)
      .map(validityIn(trial));
    // What validSessionId said may have been true when it was said.
    if (saidBy(trial.post).verified) return isControlled(trial) && validities.includes('dead');
    if (validities.includes('valid')) return false;
    if (validities.includes('dead') && isControlled(trial)) return true;
  }
  const ending = had.filter(({ purpose }) => ends(purpose));
  return ending.some((one, index) => {
    const { met, purpose } = one;
    if (met.form.kind === 'success' || confirmsFalsely(one)) return claim === 'ended';
    const dead = purpose === 'logout' && saysDead(met.form);
    const earlier = ending.slice(0, index).some((before) => mayHaveHadEffect(before.met));
    return dead && (claim === 'already-ended' || earlier);
  });
}

/** A response told main that its session has ended, and none told post that it has not. */
export function isConfirmedFalselyInMain(trial: Trial): boolean {
  const isToldOtherwise = validitiesInPost(trial).includes('valid');
  return isLogin(trial.mode) && !isToldOtherwise && sentIn(trial, 'main').some(confirmsFalsely);
}

/** The vendor says that it ended a session that lives on. */
export function confirmsFalsely({ met, effect }: SentRequest): boolean {
  return met.form.kind === 'truth' && effect === 'logout-ignored';
}

/** What the response to validSessionId says about the session that main saved. */
const validityIn =
  (trial: Trial) =>
  ({ met: { form, ambiguous = false }, purpose, openThen }: SentRequest): 'valid' | 'dead' | undefined => {
    if (purpose !== 'validity') return undefined;
    if (form.kind === 'validity') return form.isValid ? 'valid' : 'dead';
    if (form.kind !== 'truth') return undefined;
    const isOpen = openThen.some((id) => trial.main.stateFile.includes(id));
    if (isOpen) return ambiguous ? undefined : 'valid';
    return 'dead';
  };

/** The same for one request. */
export function saidOfSession(trial: Trial, request: SentRequest): 'valid' | 'dead' | undefined {
  return validityIn(trial)(request);
}

/** What post was told about the session, in order; undefined for a response that tells nothing. */
export function validitiesInPost(trial: Trial): readonly ('valid' | 'dead' | undefined)[] {
  return sentIn(trial, 'post').map(validityIn(trial));
}

/**
 * Whether "dead" can be relied on: the same server said "valid" before, to main or to post. `index` is that of the request among those
 * of post, by default of the last that says "dead".
 */
export function isControlled(trial: Trial, index = validitiesInPost(trial).lastIndexOf('dead')): boolean {
  return hasControl(trial) || validitiesInPost(trial).slice(0, Math.max(0, index)).includes('valid');
}

function isQuiet({ exitCode, annotations }: StepResult): boolean {
  return exitCode === 0 && annotations.every(({ level }) => level === 'notice');
}

/** A rejection is no claim: main is red, and says so. One that comes from a gateway is false. */
function rejectedByTheServer({ sent }: Trial): boolean {
  return sent.some(({ met, purpose }) => met.from !== 'gateway' && rejects(met.form, purpose));
}

/** Messages that contradict each other, or what the steps can have done. */
export function contradictions(trial: Trial): Violations {
  const { mode, main, post, allowAlreadyEnded, when } = trial;
  const { claimed } = saidBy(main);
  const afterwards = saidBy(post);
  const result = resultOf(trial);
  const mayBeGreen =
    result === 'ended' ||
    (result === 'already-ended' && allowAlreadyEnded) ||
    MODE_PROFILES[mode].leavesToPost.includes(result);
  const validities = validitiesInPost(trial);
  const warned = stepsOf(trial).map((step) => saidBy(step).warnedOpen);
  const most = mostToWarnOf(trial);
  return {
    [`main is green with the result ${result}`]: main.exitCode === 0 && !mayBeGreen,
    [`main says ${result} and fails`]: main.exitCode === 1 && mayBeGreen,
    [`main says ${claimed}, and its result is ${result}`]: claimed !== undefined && claimed !== result,
    'main puts off what it was to do at once': result === 'scheduled' && when === 'now',
    'main says ended, but nothing that it did can have ended the session':
      result === 'ended' && !mayHaveEnded(trial, 'main'),
    'post says ended, but nothing that it did can have ended the session':
      afterwards.claimed === 'ended' && !afterwards.verified && !mayHaveEnded(trial, 'post'),
    'main says that the session had ended already, and main ended it':
      result === 'already-ended' && endedUnknowingly(trial, 'main'),
    'post says that the session had ended already, and post ended it':
      afterwards.claimed === 'already-ended' && endedUnknowingly(trial, 'post'),
    'post says verified, and nobody said that the session is dead':
      afterwards.verified && !validities.includes('dead'),
    'post says verified, and nobody had said that the session is valid':
      afterwards.verified && !isControlled(trial),
    'post says that the session is still valid, and nobody said so':
      afterwards.claimed === 'still-valid' && !validities.includes('valid'),
    [`a step warns of ${Math.max(...warned)} sessions, and at most ${most} can be open`]:
      Math.max(...warned) > most,
  };
}

/** It was open before, or an earlier request may have ended it, or the last one did. */
function mayHaveEnded(trial: Trial, step: When): boolean {
  const had = sentIn(trial, step).filter(({ purpose }) => ends(purpose));
  const last = had.at(-1);
  if (last === undefined) return false;
  return (
    ['session-ended', 'sessions-ended', 'logout-ignored'].includes(last.effect ?? '') ||
    last.met.form.kind === 'success' ||
    // The success of logoutall is about all sessions, even those that had ended before.
    last.purpose === 'logoutall' ||
    had.slice(0, -1).some(({ met }) => mayHaveHadEffect(met))
  );
}

/** A request of the step ended the session, and its response did not say so. */
function endedUnknowingly(trial: Trial, step: When): boolean {
  return sentIn(trial, step).some(
    ({ effect, met, purpose }) =>
      effect === 'session-ended' && mayHaveHadEffect(met) && !settles(met.form, purpose),
  );
}

/** Main knows the result of a login whose response it got. After a kill the state may count a login that was never sent. */
function mostToWarnOf(trial: Trial): number {
  const possible = trial.sent.filter(
    ({ met, purpose }) => opens(purpose) && (!deniesOpening(met) || isBrokenOff(met)),
  ).length;
  const isKnown = hasSavedLogout(trial) || claimsEndAtOnce(trial);
  const known = isKnown ? receivedLogins(trial).length : 0;
  const unsure = trial.main.signal !== null || trial.interrupted || trial.mayMissLast;
  return possible - known + Number(unsure);
}

/** A 3xx or 4xx whose body breaks off: main may or may not warn that the login may have worked. */
function isBrokenOff({ form }: Encounter): boolean {
  return form.kind === 'other' && form.brokenOff === true;
}
