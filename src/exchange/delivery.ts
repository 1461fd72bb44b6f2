import type { HttpCall } from '../requests/session-request.ts';

/** Why no answer came, or why it stopped coming. The cause is for debugging, never for the log. */
export type NetworkFailure = { readonly cause: unknown } & (
  | { readonly kind: 'name-not-resolved' }
  | { readonly kind: 'connection-refused' }
  | { readonly kind: 'certificate'; readonly code: string }
  | { readonly kind: 'proxy'; readonly detail: string }
  | { readonly kind: 'no-connection'; readonly detail: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'connection-lost'; readonly code: string }
);

export type Body =
  | { readonly kind: 'complete'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken'; readonly failure: NetworkFailure };

/** What became of one request. */
export type Delivery =
  | {
      readonly kind: 'answer';
      readonly statusCode: number;
      readonly location: string | undefined;
      readonly retryAfter: string | undefined;
      readonly body: Body;
    }
  | {
      readonly kind: 'no-answer';
      readonly failure: NetworkFailure;
      /** False only when no connection to the server was ever made. */
      readonly mayHaveReachedServer: boolean;
    };

/** The largest body that is read: 64 KiB. An answer to these requests has a few hundred bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Sends one request, once. Never rejects; when `signal` aborts, it settles at once with `timed-out`. */
export type Send = (call: HttpCall, signal: AbortSignal) => Promise<Delivery>;
