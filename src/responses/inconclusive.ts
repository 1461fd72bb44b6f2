import type { HttpResponse, HttpResult, NetworkFailure } from '../http.ts';
import { parseUrl } from '../inputs/hosts.ts';
import type { ClassificationRules } from './api-request.ts';
import type { Inconclusive } from './classification.ts';
import type { ParsedBody, UnrecognizedBody } from './parsed-body.ts';
import { safeServerError, serverText } from './server-text.ts';
import { isWithin, RETRY_LATER } from './status.ts';

const SAME_RESPONSE_TIMES = 6;
const CLIENT_ERROR = { name: 'unclear 4xx', times: 2 };

const INCONCLUSIVE = {
  kind: 'inconclusive',
  effect: 'none',
  credentialUse: 'possible',
  repeatLimit: undefined,
  retryAfter: undefined,
} as const;

/** Classifies a response by its status, because its body settles nothing. */
export function inconclusiveResponse<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, body } = response;
  if (statusCode === 503 || RETRY_LATER.includes(statusCode)) return retryLater(response, parsed, rules);
  if (isWithin(statusCode, 300)) {
    const host = redirectHost(response.headers.location, rules);
    const reason = { kind: 'redirect', statusCode, host } as const;
    return { ...INCONCLUSIVE, reason, repeatLimit: { name: 'redirect', times: 1 } };
  }
  const perhapsRejected = statusCode === 401 || statusCode === 403;
  if (body.kind === 'broken' && !(perhapsRejected && hasCredential(rules))) {
    // A 4xx is a rejection, so a session that is gone later was not ended by it.
    const effect = isWithin(statusCode, 400) ? 'doubtful' : 'possible';
    const repeatLimit = repeatLimitOf(body.failure, rules.call === 'login');
    return { ...INCONCLUSIVE, reason: { kind: 'network', failure: body.failure }, effect, repeatLimit };
  }
  if (isWithin(statusCode, 500)) {
    const effect = [500, 502, 504].includes(statusCode) ? 'possible' : 'doubtful';
    return { ...serverError(response, parsed, rules), effect };
  }
  if (!isWithin(statusCode, 400)) return unrecognized(response, parsed, rules);
  const said = parsed.kind === 'error-object' ? serverError : unrecognized;
  return {
    ...said(response, parsed, rules),
    credentialUse: perhapsRejected ? 'final' : 'possible',
    repeatLimit: CLIENT_ERROR,
  };
}

/**
 * "Not now". If the request has a credential, only 425, 429 and a 503 with an error object mean that it was not checked. After
 * a 503 with Retry-After it was not checked either, but the request may have worked. After the others both are possible.
 */
function retryLater<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, headers } = response;
  const retryAfter = { retryAfter: headers.retryAfter, date: headers.date };
  const said = { ...serverError(response, parsed, rules), retryAfter };
  const saysNo =
    statusCode === 425 || statusCode === 429 || (statusCode === 503 && parsed.kind === 'error-object');
  if (saysNo || !hasCredential(rules)) return { ...said, credentialUse: 'none' };
  const saysWhen = statusCode === 503 && headers.retryAfter !== undefined;
  return { ...said, effect: 'doubtful', credentialUse: saysWhen ? 'none' : 'possible' };
}

function hasCredential<T>({ call }: ClassificationRules<T>): boolean {
  return call === 'login' || call === 'logoutall';
}

function serverError<T>(
  { statusCode }: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const error = parsed.kind === 'error-object' ? safeServerError(parsed.error, rules) : undefined;
  return { ...INCONCLUSIVE, reason: { kind: 'server-error', statusCode, error } };
}

/** Classifies an attempt without a complete response. */
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

/** The kind of body, if the API never sends it with this status. */
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
 * The maximum number of attempts for a failure that rarely passes. `mayHaveOpened`: a session may be open that nobody can end,
 * and the next login could open another one.
 */
function repeatLimitOf(failure: NetworkFailure, mayHaveOpened: boolean): Inconclusive['repeatLimit'] {
  switch (failure.kind) {
    case 'proxy-settings':
      return { name: failure.kind, times: 1 };
    case 'proxy-status': {
      const { statusCode } = failure;
      // Accounts in a proxy's directory can lock too.
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
    case 'name-not-found':
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
