import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Validity } from '../requests/valid-session-id.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { IdleState } from '../state.ts';
import { attemptsText, outcomeText } from './outcome-text.ts';
import { errorName, type Report } from './report.ts';
import { possiblyOpenText, sessionLifetimeText } from './session-lifetime.ts';
import { firstWords, subjectText } from './wording.ts';

/** How a session's end went, and what `validSessionId` said after it if it was asked. */
export interface Ending {
  readonly outcome: Outcome<true>;
  readonly validity: Validity | undefined;
  /** What follows if the session is still alive: a line in the log, or what `on-cleanup-failure` says. */
  readonly ifAlive: 'line' | 'clean-up-failure';
}

/** How the post step ended: good news as a line, bad news as `on-cleanup-failure` says. `sessionId` is empty if there is none. */
export function postReport(
  { outcome, validity, ifAlive }: Ending,
  request: ReportedRequest<true>,
  settings: Settings,
  sessionId: string,
): Report {
  const bad = settings.onCleanupFailure === 'fail' ? 'error' : 'warning';
  const where = subjectText(request);
  if (validity === 'valid') {
    const text = `Still valid: ${where}: its end was confirmed, but the server still takes its id for valid (validSessionId). ${ALIVE} ${sessionLifetimeText(sessionId)}`;
    const level = ifAlive === 'line' ? 'info' : bad;
    return { level, text, headline: 'still valid', outputs: {} };
  }
  if (validity === 'dead') {
    const text = `Ended ${where}, verified: the server takes its id for dead (${attemptsText(outcome.attempts)}).`;
    return { level: 'info', text, headline: 'ended, verified', outputs: {} };
  }
  const text = outcomeText(outcome, request);
  const said = { headline: firstWords(outcome, request).toLowerCase(), outputs: {} };
  switch (outcome.kind) {
    case 'success':
    case 'session-gone':
      return { level: 'info', text, ...said };
    case 'rejected':
    case 'unknown':
      return { level: bad, text: `${text} ${sessionLifetimeText(sessionId)}`, ...said };
  }
}

const ALIVE =
  "An administrator can give the organization's JWT sessions a shorter life, or go back to sessions that are no JWTs.";

/** The report of a post step that sends nothing. */
export function idleReport(state: IdleState): Report {
  switch (state.kind) {
    case 'nothing':
      return line(
        'info',
        'Nothing to clean up is known: the main step had wrong inputs, could not save its state, or was killed as it began.',
      );
    case 'logging-in':
      return line(
        state.onCleanupFailure === 'fail' ? 'error' : 'warning',
        `${possiblyOpenText(state.sessions)}: the main step sent a login to ${state.host} whose answer it could not keep, or never had.`,
      );
    case 'settled':
      return line('info', `Nothing to clean up: the main step has settled it (${state.as}).`);
    case 'unreadable':
      return unreadableReport();
  }
}

/** There is a saved state, but it cannot be read. */
export function unreadableReport(): Report {
  return line('warning', `The saved state cannot be read, so nothing was sent. ${sessionLifetimeText('')}`);
}

/** Something happened that cannot happen. */
export function unexpectedReport(error: unknown): Report {
  return line('warning', `The clean-up failed unexpectedly (${errorName(error)}): the session may be open.`);
}

function line(level: Report['level'], text: string): Report {
  return { level, text, headline: undefined, outputs: {} };
}
