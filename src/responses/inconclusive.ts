import type { HttpResponse, HttpResult, NetworkFailure } from '../http.ts';
import { parseUrl } from '../inputs/hosts.ts';
import type { ClassificationRules } from './api-request.ts';
import type { Inconclusive } from './classification.ts';
import type { ParsedBody, UnrecognizedBody } from './parsed-body.ts';
import { safeServerError, serverText } from './server-text.ts';

/** Statuses that mean "not now". A 503 does only if it says when to come back, or has an error object. */
export const RETRY_LATER: readonly number[] = [408, 425, 429];
const SAME_RESPONSE_TIMES = 6;
const CLIENT_ERROR = { name: 'unclear 4xx', times: 2 };

/** Whether a status is in a hundred, as in 4xx. */
export function isWithin(statusCode: number, hundred: number): boolean {
  return statusCode >= hundred && statusCode < hundred + 100;
}

const INCONCLUSIVE = {
  kind: 'inconclusive',
  effect: 'none',
  credentialUse: 'possible',
  repeatLimit: undefined,
  retryAfter: undefined,
} as const;

/** What a response means whose body settles nothing: decided by its status. */
export function inconclusiveResponse<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, body } = response;
  if (statusCode === 503 || RETRY_LATER.includes(statusCode)) return retryLater(response, parsed, rules);
  const breaksOff = body.kind === 'broken' && (isWithin(statusCode, 200) || isWithin(statusCode, 500));
  if (breaksOff) {
    const reason = { kind: 'network', failure: body.failure } as const;
    return {
      ...INCONCLUSIVE,
      reason,
      effect: 'possible',
      repeatLimit: repeatLimitOf(body.failure, rules.opensSession),
    };
  }
  if (isWithin(statusCode, 500)) {
    const effect = [500, 502, 504].includes(statusCode) ? 'possible' : 'doubtful';
    return { ...serverError(response, parsed, rules), effect };
  }
  if (isWithin(statusCode, 300)) {
    const host = redirectHost(response.headers.location, rules);
    const reason = { kind: 'redirect', statusCode, host } as const;
    return { ...INCONCLUSIVE, reason, repeatLimit: { name: 'redirect', times: 1 } };
  }
  if (!isWithin(statusCode, 400)) return unrecognized(response, parsed, rules);
  const perhapsRefused = statusCode === 401 || statusCode === 403;
  return {
    ...unrecognized(response, parsed, rules),
    credentialUse: perhapsRefused ? 'final' : 'possible',
    repeatLimit: CLIENT_ERROR,
  };
}

/** "Not now". Behind a 503 that says neither when to come back nor why, the server may have checked the password. */
function retryLater<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, headers } = response;
  const saysSo = statusCode !== 503 || headers.retryAfter !== undefined || parsed.kind === 'error-object';
  const retryAfter = { retryAfter: headers.retryAfter, date: headers.date };
  return saysSo || rules.invalidCredential === 'session-gone'
    ? { ...serverError(response, parsed, rules), credentialUse: 'none', retryAfter }
    : { ...serverError(response, parsed, rules), effect: 'doubtful', retryAfter };
}

function serverError<T>(
  { statusCode }: HttpResponse,
  parsed: ParsedBody,
  { secret }: ClassificationRules<T>,
): Inconclusive {
  const error = parsed.kind === 'error-object' ? safeServerError(parsed.error, secret) : undefined;
  return { ...INCONCLUSIVE, reason: { kind: 'server-error', statusCode, error } };
}

/** What it means that no complete response came. */
export function inconclusiveFailure(
  { failure, mayHaveReachedServer }: Extract<HttpResult, { kind: 'no-response' }>,
  opensSession: boolean,
): Inconclusive {
  return {
    kind: 'inconclusive',
    reason: { kind: 'network', failure },
    effect: mayHaveReachedServer ? 'possible' : 'none',
    credentialUse: mayHaveReachedServer ? 'possible' : 'none',
    repeatLimit: repeatLimitOf(failure, opensSession && mayHaveReachedServer),
    retryAfter: undefined,
  };
}

function unrecognized<T>(
  { statusCode, headers, body }: HttpResponse,
  parsed: ParsedBody,
  { secret }: ClassificationRules<T>,
): Inconclusive {
  const mediaType = headers.contentType?.split(';')[0]?.trim() ?? '';
  const isType = mediaType.length <= 60 && /^[\w.+-]+\/[\w.+-]+$/.test(mediaType);
  const contentType = isType ? serverText(mediaType, secret) : '';
  const text = body.kind === 'complete' ? body.text : body.kind;
  return {
    kind: 'inconclusive',
    reason: { kind: 'unrecognized', statusCode, body: unrecognizedIn(parsed), contentType },
    effect: isWithin(statusCode, 200) ? 'possible' : isWithin(statusCode, 400) ? 'none' : 'doubtful',
    credentialUse: 'possible',
    repeatLimit: { name: [statusCode, mediaType, text].join('\n'), times: SAME_RESPONSE_TIMES },
    retryAfter: undefined,
  };
}

/** What the body is, although the API never sends it under this status. */
function unrecognizedIn(parsed: ParsedBody): UnrecognizedBody {
  switch (parsed.kind) {
    case 'unrecognized':
      return parsed.body;
    case 'empty':
      return 'empty';
    case 'json':
    case 'error-object':
      return 'json';
  }
}

/**
 * How often a failure that rarely passes is met at most. `mayHaveOpened`: a session may be open that nobody can end, and the next
 * login could open another one.
 */
function repeatLimitOf(failure: NetworkFailure, mayHaveOpened: boolean): Inconclusive['repeatLimit'] {
  switch (failure.kind) {
    case 'proxy-settings':
      return { name: failure.kind, times: 1 };
    case 'proxy-status': {
      const { statusCode } = failure;
      // The accounts of a proxy's directory lock, too.
      if (statusCode === 407) return { name: 'proxy 407', times: 1 };
      if (isWithin(statusCode, 300)) return { name: 'proxy redirect', times: 1 };
      return isWithin(statusCode, 400) ? { name: 'proxy 4xx', times: 2 } : undefined;
    }
    case 'not-http':
      return { name: failure.kind, times: mayHaveOpened ? 1 : 2 };
    case 'certificate':
    case 'tls':
    case 'unexpected':
      return { name: failure.kind, times: 2 };
    case 'name-not-resolved':
    case 'connection-refused':
    case 'no-connection':
    case 'proxy-unreachable':
    case 'timed-out':
    case 'connection-lost':
      return undefined;
  }
}

function redirectHost<T>(
  location: string | undefined,
  { http, secret }: ClassificationRules<T>,
): string | undefined {
  const host = location === undefined ? undefined : parseUrl(location, http.url.href)?.host;
  return host ? serverText(host, secret) : undefined;
}
