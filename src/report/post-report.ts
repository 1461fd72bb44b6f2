import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Validity } from '../requests/valid-session-id.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { Control, OpenedSession } from '../state.ts';
import { attemptsText, outcomeText } from './outcome-text.ts';
import { postLine, type Report } from './report.ts';
import { sessionLifetimeText } from './session-lifetime.ts';
import { subjectText } from './wording.ts';

/** What `validSessionId` showed of a session after its end. */
export type Verification = { readonly kind: 'not-due' } | { readonly kind: 'still-valid' } | VerifiedOrNot;

/** `verified`: it said "valid" while the session was open, and "dead" after its end. */
export type VerifiedOrNot =
  | { readonly kind: 'verified' }
  | { readonly kind: 'not-verified'; readonly why: WhyNotVerified };

/** Why the control failed, or why nothing was asked after the logout. */
type WhyNotVerified = Exclude<Control, 'valid'> | 'no-time-after';

/** How a session's end went, and what was found out about it. */
export interface Ending {
  readonly outcome: Outcome<true>;
  readonly verification: Verification;
  /** What `validSessionId` said last, if it was asked. */
  readonly said: Validity | undefined;
  readonly ifAlive: OpenedSession['ifAlive'];
}

/** How the post step ended: a success as a line, a failure as `on-cleanup-failure` says. `sessionId` is empty if there is none. */
export function postReport(
  { outcome, verification, said, ifAlive }: Ending,
  request: ReportedRequest<true>,
  settings: Settings,
  sessionId: string,
): Report {
  const bad = settings.onCleanupFailure === 'fail' ? 'error' : 'warning';
  const subject = subjectText(request);
  const text = outcomeText(outcome, request);
  switch (verification.kind) {
    case 'still-valid': {
      const level = ifAlive === 'line' ? 'info' : bad;
      const alive = `Still valid: ${subject}: the logout was confirmed, but validSessionId reports the session as still valid. ${ALIVE} ${sessionLifetimeText(sessionId)}`;
      return { level, text: alive, inSummary: true, outputs: {} };
    }
    case 'verified': {
      const verified = `Ended ${subject}, verified: validSessionId reports it as invalid (${attemptsText(outcome.attempts)}).`;
      return { level: 'info', text: verified, inSummary: true, outputs: {} };
    }
    case 'not-verified':
      return { ...unverified(text, verification.why, ifAlive), inSummary: true };
    case 'not-due':
      break;
  }
  switch (outcome.kind) {
    case 'success':
    case 'session-gone':
      return { level: 'info', text, inSummary: true, outputs: {} };
    case 'rejected':
    case 'unknown': {
      const parts = [text, ...saidText(said), sessionLifetimeText(sessionId)];
      return { level: bad, text: parts.join(' '), inSummary: true, outputs: {} };
    }
  }
}

/** The main step ended the session already; the post step only looked whether it is dead. */
export function endedInMainReport(verification: VerifiedOrNot, ifAlive: OpenedSession['ifAlive']): Report {
  const text = 'Nothing to clean up: the main step ended the session';
  switch (verification.kind) {
    case 'verified':
      return postLine('info', `${text}, verified: validSessionId reports it as invalid.`);
    case 'not-verified':
      return unverified(`${text}.`, verification.why, ifAlive);
  }
}

/** A confirmed end that could not be verified never fails the step. */
function unverified(text: string, why: WhyNotVerified, ifAlive: OpenedSession['ifAlive']): Report {
  const level = ifAlive === 'line' ? 'info' : 'warning';
  return postLine(level, `${text} Not verified: ${NOT_VERIFIED[why]}.`);
}

const NOT_VERIFIED: Readonly<Record<WhyNotVerified, string>> = {
  'not-due': 'no verification was requested',
  'no-user-name': 'the response to the login had no user name to ask validSessionId with',
  'no-time': 'there was no time left to ask validSessionId after the login',
  'no-time-after': 'there was no time left to ask validSessionId after the logout',
  unclear: 'validSessionId gave no clear answer',
  dead: 'validSessionId reported the session as invalid right after the login, so its answer cannot be relied on',
};

function saidText(said: Validity | undefined): readonly string[] {
  switch (said) {
    case undefined:
      return [];
    case 'valid':
      return ['validSessionId reports it as still valid.'];
    case 'dead':
      return [
        'validSessionId reports it as invalid, which cannot be relied on because it was never reported as valid.',
      ];
  }
}

const ALIVE =
  "An administrator can shorten the lifetime of the organization's JWT sessions, or switch back to other sessions.";
