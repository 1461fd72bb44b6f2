import type { Invariant, Problem } from '../invariants.ts';

/** Thrown if a property does not hold. */
export class Violation extends Error {
  readonly breaks: Invariant;

  constructor({ breaks, what }: Problem) {
    super(what);
    this.breaks = breaks;
  }
}

const expecting = (breaks: Invariant) => (holds: boolean, otherwise: string) => {
  if (!holds) throw new Violation({ breaks, what: otherwise });
};

/** Each takes what has to hold, and says what it is otherwise. */
export const truthful = expecting(1);
export const harmless = expecting(3);
export const tight = expecting(4);
export const bounded = expecting(5);
