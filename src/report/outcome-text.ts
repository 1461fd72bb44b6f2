import type { Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import { reasonText, rejectionText, serverSaysText } from './reason-text.ts';
import { firstWords, subjectText } from './wording.ts';

type UnknownOutcome = Extract<Outcome<unknown>, { kind: 'unknown' }>;

/** The outcome as sentences for people. The first words say what became of it. */
export function outcomeText<T>(outcome: Outcome<T>, request: ReportedRequest<T>): string {
  const first = firstWords(outcome, request);
  const where = subjectText(request);
  const after = attemptsText(outcome.attempts);
  switch (outcome.kind) {
    case 'success':
      return `${first} ${where} (HTTP ${outcome.statusCode}, ${after}).`;
    case 'session-gone':
      return outcome.possiblyByUs
        ? `${first} ${where} (${after}): the answer to an earlier attempt was lost or unclear, and now it is gone: ${serverSaysText(outcome)}.`
        : `${first}: ${where}: ${serverSaysText(outcome)} (${after}).`;
    case 'rejected':
      return `${first}: ${where}. ${rejectionText(outcome, request)} (${after}; a refusal is not tried again).`;
    case 'unknown':
      return `${first}: ${where}. ${unknownText(outcome, request)}`;
  }
}

/** That an attempt settled nothing and another one will be made. */
export function retryText<T>(
  request: ReportedRequest<T>,
  attempt: number,
  reason: Parameters<typeof reasonText>[0],
  waitMs: number,
): string {
  return tryingAgain(String(attempt), reasonText(reason, request), waitMs);
}

/** The line of an attempt that is followed by another one. */
export function tryingAgain(attempt: string, why: string, waitMs: number): string {
  return `Attempt ${attempt}: ${why}. Trying again in ${(waitMs / 1000).toFixed(1)} s.`;
}

function unknownText<T>({ attempts, gaveUp, reason }: UnknownOutcome, request: ReportedRequest<T>): string {
  if (reason === undefined) return untriedText(gaveUp);
  const text = reasonText(reason, request);
  if (reason.kind === 'network' && reason.failure.kind === 'proxy-settings') {
    return `Nothing was sent: ${text}`;
  }
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts, the last of which failed so`;
  switch (gaveUp) {
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
    case 'not-saved':
      return `Given up after ${tries}, for the state could not be saved: ${text}.`;
    case 'no-request':
    case 'already-done':
      return `Given up after ${tries}: ${text}.`;
  }
}

function untriedText(gaveUp: UnknownOutcome['gaveUp']): string {
  switch (gaveUp) {
    case 'credential-used-up':
      return 'Nothing more was sent: the main step sent the password as often as it may be in a job, for accounts lock.';
    case 'not-saved':
      return 'Nothing was sent, for the state could not be saved.';
    case 'cancelled':
    case 'time-spent':
    case 'retry-after':
    case 'same-response':
    case 'no-request':
    case 'already-done':
      return 'The step was cancelled before anything was sent.';
  }
}

/** How often something was sent. */
export function attemptsText(attempts: number): string {
  return `${attempts} attempt${attempts === 1 ? '' : 's'}`;
}
