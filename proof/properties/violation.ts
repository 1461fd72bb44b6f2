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

export function expect(holds: boolean, harm: Harm, otherwise: string): void {
  if (!holds) throw new Violation(harm, otherwise);
}
