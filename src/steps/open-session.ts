import { sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import { DEFAULTS, UNKNOWN_HOST_MS } from '../exchange/retry-options.ts';
import { CANCELLED_MS } from '../exchange/retry-timing.ts';
import { type Flaw, notExposedReport, openedReport, repeatedText } from '../report/login-report.ts';
import { notOpenedReport } from '../report/not-opened-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import { isOtherSpelling, organizationText, ownerOf } from '../report/session-owner.ts';
import { CLAIMS_TITLE, claimLines } from '../report/token-text.ts';
import type { Login } from '../requests/mode.ts';
import type { FoundSession, LoginResponse, Session } from '../responses/user-object.ts';
import type { PendingState } from '../state.ts';
import { accessTokenFor } from './access-token.ts';
import { plannedControl, requestControl } from './control.ts';
import { endAtOnce, KEPT_TO_END_MS } from './end-session.ts';
import { exposeSession } from './expose-session.ts';
import { LoginRequestSource } from './login-request-source.ts';
import { loginState, logoutState } from './login-state.ts';
import type { MainContext } from './runner.ts';

/** The time kept for the logout if the login is cancelled. */
const KEPT_ON_CANCEL_MS = 500;

type Opened = Extract<Outcome<LoginResponse>, { kind: 'success' }>;

/** What the parts of a login step share. */
interface LoginStep extends MainContext {
  readonly login: Login;
  /** The requested variables that had a value before. */
  readonly alreadySet: readonly string[];
}

/**
 * Opens a session and exposes it to the rest of the job. The order matters: before a login is sent, the state says that one is
 * under way. When the response arrives, the session id is masked, then its logout is saved for the post step, and only then the
 * session is exposed.
 */
export async function openSession(
  login: Login,
  alreadySet: readonly string[],
  context: MainContext,
): Promise<Report> {
  const step: LoginStep = { ...context, login, alreadySet };
  const { settings, limit, runner, effects } = context;
  const source = new LoginRequestSource(login.authMethod, context);
  const outcome = await sendWithRetries(
    source,
    {
      ...DEFAULTS,
      limit: limit.atMost(
        limit.remainingMs() - Math.min(KEPT_TO_END_MS, settings.timeoutMs / 2),
        CANCELLED_MS - KEPT_ON_CANCEL_MS,
      ),
      unknownHostMs: UNKNOWN_HOST_MS,
      onCancel: 'stop',
      saveCounts: (counts) => runner.saveState(loginState(step, counts)),
      onRetry: (...attempt) => runner.info(retryText(source.request, ...attempt)),
    },
    effects,
  );
  if (outcome.kind === 'success') return await opened(step, outcome);
  runner.saveState(loginState(step, outcome));
  if (outcome.kind === 'rejected' && source.token !== undefined) {
    runner.group(CLAIMS_TITLE, claimLines(source.token));
  }
  return notOpenedReport(outcome, source, alreadySet);
}

async function opened(step: LoginStep, outcome: Opened): Promise<Report> {
  const { value, possibleSuccesses } = outcome;
  const { runner } = step;
  // The state forgets the earlier attempts next, so the user is told first.
  if (possibleSuccesses > 0) runner.warn(repeatedText(possibleSuccesses));
  if (value.kind === 'session') return await saveAndExpose(step, outcome, value.session, undefined);
  const { flaw, session } = value;
  if (session === undefined) {
    const unknown = { sessionId: '', owner: ownerOf(step.login, undefined) };
    return notExposedReport(step, outcome, unknown, flaw, 'cannot-be-ended');
  }
  const { serverUrl } = session;
  if (serverUrl !== undefined) return await saveAndExpose(step, outcome, { ...session, serverUrl }, flaw);
  runner.mask(session.sessionId);
  const state = logoutState(step, session, 'not-due');
  return await endUnexposed(step, outcome, flaw, session, state, runner.saveState(state));
}

/** `responseFlaw`: what is wrong with the response to the login, so that the session must be ended at once. */
async function saveAndExpose(
  step: LoginStep,
  outcome: Opened,
  session: Session,
  responseFlaw: Flaw | undefined,
): Promise<Report> {
  const { login, runner } = step;
  runner.mask(session.sessionId);
  // The runner masks a secret user name only as it was given, and the debug log shows the state.
  if (isOtherSpelling(login.userName, session.userName)) runner.mask(session.userName);
  const planned = plannedControl(login, session, step);
  let state = logoutState(step, session, planned);
  const saved = runner.saveState(state);
  if (saved && planned === 'unclear' && !step.effects.cancelled.aborted) {
    const control = await requestControl(session, step);
    const updated = logoutState(step, session, control);
    if (control !== 'unclear' && runner.saveState(updated)) state = updated;
  }
  const token = responseFlaw ?? flawOf(step, session, saved) ?? (await accessTokenFor(login, session, step));
  if (typeof token !== 'string') return await endUnexposed(step, outcome, token, session, state, saved);
  const flaw = exposeSession(step, outcome, session, token);
  return flaw === undefined
    ? openedReport(step, outcome, session, token)
    : await endUnexposed(step, outcome, flaw, session, state, saved);
}

/** Why the rest of the job must not get a session, if so. */
function flawOf({ login, effects }: LoginStep, session: Session, saved: boolean): Flaw | undefined {
  const isOther = login.organizationId !== '' && !session.organizationIds.includes(login.organizationId);
  if (isOther) return { kind: 'organization', found: organizationText(session) };
  if (!saved) return { kind: 'not-saved' };
  return effects.cancelled.aborted ? { kind: 'cancelled' } : undefined;
}

/** Ends a session that must not be exposed. If that is not confirmed, the post step tries again. */
async function endUnexposed(
  step: LoginStep,
  outcome: Opened,
  flaw: Flaw,
  session: FoundSession,
  state: PendingState,
  saved: boolean,
): Promise<Report> {
  const { login, runner } = step;
  const { sessionId, serverUrl } = session;
  // The flaw names the organization.
  const owner =
    flaw.kind === 'organization'
      ? { ...ownerOf(login, undefined), organization: '' }
      : ownerOf(login, session);
  const unexposed = { sessionId, owner };
  const as = await endAtOnce(login.logoutOf(sessionId, serverUrl).request, step);
  if (as === undefined) {
    return notExposedReport(step, outcome, unexposed, flaw, saved ? 'left-to-post' : 'may-be-open');
  }
  const isVerificationDue = saved && state.opened?.control !== 'not-due';
  runner.saveState(isVerificationDue ? { ...state, isEnded: true } : { kind: 'settled', as });
  return notExposedReport(step, outcome, unexposed, flaw, 'ended');
}
