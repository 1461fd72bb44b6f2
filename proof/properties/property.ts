import { type Arbitrary, asyncProperty, check, stringify } from 'fast-check';
import type { Finding } from '../finding.ts';
import { countHarms } from '../invariants.ts';
import { Violation } from './violation.ts';

/** Something that has to hold in every case. */
export interface Property {
  readonly counted: string;
  readonly run: (seed: number, log: (line: string) => void) => Promise<Finding>;
}

const CASES = 10_000;
/** Cases for a draw among three modes, so that each mode gets as many as in a draw of two. */
export const CASES_OF_MODES = 15_000;

/**
 * `holds` throws where the property does not: a `Violation`, or whatever the action threw. It may return whether what was
 * claimed is false, and excused.
 */
export function property<T>(
  counted: string,
  arbitrary: Arbitrary<T>,
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  holds: (example: T) => Promise<boolean | void>,
  cases = CASES,
): Property {
  return {
    counted,
    run: async (seed, log) => {
      let excused = 0;
      let knowsExcused = false;
      const tried = asyncProperty(arbitrary, async (example) => {
        const isExcused = await holds(example);
        knowsExcused ||= isExcused !== undefined;
        excused += Number(isExcused === true);
      });
      const details = await check(tried, { numRuns: cases, seed });
      const problems: { breaks: Violation['breaks']; what: string }[] = [];
      if (details.failed) {
        const { errorInstance: error, counterexample, counterexamplePath, numShrinks } = details;
        const what = error instanceof Violation ? error.message : await stackOf(holds, counterexample?.[0]);
        const breaks = error instanceof Violation ? error.breaks : 3;
        problems.push({ breaks, what });
        log(`${counted}: ${what} (breaks invariant ${breaks})`);
        log(`  ${stringify(counterexample?.[0])} (${numShrinks} shrinks, path ${counterexamplePath})`);
      }
      const finding = { counted, count: details.numRuns, minimum: cases, ...countHarms(problems) };
      return knowsExcused ? { ...finding, excused } : finding;
    },
  };
}

/** The place where the action threw. Workers keep no stacks, so the case is played again. */
async function stackOf<T>(holds: (example: T) => Promise<unknown>, example: T | undefined): Promise<string> {
  Error.stackTraceLimit = 10;
  try {
    if (example !== undefined) await holds(example);
    return 'it threw once, and not when it was tried again';
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
