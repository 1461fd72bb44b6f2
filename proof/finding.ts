import type { Counts } from './invariants.ts';

/** What one check counted, and what got through. */
export interface Finding extends Counts {
  /** What was counted, as in "schedules". */
  readonly counted: string;
  readonly count: number;
  /** The least that has to be counted: a check that tries less proves less. */
  readonly minimum: number;
  /** Claims that were false, and that no client could have known to be, where the check can tell them from others. */
  readonly excused?: number;
  /** How far the longest step went beyond its time, and the most memory that one took, where that was measured. */
  readonly overrunMs?: number;
  readonly peakMiB?: number;
}

/** One part of the proof. */
export interface Check {
  /** As in `.ci/proof NAME`, and the folder that it lies in. */
  readonly name: string;
  /** What is tried, in a sentence for the page. */
  readonly about: string;
  /**
   * Tries it, telling `log` of each thing that went wrong, with the seed or the case that repeats it. No finding
   * means that what it needs is not on this machine.
   */
  readonly run: (log: (line: string) => void) => Promise<readonly Finding[]>;
}
