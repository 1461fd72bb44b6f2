import type { NetworkFailure } from '../http.ts';
import type { UnrecognizedBody } from './parsed-body.ts';
import type { ServerError } from './server-text.ts';

/** The likely cause of a rejection, according to the vendor's status, code and text. */
export type LikelyCause = 'lock' | 'expired-password' | 'too-many-sessions' | 'credentials' | 'address';

/** The vendor rejected the request. Without an error object it is an empty 401. */
export interface Rejection {
  /**
   * Whether the post step may send the request once more. False if the rejection is final in the job: a credential that is
   * rejected must not be sent again, because accounts lock.
   */
  readonly postMayRetry: boolean;
  readonly statusCode: number;
  readonly error: ServerError | undefined;
  readonly likelyCauses: readonly LikelyCause[];
  /** The `Date` header of the response. */
  readonly date: string | undefined;
}

/** Why a result is inconclusive. */
export type Reason =
  | { readonly kind: 'network'; readonly failure: NetworkFailure }
  /** The API, or a gateway in front of it, reports a failure of its own. */
  | { readonly kind: 'server-error'; readonly statusCode: number; readonly error: ServerError | undefined }
  /** The server says that the session is gone, but `validSessionId` reports it as valid. */
  | { readonly kind: 'contradicted'; readonly statusCode: number; readonly error: ServerError | undefined }
  /** JSON without an access token in the fields that clients read. */
  | { readonly kind: 'no-token'; readonly statusCode: number }
  /** `host` is undefined if the response names none. */
  | { readonly kind: 'redirect'; readonly statusCode: number; readonly host: string | undefined }
  | {
      readonly kind: 'unrecognized';
      readonly statusCode: number;
      readonly body: UnrecognizedBody;
      readonly contentType: string;
    };

/** A result that settles nothing, and what it means for the next attempts. */
export interface Inconclusive {
  readonly kind: 'inconclusive';
  readonly reason: Reason;
  /**
   * Whether the request may have had its effect: `none` if the response says no, or none could come; `possible` if a later
   * "session gone" may be its doing; `doubtful` in between.
   */
  readonly effect: 'none' | 'doubtful' | 'possible';
  /**
   * Whether the server may have checked the credential: `none` if it never received it, or said "not now"; `final` if it may
   * have rejected it, so that it must not be sent again.
   */
  readonly credentialUse: 'none' | 'possible' | 'final';
  /** Results that rarely change: after `times` of a name the step stops. */
  readonly repeatLimit: { readonly name: string; readonly times: number } | undefined;
  /** The headers that say when to retry, if this kind of response can have them. */
  readonly retryAfter:
    | { readonly retryAfter: string | undefined; readonly date: string | undefined }
    | undefined;
}

/** What one HTTP result means. Everything except `inconclusive` is the vendor's word. */
export type Classification<T> =
  | { readonly kind: 'success'; readonly statusCode: number; readonly value: T }
  | ({ readonly kind: 'session-gone' } & Rejection)
  | ({ readonly kind: 'rejected' } & Rejection)
  | Inconclusive;
