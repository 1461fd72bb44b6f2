import type { HttpResult } from '../http.ts';
import { isLoopback, parseUrl } from '../inputs/hosts.ts';
import { isJwt } from '../inputs/oauth-token.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification } from '../responses/classification.ts';
import { inconclusiveFailure } from '../responses/inconclusive.ts';
import { members, parseJson } from '../responses/json.ts';
import { isWithin, RETRY_LATER } from '../responses/status.ts';

/** GitHub's token service. A job with the permission `id-token: write` finds it in its environment. */
export interface IdTokenService {
  readonly url: string;
  readonly bearer: string;
}

/** Asks GitHub for the ID token of this job; undefined if a secret must not be sent to the service's URL. */
export function idTokenRequest(
  { url, bearer }: IdTokenService,
  audience: string,
): ApiRequest<string> | undefined {
  const service = parseUrl(url);
  if (service === null) return undefined;
  const safe =
    service.protocol === 'https:' || (service.protocol === 'http:' && isLoopback(service.hostname));
  if (!safe) return undefined;
  service.searchParams.set('audience', audience);
  return {
    http: {
      method: 'GET',
      url: service,
      headers: { Accept: 'application/json', Authorization: `Bearer ${bearer}` },
      body: '',
    },
    maxCredentialUses: Number.POSITIVE_INFINITY,
    attemptTimeoutMs: 10_000,
    classify: classifyIdToken,
  };
}

/** GitHub says "Pending" for a job that has just begun. */
const FORBIDDEN = { name: '403', times: 3 };

/** Keeps only the status of a failure, because the service's text may contain anything. */
function classifyIdToken(result: HttpResult): Classification<string> {
  if (result.kind === 'no-response') return inconclusiveFailure(result, false);
  const { statusCode, headers, body } = result;
  const inconclusive = {
    kind: 'inconclusive',
    reason: { kind: 'server-error', statusCode, error: undefined },
    effect: 'none',
    credentialUse: 'possible',
    repeatLimit: statusCode === 403 ? FORBIDDEN : undefined,
    retryAfter:
      RETRY_LATER.includes(statusCode) || statusCode === 503
        ? { retryAfter: headers.retryAfter, date: headers.date }
        : undefined,
  } as const;
  if (isWithin(statusCode, 200)) {
    const value = body.kind === 'complete' ? members(parseJson(body.text)?.value)?.['value'] : undefined;
    return typeof value === 'string' && isJwt(value) ? { kind: 'success', statusCode, value } : inconclusive;
  }
  const mayChange = statusCode === 403 || RETRY_LATER.includes(statusCode) || isWithin(statusCode, 500);
  return mayChange
    ? inconclusive
    : {
        kind: 'rejected',
        postMayRetry: false,
        statusCode,
        error: undefined,
        likelyCauses: [],
        date: headers.date,
      };
}
