import type { HttpResponse, HttpResult } from '../http.ts';
import type { ClassificationRules } from './api-request.ts';
import type { Classification, LikelyCause } from './classification.ts';
import type { ErrorObject } from './error-object.ts';
import { inconclusiveFailure, inconclusiveResponse, isWithin, RETRY_LATER } from './inconclusive.ts';
import { type ParsedBody, parseBody } from './parsed-body.ts';
import { safeServerError } from './server-text.ts';

/** The vendor's codes for credentials that are not valid, or an account that is locked. */
const BAD_CREDENTIALS = ['UI_10000', 'IDS_085', 'IDS_086', 'AUTH_01'];

/** Decides what one HTTP result means. What the API says in the body counts more than the status. */
export function classify<T>(result: HttpResult, rules: ClassificationRules<T>): Classification<T> {
  if (result.kind === 'no-response') return inconclusiveFailure(result, rules.opensSession);
  const parsed = parseBody(result);
  return classifyApiBody(result, parsed, rules) ?? inconclusiveResponse(result, parsed, rules);
}

function classifyApiBody<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  rules: ClassificationRules<T>,
): Classification<T> | undefined {
  const { statusCode, headers } = response;
  switch (parsed.kind) {
    case 'error-object':
      return classifyErrorObject(response, parsed.error, rules);
    case 'empty': {
      // The vendor documents that the error object may be missing.
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
      return statusCode === 200 ? classifySuccess(statusCode, parsed.value, rules) : undefined;
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
  const refusal = { statusCode, error: safeServerError(raw, secret), likelyCauses, date: headers.date };
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
