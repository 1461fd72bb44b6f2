import { type Checked, invalid, valid } from '../inputs/checked.ts';
import type { InputValues } from '../inputs/values.ts';
import type { ApiRequest, Wording } from '../responses/api-request.ts';
import type { ClassificationRules } from '../responses/classification-rules.ts';
import { judge } from '../responses/classify.ts';

/** The headers that the vendor's page shows for its requests. */
export const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

/** One attempt of what may be repeated at will gets at most this much of the time. */
const ATTEMPT_MS = 15_000;
/** Accounts lock, some of them after few failures: the limit is a setting of each user. */
const PASSWORD_TIMES = 3;

/** A request to the API that may be asked as often as it takes. */
export function repeatableRequest<T>(rules: ClassificationRules<T>): ApiRequest<T> {
  return {
    http: rules.http,
    mayBeHeard: Number.POSITIVE_INFINITY,
    attemptTimeoutMs: ATTEMPT_MS,
    judge: (delivery) => judge(delivery, rules),
  };
}

/**
 * A request to the API that shows a credential, which may be heard so often in a job. An attempt has all the time that is
 * left: a slow login that is given up is a second login.
 */
export function credentialRequest<T>(
  rules: ClassificationRules<T>,
  mayBeHeard = PASSWORD_TIMES,
): ApiRequest<T> {
  return { ...repeatableRequest(rules), mayBeHeard, attemptTimeoutMs: Number.POSITIVE_INFINITY };
}

/** What to look at when a user name and a password are refused. */
export const PASSWORD_CHECK =
  'username, password and login-url; usual reasons are the login host of another region, an expired password, a SAML user (who ' +
  'has none), or a second factor (a non-human user needs none)';

/** The words of a request that ends something, in the order of its outcomes. */
export function endingWording(subject: string, check: string): Wording {
  return {
    subject,
    done: 'Ended',
    gone: 'Already ended',
    refused: 'Not ended',
    unknown: 'Not confirmed as ended',
    check,
  };
}

/**
 * Checks that `verify` is left alone: `validSessionId` needs the user's name, which only a login's own answer gives, and
 * a mistyped one looks like a dead session.
 */
export function withoutVerify({ verify }: InputValues): Checked<undefined> {
  return ['', 'auto'].includes(verify.trim())
    ? valid(undefined)
    : invalid('verify is for mode: login alone: leave it out.');
}
