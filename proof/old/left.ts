import {
  credentialOf,
  isRedirect,
  isUnclear4xx,
  MOST_HEARD,
  opens,
  refusesCredentials,
  settles,
} from '../met.ts';
import { MOST_UNCLEAR, MOST_UNCLEAR_4XX, mostAlike } from './limits.ts';
import {
  isSpent,
  nothingKnown,
  openForPost,
  openings,
  openToNobody,
  sentIn,
  type Trial,
  timesHeard,
} from './trial.ts';

/** A session is open in the end that could have been ended. */
export function isLeft(trial: Trial): boolean {
  return isLeftByPost(trial) || isLostByMain(trial);
}

/** An open session counts unless nobody could have ended it, by whoever keeps the limits. */
function isLeftByPost(trial: Trial): boolean {
  const ending = trial.sent.filter(({ purpose }) => !opens(purpose) && purpose !== 'validity');
  const settled = ending.some(
    ({ met, purpose, request }) =>
      settles(met.came, purpose) && (met.came.kind !== 'truth' || request?.effect === 'logout-ignored'),
  );
  const passwords = ending.filter(({ purpose }) => credentialOf(purpose) === 'password');
  const mayNotBeSent =
    passwords.some(({ met }) => refusesCredentials(met.came)) || timesHeard(passwords) >= MOST_HEARD;
  const had = sentIn(trial, 'post').filter(({ purpose }) => purpose !== 'validity');
  const excused =
    !trial.getsWell ||
    settled ||
    mayNotBeSent ||
    had.some(({ met }) => met.holds) ||
    had.some(({ met, purpose }) => isRedirect(met.came, purpose)) ||
    had.filter(({ met }) => isUnclear4xx(met.came)).length >= MOST_UNCLEAR_4XX ||
    mostAlike(had) >= MOST_UNCLEAR ||
    nothingKnown(trial);
  return openForPost(trial).length > 0 && !excused;
}

/** A login was answered in time, and nothing was saved of it. Of a kill it may have been the moment. */
function isLostByMain(trial: Trial): boolean {
  if (trial.main.signal !== null || isSpent(trial)) return false;
  const opened = openings(trial);
  const answered = opened.filter(({ met, purpose }) => {
    const hasId = met.came.kind === 'truth' || (met.came.kind === 'user-object' && met.came.hasId);
    return hasId && settles(met.came, purpose) && !met.either;
  });
  return openToNobody(trial) > opened.length - answered.length;
}
