import type { Finding } from '../finding.ts';

export type Harm = keyof Pick<Finding, 'falseClaims' | 'leaks' | 'otherHarm'>;

/** A property that does not hold. */
export class Violation extends Error {
  readonly harm: Harm;

  constructor(harm: Harm, message: string) {
    super(message);
    this.harm = harm;
  }
}

const expecting = (harm: Harm) => (holds: boolean, otherwise: string) => {
  if (!holds) throw new Violation(harm, otherwise);
};

/** Each takes what has to hold, and says what it is otherwise. */
export const truthful = expecting('falseClaims');
export const tight = expecting('leaks');
export const harmless = expecting('otherHarm');
