import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification, Reason } from '../responses/classification.ts';
import type { AttemptCounts } from './attempt-counter.ts';
import type { TimeLimit } from './time-limit.ts';

/** How a request is retried. */
export interface RetryOptions<T> {
  readonly limit: TimeLimit;
  /**
   * What happens when the step is cancelled: `stop` starts no further attempt, because a later step takes over; `hurry` uses
   * the time that the runner leaves; `hurry-until-checked` does so until the server may have checked the credential.
   */
  readonly onCancel: 'stop' | 'hurry' | 'hurry-until-checked';
  /** What the credential may still be used for in this step. */
  readonly credential: CredentialBudget;
  /**
   * Saves the counts for whatever follows a kill: before an attempt, with that attempt counted, and again if the attempt turns
   * out not to count. If it returns false, nothing is sent.
   */
  readonly saveCounts: (counts: AttemptCounts) => boolean;
  /** How long a host is tried whose name does not exist, in milliseconds. */
  readonly unknownHostMs: number;
  /** Called after each inconclusive attempt that is retried. */
  readonly onRetry: (attempt: number, reason: Reason, waitMs: number) => void;
  /** Checks classifications by another request, if there is one. Never rejects. */
  readonly review: Review<T> | undefined;
}

/** Confirms or replaces a classification; or says that an inconclusive attempt worked after all. */
export type Review<T> = (
  classification: Classification<T>,
) => Promise<Classification<T> | { readonly kind: 'already-done'; readonly reason: Reason }>;

/** How often a credential was used in the job before this step, and what this step may send. */
export interface CredentialBudget {
  readonly uses: number;
  readonly requests: number;
  /** How many requests may carry it in the job by the end of this step. */
  readonly maxRequests: number;
}

/** At most ten requests of a job carry a credential, and main leaves three of them to post. */
export const MAX_CREDENTIAL_REQUESTS = { main: 7, job: 10 } as const;

/** The main step does not wait long for a host that does not exist: its name is probably mistyped. */
export const UNKNOWN_HOST_MS = 10_000;

/** For the first step of a job, and for requests that need no report. */
export const DEFAULTS = {
  credential: { uses: 0, requests: 0, maxRequests: MAX_CREDENTIAL_REQUESTS.main },
  saveCounts: () => true,
  unknownHostMs: Number.POSITIVE_INFINITY,
  onRetry: () => {},
  review: undefined,
} as const;

/** Where the request of each attempt comes from. */
export interface RequestSource<T> {
  /** How often the server may check the credential in a job, main and post together. */
  readonly maxCredentialUses: number;
  /** The next request, made within the limit; undefined if none can be made. Never rejects. */
  readonly next: (limit: TimeLimit) => Promise<ApiRequest<T> | undefined>;
}

/** Sends the same request at each attempt. */
export function sameRequest<T>(request: ApiRequest<T>): RequestSource<T> {
  return { maxCredentialUses: request.maxCredentialUses, next: () => Promise.resolve(request) };
}
