import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import { firstWords } from './wording.ts';

/** The outcome in few words, as the job summary has it; undefined if the user wants none. */
export function headline<T>(
  outcome: Outcome<T>,
  request: ReportedRequest<T>,
  { summary }: Settings,
): string | undefined {
  return summary ? firstWords(outcome, request).toLowerCase() : undefined;
}
