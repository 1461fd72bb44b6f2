import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification } from '../responses/classify.ts';
import type { Inconclusive, Reason } from '../responses/inconclusive.ts';
import { AttemptCounter, type AttemptCounts } from './attempt-counter.ts';
import type { Effects } from './effects.ts';
import type { GaveUp, Outcome } from './outcome.ts';
import { nextAttempt, retryAfterMs } from './retry-timing.ts';
import { sendOnce } from './send-once.ts';
import { TimeLimit } from './time-limit.ts';

export interface RetryOptions {
  /** The moment on `clock.nowMs` by which all is over. */
  readonly deadlineMs: number;
  /**
   * What a cancelled step does: `stop` starts no further attempt, for a step comes after it; `hurry`
   * uses what the runner leaves it.
   */
  readonly onCancel: 'stop' | 'hurry';
  /** How often the credential may have been heard in this job before. */
  readonly credentialUses: number;
  /**
   * Writes down, for what comes after a kill, how far it has come: before an attempt with that attempt counted, and again
   * where that one can't have been heard or have worked. If it returns false, nothing is sent.
   */
  readonly saveCounts: (progress: AttemptCounts) => boolean;
  /** Told of each attempt that settled nothing and is followed by another one. */
  readonly onRetry: (attempt: number, reason: Reason, waitMs: number) => void;
  /** Looks elsewhere whether what settled nothing has worked all the same; true: there is nothing left to ask for. */
  readonly isAlreadyDone: (reason: Reason) => Promise<boolean>;
}

/** The terms of a request that may be asked at will, and of which nobody is told but how it ended. */
export const DEFAULTS = {
  credentialUses: 0,
  saveCounts: () => true,
  onRetry: () => {},
  isAlreadyDone: () => Promise.resolve(false),
} as const satisfies Partial<RetryOptions>;

/** Where the request of each attempt comes from. */
export interface RequestSource<T> {
  /** How often in a job it may be heard by a server, main and post together. */
  readonly maxCredentialUses: number;
  /** The next request, within this time; undefined where none can be made. Never rejects. */
  readonly next: (limit: TimeLimit) => Promise<ApiRequest<T> | undefined>;
}

/** The same request at each attempt. */
export function sameRequest<T>(request: ApiRequest<T>): RequestSource<T> {
  return { maxCredentialUses: request.maxCredentialUses, next: () => Promise.resolve(request) };
}

/** Asks until the server has settled it, or asking again is of no use or not allowed. Never rejects. */
export function sendWithRetries<T>(
  source: RequestSource<T>,
  terms: RetryOptions,
  world: Effects,
): Promise<Outcome<T>> {
  return new Exchange(source, terms, world).run();
}

class Exchange<T> {
  readonly #source: RequestSource<T>;
  readonly #terms: RetryOptions;
  readonly #world: Effects;
  readonly #limit: TimeLimit;
  readonly #tally: AttemptCounter;
  #attempts = 0;
  #reason: Reason | undefined;

  constructor(source: RequestSource<T>, terms: RetryOptions, world: Effects) {
    this.#source = source;
    this.#terms = terms;
    this.#world = world;
    this.#limit = new TimeLimit(terms.deadlineMs, world.clock, world.cancelled);
    this.#tally = new AttemptCounter(source.maxCredentialUses, terms.credentialUses, terms.saveCounts);
  }

  async run(): Promise<Outcome<T>> {
    for (;;) {
      const request = await this.#nextRequest();
      if (typeof request === 'string') return this.#giveUp(request);
      this.#attempts += 1;
      const verdict = request.classify(await sendOnce(request, this.#limit, this.#world));
      if (verdict.kind !== 'inconclusive') return this.#settled(verdict);
      this.#reason = verdict.reason;
      const why = await this.#whyNotAgain(verdict);
      if (why !== undefined) return this.#giveUp(why);
    }
  }

  /** The request of the next attempt, counted; or why there is none. */
  async #nextRequest(): Promise<ApiRequest<T> | GaveUp> {
    if (this.#isStopped()) return 'cancelled';
    if (this.#tally.isCredentialUsedUp) return 'credential-used-up';
    const request = await this.#source.next(this.#limit);
    if (this.#isStopped()) return 'cancelled';
    return request === undefined ? 'no-request' : (this.#tally.begin() ?? request);
  }

  /** Why nothing more is to be asked after such an answer; else it has waited until the next attempt is due. */
  async #whyNotAgain(verdict: Inconclusive): Promise<GaveUp | undefined> {
    const { clock, random } = this.#world;
    const enough = this.#tally.end(verdict);
    if (await this.#terms.isAlreadyDone(verdict.reason)) return 'already-done';
    if (enough !== undefined) return enough;
    const askedMs = retryAfterMs(verdict.retryAfter, clock.nowEpochMs());
    const next = nextAttempt(this.#attempts, this.#limit.remainingMs(), askedMs, random());
    if (next.kind === 'give-up') return next.why;
    if (this.#isStopped()) return 'cancelled';
    this.#terms.onRetry(this.#attempts, verdict.reason, next.waitMs);
    await this.#limit.pause(next.waitMs);
    return undefined;
  }

  #isStopped(): boolean {
    return this.#world.cancelled.aborted && this.#terms.onCancel === 'stop';
  }

  #settled(verdict: Exclude<Classification<T>, Inconclusive>): Outcome<T> {
    const { possibleSuccesses, possiblyByUs } = this.#tally;
    // Of the last attempt it is known now.
    const counts = { attempts: this.#attempts, possibleSuccesses: possibleSuccesses - 1 };
    return verdict.kind === 'session-gone'
      ? { ...verdict, ...counts, possiblyByUs }
      : { ...verdict, ...counts };
  }

  #giveUp(why: GaveUp): Outcome<T> {
    const { credentialUses, possibleSuccesses } = this.#tally;
    const gaveUp = this.#world.cancelled.aborted && why !== 'already-done' ? 'cancelled' : why;
    return {
      kind: 'unknown',
      attempts: this.#attempts,
      gaveUp,
      reason: this.#reason,
      credentialUses,
      possibleSuccesses,
    };
  }
}
