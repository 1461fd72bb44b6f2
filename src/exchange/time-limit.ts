import type { Clock } from './clock.ts';
import { CANCELLED_MS } from './retry-timing.ts';

/** The time that a step has: until its deadline and, once it is cancelled, no longer than the runner leaves it. */
export class TimeLimit {
  readonly #clock: Clock;
  readonly #cancelled: AbortSignal;
  #endMs: number;

  constructor(deadlineMs: number, clock: Clock, cancelled: AbortSignal) {
    this.#clock = clock;
    this.#cancelled = cancelled;
    this.#endMs = deadlineMs;
    if (cancelled.aborted) this.#shorten();
    else cancelled.addEventListener('abort', () => this.#shorten(), { once: true });
  }

  /** The moment by which all is over. */
  get endMs(): number {
    return this.#endMs;
  }

  remainingMs(): number {
    return this.#endMs - this.#clock.nowMs();
  }

  /**
   * Calls `alarm` after `ms` milliseconds, or when the time is over if that is sooner; a cancellation may
   * bring that forward. The function returned calls it off.
   */
  within(ms: number, alarm: () => void): () => void {
    const endMs = this.#clock.nowMs() + ms;
    const ring = () => {
      this.#cancelled.removeEventListener('abort', rearm);
      alarm();
    };
    const arm = () =>
      this.#clock.after(Math.max(0, Math.min(endMs - this.#clock.nowMs(), this.remainingMs())), ring);
    const rearm = () => {
      callOff();
      callOff = arm();
    };
    let callOff = arm();
    this.#cancelled.addEventListener('abort', rearm, { once: true });
    return () => {
      this.#cancelled.removeEventListener('abort', rearm);
      callOff();
    };
  }

  /** Resolves after `ms` milliseconds, or as soon as the step is cancelled. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#clock.after(ms, () => {
        this.#cancelled.removeEventListener('abort', wake);
        resolve();
      });
      const wake = () => {
        callOff();
        resolve();
      };
      // Cancelled before, a step that goes on waits its time.
      if (!this.#cancelled.aborted) this.#cancelled.addEventListener('abort', wake, { once: true });
    });
  }

  #shorten(): void {
    this.#endMs = Math.min(this.#endMs, this.#clock.nowMs() + CANCELLED_MS);
  }
}
