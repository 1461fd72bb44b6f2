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

/** The outcome of an exchange whose last response was this one. */
export function outcomeOf(
  result: HttpResult,
  request: ApiRequest<true>,
  { attempts = 1, gaveUp = 'time-spent', possiblyByUs = false, possibleSuccesses = 0 }: After = {},
): Outcome<true> {
  const counts = { attempts, possibleSuccesses };
  const classification = request.classify(result);
  switch (classification.kind) {
    case 'inconclusive': {
      const wasSent = result.kind === 'response' || result.mayHaveReachedServer;
      return {
        kind: 'unknown',
        wasSent,
        ...counts,
        gaveUp,
        reason: classification.reason,
        credentialUses: 0,
      };
    }
    case 'session-gone':
      return { ...classification, ...counts, possiblyByUs };
    case 'success':
    case 'rejected':
      return { ...classification, ...counts };
  }
}
