import type { Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import { reasonText, refusalText, saidText } from './reason-text.ts';

type UnknownOutcome = Extract<Outcome<unknown>, { kind: 'unknown' }>;

/** The outcome as sentences for people. The first words say what became of it. */
export function outcomeText<T>(outcome: Outcome<T>, request: ReportedRequest<T>): string {
  const { wording, http } = request;
  const where = `${wording.subject} on ${http.url.host}`;
  const after = attemptsText(outcome.attempts);
  switch (outcome.kind) {
    case 'done':
      return `${wording.done} ${where} (HTTP ${outcome.statusCode}, ${after}).`;
    case 'gone':
      return outcome.perhapsByUs
        ? `${wording.done} ${where} (${after}): the answer to an earlier attempt was lost or unclear, and now it is gone: ${saidText(outcome)}.`
        : `${wording.gone}: ${where}: ${saidText(outcome)} (${after}).`;
    case 'refused':
      return `${wording.refused}: ${where}. ${refusalText(outcome, request)} (${after}; a refusal is not tried again).`;
    case 'unknown':
      return `${wording.unknown}: ${where}. ${unknownText(outcome, request)}`;
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
    case 'same-again':
      return `Given up after ${tries}, for such an answer rarely passes: ${text}.`;
    case 'heard-enough':
      return `Given up after ${tries}, and not sent again in this job, for it may have been judged: ${text}.`;
    case 'not-recorded':
      return `Given up after ${tries}, for the state could not be saved: ${text}.`;
    case 'no-request':
    case 'over':
      return `Given up after ${tries}: ${text}.`;
  }
}

function untriedText(gaveUp: UnknownOutcome['gaveUp']): string {
  switch (gaveUp) {
    case 'heard-enough':
      return 'Nothing more was sent: the main step sent the password as often as it may be in a job, for accounts lock.';
    case 'not-recorded':
      return 'Nothing was sent, for the state could not be saved.';
    case 'cancelled':
    case 'time-spent':
    case 'retry-after':
    case 'same-again':
    case 'no-request':
    case 'over':
      return 'The step was cancelled before anything was sent.';
  }
}

/** How often something was sent. */
export function attemptsText(attempts: number): string {
  return `${attempts} attempt${attempts === 1 ? '' : 's'}`;
}
