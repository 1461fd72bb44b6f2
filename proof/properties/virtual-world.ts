import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/exchange/clock.ts';
import type { Delivery } from '../../src/exchange/delivery.ts';
import type { World } from '../../src/exchange/exchange.ts';
import type { HttpCall } from '../../src/requests/session-request.ts';
import { Violation } from './violation.ts';

/** What a request meets. */
export interface Met {
  readonly delivery: Delivery;
  readonly tookMs: number;
  /** Nothing comes back even when the request is aborted. */
  readonly deaf?: boolean;
}

export interface Sent {
  readonly call: HttpCall;
  readonly atMs: number;
  readonly met: Met;
  /** What came back in the end, and when. */
  heard: Delivery;
  overMs: number;
}

/** Where the clocks of a world begin. */
export const START_MS = 5_000;
export const EPOCH_MS = Date.UTC(2026, 0, 1);

const AT_ONCE: Met = {
  tookMs: 0,
  delivery: {
    kind: 'answer',
    statusCode: 200,
    location: undefined,
    retryAfter: undefined,
    body: { kind: 'complete', text: '' },
  },
};
const TIMED_OUT: Delivery = {
  kind: 'no-answer',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};
/** A step of 240 s that waits no more than the least back-off rings some thousand alarms. */
const MOST_ALARMS = 20_000;

/** A world whose time passes only while a step waits. Its requests meet what the script holds, over and over. */
export class VirtualWorld {
  nowMs = START_MS;
  readonly sent: Sent[] = [];
  readonly world: World;
  readonly #alarms = new Set<{ readonly atMs: number; readonly ring: () => void }>();
  readonly #script: readonly Met[];

  constructor(script: readonly Met[] = [AT_ONCE], random: readonly number[] = [0.5], cancelAfterMs?: number) {
    this.#script = script;
    const cancel = new AbortController();
    if (cancelAfterMs === 0) cancel.abort();
    else if (cancelAfterMs !== undefined) this.#after(cancelAfterMs, () => cancel.abort());
    let draws = 0;
    this.world = {
      send: (call, signal) => this.#send(call, signal),
      clock: { nowMs: () => this.nowMs, nowEpochMs: () => EPOCH_MS + this.nowMs, after: this.#after },
      random: () => random[draws++ % random.length] ?? 0,
      cancelled: cancel.signal,
    };
  }

  /** Lets time pass until the step has settled. */
  async finish<T>(step: Promise<T>): Promise<T> {
    let done = false;
    const settle = () => {
      done = true;
    };
    step.then(settle, settle);
    for (let rung = 0; ; rung += 1) {
      // A turn of the event loop, so that the garbage collector gets at what weak references hold until its end.
      await setImmediate();
      if (done) return step;
      const [next] = [...this.#alarms].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) throw new Violation('otherHarm', 'the step waits for nothing');
      if (rung > MOST_ALARMS) throw new Violation('otherHarm', 'the step goes on and on');
      this.#alarms.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.ring();
    }
  }

  readonly #after: Clock['after'] = (ms, ring) => {
    const alarm = { atMs: this.nowMs + ms, ring };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  };

  #send(call: HttpCall, signal: AbortSignal): Promise<Delivery> {
    const met = this.#script[this.sent.length % this.#script.length] ?? AT_ONCE;
    const sent: Sent = { call, atMs: this.nowMs, met, heard: TIMED_OUT, overMs: Number.POSITIVE_INFINITY };
    this.sent.push(sent);
    return new Promise((resolve) => {
      const settle = (heard: Delivery) => {
        resolve(Object.assign(sent, { heard, overMs: this.nowMs }).heard);
      };
      const callOff = this.#after(met.tookMs, () => settle(met.delivery));
      const aborted = () => {
        callOff();
        if (!met.deaf) settle(TIMED_OUT);
      };
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
