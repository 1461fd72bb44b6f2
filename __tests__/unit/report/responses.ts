import type { GaveUp } from '../../../src/exchange/effects.ts';
import type { Outcome } from '../../../src/exchange/outcome.ts';
import type { HttpResult } from '../../../src/http.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';

interface After {
  readonly attempts?: number;
  readonly gaveUp?: GaveUp;
  readonly possiblyByUs?: boolean;
  readonly possibleSuccesses?: number;
}

/** The outcome of an exchange whose last answer was this one. */
export function outcomeOf(
  delivery: HttpResult,
  request: ApiRequest<true>,
  { attempts = 1, gaveUp = 'time-spent', possiblyByUs = false, possibleSuccesses = 0 }: After = {},
): Outcome<true> {
  const counts = { attempts, possibleSuccesses };
  const verdict = request.classify(delivery);
  switch (verdict.kind) {
    case 'inconclusive': {
      const wasSent = delivery.kind === 'response' || delivery.mayHaveReachedServer;
      return { kind: 'unknown', wasSent, ...counts, gaveUp, reason: verdict.reason, credentialUses: 0 };
    }
    case 'session-gone':
      return { ...verdict, ...counts, possiblyByUs };
    case 'success':
    case 'rejected':
      return { ...verdict, ...counts };
  }
}
