import type { Outcome } from '../exchange/outcome.ts';
import { openedOutputs, WITHDRAWN_OUTPUTS } from '../report/login-outputs.ts';
import { type Flaw, replacedVariableText } from '../report/login-report.ts';
import type { Login } from '../requests/mode.ts';
import type { LoginResponse, Session } from '../responses/user-object.ts';
import type { MainRunner } from './runner.ts';

type Opened = Extract<Outcome<LoginResponse>, { kind: 'success' }>;

interface LoginStep {
  readonly login: Login;
  /** The requested variables that had a value before. */
  readonly alreadySet: readonly string[];
  readonly runner: MainRunner;
}

/** Sets outputs and variables; returns a flaw if not all could be written. */
export function exposeSession(
  { login, alreadySet, runner }: LoginStep,
  outcome: Opened,
  session: Session,
  accessToken: string,
): Flaw | undefined {
  const names = login.variables;
  const values = [
    [names.sessionId, session.sessionId],
    [names.serverUrl, session.serverUrl.href],
    [names.accessToken, accessToken],
  ] as const;
  for (const name of alreadySet) runner.info(replacedVariableText(name));
  const variables = Object.fromEntries(values.filter(([name]) => name !== ''));
  const isExposed =
    runner.setOutputs(openedOutputs(outcome, session, accessToken)) && runner.exportVariables(variables);
  if (isExposed) return undefined;
  // Before the session is ended, in case this step is killed then.
  runner.setOutputs(WITHDRAWN_OUTPUTS);
  return { kind: 'not-handed-on' };
}
