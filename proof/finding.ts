/** What one check counted, and what got through. */
export interface Finding {
  /** What was counted, as in "schedules". */
  readonly counted: string;
  readonly count: number;
  /** The least that has to be counted: a check that tries less proves less. */
  readonly minimum: number;
  /** Sessions open at the end although the server answered properly in the time given. */
  readonly sessionsLeft: number;
  /** Steps that said "ended", or were green, and it was not so. */
  readonly falseClaims: number;
  /** Secrets in a log, output, summary or annotation; commands or markup that came from the server. */
  readonly leaks: number;
  /** Whatever else must not be: refused credentials sent again, a request to a foreign host, a step over its time or memory. */
  readonly otherHarm: number;
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
