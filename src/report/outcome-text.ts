import type { GaveUpBeforeFirst, Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { Reason } from '../responses/classification.ts';
import { reasonText, rejectionText, serverSaysText } from './reason-text.ts';
import { firstWords, subjectText } from './wording.ts';

type UnknownOutcome<T> = Extract<Outcome<T>, { kind: 'unknown' }>;

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
        ? `${first} ${subject} (${after}): the response to an earlier attempt was lost or unclear, and now the session is gone: ${serverSaysText(outcome)}.`
        : `${first}: ${subject}: ${serverSaysText(outcome)} (${after}).`;
    case 'rejected':
      return `${first}: ${subject}. ${rejectionText(outcome, request)} (${after}; a rejected request is not retried).`;
    case 'unknown':
      return `${first}: ${subject}. ${unknownText(outcome, request)}`;
  }
}

/** The line of an inconclusive attempt that is retried. */
export function retryText<T>(
  request: ReportedRequest<T>,
  attempt: number,
  reason: Reason,
  waitMs: number,
): string {
  return retryLine(`Attempt ${attempt}`, reasonText(reason, request), waitMs);
}

/** The same, with the attempt and the reason as text. */
export function retryLine(attempt: string, why: string, waitMs: number): string {
  return `${attempt}: ${why}. Retrying in ${(waitMs / 1000).toFixed(1)} s.`;
}

function unknownText<T>(outcome: UnknownOutcome<T>, request: ReportedRequest<T>): string {
  if (outcome.reason === undefined) return nothingSentText(outcome.gaveUp);
  const { attempts, reason } = outcome;
  const text = reasonText(reason, request);
  if (reason.kind === 'network' && reason.failure.kind === 'proxy-settings') {
    return `Nothing was sent: ${text}`;
  }
  const last = attempts === 1 ? text : `last error: ${text}`;
  const tries = attemptsText(attempts);
  if (!outcome.wasSent && outcome.gaveUp !== 'cancelled') return `Nothing was sent in ${tries}; ${last}.`;
  switch (outcome.gaveUp) {
    case 'time-spent':
      return `The time was used up after ${tries}; ${last}.`;
    case 'retry-after':
      return `The server asked for a longer wait than there was time for, after ${tries}; ${last}.`;
    case 'cancelled':
      return `The step was cancelled after ${tries}; ${last}.`;
    case 'same-response':
      return `Gave up after ${tries}, because retrying rarely helps here; ${last}.`;
    case 'credential-used-up':
      return `Gave up after ${tries}; not retried in this job, because ${usedUpReason(request)}; ${last}.`;
    case 'request-limit':
      return `Gave up after ${tries}, because a job sends at most ten requests with a credential; ${last}.`;
    case 'not-saved':
      return `Gave up after ${tries}, because the state could not be saved; ${last}.`;
    case 'no-request':
    case 'already-done':
      return `Gave up after ${tries}; ${last}.`;
  }
}

function usedUpReason({ kind }: Pick<ReportedRequest<unknown>, 'kind'>): string {
  return kind === 'token-login'
    ? 'the server may have checked the token, and a token works only once'
    : 'another attempt could lock the account';
}

function nothingSentText(gaveUp: GaveUpBeforeFirst): string {
  switch (gaveUp) {
    case 'credential-used-up':
      return "Nothing more was sent, because the job's 3 password attempts are used up, to avoid locking the account.";
    case 'request-limit':
      return 'Nothing more was sent, because a job sends at most ten requests with a credential.';
    case 'not-saved':
      return 'Nothing was sent, because the state could not be saved.';
    case 'cancelled':
      return 'The step was cancelled before anything was sent.';
    case 'no-request':
      return 'Nothing was sent, because there was no token to log in with.';
  }
}

/** The number of attempts, as a part of a sentence. */
export function attemptsText(attempts: number): string {
  return `${attempts} attempt${attempts === 1 ? '' : 's'}`;
}
