import type { Outcome } from '../exchange/outcome.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';
import { failureOutputs } from './main-report.ts';
import { outcomeText } from './outcome-text.ts';
import type { Report } from './report.ts';
import { possiblyOpenText, unchangedVariables } from './session-lifetime.ts';
import { type TokenFailure, tokenFailureText, tokenHints } from './token-text.ts';
import { firstWords, subjectText } from './wording.ts';

type NotDone = Exclude<Outcome<LoginResponse>, { kind: 'success' }>;

/** What a login was sent with. */
export interface LoginAttempts {
  readonly request: ReportedRequest<LoginResponse>;
  readonly token: string | undefined;
  readonly failure: TokenFailure | undefined;
}

const REQUIRED =
  'Informatica requires a token to have an issuer that is registered for the organization and whose keys it can reach, the right ' +
  'audience, and the registered claim with the value of a user; each token works for one login';

/** The server did not confirm that a session was opened. `alreadySet`: the variables that keep an earlier step's value. */
export function notOpenedReport(
  outcome: NotDone,
  { request, token, failure }: LoginAttempts,
  alreadySet: readonly string[],
): Report {
  const noToken = outcome.kind === 'unknown' && outcome.gaveUp === 'no-request' ? failure : undefined;
  const text =
    noToken !== undefined && outcome.attempts === 0
      ? `${firstWords(outcome, request)}: ${subjectText(request)}. ${tokenFailureText(noToken)}`
      : outcomeText(outcome, request);
  const more = [
    ...(noToken !== undefined && outcome.attempts > 0 ? [tokenFailureText(noToken)] : []),
    ...(outcome.kind === 'rejected' && token !== undefined ? [tokenText(token, outcome.date)] : []),
    ...(outcome.possibleSuccesses > 0
      ? [`${possiblyOpenText(outcome.possibleSuccesses)}: no response said otherwise.`]
      : []),
    ...unchangedVariables(alreadySet),
  ];
  return {
    level: 'error',
    text: [text, ...more].join(' '),
    inSummary: true,
    outputs: failureOutputs(outcome, request, text),
  };
}

function tokenText(token: string, date: string | undefined): string {
  const hints = tokenHints(token, date).map((hint) => `The likely cause: ${hint}.`);
  return [...hints, `${REQUIRED}.`].join(' ');
}
