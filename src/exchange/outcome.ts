import type { Rejection } from '../responses/classify.ts';
import type { Reason } from '../responses/inconclusive.ts';

/** Why no further attempt was made although nothing is settled. */
export type GaveUp =
  | 'time-spent'
  /** The server asked to wait for longer than the time given. */
  | 'retry-after'
  | 'cancelled'
  /** The same came back too often: it rarely passes. */
  | 'same-response'
  /** The credential may not be heard again in this job: accounts lock. */
  | 'credential-used-up'
  /** It could not be saved that the credential is about to be heard. */
  | 'not-saved'
  /** There was nothing to ask with. */
  | 'no-request'
  /** It has been seen elsewhere that it has worked. */
  | 'already-done';

/** How an exchange with the server ended, after so many requests. All but `unknown` is what the vendor said. */
export type Outcome<T> = {
  readonly attempts: number;
  /** How many attempts may have worked without a word of it, but for the one that settled it. */
  readonly possibleSuccesses: number;
} & (
  | { readonly kind: 'success'; readonly statusCode: number; readonly value: T }
  /** `possiblyByUs`: an earlier attempt, whose answer was lost or unclear, may have done it. */
  | ({ readonly kind: 'session-gone'; readonly possiblyByUs: boolean } & Rejection)
  | ({ readonly kind: 'rejected' } & Rejection)
  | {
      readonly kind: 'unknown';
      readonly gaveUp: GaveUp;
      /** What the last attempt met; undefined when none was made. */
      readonly reason: Reason | undefined;
      /** How often the credential may have been heard in this job by now. */
      readonly credentialUses: number;
    }
);
