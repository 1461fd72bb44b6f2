import type { Clock } from './effects.ts';
import { CANCELLED_MS } from './retry-timing.ts';

/** The time that a step has: until its deadline and, once the step is cancelled, no longer than the runner leaves it. */
export class TimeLimit {
  readonly #clock: Clock;
  readonly #cancelled: AbortSignal;
  readonly #cancelledMs: number;
  #startMs: number;
  #endMs: number;

  /** `cancelledMs`: how long it goes on after a cancellation, in milliseconds. */
  constructor(deadlineMs: number, clock: Clock, cancelled: AbortSignal, cancelledMs = CANCELLED_MS) {
    this.#clock = clock;
    this.#cancelled = cancelled;
    this.#cancelledMs = cancelledMs;
    this.#startMs = clock.nowMs();
    this.#endMs = deadlineMs;
    if (cancelled.aborted) this.#shorten();
    else cancelled.addEventListener('abort', () => this.#shorten(), { once: true });
  }

  /** All the time that there is, in milliseconds; after a cancellation, counted from there. */
  get lengthMs(): number {
    return this.#endMs - this.#startMs;
  }

  get elapsedMs(): number {
    return this.#clock.nowMs() - this.#startMs;
  }

  /** The same limit, but ending in `ms` milliseconds at the latest, or `cancelledMs` after a cancellation. */
  atMost(ms: number, cancelledMs = this.#cancelledMs): TimeLimit {
    const endMs = Math.min(this.#endMs, this.#clock.nowMs() + ms);
    return new TimeLimit(endMs, this.#clock, this.#cancelled, cancelledMs);
  }

  remainingMs(): number {
    return this.#endMs - this.#clock.nowMs();
  }

  /**
   * Calls `alarm` after `ms` milliseconds, or earlier if the time is over then; a cancellation may bring that forward. The
   * function returned cancels the alarm.
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
      cancelAlarm();
      cancelAlarm = arm();
    };
    let cancelAlarm = arm();
    this.#cancelled.addEventListener('abort', rearm, { once: true });
    return () => {
      this.#cancelled.removeEventListener('abort', rearm);
      cancelAlarm();
    };
  }

  /** Resolves after `ms` milliseconds, or as soon as the step is cancelled. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelAlarm = this.#clock.after(ms, () => {
        this.#cancelled.removeEventListener('abort', wake);
        resolve();
      });
      const wake = () => {
        cancelAlarm();
        resolve();
      };
      // A step that goes on after it was cancelled waits as long as it was asked to.
      if (!this.#cancelled.aborted) this.#cancelled.addEventListener('abort', wake, { once: true });
    });
  }

  #shorten(): void {
    this.#startMs = this.#clock.nowMs();
    this.#endMs = Math.min(this.#endMs, this.#startMs + this.#cancelledMs);
  }
}
