import { found, type Problem } from '../invariants.ts';
import type { Trial } from '../trial.ts';
import { contradictions, falseClaims } from './claims.ts';
import { leaks } from './leaks.ts';
import { isLeft } from './left.ts';
import { excesses } from './limits.ts';

export interface Judgement {
  readonly problems: readonly Problem[];
  /** A claim was false, and no client could have told the response that it rests on from the vendor's. */
  readonly excused: boolean;
}

/** Compares a step and its post step with the ledger. */
export function judge(trial: Trial): Judgement {
  const claims = falseClaims(trial);
  const lies = claims.filter(({ excused }) => !excused).map(({ what }): Problem => ({ breaks: 1, what }));
  return {
    problems: [
      ...lies,
      ...found(1, contradictions(trial)),
      ...found(2, { 'a session is left': isLeft(trial) }),
      ...excesses(trial),
      ...found(4, leaks(trial)),
    ],
    excused: claims.some(({ excused }) => excused),
  };
}
