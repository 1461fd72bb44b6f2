import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Wording } from '../responses/api-request.ts';

/** The outcome in few words, as the job summary has it; undefined if the user wants none. */
export function headline<T>(outcome: Outcome<T>, words: Wording, { summary }: Settings): string | undefined {
  return summary ? words[wordsFor(outcome)].toLowerCase() : undefined;
}

function wordsFor<T>(outcome: Outcome<T>): 'done' | 'gone' | 'refused' | 'unknown' {
  return outcome.kind === 'gone' && outcome.perhapsByUs ? 'done' : outcome.kind;
}
