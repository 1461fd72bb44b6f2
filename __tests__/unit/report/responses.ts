import type { GaveUp, Outcome } from '../../../src/exchange/outcome.ts';
import type { Delivery } from '../../../src/http.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';

interface After {
  readonly attempts?: number;
  readonly gaveUp?: GaveUp;
  readonly perhapsByUs?: boolean;
  readonly perhapsDone?: number;
}

/** The outcome of an exchange whose last answer was this one. */
export function outcomeOf(
  delivery: Delivery,
  request: ApiRequest<true>,
  { attempts = 1, gaveUp = 'time-spent', perhapsByUs = false, perhapsDone = 0 }: After = {},
): Outcome<true> {
  const counts = { attempts, perhapsDone };
  const verdict = request.judge(delivery);
  switch (verdict.kind) {
    case 'unsettled':
      return { kind: 'unknown', ...counts, gaveUp, reason: verdict.reason, heard: 0 };
    case 'gone':
      return { ...verdict, ...counts, perhapsByUs };
    case 'done':
    case 'refused':
      return { ...verdict, ...counts };
  }
}
