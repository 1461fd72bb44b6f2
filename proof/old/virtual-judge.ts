import { privateTexts } from '../../simulator/user-object.ts';
import { found, type Violations } from '../invariants.ts';
import {
  credentialOf,
  MOST_HEARD,
  mayHaveBeenHeard,
  opens,
  refuses,
  refusesCredentials,
  settles,
} from '../met.ts';
import { isLogin, type Mode } from '../modes.ts';
import type { Request, Trial } from '../virtual/job.ts';
import { USER } from '../virtual/vendor.ts';
import { type Verdict, verdict } from './verdict.ts';
import { contradictionsOfEnding, isLeftByEnding, untrueOfEnding } from './virtual-judge-ending.ts';
import { contradictionsOfLogin, harmOfLogin, isLeftByLogin, untrueOfLogin } from './virtual-judge-login.ts';
import { deadlineMs, requestsFor, type Step, times } from './virtual-telling.ts';

const SLACK_MS = 2_000;
const STEPS: readonly Step[] = ['main', 'post'];
/** What a login's answer holds, and nobody may ever show. */
const PRIVATE = privateTexts(USER);

/** Holds a job in a virtual world against the ledger. */
export function judge(trial: Trial): Verdict {
  const opened = isLogin(trial.mode);
  return verdict(
    opened ? untrueOfLogin(trial) : untrueOfEnding(trial),
    found(1, opened ? contradictionsOfLogin(trial) : contradictionsOfEnding(trial)),
    found(2, { 'a session is left': opened ? isLeftByLogin(trial) : isLeftByEnding(trial) }),
    found(3, opened ? harmOfLogin(trial) : {}),
    found(3, harm(trial)),
    found(4, leaks(trial)),
    found(5, excess(trial)),
  );
}

function harm(trial: Trial): Violations {
  const { mode, requests, hosts, post, state, couldNotSave } = trial;
  const passwords = requests.filter(({ purpose }) => credentialOf(purpose) === 'password');
  const refusedAt = passwords.findIndex(({ met }) => refusesCredentials(met.came));
  // What could not be written down, post can't know.
  const again = passwords.slice(refusedAt + 1).filter(({ step }) => step === 'main' || !couldNotSave);
  const heard = passwords.filter(({ met }) => mayHaveBeenHeard(met)).length;
  return {
    'a password was sent again after it was refused': refusedAt >= 0 && again.length > 0,
    [`a password was heard ${heard} times`]: heard > MOST_HEARD,
    'a request was sent after one that settled it': requests.some((one, index) =>
      requests.slice(index + 1).some((later) => isTooMuch(mode, later, one)),
    ),
    'a step goes on although such an answer rarely passes': requests.some(
      ({ step, purpose, met: { atMost } }) =>
        atMost !== undefined &&
        purpose !== 'validity' &&
        times(requestsFor(trial, step, purpose), atMost.kind) > atMost.times,
    ),
    'a request went to another host': requests.some(({ host }) => !hosts.includes(host)),
    'main sent a request before it saved what post needs':
      state.kind === 'nothing' && requests.length > 0 && !couldNotSave,
    'main saved what post cannot read': state.kind === 'unreadable',
    'post fails the job although it was to warn': post.report !== 'killed' && post.report.level === 'error',
  };
}

/** A request for which an earlier one has left no reason. */
function isTooMuch(mode: Mode, later: Request, { purpose, met, step }: Request): boolean {
  if (purpose === 'validity' || !settles(met.came, purpose)) return false;
  if (!isLogin(mode)) return true;
  if (opens(purpose)) return opens(later.purpose) || refuses(met.came, purpose);
  // A session that a login could not end at once is post's, even if the vendor has refused main.
  const isLeftToPost =
    later.purpose === 'logout' && step === 'main' && later.step === 'post' && refuses(met.came, purpose);
  return later.purpose !== 'validity' && !isLeftToPost;
}

function leaks({ mode, main, post, state, secret, requests }: Trial): Violations {
  const shown = [...main.texts, ...post.texts].join('\n');
  const secrets = [secret, ...requests.flatMap(({ opened, token }) => [...opened, token]), ...PRIVATE].filter(
    (one) => one !== '',
  );
  return {
    'a secret was saved, sent or handed on before it was masked':
      main.unmasked || (secret !== '' && !main.masked.has(secret)),
    'a secret is shown': secrets.some((one) => shown.includes(one)),
    'the state of a settled step holds a secret':
      state.kind === 'settled' && secret !== '' && main.state.includes(secret),
    'the state of a login holds what it proved itself with':
      isLogin(mode) && secret !== '' && main.saved.some((text) => text.includes(secret)),
  };
}

function excess(trial: Trial): Violations {
  const late = STEPS.map((step) => trial[step].endedMs - deadlineMs(trial, step));
  return { [`a step is ${Math.max(...late)} ms late`]: Math.max(...late) > SLACK_MS };
}
