import type { Settled, UnknownReason } from './verdict.ts';

/** Why no further attempt was made although nothing is settled. */
export type GaveUp = 'time-spent' | 'retry-after' | 'cancelled';

/** How the exchange with the server ended, after so many requests. */
export type Outcome = { readonly attempts: number } & (
  | Exclude<Settled, { kind: 'ended' }>
  | {
      readonly kind: 'ended';
      readonly statusCode: number;
      /** True when the confirmation got lost and a later answer said that the session is gone. */
      readonly answerWasLost: boolean;
    }
  | {
      readonly kind: 'unknown';
      readonly gaveUp: GaveUp;
      /** Undefined when the step was cancelled before the first attempt. */
      readonly reason: UnknownReason | undefined;
    }
);

/** An outcome after which nothing more is to be sent, by this step or the post step. */
export type SettledKind = Settled['kind'];
