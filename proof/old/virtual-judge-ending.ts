import type { Violations } from '../invariants.ts';
import {
  credentialOf,
  MOST_HEARD,
  mayHaveBeenHeard,
  mayHaveHadEffect,
  refuses,
  refusesCredentials,
  settles,
} from '../met.ts';
import type { Request, Trial } from '../virtual/job.ts';
import type { Claim } from './verdict.ts';
import {
  claimOf,
  hasEndedUnheard,
  isForged,
  isQuiet,
  nobodyCould,
  resultOf,
  type Step,
} from './virtual-telling.ts';

/** What the steps of a job that is given a session to end say, or let a reader believe, and the ledger denies. */
export function untrueOfEnding(trial: Trial): readonly Claim[] {
  const { main, post, openAfterMain, openAfterPost } = trial;
  const claims: Claim[] = [];
  const result = resultOf(main);
  if (openAfterMain.length > 0 && (result === 'ended' || result === 'already-ended')) {
    claims.push({
      what: `main says ${result} and the session is open`,
      excused: isForged(requestsOf(trial, 'main'), result),
    });
  }
  if (openAfterPost.length === 0) return claims;
  const said = claimOf(post);
  if (said !== undefined) {
    claims.push({
      what: `post says ${said} and the session is open`,
      excused: isForged(requestsOf(trial, 'post'), said),
    });
  } else if (isQuiet(post) && main.state !== '' && !refusedByTheServer(trial)) {
    claims.push({
      what: 'post is quiet and the session is open',
      excused: trial.requests.some(({ met, purpose }) => settles(met.came, purpose)),
    });
  }
  return claims;
}

/** A refusal is no claim: main is red, and has told so. From a gateway it is a lie. */
function refusedByTheServer({ requests }: Trial): boolean {
  return requests.some(({ met, purpose }) => met.from !== 'gateway' && refuses(met.came, purpose));
}

/** What a step says that does not agree with itself, or with what it can have done. */
export function contradictionsOfEnding(trial: Trial): Violations {
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
      result === 'already-ended' && hasEndedUnheard(requestsOf(trial, 'main')),
    'post says that it was ended already, and has ended it':
      postSays === 'already-ended' && hasEndedUnheard(requestsOf(trial, 'post')),
  };
}

function mayHaveEnded(trial: Trial, step: Step): boolean {
  const had = requestsOf(trial, step);
  const last = had.at(-1);
  // A password's success is about all sessions, whoever ended them.
  const isSuccess = last !== undefined && (last.ended.length > 0 || last.met.came.kind === 'success');
  return (
    isSuccess || last?.purpose === 'logoutall' || had.slice(0, -1).some(({ met }) => mayHaveHadEffect(met))
  );
}

function requestsOf({ requests }: Trial, step: Step): readonly Request[] {
  return requests.filter((request) => request.step === step);
}

/** An open session counts unless nobody could have ended it, by whoever keeps the limits. */
export function isLeftByEnding(trial: Trial): boolean {
  const { requests, main } = trial;
  const [open] = trial.openAfterPost;
  if (open === undefined) return false;
  const passwords = requests.filter(({ purpose }) => credentialOf(purpose) === 'password');
  return !(
    requests.some(({ met, purpose }) => met.came.kind !== 'truth' && settles(met.came, purpose)) ||
    passwords.some(({ met }) => refusesCredentials(met.came)) ||
    passwords.filter(({ met }) => mayHaveBeenHeard(met)).length >= mostHeard(trial) ||
    nobodyCould(trial, 'post', requestsOf(trial, 'post'), open) ||
    main.state === ''
  );
}

/** A kill after the record and before the request leaves one less to be sent. */
function mostHeard({ main }: Trial): number {
  return main.report === 'killed' ? MOST_HEARD - 1 : MOST_HEARD;
}
