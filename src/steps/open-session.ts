import type { AttemptCounts } from '../exchange/attempt-counter.ts';
import type { Effects } from '../exchange/effects.ts';
import { DEFAULTS, sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import type { Settings } from '../inputs/settings.ts';
import {
  type Flaw,
  notExposedReport,
  openedOutputs,
  openedReport,
  repeatedText,
} from '../report/login-report.ts';
import { notOpenedReport } from '../report/not-opened-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import { claimLines } from '../report/token-text.ts';
import type { Login } from '../requests/login-task.ts';
import type { LoginResponse, Session } from '../responses/user-object.ts';
import { endAtOnce } from './end-at-once.ts';
import { LoginRequestSource } from './login-request-source.ts';
import type { MainRunner } from './runner.ts';

/** What a login keeps back of its time, to end a session that is not as it must be. */
const KEPT_BACK_MS = 5_000;

type Done = Extract<Outcome<LoginResponse>, { kind: 'success' }>;

/** What the parts of a login step share. */
export interface LoginStep {
  readonly login: Login;
  readonly settings: Settings;
  /** The variables that are asked for and had a value before. */
  readonly alreadySet: readonly string[];
  /** The step's: a cancellation leaves so much for the login and for the end of its session together. */
  readonly limit: TimeLimit;
  readonly runner: MainRunner;
  readonly world: Effects;
}

/**
 * Opens a session and hands it on. The order is the point of it: before a login is sent, the state says that one is under
 * way; when its answer is there it is masked, saved as a logout for the post step, and only then handed on.
 */
export async function openSession(
  login: Login,
  settings: Settings,
  alreadySet: readonly string[],
  startedMs: number,
  runner: MainRunner,
  world: Effects,
): Promise<Report> {
  const limit = new TimeLimit(startedMs + settings.timeoutMs, world.clock, world.cancelled);
  const step: LoginStep = { login, settings, alreadySet, limit, runner, world };
  const source = new LoginRequestSource(login.authMethod, runner, world);
  const outcome = await sendWithRetries(
    source,
    {
      ...DEFAULTS,
      deadlineMs: limit.endMs - Math.min(KEPT_BACK_MS, settings.timeoutMs / 2),
      onCancel: 'stop',
      saveCounts: (progress) => saveProgress(step, progress),
      onRetry: (...attempt) => runner.info(retryText(source.request, ...attempt)),
    },
    world,
  );
  if (outcome.kind === 'success') return await opened(step, outcome);
  saveProgress(step, { credentialUses: 0, possibleSuccesses: outcome.possibleSuccesses });
  if (outcome.kind === 'rejected' && source.token !== undefined) {
    runner.group('What the token says of itself (not verified here)', claimLines(source.token));
  }
  return notOpenedReport(outcome, source, settings, alreadySet);
}

/** A login is under way, or none is whose session nobody could end. */
function saveProgress({ login, settings, runner }: LoginStep, { possibleSuccesses }: AttemptCounts): boolean {
  const { onCleanupFailure } = settings;
  return runner.saveState(
    possibleSuccesses > 0
      ? { kind: 'logging-in', host: login.loginUrl.host, sessions: possibleSuccesses, onCleanupFailure }
      : { kind: 'settled', as: 'not-opened' },
  );
}

async function opened(step: LoginStep, done: Done): Promise<Report> {
  const { value, possibleSuccesses } = done;
  const { login, runner } = step;
  // Told before the state forgets it.
  if (possibleSuccesses > 0) runner.warn(repeatedText(possibleSuccesses));
  if (value.kind === 'flawed') {
    const flaw: Flaw = { kind: 'field', field: value.field };
    if (value.sessionId === undefined) return notExposedReport(step, done, flaw, 'cannot-be-ended', '');
    runner.mask(value.sessionId);
    return await endUnexposed(step, done, flaw, value.sessionId, undefined);
  }
  const { session } = value;
  runner.mask(session.sessionId);
  const isWrong = login.organizationId !== '' && !session.organizationIds.includes(login.organizationId);
  if (isWrong) return await endUnexposed(step, done, { kind: 'organization' }, session.sessionId, session);
  if (!saveLogout(step, session.sessionId, session)) {
    return await endUnexposed(step, done, { kind: 'not-saved' }, session.sessionId, session);
  }
  if (step.world.cancelled.aborted)
    return notExposedReport(step, done, { kind: 'cancelled' }, 'left-to-post', session.sessionId);
  return exposeSession(step, done, session);
}

/** Saves what the post step needs to end a session; false if it could not be saved. */
function saveLogout({ login, runner }: LoginStep, sessionId: string, session: Session | undefined): boolean {
  const { verify } = login;
  const askable = session !== undefined && verify !== 'never';
  return runner.saveState({
    kind: 'pending',
    inputs: login.logoutOf(sessionId, session?.serverUrl),
    credentialUses: 0,
    opened: {
      userName: askable ? session.userName : '',
      serverUrl: session?.serverUrl.href ?? '',
      ifAlive: verify === 'always' ? 'clean-up-failure' : 'line',
    },
  });
}

/** A session that must not be handed on is ended at once; what could not be, the post step finishes. */
async function endUnexposed(
  step: LoginStep,
  done: Done,
  flaw: Flaw,
  sessionId: string,
  session: Session | undefined,
): Promise<Report> {
  const saved = flaw.kind !== 'not-saved' && saveLogout(step, sessionId, session);
  const isEnded = await endAtOnce(step, step.login.logoutOf(sessionId, session?.serverUrl));
  if (isEnded) return notExposedReport(step, done, flaw, 'ended', sessionId);
  return notExposedReport(step, done, flaw, saved ? 'left-to-post' : 'may-be-open', sessionId);
}

function exposeSession(step: LoginStep, done: Done, session: Session): Report {
  const { login, runner } = step;
  const names = login.variables;
  const values = [
    [names.sessionId, session.sessionId],
    [names.serverUrl, session.serverUrl.href],
  ] as const;
  for (const name of step.alreadySet) {
    runner.info(`The variable ${name} had a value, which is replaced for the rest of the job.`);
  }
  const variables = Object.fromEntries(values.filter(([name]) => name !== ''));
  const handedOn = runner.setOutputs(openedOutputs(done, session)) && runner.exportVariables(variables);
  return handedOn
    ? openedReport(step, done, session)
    : notExposedReport(step, done, { kind: 'not-handed-on' }, 'left-to-post', session.sessionId);
}
