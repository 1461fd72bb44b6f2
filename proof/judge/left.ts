import { isLogin } from '../modes.ts';
import {
  credentialOf,
  ends,
  isUnclearError,
  limitOf,
  MAX_CREDENTIAL_USES,
  mayUseCredential,
  rejectsCredentials,
  settles,
} from '../responses/form.ts';
import {
  nothingKnown,
  openForPost,
  openInHand,
  receivedIds,
  resultOf,
  type StepRecord,
  sentIn,
  type Trial,
  type TrialWithPost,
  type When,
} from '../trial.ts';
import { confirmsFalsely, isConfirmedFalselyInMain } from './claims.ts';

/** A session is still open that the action could have ended within the limits. */
export function isLeft(trial: Trial): boolean {
  const { post } = trial;
  if (post === undefined) return isLeftByMain(trial);
  return isLeftByPost({ ...trial, post }) || isLostByMain(trial) || isNotEndedAtOnce(trial);
}

/** Main had the signal and five seconds, and no post step followed. */
function isLeftByMain(trial: Trial): boolean {
  const { mode, getsWell, saveFailed, main, sent } = trial;
  if (!getsWell || openInHand(trial).length === 0 || couldNotEnd(trial, 'main')) return false;
  if (mode !== 'logoutall') return true;
  // Main cannot know that no post step follows, so it keeps the remaining uses of the password for post. What it cannot count it
  // does not send.
  const isKept = saveFailed || sent.some(({ met }) => mayUseCredential(met));
  return !isKept && !lacksTimeForPassword(main, sent.length);
}

function isLeftByPost(trial: TrialWithPost): boolean {
  if (openForPost(trial).length === 0) return false;
  const { mode, sent, main } = trial;
  if (!trial.getsWell || nothingKnown(trial) || couldNotEnd(trial, 'post')) return false;
  if (isConfirmedFalselyInMain(trial) || isSettledByOthersInMain(trial)) return false;
  if (isLogin(mode)) return true;
  const passwords = sent.filter(({ purpose }) => credentialOf(purpose) === 'password');
  const uses = passwords.filter(({ met }) => mayUseCredential(met)).length;
  // A kill between the record and the request leaves one less.
  const most = main.signal === null ? MAX_CREDENTIAL_USES : MAX_CREDENTIAL_USES - 1;
  return !(
    sent.some(
      ({ met, purpose }) =>
        isUnclearError(met.form, purpose) || (met.form.kind !== 'truth' && settles(met.form, purpose)),
    ) ||
    passwords.some(({ met }) => rejectsCredentials(met.form)) ||
    uses >= most ||
    (mode === 'logoutall' && lacksTimeForPassword(trial.post, sentIn(trial, 'post').length))
  );
}

/**
 * A password is not sent again within a second, nor with less time left than a third of it, five seconds, or what the slowest
 * response took: what is cut off may have worked.
 */
function lacksTimeForPassword({ durationMs, dueMs }: StepRecord, had: number): boolean {
  const slowestMs = had === 0 ? 0 : durationMs;
  return dueMs - durationMs < 1_300 + Math.max(Math.min(5_000, dueMs / 3), slowestMs);
}

/** Main got a response in the vendor's form that says its session has ended, but the vendor did not send it. */
function isSettledByOthersInMain(trial: Trial): boolean {
  return (
    isLogin(trial.mode) &&
    sentIn(trial, 'main').some(
      ({ met, purpose }) => ends(purpose) && met.form.kind !== 'truth' && settles(met.form, purpose),
    )
  );
}

/** Main got the ID of a session, and neither saved nor ended it. A kill may have hit the moment in between. */
function isLostByMain(trial: Trial): boolean {
  const { mode, main, openAfterPost, mayMissLast } = trial;
  if (!isLogin(mode) || main.signal !== null || mayMissLast || couldNotEnd(trial, 'main')) return false;
  return receivedIds(trial).some((id) => openAfterPost.includes(id) && !main.stateFile.includes(id));
}

/** Main knew its session, did not hand it on, and left all of it to post. */
function isNotEndedAtOnce(trial: Trial): boolean {
  const { mode, main, openAfterMain, mayMissLast } = trial;
  if (!isLogin(mode) || main.signal !== null || mayMissLast || resultOf(trial) === 'opened') return false;
  const isOpen = receivedIds(trial).some((id) => openAfterMain.includes(id));
  return isOpen && !sentIn(trial, 'main').some(({ purpose }) => ends(purpose));
}

/** What keeps any step within the limits from ending the session: a settled request, a limit, or the time. */
function couldNotEnd(trial: Trial, step: When): boolean {
  const record = trial[step];
  const had = sentIn(trial, step);
  const ending = had.filter(({ purpose }) => ends(purpose));
  return (
    ending.some((one) =>
      one.met.form.kind === 'truth' ? confirmsFalsely(one) : settles(one.met.form, one.purpose),
    ) ||
    // Its text may reject, and the judge does not read texts.
    ending.some(({ met, purpose }) => isUnclearError(met.form, purpose)) ||
    // Main verifies before it has ended anything.
    (step === 'post' && had.some(({ met: { form } }) => form.kind === 'validity' && !form.isValid)) ||
    ending.some(({ met }) => met.takesAllTime) ||
    ending.some(({ met, purpose }) => {
      const limit = limitOf(met, purpose);
      const alike = ending.filter((other) => limitOf(other.met, other.purpose)?.kind === limit?.kind);
      return limit !== undefined && alike.length >= limit.times;
    }) ||
    record === undefined ||
    record.signal !== null ||
    record.outOfTime
  );
}
