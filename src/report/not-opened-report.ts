import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';
import { headline } from './headline.ts';
import { failureOutputs } from './main-report.ts';
import { outcomeText } from './outcome-text.ts';
import type { Report } from './report.ts';
import { possiblyOpenText, unchangedVariables } from './session-lifetime.ts';
import { type TokenFailure, tokenFailureText, tokenHints } from './token-text.ts';

type NotDone = Exclude<Outcome<LoginResponse>, { kind: 'success' }>;

/** What a login was asked with. */
export interface LoginAttempts {
  readonly request: ReportedRequest<LoginResponse>;
  readonly token: string | undefined;
  readonly failure: TokenFailure | undefined;
}

const WANTED =
  'The vendor wants of a token: an issuer that is registered for the organization, with keys that it can reach; the audience; ' +
  'the claim that is registered, and a user with its value; and that no login was made with it before';

/** No session was opened, as far as the server says. `alreadySet` are the variables that hold what an earlier step gave them. */
export function notOpenedReport(
  outcome: NotDone,
  { request, token, failure }: LoginAttempts,
  settings: Settings,
  alreadySet: readonly string[],
): Report {
  const noToken = outcome.kind === 'unknown' && outcome.gaveUp === 'no-request' ? failure : undefined;
  const text =
    noToken !== undefined && outcome.attempts === 0
      ? `Not opened: a session on ${request.http.url.host}. ${tokenFailureText(noToken)}`
      : outcomeText(outcome, request);
  const more = [
    ...(noToken !== undefined && outcome.attempts > 0 ? [tokenFailureText(noToken)] : []),
    ...(outcome.kind === 'rejected' && token !== undefined ? [tokenText(token, outcome.date)] : []),
    ...(outcome.possibleSuccesses > 0
      ? [`${possiblyOpenText(outcome.possibleSuccesses)}: no answer told.`]
      : []),
    ...unchangedVariables(alreadySet),
  ];
  return {
    level: 'error',
    text: [text, ...more].join(' '),
    headline: headline(outcome, request, settings),
    outputs: failureOutputs(outcome, request, text),
  };
}

function tokenText(token: string, date: string | undefined): string {
  return [WANTED, ...tokenHints(token, date)].join('; ').concat('.');
}
