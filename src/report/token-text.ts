import type { Outcome } from '../exchange/outcome.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Reason } from '../responses/classification.ts';
import { claimsOf } from '../responses/json.ts';
import { serverText } from '../responses/server-text.ts';
import { failureText } from './failure-text.ts';
import { attemptsText, retryLine } from './outcome-text.ts';

/** Why there was no ID token of GitHub's to log in with. */
export type TokenFailure =
  | { readonly kind: 'no-permission' }
  /** The service is neither https nor on loopback. */
  | { readonly kind: 'no-service' }
  | {
      readonly kind: 'not-had';
      readonly outcome: Exclude<Outcome<string>, { kind: 'success' }>;
      readonly request: ApiRequest<string>;
    };

/** The claims that a token is usually rejected for. */
const CLAIMS = [
  'iss',
  'aud',
  'sub',
  'repository',
  'repository_id',
  'environment',
  'job_workflow_ref',
  'exp',
  'nbf',
  'iat',
];

/** The title of the claims in the log. */
export const CLAIMS_TITLE = 'What the token says of itself (not verified here)';

/** The claims of a token that decide who may log in, one a line, safe to show. */
export function claimLines(token: string): readonly string[] {
  const claims = claimsOf(token) ?? {};
  return CLAIMS.flatMap((name) => {
    const value = claims[name];
    if (value === undefined) return [];
    const text = serverText(typeof value === 'string' ? value : JSON.stringify(value), '');
    return [`${name}: ${text}${timeText(name, value)}`];
  });
}

/** Why a token may have been rejected. `date` is the server's, because a runner's clock may be wrong. */
export function tokenHints(token: string, date: string | undefined): readonly string[] {
  const { iss, exp, nbf } = claimsOf(token) ?? {};
  const nowSeconds = Date.parse(date ?? '') / 1000;
  const hints = [
    typeof exp === 'number' && exp < nowSeconds ? "the token had expired by the server's clock" : '',
    typeof nbf === 'number' && nbf > nowSeconds ? "the token was not yet valid by the server's clock" : '',
    typeof iss === 'string' && /^https:\/\/token\.actions\.githubusercontent\.com\/./.test(iss)
      ? "its issuer is an enterprise's own, whose keys may not stand where the vendor looks for them"
      : '',
  ];
  return hints.filter((hint) => hint !== '');
}

/** The line of a failed attempt to get GitHub's token that another one follows. */
export function tokenRetryText(
  request: ApiRequest<string>,
  attempt: number,
  reason: Reason,
  waitMs: number,
): string {
  return retryLine(`${attempt} to have GitHub's token`, tokenReason(reason, request), waitMs);
}

/** Why there is no token, as sentences. */
export function tokenFailureText(failure: TokenFailure): string {
  switch (failure.kind) {
    case 'no-permission':
      return (
        'GitHub gives this job no token (ACTIONS_ID_TOKEN_REQUEST_URL or ACTIONS_ID_TOKEN_REQUEST_TOKEN is missing): give ' +
        '`id-token: write` in the permissions of the job that runs this step (they replace those of the workflow), and of the ' +
        'calling job too where it is a reusable workflow. A pull request from a fork gets none. If you meant to log in with a ' +
        'password, username and password came out empty.'
      );
    case 'no-service':
      return "GitHub's token service (ACTIONS_ID_TOKEN_REQUEST_URL) is neither https nor on loopback, so it was not asked.";
    case 'not-had': {
      const { outcome, request } = failure;
      return `GitHub's token could not be had (${attemptsText(outcome.attempts)}): ${lastReason(outcome, request)}.`;
    }
  }
}

function lastReason(
  outcome: Exclude<Outcome<string>, { kind: 'success' }>,
  request: ApiRequest<string>,
): string {
  if (outcome.kind !== 'unknown') return statusText(outcome.statusCode, request);
  return outcome.reason === undefined ? 'the step was cancelled' : tokenReason(outcome.reason, request);
}

function tokenReason(reason: Reason, request: ApiRequest<string>): string {
  return reason.kind === 'network'
    ? failureText(reason.failure, request.http.url.host, 'ACTIONS_ID_TOKEN_REQUEST_URL')
    : statusText(reason.statusCode, request);
}

function statusText(statusCode: number, { http }: ApiRequest<string>): string {
  const without = statusCode >= 200 && statusCode < 300 ? ', without a token in it' : '';
  return `${http.url.host} answered HTTP ${statusCode}${without}`;
}

function timeText(name: string, value: unknown): string {
  const isTime =
    ['exp', 'nbf', 'iat'].includes(name) && typeof value === 'number' && Math.abs(value) < 8.64e12;
  return isTime ? ` (${new Date(value * 1000).toISOString()})` : '';
}
