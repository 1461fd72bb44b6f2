import type { Outcome } from '../exchange/outcome.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Reason } from '../responses/classification.ts';
import { claimsOf } from '../responses/json.ts';
import { serverText } from '../responses/server-text.ts';
import { failureText } from './failure-text.ts';
import { attemptsText, retryLine } from './outcome-text.ts';

/** Why there was no ID token from GitHub to log in with. */
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
export const CLAIMS_TITLE = 'Claims of the token (not verified here)';

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
    typeof exp === 'number' && exp < nowSeconds
      ? "the token had expired according to the server's clock"
      : '',
    typeof nbf === 'number' && nbf > nowSeconds
      ? "the token was not yet valid according to the server's clock"
      : '',
    typeof iss === 'string' && /^https:\/\/token\.actions\.githubusercontent\.com\/./.test(iss)
      ? "its issuer belongs to an enterprise, and Informatica may not find the issuer's keys"
      : '',
  ];
  return hints.filter((hint) => hint !== '');
}

/** The line of a failed attempt to get GitHub's token that is retried. */
export function tokenRetryText(
  request: ApiRequest<string>,
  attempt: number,
  reason: Reason,
  waitMs: number,
): string {
  return retryLine(`Attempt ${attempt} to get GitHub's ID token`, tokenReason(reason, request), waitMs);
}

/** Why there is no token, as sentences. */
export function tokenFailureText(failure: TokenFailure): string {
  switch (failure.kind) {
    case 'no-permission':
      return (
        'GitHub gives this job no ID token: add `id-token: write` to the permissions of the job that runs this step (they replace ' +
        'those of the workflow), and of the calling job if this is a reusable workflow. A pull request from a fork gets no token. ' +
        'If you meant to log in with a password: username and password were empty.'
      );
    case 'no-service':
      return "GitHub's token service (ACTIONS_ID_TOKEN_REQUEST_URL) is neither https nor on loopback, so no token was requested.";
    case 'not-had': {
      const { outcome, request } = failure;
      return `Could not get an ID token from GitHub (${attemptsText(outcome.attempts)}): ${lastReason(outcome, request)}.`;
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
  const without = statusCode >= 200 && statusCode < 300 ? ' without a token' : '';
  return `${http.url.host} answered HTTP ${statusCode}${without}`;
}

function timeText(name: string, value: unknown): string {
  const isTime =
    ['exp', 'nbf', 'iat'].includes(name) && typeof value === 'number' && Math.abs(value) < 8.64e12;
  return isTime ? ` (${new Date(value * 1000).toISOString()})` : '';
}
