import { type Checked, invalid, valid } from '../inputs/checked.ts';
import type { InputValues } from '../inputs/values.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { ClassificationRules } from '../responses/classification-rules.ts';
import { classify } from '../responses/classify.ts';

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
    maxCredentialUses: Number.POSITIVE_INFINITY,
    attemptTimeoutMs: ATTEMPT_MS,
    classify: (delivery) => classify(delivery, rules),
  };
}

/**
 * A request to the API that shows a credential, which may be heard so often in a job. An attempt has all the time that is
 * left: a slow login that is given up is a second login.
 */
export function credentialRequest<T>(
  rules: ClassificationRules<T>,
  maxCredentialUses = PASSWORD_TIMES,
): ApiRequest<T> {
  return { ...repeatableRequest(rules), maxCredentialUses, attemptTimeoutMs: Number.POSITIVE_INFINITY };
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
