import type { HttpResponse, HttpResult } from '../http.ts';
import type { ClassificationRules } from './classification-rules.ts';
import type { ErrorObject } from './error-object.ts';
import {
  type Inconclusive,
  inconclusiveFailure,
  inconclusiveResponse,
  isWithin,
  RETRY_LATER,
} from './inconclusive.ts';
import { type ParsedBody, parseBody } from './parsed-body.ts';
import { type ServerError, shown } from './server-error.ts';

/** What a refusal may come from, as the vendor's statuses, codes and words say it. */
export type LikelyCause = 'lock' | 'credentials' | 'address';

/** The vendor's no. Without an error object it is an empty 401. */
export interface Rejection {
  readonly statusCode: number;
  readonly error: ServerError | undefined;
  readonly likelyCauses: readonly LikelyCause[];
  /** When it was said, as the server's `Date` has it. */
  readonly date: string | undefined;
}

/** What one delivery means. All but `unsettled` is the vendor's word. */
export type Classification<T> =
  | { readonly kind: 'success'; readonly statusCode: number; readonly value: T }
  | ({ readonly kind: 'session-gone' } & Rejection)
  | ({ readonly kind: 'rejected' } & Rejection)
  | Inconclusive;

/** The vendor's codes for credentials that are not valid, or an account that is locked. */
const BAD_CREDENTIALS = ['UI_10000', 'IDS_085', 'IDS_086', 'AUTH_01'];

/** Decides what one delivery means to the API's client. Rows are read from the top: the vendor's word beats the status. */
export function classify<T>(delivery: HttpResult, rules: ClassificationRules<T>): Classification<T> {
  if (delivery.kind === 'no-response') return inconclusiveFailure(delivery);
  const speech = parseBody(delivery);
  return classifyApiBody(delivery, speech, rules) ?? inconclusiveResponse(delivery, speech, rules);
}

function classifyApiBody<T>(
  answer: HttpResponse,
  speech: ParsedBody,
  rules: ClassificationRules<T>,
): Classification<T> | undefined {
  const { statusCode, headers } = answer;
  switch (speech.kind) {
    case 'error-object':
      return classifyErrorObject(answer, speech.error, rules);
    case 'empty': {
      // The vendor says that an error object may be missing.
      const bare401 = statusCode === 401 && headers.wwwAuthenticate === undefined;
      if (bare401) {
        const likelyCauses = ['credentials', 'address'] as const;
        return {
          kind: rules.invalidCredential,
          statusCode,
          error: undefined,
          likelyCauses,
          date: headers.date,
        };
      }
      return statusCode === 200 || statusCode === 204
        ? classifySuccess(statusCode, undefined, rules)
        : undefined;
    }
    case 'json':
      return statusCode === 200 ? classifySuccess(statusCode, speech.value, rules) : undefined;
    case 'unrecognized':
      return undefined;
  }
}

function classifySuccess<T>(
  statusCode: number,
  json: unknown,
  { read }: ClassificationRules<T>,
): Classification<T> | undefined {
  const value = read(json);
  return value === undefined ? undefined : { kind: 'success', statusCode, value };
}

function classifyErrorObject<T>(
  { statusCode, headers }: HttpResponse,
  raw: ErrorObject,
  { invalidCredential, secret }: ClassificationRules<T>,
): Classification<T> | undefined {
  const says = (status: number) => statusCode === status || raw.statusCode === status;
  const forbidden = says(401) || says(403);
  const badCredentials =
    invalidCredential === 'rejected' && (forbidden || BAD_CREDENTIALS.includes(raw.code));
  const deadSession = raw.code === 'AUTH_01' || (says(401) && !isWithin(statusCode, 500));
  const final = isWithin(statusCode, 200) || (isWithin(statusCode, 400) && !RETRY_LATER.includes(statusCode));
  const likelyCauses = likelyCausesOf(raw, badCredentials, forbidden);
  const refusal = { statusCode, error: shown(raw, secret), likelyCauses, date: headers.date };
  if (invalidCredential === 'session-gone' && deadSession) return { kind: 'session-gone', ...refusal };
  return badCredentials || final ? { kind: 'rejected', ...refusal } : undefined;
}

function likelyCausesOf(
  { code, description }: ErrorObject,
  badCredentials: boolean,
  forbidden: boolean,
): readonly LikelyCause[] {
  if (code === 'IDS_086' || /\block(ed)?\b/i.test(description)) return ['lock'];
  const credentials: readonly LikelyCause[] = badCredentials ? ['credentials'] : [];
  return forbidden ? [...credentials, 'address'] : credentials;
}
