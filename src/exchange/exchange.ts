import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification, Inconclusive, Reason } from '../responses/classification.ts';
import { AttemptCounter, type AttemptCounts } from './attempt-counter.ts';
import type { Decision, Effects, GaveUp } from './effects.ts';
import type { GaveUpBeforeFirst, Outcome, UnknownEnding } from './outcome.ts';
import { nextAttempt, retryAfterMs } from './retry-timing.ts';
import { sendOnce } from './send-once.ts';
import type { TimeLimit } from './time-limit.ts';

export interface RetryOptions {
  readonly limit: TimeLimit;
  /**
   * What happens when the step is cancelled: `stop` starts no further attempt, because a later step takes over; `hurry` uses
   * the time that the runner leaves.
   */
  readonly onCancel: 'stop' | 'hurry';
  /** How often the server may have checked the credential in this job before. */
  readonly credentialUses: number;
  /**
   * Saves the counts for whatever follows a kill: before an attempt, with that attempt counted, and again if the attempt turns
   * out not to count. If it returns false, nothing is sent.
   */
  readonly saveCounts: (counts: AttemptCounts) => boolean;
  /** Told of each inconclusive attempt that another one follows. */
  readonly onRetry: (attempt: number, reason: Reason, waitMs: number) => void;
  /** Finds out by another request whether an inconclusive attempt worked after all; true stops the retries. */
  readonly isAlreadyDone: (reason: Reason) => Promise<boolean>;
}

/** For requests that carry no credential and that need no report. */
export const DEFAULTS = {
  credentialUses: 0,
  saveCounts: () => true,
  onRetry: () => {},
  isAlreadyDone: () => Promise.resolve(false),
} as const satisfies Partial<RetryOptions>;

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

/** Sends requests until the server has settled it, or until retrying is useless or not allowed. Never rejects. */
export function sendWithRetries<T>(
  source: RequestSource<T>,
  options: RetryOptions,
  effects: Effects,
): Promise<Outcome<T>> {
  return new Exchange(source, options, effects).run();
}

class Exchange<T> {
  readonly #source: RequestSource<T>;
  readonly #options: RetryOptions;
  readonly #effects: Effects;
  readonly #counter: AttemptCounter;
  #attempts = 0;

  constructor(source: RequestSource<T>, options: RetryOptions, effects: Effects) {
    this.#source = source;
    this.#options = options;
    this.#effects = effects;
    this.#counter = new AttemptCounter(source.maxCredentialUses, options.credentialUses, options.saveCounts);
  }

  async run(): Promise<Outcome<T>> {
    let reason: Reason | undefined;
    for (;;) {
      const request = await this.#nextRequest();
      if (typeof request === 'string') {
        const gaveUp = this.#orCancelled(request);
        return this.#unknown(reason === undefined ? { gaveUp, reason } : { gaveUp, reason });
      }
      this.#attempts += 1;
      const { clock, onAttempt } = this.#effects;
      const startedMs = clock.nowMs();
      const result = await sendOnce(request, this.#options.limit, this.#effects);
      const attempt = { request: request.http, result, durationMs: clock.nowMs() - startedMs };
      const classification = request.classify(result);
      if (classification.kind !== 'inconclusive') {
        onAttempt({ ...attempt, decision: { kind: 'settled', as: classification.kind } });
        return this.#settled(classification);
      }
      reason = classification.reason;
      const decision = await this.#decide(classification);
      onAttempt({ ...attempt, decision });
      if (decision.kind === 'give-up') {
        return this.#unknown({ gaveUp: this.#orCancelled(decision.why), reason });
      }
      this.#options.onRetry(this.#attempts, reason, decision.waitMs);
      await this.#options.limit.pause(decision.waitMs);
    }
  }

  /** The request of the next attempt, counted and saved; or why there is none. */
  async #nextRequest(): Promise<ApiRequest<T> | GaveUpBeforeFirst> {
    if (this.#isStopped()) return 'cancelled';
    if (this.#counter.isCredentialUsedUp) return 'credential-used-up';
    const request = await this.#source.next(this.#options.limit);
    if (this.#isStopped()) return 'cancelled';
    if (request === undefined) return 'no-request';
    return this.#counter.begin() ? request : 'not-saved';
  }

  async #decide(inconclusive: Inconclusive): Promise<Exclude<Decision, { kind: 'settled' }>> {
    const { clock, random } = this.#effects;
    const limitReached = this.#counter.end(inconclusive);
    if (await this.#options.isAlreadyDone(inconclusive.reason)) return giveUp('already-done');
    if (limitReached !== undefined) return giveUp(limitReached);
    const askedMs = retryAfterMs(inconclusive.retryAfter, clock.nowEpochMs());
    const next = nextAttempt(this.#attempts, this.#options.limit.remainingMs(), askedMs, random());
    if (next.kind === 'give-up') return next;
    return this.#isStopped() ? giveUp('cancelled') : { kind: 'retry', waitMs: next.waitMs };
  }

  #isStopped(): boolean {
    return this.#effects.cancelled.aborted && this.#options.onCancel === 'stop';
  }

  #settled(classification: Exclude<Classification<T>, Inconclusive>): Outcome<T> {
    const { possibleSuccesses, possiblyByUs } = this.#counter;
    // The last attempt is no longer uncertain.
    const counts = { attempts: this.#attempts, possibleSuccesses: possibleSuccesses - 1 };
    return classification.kind === 'session-gone'
      ? { ...classification, ...counts, possiblyByUs }
      : { ...classification, ...counts };
  }

  #unknown(ending: UnknownEnding): Outcome<T> {
    const { credentialUses, possibleSuccesses } = this.#counter;
    return { kind: 'unknown', attempts: this.#attempts, credentialUses, possibleSuccesses, ...ending };
  }

  /** A cancellation is the reason to tell, whatever it led to. */
  #orCancelled<W extends GaveUp>(why: W): W | 'cancelled' {
    return this.#effects.cancelled.aborted && why !== 'already-done' ? 'cancelled' : why;
  }
}

function giveUp(why: GaveUp): Extract<Decision, { kind: 'give-up' }> {
  return { kind: 'give-up', why };
}
