import type { Refusal } from '../responses/classify.ts';
import type { Reason } from '../responses/inconclusive.ts';

/** Why no further attempt was made although nothing is settled. */
export type GaveUp =
  | 'time-spent'
  /** The server asked to wait for longer than the time given. */
  | 'retry-after'
  | 'cancelled'
  /** The same came back too often: it rarely passes. */
  | 'same-again'
  /** The credential may not be heard again in this job: accounts lock. */
  | 'heard-enough'
  /** It could not be saved that the credential is about to be heard. */
  | 'not-recorded'
  /** There was nothing to ask with. */
  | 'no-request'
  /** It has been seen elsewhere that it has worked. */
  | 'over';

/** How an exchange with the server ended, after so many requests. All but `unknown` is what the vendor said. */
export type Outcome<T> = {
  readonly attempts: number;
  /** How many attempts may have worked without a word of it, but for the one that settled it. */
  readonly perhapsDone: number;
} & (
  | { readonly kind: 'done'; readonly statusCode: number; readonly value: T }
  /** `perhapsByUs`: an earlier attempt, whose answer was lost or unclear, may have done it. */
  | ({ readonly kind: 'gone'; readonly perhapsByUs: boolean } & Refusal)
  | ({ readonly kind: 'refused' } & Refusal)
  | {
      readonly kind: 'unknown';
      readonly gaveUp: GaveUp;
      /** What the last attempt met; undefined when none was made. */
      readonly reason: Reason | undefined;
      /** How often the credential may have been heard in this job by now. */
      readonly heard: number;
    }
);
