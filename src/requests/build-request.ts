import type { ApiRequest, ClassificationRules } from '../responses/api-request.ts';
import { classify } from '../responses/classify.ts';

/** The headers that the vendor's pages show for requests. */
export const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

/** The longest attempt of a request that may be repeated freely. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** Accounts lock after failed logins. The limit is a setting of each user, so it can be small. */
const MAX_PASSWORD_USES = 3;

/** A request to the API that may be repeated freely. */
export function repeatableRequest<T>(rules: ClassificationRules<T>): ApiRequest<T> {
  return {
    http: rules.http,
    maxCredentialUses: Number.POSITIVE_INFINITY,
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    classify: (result) => classify(result, rules),
  };
}

/**
 * A request to the API that carries a password or a token. The server may check it `maxCredentialUses` times in a job. An
 * attempt may take all the time that is left, because giving up on a slow login means a second login.
 */
export function credentialRequest<T>(
  rules: ClassificationRules<T>,
  maxCredentialUses = MAX_PASSWORD_USES,
): ApiRequest<T> {
  return { ...repeatableRequest(rules), maxCredentialUses, attemptTimeoutMs: Number.POSITIVE_INFINITY };
}
