/** Time, as a parameter. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970, to compare with a date from the server. */
  readonly nowEpochMs: () => number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}
