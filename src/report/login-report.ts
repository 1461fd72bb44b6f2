import type { Outcome } from '../exchange/outcome.ts';
import type { Login } from '../requests/mode.ts';
import { expiryOf } from '../responses/json.ts';
import type { LoginResponse, ResponseFlaw, Session } from '../responses/user-object.ts';
import { attemptsText } from './outcome-text.ts';
import { serverSaysText } from './reason-text.ts';
import type { Report } from './report.ts';
import { possiblyOpenText, sessionLifetimeText, unchangedVariables } from './session-lifetime.ts';

type Done = Extract<Outcome<LoginResponse>, { kind: 'success' }>;
/** What the reports need to know about a login. */
export interface LoginContext {
  readonly login: Pick<Login, 'loginUrl' | 'organizationId'>;
  /** The requested variables that had a value before. */
  readonly alreadySet: readonly string[];
}

/** Why the rest of the job does not get a session that was opened. */
export type Flaw =
  | ResponseFlaw
  | { readonly kind: 'organization' }
  | { readonly kind: 'not-saved' }
  | { readonly kind: 'not-handed-on' }
  | { readonly kind: 'cancelled' };

/** What happened to such a session. */
export type SessionFate = 'ended' | 'left-to-post' | 'may-be-open' | 'cannot-be-ended';

/** The outputs of a login that opened a session. */
export function openedOutputs(
  { attempts, statusCode }: Done,
  { sessionId, serverUrl, organizationIds }: Session,
): Readonly<Record<string, string>> {
  return {
    attempts: String(attempts),
    'status-code': String(statusCode),
    'error-code': '',
    'error-message': '',
    'server-url': serverUrl.href,
    'organization-id': organizationIds[0] ?? '',
    'expires-at': expiryOf(sessionId) ?? '',
    'session-id': sessionId,
    // Last, so that no "opened" is left if the disk is full before the end.
    result: 'opened',
  };
}

/** A session was opened. Its outputs are set already. */
export function openedReport(context: LoginContext, done: Done, session: Session): Report {
  const expiry = expiryOf(session.sessionId);
  const until = expiry === undefined ? '' : ` It expires at ${expiry}.`;
  const text = `Opened ${whereAndHow(context, done)}.${until} The post step ends it after all other steps.`;
  return { level: 'info', text, headline: 'opened', outputs: {} };
}

/** Earlier logins of the step may have opened sessions whose ids nobody has. */
export function repeatedText(sessions: number): string {
  return `${possiblyOpenText(sessions)}: a login was repeated after one that may have been heard, and whose answer was lost.`;
}

/** A session was opened, but the rest of the job does not get it: the step fails. */
export function notExposedReport(
  context: LoginContext,
  done: Done,
  flaw: Flaw,
  fate: SessionFate,
  sessionId: string,
): Report {
  const text = [
    `Opened ${whereAndHow(context, done)}, but ${flawText(flaw, context)}.`,
    sessionFateText(fate, sessionId),
    ...unchangedVariables(context.alreadySet),
  ].join(' ');
  return {
    level: 'error',
    text,
    headline: 'opened and not handed on',
    outputs: {
      result: 'failed',
      'session-id': '',
      'server-url': '',
      'organization-id': '',
      'expires-at': '',
      attempts: String(done.attempts),
      'status-code': String(done.statusCode),
      'error-code': '',
      'error-message': text,
    },
  };
}

function whereAndHow({ login }: LoginContext, { statusCode, attempts }: Done): string {
  return `a session on ${login.loginUrl.host} (HTTP ${statusCode}, ${attemptsText(attempts)})`;
}

function flawText(flaw: Flaw, { login }: LoginContext): string {
  switch (flaw.kind) {
    case 'field':
      return `${flaw.field} in the response is missing or invalid`;
    case 'status':
      return `the response has the status ${flaw.statusCode}, which is none of a login that worked`;
    case 'error-object':
      return `the response has an error beside it: ${serverSaysText(flaw)}`;
    case 'organization':
      return `in another organization than ${login.organizationId}: check organization-id, and who logs in`;
    case 'not-saved':
      return 'the post step could not be told of it';
    case 'not-handed-on':
      return 'its outputs or variables could not be written';
    case 'cancelled':
      return 'the step was cancelled';
  }
}

function sessionFateText(fate: SessionFate, sessionId: string): string {
  switch (fate) {
    case 'ended':
      return 'It was ended at once.';
    case 'left-to-post':
      return 'It was to be ended at once, which was not confirmed: the post step tries again.';
    case 'may-be-open':
      return `It was to be ended at once, which was not confirmed: it may be open. ${sessionLifetimeText(sessionId)}`;
    case 'cannot-be-ended':
      return `It is open, and without its id nobody can end it. ${sessionLifetimeText('')}`;
  }
}

/** A variable gets a new value. */
export function replacedVariableText(name: string): string {
  return `The variable ${name} had a value, which is replaced for the rest of the job.`;
}
