import type { AttemptCounts } from '../exchange/attempt-counter.ts';
import { DEFAULTS, sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import {
  type Flaw,
  notExposedReport,
  openedOutputs,
  openedReport,
  repeatedText,
  replacedVariableText,
} from '../report/login-report.ts';
import { notOpenedReport } from '../report/not-opened-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import { CLAIMS_TITLE, claimLines } from '../report/token-text.ts';
import type { Login } from '../requests/mode.ts';
import type { LoginResponse, Session } from '../responses/user-object.ts';
import { endAtOnce } from './end-session.ts';
import { LoginRequestSource } from './login-request-source.ts';
import type { MainContext } from './runner.ts';

/** What a login keeps of its time to end a session that must not be exposed. */
const KEPT_TO_END_MS = 5_000;

type Opened = Extract<Outcome<LoginResponse>, { kind: 'success' }>;

/** What the parts of a login step share. */
interface LoginStep extends MainContext {
  readonly login: Login;
  /** The requested variables that had a value before. */
  readonly alreadySet: readonly string[];
}

/**
 * Opens a session and exposes it to the rest of the job. The order matters: before a login is sent, the state says that one is
 * under way. When its response is there, the session id is masked, then its logout is saved for the post step, and only then the
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
      limit: limit.atMost(limit.remainingMs() - Math.min(KEPT_TO_END_MS, settings.timeoutMs / 2)),
      onCancel: 'stop',
      saveCounts: (counts) => saveCounts(step, counts),
      onRetry: (...attempt) => runner.info(retryText(source.request, ...attempt)),
    },
    effects,
  );
  if (outcome.kind === 'success') return await opened(step, outcome);
  saveCounts(step, { credentialUses: 0, possibleSuccesses: outcome.possibleSuccesses });
  if (outcome.kind === 'rejected' && source.token !== undefined) {
    runner.group(CLAIMS_TITLE, claimLines(source.token));
  }
  return notOpenedReport(outcome, source, alreadySet);
}

/** Saves that a login is under way, or that no login has opened a session. */
function saveCounts({ login, settings, runner }: LoginStep, { possibleSuccesses }: AttemptCounts): boolean {
  const { onCleanupFailure } = settings;
  return runner.saveState(
    possibleSuccesses > 0
      ? { kind: 'logging-in', host: login.loginUrl.host, sessions: possibleSuccesses, onCleanupFailure }
      : { kind: 'settled', as: 'not-opened' },
  );
}

async function opened(step: LoginStep, outcome: Opened): Promise<Report> {
  const { value, possibleSuccesses } = outcome;
  const { login, runner } = step;
  // The state forgets the earlier attempts next, so the user is told first.
  if (possibleSuccesses > 0) runner.warn(repeatedText(possibleSuccesses));
  if (value.kind === 'flawed') {
    const { flaw } = value;
    if (value.sessionId === undefined) return notExposedReport(step, outcome, flaw, 'cannot-be-ended', '');
    runner.mask(value.sessionId);
    return await endUnexposed(step, outcome, flaw, value.sessionId, value.session);
  }
  const { session } = value;
  runner.mask(session.sessionId);
  const isWrong = login.organizationId !== '' && !session.organizationIds.includes(login.organizationId);
  if (isWrong) return await endUnexposed(step, outcome, { kind: 'organization' }, session.sessionId, session);
  if (!saveLogout(step, session.sessionId, session)) {
    return await endUnexposed(step, outcome, { kind: 'not-saved' }, session.sessionId, session);
  }
  if (step.effects.cancelled.aborted) {
    return notExposedReport(step, outcome, { kind: 'cancelled' }, 'left-to-post', session.sessionId);
  }
  return exposeSession(step, outcome, session);
}

/** Saves what the post step needs to end a session; false if it could not be saved. */
function saveLogout({ login, runner }: LoginStep, sessionId: string, session: Session | undefined): boolean {
  const { verify } = login;
  const canBeVerified = session !== undefined && verify !== 'never';
  return runner.saveState({
    kind: 'pending',
    inputs: login.logoutOf(sessionId, session?.serverUrl).inputs,
    credentialUses: 0,
    opened: {
      userName: canBeVerified ? session.userName : '',
      serverUrl: session?.serverUrl.href ?? '',
      ifAlive: verify === 'always' ? 'clean-up-failure' : 'line',
    },
  });
}

/** Ends a session that must not be exposed. If that is not confirmed, the post step tries again. */
async function endUnexposed(
  step: LoginStep,
  outcome: Opened,
  flaw: Flaw,
  sessionId: string,
  session: Session | undefined,
): Promise<Report> {
  const saved = flaw.kind !== 'not-saved' && saveLogout(step, sessionId, session);
  const isEnded = await endAtOnce(step.login.logoutOf(sessionId, session?.serverUrl).request, step);
  if (isEnded) return notExposedReport(step, outcome, flaw, 'ended', sessionId);
  return notExposedReport(step, outcome, flaw, saved ? 'left-to-post' : 'may-be-open', sessionId);
}

function exposeSession(step: LoginStep, outcome: Opened, session: Session): Report {
  const { login, runner } = step;
  const names = login.variables;
  const values = [
    [names.sessionId, session.sessionId],
    [names.serverUrl, session.serverUrl.href],
  ] as const;
  for (const name of step.alreadySet) runner.info(replacedVariableText(name));
  const variables = Object.fromEntries(values.filter(([name]) => name !== ''));
  const isExposed = runner.setOutputs(openedOutputs(outcome, session)) && runner.exportVariables(variables);
  return isExposed
    ? openedReport(step, outcome, session)
    : notExposedReport(step, outcome, { kind: 'not-handed-on' }, 'left-to-post', session.sessionId);
}
