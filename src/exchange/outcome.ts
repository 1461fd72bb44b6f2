import type { Reason, Rejection } from '../responses/classification.ts';
import type { GaveUp } from './effects.ts';

/** How an exchange with the server ended. Everything except `unknown` is the vendor's word. */
export type Outcome<T> = {
  /** The number of requests sent. */
  readonly attempts: number;
  /** How many attempts may have worked although no response said so, without the one that settled it. */
  readonly possibleSuccesses: number;
} & (
  | { readonly kind: 'success'; readonly statusCode: number; readonly value: T }
  /** `possiblyByUs`: an earlier attempt, whose response was lost or inconclusive, may have ended the session. */
  | ({ readonly kind: 'session-gone'; readonly possiblyByUs: boolean } & Rejection)
  | ({ readonly kind: 'rejected' } & Rejection)
  | UnknownOutcome
);

/** Nothing is settled. */
export type UnknownOutcome = {
  readonly kind: 'unknown';
  /** Whether any attempt may have reached the server. */
  readonly wasSent: boolean;
  /** How often the server may have checked the credential in this job by now. */
  readonly credentialUses: number;
} & UnknownEnding;

/** Why no further attempt was made, and the reason of the last one. */
export type UnknownEnding =
  | { readonly gaveUp: GaveUp; readonly reason: Reason }
  | { readonly gaveUp: GaveUpBeforeFirst; readonly reason: undefined };

/** Why not even a first attempt was made. */
export type GaveUpBeforeFirst = Extract<
  GaveUp,
  'cancelled' | 'credential-used-up' | 'request-limit' | 'not-saved' | 'no-request'
>;
