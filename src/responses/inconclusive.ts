import type { HttpResponse, HttpResult, NetworkFailure } from '../http.ts';
import { parseUrl } from '../inputs/parse-url.ts';
import type { ClassificationRules } from './classification-rules.ts';
import type { ParsedBody, UnrecognizedBody } from './parsed-body.ts';
import { type ServerError, shown } from './server-error.ts';
import { serverText } from './server-text.ts';

/** Why a delivery settles nothing. */
export type Reason =
  | { readonly kind: 'network'; readonly failure: NetworkFailure }
  /** The API, or what stands before it, is not well. */
  | { readonly kind: 'server-error'; readonly statusCode: number; readonly error: ServerError | undefined }
  | { readonly kind: 'redirect'; readonly statusCode: number; readonly host: string }
  | {
      readonly kind: 'unrecognized';
      readonly statusCode: number;
      readonly what: UnrecognizedBody;
      readonly contentType: string;
    };

/** What settles nothing, and what that means for the next attempts. */
export interface Inconclusive {
  readonly kind: 'inconclusive';
  readonly reason: Reason;
  /**
   * Whether it may have had its effect all the same: `none` where the answer said no, or none could come; `possible` where
   * "gone" after it may be its doing; `doubtful` between the two.
   */
  readonly effect: 'none' | 'doubtful' | 'possible';
  /**
   * Whether the credential may have been judged: `never` where no server heard it, or it said "not now"; `last` where it
   * was perhaps refused, so that it must not be heard again.
   */
  readonly credentialUse: 'none' | 'possible' | 'final';
  /** Answers that rarely pass: after so many of a name the step is not to try again. */
  readonly repeatLimit: { readonly name: string; readonly times: number } | undefined;
  /** When to come back, as the headers say it; only where an answer can ask for that. */
  readonly retryAfter:
    | { readonly retryAfter: string | undefined; readonly date: string | undefined }
    | undefined;
}

/** Statuses that say "not now". 503 does only with a word of when, or of the vendor's. */
export const RETRY_LATER: readonly number[] = [408, 425, 429];
const SAME_RESPONSE_TIMES = 6;
const CLIENT_ERROR = { name: 'unclear 4xx', times: 2 };

/** Whether a status is one of a hundred, as in 4xx. */
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

/** What an answer means that has none of the vendor's words to settle it: rows by the status. */
export function inconclusiveResponse<T>(
  answer: HttpResponse,
  speech: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, body } = answer;
  if (statusCode === 503 || RETRY_LATER.includes(statusCode)) return retryLater(answer, speech, rules);
  const breaksOff = body.kind === 'broken' && (isWithin(statusCode, 200) || isWithin(statusCode, 500));
  if (breaksOff) {
    return { ...INCONCLUSIVE, reason: { kind: 'network', failure: body.failure }, effect: 'possible' };
  }
  if (isWithin(statusCode, 500)) {
    const effect = [500, 502, 504].includes(statusCode) ? 'possible' : 'doubtful';
    return { ...serverError(answer, speech, rules), effect };
  }
  if (isWithin(statusCode, 300)) {
    const host = redirectHost(answer.headers.location, rules);
    const reason = { kind: 'redirect', statusCode, host } as const;
    return { ...INCONCLUSIVE, reason, repeatLimit: { name: 'redirect', times: 1 } };
  }
  if (!isWithin(statusCode, 400)) return unrecognized(answer, speech, rules);
  const perhapsRefused = statusCode === 401 || statusCode === 403;
  return {
    ...unrecognized(answer, speech, rules),
    credentialUse: perhapsRefused ? 'final' : 'possible',
    repeatLimit: CLIENT_ERROR,
  };
}

/** "Not now", in so many words; 503 without a word of when, or of the vendor's, may have been heard by a password's judge. */
function retryLater<T>(
  answer: HttpResponse,
  speech: ParsedBody,
  rules: ClassificationRules<T>,
): Inconclusive {
  const { statusCode, headers } = answer;
  const saysSo = statusCode !== 503 || headers.retryAfter !== undefined || speech.kind === 'error-object';
  const retryAfter = { retryAfter: headers.retryAfter, date: headers.date };
  return saysSo || rules.invalidCredential === 'session-gone'
    ? { ...serverError(answer, speech, rules), credentialUse: 'none', retryAfter }
    : { ...serverError(answer, speech, rules), effect: 'doubtful', retryAfter };
}

function serverError<T>(
  { statusCode }: HttpResponse,
  speech: ParsedBody,
  { secret }: ClassificationRules<T>,
): Inconclusive {
  const error = speech.kind === 'error-object' ? shown(speech.error, secret) : undefined;
  return { ...INCONCLUSIVE, reason: { kind: 'server-error', statusCode, error } };
}

/** What it means that no complete answer came. */
export function inconclusiveFailure({
  failure,
  mayHaveReachedServer,
}: Extract<HttpResult, { kind: 'no-response' }>): Inconclusive {
  return {
    kind: 'inconclusive',
    reason: { kind: 'network', failure },
    effect: mayHaveReachedServer ? 'possible' : 'none',
    credentialUse: mayHaveReachedServer ? 'possible' : 'none',
    repeatLimit: repeatLimitOf(failure),
    retryAfter: undefined,
  };
}

function unrecognized<T>(
  { statusCode, headers, body }: HttpResponse,
  speech: ParsedBody,
  { secret }: ClassificationRules<T>,
): Inconclusive {
  const mediaType = headers.contentType?.split(';')[0]?.trim() ?? '';
  const isType = mediaType.length <= 60 && /^[\w.+-]+\/[\w.+-]+$/.test(mediaType);
  const contentType = isType ? serverText(mediaType, secret) : '';
  const text = body.kind === 'complete' ? body.text : body.kind;
  return {
    kind: 'inconclusive',
    reason: { kind: 'unrecognized', statusCode, what: unrecognizedIn(speech), contentType },
    effect: isWithin(statusCode, 200) ? 'possible' : isWithin(statusCode, 400) ? 'none' : 'doubtful',
    credentialUse: 'possible',
    repeatLimit: { name: [statusCode, mediaType, text].join('\n'), times: SAME_RESPONSE_TIMES },
    retryAfter: undefined,
  };
}

/** What stands there although it is not the vendor's word under this status. */
function unrecognizedIn(speech: ParsedBody): UnrecognizedBody {
  switch (speech.kind) {
    case 'unrecognized':
      return speech.what;
    case 'empty':
      return 'an empty answer';
    case 'json':
    case 'error-object':
      return "JSON that is not the API's";
  }
}

/** Behind a proxy a directory's account locks, too; and certificates do not change while a step waits. */
function repeatLimitOf(failure: NetworkFailure): Inconclusive['repeatLimit'] {
  switch (failure.kind) {
    case 'proxy-settings':
      return { name: failure.kind, times: 1 };
    case 'proxy-status':
      if (failure.statusCode === 407) return { name: 'proxy 407', times: 1 };
      return isWithin(failure.statusCode, 400) ? { name: 'proxy 4xx', times: 2 } : undefined;
    case 'certificate':
      return { name: failure.kind, times: 2 };
    default:
      return undefined;
  }
}

function redirectHost<T>(location: string | undefined, { http, secret }: ClassificationRules<T>): string {
  const host = location === undefined ? undefined : parseUrl(location, http.url.href)?.host;
  return host ? serverText(host, secret) : 'a place it does not name';
}
