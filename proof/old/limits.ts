import { found, type Problem, type Violations } from '../invariants.ts';
import type { Sent, When } from '../journal.ts';
import {
  type Credential,
  credentialOf,
  ends,
  isRedirect,
  isUnclear,
  isUnclear4xx,
  MOST_HEARD,
  mayHaveBeenHeard,
  opens,
  type Purpose,
  refuses,
  refusesCredentials,
} from '../met.ts';
import { isLogin } from '../modes.ts';
import { indexOfSettled, mayNotHaveHeard, resultOf, sentIn, type Trial, timesHeard } from './trial.ts';

const SLACK_MS = 2_000;
const MEMORY_MIB = 100;
/** How often the same unclear answer may be had in a step, and an unclear 4xx. */
export const MOST_UNCLEAR = 6;
export const MOST_UNCLEAR_4XX = 2;

/** What a step may not do, however it ends. */
export function excesses(trial: Trial): readonly Problem[] {
  return [
    ...found(3, afterTheLastWord(trial)),
    ...found(3, withCredentials(trial)),
    ...found(3, tooOften(trial, 'main')),
    ...found(3, tooOften(trial, 'post')),
    ...found(3, misconduct(trial)),
    ...found(5, beyondBounds(trial)),
  ];
}

function afterTheLastWord(trial: Trial): Violations {
  const { mode, sent } = trial;
  const all = (['logout', 'logoutall', 'login', 'token-login'] as const).map((purpose) => {
    const at = indexOfSettled(trial, purpose);
    const settled = sent[at];
    const again = sent.slice(at + 1).filter((one) => one.purpose === purpose).length;
    // That the end at once of a login's session was refused is told, and post may look whether it still is.
    const isExempt =
      settled !== undefined && isLogin(mode) && ends(purpose) && refuses(settled.met.came, purpose);
    const isHarm = settled !== undefined && again > 0 && !isExempt && !mayNotHaveHeard(trial, at);
    return [`${again} of ${purpose} after "${settled?.met.name}"`, isHarm];
  });
  return Object.fromEntries(all);
}

function withCredentials(trial: Trial): Violations {
  const { mode, sent } = trial;
  const shows = (one: Sent, credential: Credential) => credentialOf(one.purpose) === credential;
  const refusedAt = sent.findIndex(
    (one, index) =>
      shows(one, 'password') &&
      refusesCredentials(one.met.came) &&
      !one.met.either &&
      !mayNotHaveHeard(trial, index),
  );
  const again = sent.slice(refusedAt + 1).some((one) => shows(one, 'password'));
  const tokens = sent.filter((one) => shows(one, 'token'));
  const spentAt = tokens.findIndex(({ met }) => mayHaveBeenHeard(met) && !met.either);
  const heard = timesHeard(sent.filter((one) => shows(one, 'password')));
  const questions = sent.filter(({ purpose }) => purpose === 'validity');
  return {
    [`a password is sent again after "${sent[refusedAt]?.met.name}"`]: refusedAt >= 0 && again,
    [`${heard} requests with a password may have been heard`]: heard > MOST_HEARD,
    [`a token is sent again after "${tokens[spentAt]?.met.name}"`]:
      spentAt >= 0 && spentAt < tokens.length - 1,
    'a session that it did not open is asked about': questions.length > 0 && !isLogin(mode),
    'main asks whether a session is dead': questions.some(({ step }) => step === 'main'),
    // What a main sent that was killed may arrive later.
    'post logs in':
      trial.interrupted === undefined && sent.some(({ step, purpose }) => step === 'post' && opens(purpose)),
  };
}

/** A step that asks again although what it had will not pass. */
function tooOften(trial: Trial, step: When): Violations {
  // The question of verification gives up by its own time.
  const purposes: readonly Purpose[] = ['logout', 'logoutall', 'login', 'token-login'];
  return Object.assign(
    {},
    ...purposes.map((purpose) => {
      const had = sentIn(trial, step).filter((one) => one.purpose === purpose);
      const unclear = had.filter(({ met }) => !met.either);
      const redirectAt = had.findIndex(({ met }) => isRedirect(met.came, purpose) && !met.either);
      const unclear4xx = unclear.filter(({ met }) => isUnclear4xx(met.came));
      return {
        [`${step} asks for ${purpose} again after a redirect`]:
          redirectAt >= 0 && redirectAt < had.length - 1,
        [`${step} has the same unclear 4xx to ${purpose} ${mostAlike(unclear4xx)} times`]:
          mostAlike(unclear4xx) > MOST_UNCLEAR_4XX,
        [`${step} has the same unclear answer to ${purpose} ${mostAlike(unclear)} times`]:
          mostAlike(unclear) > MOST_UNCLEAR,
      };
    }),
  );
}

/** How often the unclear answer was had that was had most. */
export function mostAlike(had: readonly Sent[]): number {
  const unclear = had.filter(({ met }) => isUnclear(met.came)).map(({ met }) => met.name);
  return Math.max(0, ...unclear.map((name) => unclear.filter((other) => other === name).length));
}

function misconduct(trial: Trial): Violations {
  const { mode, main, post, foreignConnections } = trial;
  const unexpected = [...main.log, ...post.log].find((line) => /failed unexpectedly|Could not /.test(line));
  const handsOn = main.outputs['session-id'] || Object.values(main.env).join('');
  // A kill leaves what was written before it.
  const fails = isLogin(mode) && resultOf(trial) !== 'opened' && main.signal === null;
  return {
    'a connection to a host that no input names': foreignConnections > 0,
    'the post step failed the job': post.failed,
    [`stderr: ${main.stderr}${post.stderr}`]: main.stderr + post.stderr !== '',
    [`the log says "${unexpected}"`]: unexpected !== undefined,
    'a login that fails hands something on': fails && handsOn !== '',
  };
}

function beyondBounds({ main, post, timeoutMs, interrupted, memoryMiB }: Trial): Violations {
  const longestMs = Math.max(main.durationMs, post.durationMs);
  const peakMiB = Math.max(0, ...memoryMiB);
  return {
    'main goes on although it was told to end':
      interrupted !== undefined && main.durationMs > interrupted.atMs + interrupted.graceMs,
    [`a step took ${Math.round(longestMs)} ms`]: longestMs > timeoutMs + SLACK_MS,
    [`a step took ${peakMiB} MiB`]: peakMiB > MEMORY_MIB,
  };
}
