import type { HttpResult } from '../http.ts';
import { isJwt } from '../inputs/oauth-token.ts';
import type { Classification } from './classify.ts';
import { inconclusiveFailure, isWithin, RETRY_LATER } from './inconclusive.ts';
import { members, parseJson } from './json.ts';

/** GitHub says "Pending" for a job that has just begun. */
const FORBIDDEN = { name: '403', times: 3 };

/**
 * Decides what an answer of GitHub's token service means. Of a failure only the status is kept: what the service writes may be
 * anything.
 */
export function classifyIdToken(delivery: HttpResult): Classification<string> {
  if (delivery.kind === 'no-response') return inconclusiveFailure(delivery);
  const { statusCode, headers, body } = delivery;
  const unsettled = {
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
    return typeof value === 'string' && isJwt(value) ? { kind: 'success', statusCode, value } : unsettled;
  }
  const passes = statusCode === 403 || RETRY_LATER.includes(statusCode) || isWithin(statusCode, 500);
  return passes
    ? unsettled
    : { kind: 'rejected', statusCode, error: undefined, likelyCauses: [], date: headers.date };
}
