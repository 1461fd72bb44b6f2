import { parseUrl } from '../inputs/parse-url.ts';
import type { SessionRequest } from '../requests/session-request.ts';
import type { Delivery, NetworkFailure } from './delivery.ts';
import { type ErrorObject, readErrorObject } from './error-object.ts';
import { serverText, serverTexts } from './server-text.ts';

/** What the server said is wrong. Its text is fit to be shown (`serverText`). */
export interface ServerError {
  readonly code: string;
  readonly description: string;
}

export type RefusedReason =
  | { readonly kind: 'error-object'; readonly error: ServerError }
  | { readonly kind: 'status' }
  | { readonly kind: 'redirect'; readonly host: string };

export type UnknownReason =
  | { readonly kind: 'network'; readonly failure: NetworkFailure }
  | { readonly kind: 'status'; readonly statusCode: number; readonly error: ServerError | undefined }
  | { readonly kind: 'not-json'; readonly statusCode: number }
  | { readonly kind: 'too-large'; readonly statusCode: number };

/** What the server has settled, so that nothing more is to be sent. */
export type Settled =
  | { readonly kind: 'ended'; readonly statusCode: number }
  | { readonly kind: 'already-ended'; readonly statusCode: number; readonly error: ServerError | undefined }
  | { readonly kind: 'refused'; readonly statusCode: number; readonly reason: RefusedReason };

/** What one delivery means. Only `unknown` is tried again. */
export type Verdict =
  | Settled
  | {
      readonly kind: 'unknown';
      readonly reason: UnknownReason;
      readonly retryAfter: string | undefined;
      readonly mayHaveReachedServer: boolean;
    };

type Answer = Extract<Delivery, { kind: 'answer' }>;

/** Statuses that say "not now": the answer to the question is still open. */
const TRANSIENT = [408, 425, 429];

/** Decides what one delivery means for a request. */
export function judge(delivery: Delivery, request: SessionRequest): Verdict {
  if (delivery.kind === 'no-answer') {
    const { failure, mayHaveReachedServer } = delivery;
    return {
      kind: 'unknown',
      reason: { kind: 'network', failure },
      retryAfter: undefined,
      mayHaveReachedServer,
    };
  }
  const { statusCode } = delivery;
  if (statusCode >= 200 && statusCode < 300) return judgeSuccess(delivery, request);
  if (statusCode >= 300 && statusCode < 400) {
    const host = redirectHost(delivery.location, request);
    return { kind: 'refused', statusCode, reason: { kind: 'redirect', host } };
  }
  if (statusCode >= 400 && statusCode < 500 && !TRANSIENT.includes(statusCode)) {
    return judgeClientError(delivery, request);
  }
  const error = errorIn(delivery);
  // Accounts lock: a password that is not valid is not sent again, whatever else the status says.
  if (error !== undefined && request.credential === 'password' && saysCredentialsNotValid(error)) {
    return judgeError(statusCode, error, request);
  }
  return unknown(delivery, { kind: 'status', statusCode, error: error && shown(error, request) });
}

/** By the status in the error object or, where it has none, by the codes that the vendor shows for it. */
function saysCredentialsNotValid({ statusCode, code }: ErrorObject): boolean {
  return statusCode === undefined
    ? code === 'UI_10000' || code === 'IDS_085'
    : statusCode === 401 || statusCode === 403;
}

function judgeSuccess(answer: Answer, request: SessionRequest): Verdict {
  const { statusCode, body } = answer;
  switch (body.kind) {
    case 'broken':
      return unknown(answer, { kind: 'network', failure: body.failure });
    case 'too-large':
      return unknown(answer, { kind: 'too-large', statusCode });
    case 'complete': {
      if (body.text.trim() === '') return { kind: 'ended', statusCode };
      const json = parseJson(body.text);
      if (json === undefined) return unknown(answer, { kind: 'not-json', statusCode });
      const error = readErrorObject(json.value);
      return error === undefined ? { kind: 'ended', statusCode } : judgeError(statusCode, error, request);
    }
  }
}

function judgeClientError(answer: Answer, request: SessionRequest): Verdict {
  const { statusCode, body } = answer;
  // Logging out twice does no harm, so the rest of the answer is worth another request. A password is
  // not sent again: the status has said enough.
  if (body.kind === 'broken' && request.credential === 'session-id') {
    return unknown(answer, { kind: 'network', failure: body.failure });
  }
  const error = errorIn(answer);
  if (error !== undefined) return judgeError(statusCode, error, request);
  const readable = body.kind === 'complete' && parseJson(body.text) !== undefined;
  if (statusCode === 401 && !readable && request.credential === 'session-id') {
    return { kind: 'already-ended', statusCode, error: undefined };
  }
  return { kind: 'refused', statusCode, reason: { kind: 'status' } };
}

function judgeError(statusCode: number, raw: ErrorObject, request: SessionRequest): Settled {
  const error = shown(raw, request);
  const says = (status: number) => statusCode === status || raw.statusCode === status;
  const sessionNotValid = says(401) || (says(403) && raw.code === 'AUTH_01');
  return sessionNotValid && request.credential === 'session-id'
    ? { kind: 'already-ended', statusCode, error }
    : { kind: 'refused', statusCode, reason: { kind: 'error-object', error } };
}

function unknown(answer: Answer, reason: UnknownReason): Verdict {
  return { kind: 'unknown', reason, retryAfter: answer.retryAfter, mayHaveReachedServer: true };
}

function errorIn({ body }: Answer): ErrorObject | undefined {
  return body.kind === 'complete' ? readErrorObject(parseJson(body.text)?.value) : undefined;
}

function shown(raw: ErrorObject, { secrets }: SessionRequest): ServerError {
  const [code = '', description = ''] = serverTexts([raw.code, raw.description], secrets);
  return { code, description };
}

function redirectHost(location: string | undefined, { call, secrets }: SessionRequest): string {
  const host = location === undefined ? undefined : parseUrl(location, call.url)?.host;
  return serverText(host || 'a place it does not name', secrets);
}

/** Wrapped, because `null` is JSON too. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    // `trim` takes a byte order mark away too.
    return { value: JSON.parse(text.trim()) };
  } catch {
    return undefined;
  }
}
