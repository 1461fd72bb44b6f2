import type { GaveUpBeforeFirst, Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { Reason } from '../responses/classification.ts';
import { reasonText, rejectionText, serverSaysText } from './reason-text.ts';
import { firstWords, subjectText } from './wording.ts';

/** An outcome as sentences. The first words say what became of the session. */
export function outcomeText<T>(outcome: Outcome<T>, request: ReportedRequest<T>): string {
  const first = firstWords(outcome, request);
  const subject = subjectText(request);
  const after = attemptsText(outcome.attempts);
  switch (outcome.kind) {
    case 'success':
      return `${first} ${subject} (HTTP ${outcome.statusCode}, ${after}).`;
    case 'session-gone':
      return outcome.possiblyByUs
        ? `${first} ${subject} (${after}): the answer to an earlier attempt was lost or unclear, and now it is gone: ${serverSaysText(outcome)}.`
        : `${first}: ${subject}: ${serverSaysText(outcome)} (${after}).`;
    case 'rejected':
      return `${first}: ${subject}. ${rejectionText(outcome, request)} (${after}; a refusal is not tried again).`;
    case 'unknown':
      return `${first}: ${subject}. ${unknownText(outcome, request)}`;
  }
}

/** The line of an inconclusive attempt that another one follows. */
export function retryText<T>(
  request: ReportedRequest<T>,
  attempt: number,
  reason: Reason,
  waitMs: number,
): string {
  return retryLine(String(attempt), reasonText(reason, request), waitMs);
}

/** The same for an attempt and a reason that are given in words. */
export function retryLine(attempt: string, why: string, waitMs: number): string {
  return `Attempt ${attempt}: ${why}. Trying again in ${(waitMs / 1000).toFixed(1)} s.`;
}

function unknownText<T>(
  outcome: Extract<Outcome<T>, { kind: 'unknown' }>,
  request: ReportedRequest<T>,
): string {
  if (outcome.reason === undefined) return nothingSentText(outcome.gaveUp);
  const { attempts, reason } = outcome;
  const text = reasonText(reason, request);
  if (reason.kind === 'network' && reason.failure.kind === 'proxy-settings') {
    return `Nothing was sent: ${text}`;
  }
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts, the last of which failed so`;
  switch (outcome.gaveUp) {
    case 'time-spent':
      return `The time given was spent after ${tries}: ${text}.`;
    case 'retry-after':
      return `The server asked to wait for longer than the time given after ${tries}: ${text}.`;
    case 'cancelled':
      return `The step was cancelled after ${tries}: ${text}.`;
    case 'same-response':
      return `Given up after ${tries}, for such an answer rarely passes: ${text}.`;
    case 'credential-used-up':
      return `Given up after ${tries}, and not sent again in this job, for it may have been judged: ${text}.`;
    case 'request-limit':
      return `Gave up after ${tries}, because a job sends at most ten requests with a credential: ${text}.`;
    case 'not-saved':
      return `Given up after ${tries}, for the state could not be saved: ${text}.`;
    case 'no-request':
    case 'already-done':
      return `Given up after ${tries}: ${text}.`;
  }
}

function nothingSentText(gaveUp: GaveUpBeforeFirst): string {
  switch (gaveUp) {
    case 'credential-used-up':
      return 'Nothing more was sent: the main step sent the password as often as it may be in a job, for accounts lock.';
    case 'request-limit':
      return 'Nothing more was sent, because a job sends at most ten requests with a credential.';
    case 'not-saved':
      return 'Nothing was sent, for the state could not be saved.';
    case 'cancelled':
      return 'The step was cancelled before anything was sent.';
    case 'no-request':
      return 'Nothing was sent, for there was nothing to log in with.';
  }
}

/** The number of attempts, as a part of a sentence. */
export function attemptsText(attempts: number): string {
  return `${attempts} attempt${attempts === 1 ? '' : 's'}`;
}
