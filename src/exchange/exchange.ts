import type { HttpResult } from '../http.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification, Inconclusive, Reason } from '../responses/classification.ts';
import { AttemptCounter } from './attempt-counter.ts';
import type { Attempt, Decision, Effects, GaveUp } from './effects.ts';
import type { GaveUpBeforeFirst, Outcome, UnknownEnding } from './outcome.ts';
import type { RequestSource, RetryOptions, Review } from './retry-options.ts';
import {
  MIN_CHECK_MS,
  type NextAttempt,
  nextAttempt,
  nextCredentialAttempt,
  retryAfterMs,
} from './retry-timing.ts';
import { timedAttempt } from './send-once.ts';

/** Sends requests until the server has settled it, or until retrying is useless or not allowed. Never rejects. */
export function sendWithRetries<T>(
  source: RequestSource<T>,
  options: RetryOptions<T>,
  effects: Effects,
): Promise<Outcome<T>> {
  return new Exchange(source, options, effects).run();
}

class Exchange<T> {
  readonly #source: RequestSource<T>;
  readonly #options: RetryOptions<T>;
  readonly #effects: Effects;
  readonly #counter: AttemptCounter;
  #attempts = 0;
  #slowestMs = 0;

  constructor(source: RequestSource<T>, options: RetryOptions<T>, effects: Effects) {
    this.#source = source;
    this.#options = options;
    this.#effects = effects;
    const { uses, requests, maxRequests } = options.credential;
    this.#counter = new AttemptCounter(
      { maxUses: source.maxCredentialUses, maxRequests },
      { credentialUses: uses, credentialRequests: requests },
      options.saveCounts,
    );
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
      const { onAttempt } = this.#effects;
      const attempt = await this.#send(request);
      const classification = await this.#classify(request, attempt.result);
      if (classification.kind === 'already-done') {
        onAttempt({ ...attempt, decision: giveUp('already-done') });
        return this.#unknown({ gaveUp: 'already-done', reason: classification.reason });
      }
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
      await this.#wait(decision.waitMs);
    }
  }

  /** A cancellation shortens a wait, but not the minimum between two checks of a credential. */
  async #wait(waitMs: number): Promise<void> {
    const { limit } = this.#options;
    const leastMs = this.#counter.isLimited ? Math.min(waitMs, MIN_CHECK_MS) : 0;
    const startedMs = this.#effects.clock.nowMs();
    await limit.pause(waitMs);
    const leftMs = startedMs + leastMs - this.#effects.clock.nowMs();
    if (leftMs > 0 && !this.#isStopped()) await limit.pause(leftMs);
  }

  async #send(request: ApiRequest<T>): Promise<Omit<Attempt, 'decision'>> {
    const attempt = await timedAttempt(request, this.#options.limit, this.#effects);
    const { result, durationMs } = attempt;
    // How long a connection takes to fail says nothing about the server.
    const hasReached = result.kind === 'response' || result.mayHaveReachedServer;
    if (hasReached) this.#slowestMs = Math.max(this.#slowestMs, durationMs);
    return attempt;
  }

  async #classify(request: ApiRequest<T>, result: HttpResult): ReturnType<Review<T>> {
    const classification = request.classify(result);
    const { review } = this.#options;
    return review === undefined ? classification : await review(classification);
  }

  /** The request of the next attempt, counted and saved; or why there is none. */
  async #nextRequest(): Promise<ApiRequest<T> | GaveUpBeforeFirst> {
    if (this.#isStopped()) return 'cancelled';
    const { usedUp } = this.#counter;
    if (usedUp !== undefined) return usedUp;
    const request = await this.#source.next(this.#options.limit);
    if (this.#isStopped()) return 'cancelled';
    if (request === undefined) return 'no-request';
    return this.#counter.begin() ? request : 'not-saved';
  }

  async #decide(inconclusive: Inconclusive): Promise<Extract<Decision, { kind: 'retry' | 'give-up' }>> {
    const limitReached = this.#counter.end(inconclusive);
    const next = this.#nextAttempt(inconclusive);
    if (limitReached !== undefined) return giveUp(limitReached);
    if (next.kind === 'give-up') return next;
    return this.#isStopped() ? giveUp('cancelled') : { kind: 'retry', waitMs: next.waitMs };
  }

  #nextAttempt(inconclusive: Inconclusive): NextAttempt {
    const { clock, random } = this.#effects;
    const { limit } = this.#options;
    const timing = {
      attempts: this.#attempts,
      remainingMs: this.#remainingMs(inconclusive),
      retryAfterMs: retryAfterMs(inconclusive.retryAfter, clock.nowEpochMs()),
      random: random(),
    };
    if (!this.#counter.isLimited) return nextAttempt(timing);
    const { lengthMs, elapsedMs } = limit;
    const last = this.#counter.last(inconclusive);
    return nextCredentialAttempt({ ...timing, last, lengthMs, elapsedMs, slowestMs: this.#slowestMs });
  }

  #remainingMs(inconclusive: Inconclusive): number {
    const { limit, unknownHostMs } = this.#options;
    const lengthMs = this.#counter.isUnknownHost(inconclusive) ? unknownHostMs : Number.POSITIVE_INFINITY;
    return Math.min(limit.remainingMs(), lengthMs - limit.elapsedMs);
  }

  #isStopped(): boolean {
    const goesOn = { stop: false, hurry: true, 'hurry-until-checked': this.#counter.credentialUses === 0 };
    return this.#effects.cancelled.aborted && !goesOn[this.#options.onCancel];
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
    const { credentialUses, possibleSuccesses, wasSent } = this.#counter;
    const counts = { attempts: this.#attempts, credentialUses, possibleSuccesses };
    return { kind: 'unknown', wasSent, ...counts, ...ending };
  }

  /** Reports a cancellation as the reason, whatever it led to. */
  #orCancelled<W extends GaveUp>(why: W): W | 'cancelled' {
    return this.#effects.cancelled.aborted && why !== 'already-done' ? 'cancelled' : why;
  }
}

function giveUp(why: GaveUp): Extract<Decision, { kind: 'give-up' }> {
  return { kind: 'give-up', why };
}
