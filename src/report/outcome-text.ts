import type { NetworkFailure } from '../exchange/delivery.ts';
import type { Outcome } from '../exchange/outcome.ts';
import type { RefusedReason, ServerError, UnknownReason } from '../exchange/verdict.ts';
import type { SessionRequest } from '../requests/session-request.ts';

/** The outcome as sentences for people. The one place where that is done. */
export function outcomeText(outcome: Outcome, request: SessionRequest): string {
  const where = `${request.subject} on ${request.host}`;
  const after = `${outcome.attempts} attempt${outcome.attempts === 1 ? '' : 's'}`;
  switch (outcome.kind) {
    case 'ended':
      return outcome.answerWasLost
        ? `Ended ${where} (${after}): the answer to an earlier attempt was lost, and the server now says that the session is gone (HTTP ${outcome.statusCode}).`
        : `Ended ${where} (HTTP ${outcome.statusCode}, ${after}).`;
    case 'already-ended':
      return `Already ended: ${where}, says the server: ${answerText(outcome.statusCode, outcome.error)} (${after}).`;
    case 'refused':
      return `Not ended: ${where}. ${refusedText(outcome.statusCode, outcome.reason, request)} (${after}; a refusal is not tried again).`;
    case 'unknown':
      return `Not confirmed as ended: ${where}. ${unknownText(outcome, request)}`;
  }
}

/** That an attempt settled nothing and another one will be made. */
export function retryText(
  request: SessionRequest,
  attempt: number,
  reason: UnknownReason,
  waitMs: number,
): string {
  const seconds = (waitMs / 1000).toFixed(1);
  return `Attempt ${attempt}: ${reasonText(reason, request)}. Trying again in ${seconds} s.`;
}

/** What went wrong with an attempt, as a part of a sentence. */
export function reasonText(reason: UnknownReason, request: SessionRequest): string {
  switch (reason.kind) {
    case 'network':
      return failureText(reason.failure, request);
    case 'status':
      return `the server answered ${answerText(reason.statusCode, reason.error)}`;
    case 'not-json':
      return `the answer (HTTP ${reason.statusCode}) was not JSON but perhaps a sign-in or maintenance page`;
    case 'too-large':
      return `the answer (HTTP ${reason.statusCode}) was over 64 KiB`;
  }
}

function unknownText({ attempts, gaveUp, reason }: UnknownOutcome, request: SessionRequest): string {
  if (reason === undefined) return 'The step was cancelled before anything was sent.';
  const tries =
    attempts === 1 ? 'after 1 attempt' : `after ${attempts} attempts, the last of which failed so`;
  const failed = `${tries}: ${reasonText(reason, request)}.`;
  switch (gaveUp) {
    case 'time-spent':
      return `The time given was spent ${failed}`;
    case 'retry-after':
      return `The server asked to wait for longer than the time given ${failed}`;
    case 'cancelled':
      return `The step was cancelled ${failed}`;
  }
}

type UnknownOutcome = Extract<Outcome, { kind: 'unknown' }>;

function refusedText(statusCode: number, reason: RefusedReason, request: SessionRequest): string {
  switch (reason.kind) {
    case 'redirect':
      return `The server answered HTTP ${statusCode}, a redirect to ${reason.host}; it was not followed, and nothing was sent there: check ${request.urlInput}`;
    case 'error-object':
      return `The server refused: ${answerText(statusCode, reason.error)}${refusedHint(statusCode, request)}`;
    case 'status':
      return `The server refused: HTTP ${statusCode}${refusedHint(statusCode, request)}`;
  }
}

function refusedHint(statusCode: number, request: SessionRequest): string {
  switch (statusCode) {
    case 401:
    case 403: {
      const check = request.credential === 'password' ? 'check username, password and login-url; ' : '';
      return `; ${check}an organization's trusted IP addresses also keep out runners`;
    }
    case 404:
      return `; check ${request.urlInput}`;
    default:
      return '';
  }
}

function answerText(statusCode: number, error: ServerError | undefined): string {
  const status = `HTTP ${statusCode}`;
  if (error === undefined) return status;
  const said = [error.code, error.description && `"${error.description}"`].filter((part) => part !== '');
  return said.length === 0 ? status : `${said.join(' ')} (${status})`;
}

function failureText(failure: NetworkFailure, { host, urlInput }: SessionRequest): string {
  switch (failure.kind) {
    case 'name-not-resolved':
      return `the name of ${host} could not be resolved: check ${urlInput}, or the runner's proxy and DNS`;
    case 'connection-refused':
      return `${host} refused the connection: check ${urlInput}`;
    case 'certificate':
      return `the certificate of ${host} is not trusted (${failure.code}): if it comes from an authority of your own, name its file in NODE_EXTRA_CA_CERTS`;
    case 'proxy':
      return `the proxy made no connection to ${host} (${failure.detail}): check https_proxy and no_proxy`;
    case 'no-connection':
      return `no connection to ${host} could be made (${failure.detail}): check ${urlInput}, or the runner's proxy and firewall`;
    case 'timed-out':
      return `no complete answer from ${host} came in time`;
    case 'connection-lost':
      return `the connection to ${host} broke (${failure.code})`;
  }
}
