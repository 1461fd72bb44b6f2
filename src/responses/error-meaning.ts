import type { LikelyCause } from './classification.ts';
import type { ErrorObject } from './error-object.ts';
import { saysSessionIsDead } from './session-words.ts';
import { isWithin, RETRY_LATER } from './status.ts';
import {
  isAboutAddress,
  isAboutCredentials,
  isAboutSomethingElse,
  saysAccountIsLocked,
  saysPasswordExpired,
  saysTooManySessions,
} from './words.ts';

/** The vendor's codes for credentials that are not valid, or an account that is locked. */
const BAD_CREDENTIALS = ['UI_10000', 'IDS_085', 'IDS_086', 'IDS_087', 'AUTH_01'];

/** What an error object means for a logout; undefined if it settles nothing. Only a session that has ended counts as success. */
export function errorOfLogout(
  statusCode: number,
  error: ErrorObject,
): 'session-gone' | 'rejected' | undefined {
  const isSettled = settles(statusCode);
  if (hasCode(error, ['AUTH_01']) && (statusCode === 200 || (isWithin(statusCode, 400) && isSettled))) {
    return 'session-gone';
  }
  const isOther = isAboutSomethingElse(`${error.code} ${error.text}`);
  const saysOnly401 = error.statuses.every((status) => status === 401);
  const isUnauthorized = statusCode === 401 || (statusCode === 200 && says(error, 401) && saysOnly401);
  if (!isUnauthorized) return isSettled ? 'rejected' : undefined;
  if (isOther) return 'rejected';
  const saysNothing = error.code === '' && error.text === '';
  return saysOnly401 && (saysNothing || saysSessionIsDead(error.description)) ? 'session-gone' : undefined;
}

/**
 * What an error object means for a request with a credential: `final` if the credential must not be sent again in the job;
 * undefined if it settles nothing.
 */
export function errorOfCredential(statusCode: number, error: ErrorObject): 'final' | 'rejected' | undefined {
  const isForbidden = [401, 403].some((status) => statusCode === status || says(error, status));
  const isSuccessOrClientError = isWithin(statusCode, 200) || isWithin(statusCode, 400);
  const isFinal =
    hasCode(error, BAD_CREDENTIALS) ||
    saysAccountIsLocked(error.text) ||
    isForbidden ||
    (isSuccessOrClientError && isAboutCredentials(error.text));
  if (isFinal) return 'final';
  return settles(statusCode) ? 'rejected' : undefined;
}

/** Whether a rejection with this status is final. */
export function settles(statusCode: number): boolean {
  return (
    isWithin(statusCode, 200) ||
    (isWithin(statusCode, 400) && statusCode !== 407 && !RETRY_LATER.includes(statusCode))
  );
}

/** The likely causes of an error after a request without a credential. */
export function causesForSession(statusCode: number, error: ErrorObject): readonly LikelyCause[] {
  const isForbidden = statusCode === 403 || says(error, 403);
  return isForbidden || isAboutAddress(error.text) ? ['address'] : [];
}

/** The likely causes of an error after a request with a credential. A specific cause replaces the others. */
export function causesForCredential(statusCode: number, error: ErrorObject): readonly LikelyCause[] {
  if (hasCode(error, ['IDS_086']) || saysAccountIsLocked(error.text)) return ['lock'];
  if (saysPasswordExpired(error.text)) return ['expired-password'];
  if (saysTooManySessions(error.text)) return ['too-many-sessions'];
  const isForbidden = [401, 403].some((status) => statusCode === status || says(error, status));
  const isCredential = isForbidden || hasCode(error, BAD_CREDENTIALS) || isAboutCredentials(error.text);
  const credentials: readonly LikelyCause[] = isCredential ? ['credentials'] : [];
  return isForbidden || isAboutAddress(error.text) ? [...credentials, 'address'] : credentials;
}

function hasCode({ code }: ErrorObject, codes: readonly string[]): boolean {
  return codes.includes(code.trim().toUpperCase());
}

function says({ statuses }: ErrorObject, status: number): boolean {
  return statuses.includes(status);
}
