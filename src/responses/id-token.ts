import type { Delivery } from '../http.ts';
import { isJwt } from '../inputs/oauth-token.ts';
import type { Verdict } from './classify.ts';
import { isWithin, NOT_NOW, unsettledByFailure } from './inconclusive.ts';
import { members, parseJson } from './json.ts';

/** GitHub says "Pending" for a job that has just begun. */
const FORBIDDEN = { name: '403', times: 3 };

/**
 * Decides what an answer of GitHub's token service means. Of a failure only the status is kept: what the service writes may be
 * anything.
 */
export function judgeIdToken(delivery: Delivery): Verdict<string> {
  if (delivery.kind === 'no-answer') return unsettledByFailure(delivery);
  const { statusCode, headers, body } = delivery;
  const unsettled = {
    kind: 'unsettled',
    reason: { kind: 'unwell', statusCode, error: undefined },
    effect: 'none',
    heard: 'perhaps',
    atMost: statusCode === 403 ? FORBIDDEN : undefined,
    comeBack:
      NOT_NOW.includes(statusCode) || statusCode === 503
        ? { retryAfter: headers.retryAfter, date: headers.date }
        : undefined,
  } as const;
  if (isWithin(statusCode, 200)) {
    const value = body.kind === 'complete' ? members(parseJson(body.text)?.value)?.['value'] : undefined;
    return typeof value === 'string' && isJwt(value) ? { kind: 'done', statusCode, value } : unsettled;
  }
  const passes = statusCode === 403 || NOT_NOW.includes(statusCode) || isWithin(statusCode, 500);
  return passes
    ? unsettled
    : { kind: 'refused', statusCode, error: undefined, blames: [], date: headers.date };
}
