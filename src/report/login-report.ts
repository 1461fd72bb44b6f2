import type { Outcome } from '../exchange/outcome.ts';
import type { Login } from '../requests/mode.ts';
import type { SessionOwner } from '../responses/api-request.ts';
import { expiryOf } from '../responses/json.ts';
import type { LoginResponse, ResponseFlaw, Session } from '../responses/user-object.ts';
import { type NoAccessToken, noAccessTokenOutputs, noAccessTokenText } from './access-token-text.ts';
import { WITHDRAWN_OUTPUTS } from './login-outputs.ts';
import { attemptsText } from './outcome-text.ts';
import { serverSaysText } from './reason-text.ts';
import type { Report } from './report.ts';
import { possiblyOpenText, sessionLifetimeText, unchangedVariables } from './session-lifetime.ts';
import { ownerOf } from './session-owner.ts';
import { ownerText } from './wording.ts';

type Done = Extract<Outcome<LoginResponse>, { kind: 'success' }>;
/** What the reports need to know about a login. */
export interface LoginContext {
  readonly login: Pick<Login, 'loginUrl' | 'organizationId' | 'userName'>;
  /** The requested variables that had a value before. */
  readonly alreadySet: readonly string[];
}

/** Why the rest of the job does not get a session that was opened. */
export type Flaw =
  | ResponseFlaw
  /** `found` is the organization's name and id, as far as the response has them. */
  | { readonly kind: 'organization'; readonly found: string }
  | { readonly kind: 'not-saved' }
  | ({ readonly kind: 'no-access-token' } & NoAccessToken)
  | { readonly kind: 'not-handed-on' }
  | { readonly kind: 'cancelled' };

/** A session that is not exposed, as far as it is known. */
export interface UnexposedSession {
  /** Empty if the response had none that can be used. */
  readonly sessionId: string;
  readonly owner: SessionOwner;
}

/** What happened to such a session. */
export type SessionEnding = 'ended' | 'left-to-post' | 'may-be-open' | 'cannot-be-ended';

/** A session was opened. Its outputs are set already. */
export function openedReport(
  context: LoginContext,
  done: Done,
  session: Session,
  accessToken: string,
): Report {
  const expiry = expiryOf(session.sessionId);
  const until = expiry === undefined ? '' : ` It expires at ${expiry}.`;
  const tokenUntil = expiryOf(accessToken);
  const tokenText = tokenUntil === undefined ? '' : ` Its access token expires at ${tokenUntil}.`;
  const subject = whereAndHow(ownerOf(context.login, session), context, done);
  const text = `Opened ${subject}.${until}${tokenText} The post step ends it after all other steps.`;
  return { level: 'info', text, inSummary: true, outputs: {} };
}

/** Earlier logins of the step may have opened sessions whose ids nobody has. */
export function repeatedText(sessions: number): string {
  return `${possiblyOpenText(sessions)}: a login was retried after one whose response was lost.`;
}

/** A session was opened, but the rest of the job does not get it: the step fails. */
export function notExposedReport(
  context: LoginContext,
  done: Done,
  session: UnexposedSession,
  flaw: Flaw,
  ending: SessionEnding,
): Report {
  const text = [
    `Opened ${whereAndHow(session.owner, context, done)}, but ${flawText(flaw, context)}.`,
    sessionEndingText(ending, session.sessionId),
    ...unchangedVariables(context.alreadySet),
  ].join(' ');
  return {
    level: 'error',
    text,
    inSummary: true,
    outputs: {
      ...WITHDRAWN_OUTPUTS,
      attempts: String(done.attempts),
      'status-code': String(done.statusCode),
      'error-code': '',
      'error-message': text,
      ...(flaw.kind === 'no-access-token' ? noAccessTokenOutputs(flaw, text) : {}),
    },
  };
}

function whereAndHow(owner: SessionOwner, { login }: LoginContext, { statusCode, attempts }: Done): string {
  return `a session${ownerText(owner)} on ${login.loginUrl.host} (HTTP ${statusCode}, ${attemptsText(attempts)})`;
}

function flawText(flaw: Flaw, { login }: LoginContext): string {
  switch (flaw.kind) {
    case 'field':
      return `${flaw.field} in the response is missing or invalid`;
    case 'status':
      return `the response has the status ${flaw.statusCode}, which does not belong to a successful login`;
    case 'error-object':
      return `the response also has an error: ${serverSaysText(flaw)}`;
    case 'organization':
      return `${isIn(flaw.found)}, not ${login.organizationId}: check organization-id and the user${quoteHint(login.organizationId)}`;
    case 'not-saved':
      return 'the state for the post step could not be saved';
    case 'no-access-token':
      return noAccessTokenText(flaw);
    case 'not-handed-on':
      return 'its outputs or variables could not be written';
    case 'cancelled':
      return 'the step was cancelled';
  }
}

function isIn(organization: string): string {
  return organization === ''
    ? 'it is in an organization that the response does not name'
    : `it is in organization ${organization}`;
}

/** GitHub turns an unquoted `1230E2` into `123000`, which has the form of an id. */
function quoteHint(organizationId: string): string {
  return /^\d+$/.test(organizationId)
    ? '; if the workflow has another ID, put it in quotes, because GitHub changes unquoted numbers'
    : '';
}

function sessionEndingText(ending: SessionEnding, sessionId: string): string {
  switch (ending) {
    case 'ended':
      return 'It was ended at once.';
    case 'left-to-post':
      return 'Its end was not confirmed: the post step tries again.';
    case 'may-be-open':
      return `Its end was not confirmed, so it may be open. ${sessionLifetimeText(sessionId)}`;
    case 'cannot-be-ended':
      return `It is open, and nobody can end it without its ID. ${sessionLifetimeText('')}`;
  }
}

/** A variable gets a new value. */
export function replacedVariableText(name: string): string {
  return `The variable ${name} already has a value, which is replaced for the rest of the job.`;
}
