import type { HttpResponse, HttpResult } from '../http.ts';
import type { ClassificationRules } from './api-request.ts';
import type { Classification, Rejection } from './classification.ts';
import {
  causesForCredential,
  causesForSession,
  errorOfCredential,
  errorOfLogout,
  settles,
} from './error-meaning.ts';
import type { ErrorObject } from './error-object.ts';
import { inconclusiveFailure, inconclusiveResponse } from './inconclusive.ts';
import { type ParsedBody, parseBody } from './parsed-body.ts';
import { safeServerError } from './server-text.ts';

/** Decides what one HTTP result means. What the API says in the body counts more than the status. */
export function classify<T>(result: HttpResult, rules: ClassificationRules<T>): Classification<T> {
  if (result.kind === 'no-response') return inconclusiveFailure(result, rules.call === 'login');
  const parsed = parseBody(result);
  const value =
    rules.call === 'login' ? readSession(result, parsed, rules) : readSuccess(result, parsed, rules);
  if (value !== undefined) return { kind: 'success', statusCode: result.statusCode, value };
  return (
    bareUnauthorized(result, parsed, rules) ??
    (parsed.kind === 'error-object' ? classifyError(result, parsed.error, rules) : undefined) ??
    inconclusiveResponse(result, parsed, rules)
  );
}

/** A session is open, whatever the status and the rest of the response say. */
function readSession<T>(
  { statusCode }: HttpResponse,
  parsed: ParsedBody,
  rules: Extract<ClassificationRules<T>, { call: 'login' }>,
): T | undefined {
  switch (parsed.kind) {
    case 'json':
      return rules.read(parsed.value, { statusCode, error: undefined });
    case 'error-object':
      return rules.read(parsed.value, { statusCode, error: safeServerError(parsed.error, rules) });
    case 'empty':
    case 'unrecognized':
      return undefined;
  }
}

function readSuccess<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  { read }: Exclude<ClassificationRules<T>, { call: 'login' }>,
): T | undefined {
  const { statusCode } = response;
  if (pointsElsewhere(response)) return undefined;
  if (parsed.kind === 'empty') return statusCode === 200 || statusCode === 204 ? read(undefined) : undefined;
  return parsed.kind === 'json' && statusCode === 200 ? read(parsed.value) : undefined;
}

/** The vendor documents that the error object of a 401 may be missing. A password or a proxy may be meant as well. */
function bareUnauthorized<T>(
  response: HttpResponse,
  parsed: ParsedBody,
  { call }: ClassificationRules<T>,
): Classification<T> | undefined {
  const { statusCode, headers } = response;
  const isBare = statusCode === 401 && parsed.kind === 'empty' && !pointsElsewhere(response);
  if (!isBare || call !== 'logout') return undefined;
  const { date } = headers;
  return { kind: 'session-gone', postMayRetry: false, statusCode, error: undefined, likelyCauses: [], date };
}

/** Whether a response asks for another address, or for credentials that the API does not use. */
function pointsElsewhere({ headers }: HttpResponse): boolean {
  const { location, wwwAuthenticate, proxyAuthenticate } = headers;
  return [location, wwwAuthenticate, proxyAuthenticate].some((header) => header !== undefined);
}

function classifyError<T>(
  { statusCode, headers }: HttpResponse,
  raw: ErrorObject,
  rules: ClassificationRules<T>,
): Classification<T> | undefined {
  const rejection: Rejection = {
    postMayRetry: false,
    statusCode,
    error: safeServerError(raw, rules),
    likelyCauses: causesForSession(statusCode, raw),
    date: headers.date,
  };
  switch (rules.call) {
    case 'logout': {
      const kind = errorOfLogout(statusCode, raw);
      return kind === undefined ? undefined : { kind, ...rejection };
    }
    case 'validSessionId':
      return settles(statusCode) ? { kind: 'rejected', ...rejection } : undefined;
    case 'access-token':
      // Also under 407: another request for the token would get the same error, and the session can be ended already.
      return settles(statusCode) || statusCode === 407 ? { kind: 'rejected', ...rejection } : undefined;
    case 'login':
    case 'logoutall': {
      const meaning = errorOfCredential(statusCode, raw);
      if (meaning === undefined) return undefined;
      const likelyCauses = causesForCredential(statusCode, raw);
      const postMayRetry = meaning === 'rejected' && rules.call === 'logoutall';
      return { kind: 'rejected', ...rejection, likelyCauses, postMayRetry };
    }
  }
}
