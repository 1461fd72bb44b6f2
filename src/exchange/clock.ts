/** Time, as a parameter. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970, to compare with a date from the server. */
  readonly nowEpochMs: () => number;
  /** Calls `alarm` once, after `ms` milliseconds. The function returned calls it off. */
  readonly after: (ms: number, alarm: () => void) => () => void;
}
