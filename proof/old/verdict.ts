import type { Problem } from '../invariants.ts';

/** What a step says, or lets a reader believe, and the ledger denies. */
export interface Claim {
  readonly what: string;
  /** No client could have told what it heard from the vendor's word. */
  readonly excused: boolean;
}

export interface Verdict {
  readonly problems: readonly Problem[];
  /** A claim was false, and excused. */
  readonly excused: boolean;
}

/** What is wrong: the false claims that nothing excuses, and all else. */
export function verdict(untrue: readonly Claim[], ...others: readonly (readonly Problem[])[]): Verdict {
  const lies = untrue.filter(({ excused }) => !excused).map(({ what }): Problem => ({ breaks: 1, what }));
  return { problems: [...lies, ...others.flat()], excused: untrue.some(({ excused }) => excused) };
}
