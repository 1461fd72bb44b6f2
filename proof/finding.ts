import type { Counts } from './invariants.ts';

/** What one check counted, and what got through. */
export interface Finding extends Counts {
  /** What was counted, as in "schedules". */
  readonly counted: string;
  readonly count: number;
  /** The least that has to be counted: a check that tries less proves less. */
  readonly minimum: number;
  /** False claims that no client could have recognized, if the check can tell them apart. */
  readonly excused?: number;
  /** How far the longest step exceeded its time, and the highest memory use, if they were measured. */
  readonly overrunMs?: number;
  readonly peakMiB?: number;
}

/** One part of the proof. */
export interface Check {
  /** As in `.ci/proof NAME`; also the name of its folder. */
  readonly name: string;
  /** What is tried, in a sentence for the page. */
  readonly about: string;
  /**
   * Tries it, telling `log` of each thing that went wrong, with the seed or the case that repeats it. No finding
   * means that what it needs is not on this machine.
   */
  readonly run: (log: (line: string) => void) => Promise<readonly Finding[]>;
}
