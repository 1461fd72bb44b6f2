import type { Outcome } from '../exchange/outcome.ts';
import type { Reason } from '../responses/classification.ts';
import { failureOutputs } from './main-report.ts';
import { attemptsText, retryLine } from './outcome-text.ts';
import { reasonText, serverSaysText } from './reason-text.ts';

/** Why a new session got no access token. */
export interface NoAccessToken {
  readonly outcome: Exclude<Outcome<unknown>, { kind: 'success' }>;
  readonly loginUrl: URL;
  readonly sessionIdLength: number;
}

/** The line of an attempt to get an access token that another one follows. */
export function accessTokenRetryText(loginUrl: URL, attempt: number, reason: Reason, waitMs: number): string {
  return retryLine(
    `Attempt ${attempt} to get an access token`,
    reasonText(reason, contextOf(loginUrl)),
    waitMs,
  );
}

/** Why there is no access token, as a part of a sentence about the session. */
export function noAccessTokenText({ outcome, loginUrl, sessionIdLength }: NoAccessToken): string {
  const after = attemptsText(outcome.attempts);
  if (outcome.kind !== 'unknown') {
    const why = [serverSaysText(outcome), ...sizeHints(outcome.statusCode, sessionIdLength)].join('; ');
    return `it got no access token (${after}): ${why}`;
  }
  const { gaveUp, reason } = outcome;
  if (reason === undefined) return 'it got no access token';
  const hints = reason.kind === 'network' ? [] : sizeHints(reason.statusCode, sessionIdLength);
  const why = [reasonText(reason, contextOf(loginUrl)), ...hints].join('; ');
  switch (gaveUp) {
    case 'time-spent':
      return `it got no access token in time (${after}): ${why}`;
    case 'retry-after':
      return `it got no access token, because the server asks to wait for longer than the time left (${after}): ${why}`;
    case 'cancelled':
    case 'same-response':
    case 'credential-used-up':
    case 'request-limit':
    case 'not-saved':
    case 'no-request':
    case 'already-done':
      return `it got no access token (${after}): ${why}`;
  }
}

/** What the response without a token says, as outputs. `attempts` counts logins, so it is not among them. */
export function noAccessTokenOutputs(
  { outcome, loginUrl }: NoAccessToken,
  text: string,
): Readonly<Record<'status-code' | 'error-code' | 'error-message', string>> {
  const outputs = failureOutputs(outcome, contextOf(loginUrl), text);
  return {
    'status-code': outputs['status-code'],
    'error-code': outputs['error-code'],
    'error-message': outputs['error-message'],
  };
}

/** From this length on, two headers with the id may be more than a server accepts: many accept 8 KiB for all headers, some 4 KiB. */
const LONG_ID = 2_000;

function sizeHints(statusCode: number, sessionIdLength: number): readonly string[] {
  return (statusCode === 400 || statusCode === 431) && sessionIdLength >= LONG_ID
    ? [
        `the session ID has ${sessionIdLength} characters and is sent in two headers, which may be more than the server or a proxy accepts`,
      ]
    : [];
}

function contextOf(loginUrl: URL) {
  return { http: { url: loginUrl, headers: {} }, urlInput: 'login-url', kind: 'access-token' } as const;
}
