import { type Arbitrary, asyncProperty, check, stringify } from 'fast-check';
import type { Finding } from '../finding.ts';
import { Violation } from './violation.ts';

/** Something that has to hold in every case. */
export interface Property {
  readonly counted: string;
  readonly run: (seed: number, log: (line: string) => void) => Promise<Finding>;
}

const CASES = 10_000;

/** `holds` throws where the property does not: a `Violation`, or whatever the action threw. */
export function property<T>(
  counted: string,
  arbitrary: Arbitrary<T>,
  holds: (example: T) => Promise<void>,
  cases = CASES,
): Property {
  return {
    counted,
    run: async (seed, log) => {
      const details = await check(asyncProperty(arbitrary, holds), { numRuns: cases, seed });
      const harms = { falseClaims: 0, leaks: 0, otherHarm: 0 };
      if (details.failed) {
        const { errorInstance: error, counterexample, counterexamplePath, numShrinks } = details;
        harms[error instanceof Violation ? error.harm : 'otherHarm'] += 1;
        log(`${counted}: ${error instanceof Violation ? error.message : stackOf(error)}`);
        log(`  ${stringify(counterexample?.[0])} (${numShrinks} shrinks, path ${counterexamplePath})`);
      }
      return { counted, count: details.numRuns, minimum: cases, sessionsLeft: 0, ...harms };
    },
  };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
