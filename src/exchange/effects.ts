import type { HttpRequest, HttpResult, Send } from '../http.ts';

/** Time, as a parameter. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970, to compare with a date from a server. */
  readonly nowEpochMs: () => number;
  /** Calls `alarm` once, after `ms` milliseconds. The function returned cancels that. */
  readonly after: (ms: number, alarm: () => void) => () => void;
}

/** What an exchange needs from the outside. */
export interface Effects {
  readonly send: Send;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Aborts when the runner cancels the step. */
  readonly cancelled: AbortSignal;
  /** Called after each attempt, for the debug log. */
  readonly onAttempt: (attempt: Attempt) => void;
}

/** One attempt that is over, and what was decided then. */
export interface Attempt {
  readonly request: HttpRequest;
  readonly result: HttpResult;
  readonly durationMs: number;
  readonly decision: Decision;
}

export type Decision =
  | { readonly kind: 'settled'; readonly as: 'success' | 'session-gone' | 'rejected' }
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'give-up'; readonly why: GaveUp }
  /** Inconclusive, and a request that is sent once. */
  | { readonly kind: 'not-retried' };

/** Why no further attempt was made although nothing is settled. */
export type GaveUp =
  | 'time-spent'
  /** The server asked to wait for longer than the time that is left. */
  | 'retry-after'
  | 'cancelled'
  /** The same response came too often: it rarely changes. */
  | 'same-response'
  /** The server may not check the credential again in this job, because accounts lock. */
  | 'credential-used-up'
  /** As many requests with the credential were sent as a job may send. */
  | 'request-limit'
  /** The state could not be saved before an attempt. */
  | 'not-saved'
  /** There was no request to send: GitHub gave no ID token. */
  | 'no-request'
  /** Another request showed that it had worked. */
  | 'already-done';
