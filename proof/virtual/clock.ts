import type { Clock } from '../../src/exchange/effects.ts';

interface Alarm {
  readonly atMs: number;
  readonly ring: () => void;
}

/** Where the clock begins, and the date it shows then. */
export const START_MS = 5_000;
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** A clock whose time passes only when it is told to. */
export class VirtualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  readonly #wrongByMs: number;
  #ms = START_MS;

  /** `wrongByMs`: how far this machine's date is behind the true one. */
  constructor(wrongByMs = 0) {
    this.#wrongByMs = wrongByMs;
  }

  readonly nowMs = (): number => this.#ms;

  readonly nowEpochMs = (): number => this.trueEpochMs() - this.#wrongByMs;

  readonly after = (ms: number, ring: () => void): (() => void) => {
    const alarm = { atMs: this.#ms + ms, ring };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  };

  /** The date that a server with a correct clock sends. */
  trueEpochMs(): number {
    return EPOCH_MS + this.#ms;
  }

  /** How long it is until the next alarm; undefined if none is set. */
  get untilNextMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : Math.max(0, next.atMs - this.#ms);
  }

  pass(ms: number): void {
    this.#ms += ms;
  }

  /** Back to a moment at which no alarm was set. */
  returnTo(ms: number): void {
    this.#alarms.clear();
    this.#ms = ms;
  }

  /** Lets the time pass until the next alarm, and rings it. False if none is set. */
  ringNext(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#alarms.delete(next);
    this.#ms = Math.max(this.#ms, next.atMs);
    next.ring();
    return true;
  }

  /** Removes all alarms: the step that set them is gone. */
  clear(): void {
    this.#alarms.clear();
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.atMs < first.atMs) first = alarm;
    return first;
  }
}
