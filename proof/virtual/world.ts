import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { Effects } from '../../src/exchange/effects.ts';
import type { HttpRequest, HttpResult } from '../../src/http.ts';
import { CANCELLED_MS } from '../trial.ts';
import type { VirtualClock } from './clock.ts';

/** The result of a request, and when it comes. */
export interface Reply {
  /** Undefined: no response until the attempt's time is over. */
  readonly result: HttpResult | undefined;
  readonly tookMs?: number;
  /** The result if it is aborted before; by default a timeout. */
  readonly ifAborted?: HttpResult;
  /** It does not settle even if it is aborted. */
  readonly deaf?: boolean;
}

/** What happens to a step from outside. */
export interface Script {
  readonly meet: (call: HttpRequest, world: VirtualWorld) => Promise<Reply>;
  /** Called when the step waits for its next attempt; true if something happened. */
  readonly onWait?: (world: VirtualWorld) => boolean;
  readonly random?: () => number;
}

/** One request, and how it ended. */
export interface SentCall {
  readonly call: HttpRequest;
  readonly atMs: number;
  /** Undefined while the request is pending. */
  result: HttpResult | undefined;
  overMs: number;
}

/** The step waits for nothing, or goes on and on. */
export class Endless extends Error {}

const TIMED_OUT: HttpResult = {
  kind: 'no-response',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};
/** A step of 240 s with the shortest back-off rings some thousand alarms. */
const MOST_ALARMS = 20_000;

/** The world of one step: its time passes only while the step waits, and a kill stops all that it does. */
export class VirtualWorld implements Effects {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly cancelled: AbortSignal;
  readonly onAttempt = () => {};
  readonly sent: SentCall[] = [];
  readonly startedMs: number;
  cancelledMs = Number.POSITIVE_INFINITY;
  isKilled = false;
  readonly #script: Script;
  readonly #cancel = new AbortController();
  #underWay = 0;

  constructor(clock: VirtualClock, script: Script) {
    this.clock = clock;
    this.startedMs = clock.nowMs();
    this.#script = script;
    this.random = script.random ?? (() => 0.5);
    this.cancelled = this.#cancel.signal;
  }

  /** Like a signal from the runner. A second one has no effect. */
  cancel(): void {
    if (this.cancelled.aborted) return;
    this.cancelledMs = this.clock.nowMs();
    this.#cancel.abort('cancelled');
  }

  /** What is left of the time that the step was given. */
  leftMs(timeoutMs: number): number {
    const endMs = Math.min(this.startedMs + timeoutMs, this.cancelledMs + CANCELLED_MS);
    return endMs - this.clock.nowMs();
  }

  kill(): void {
    this.isKilled = true;
  }

  readonly send = async (call: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
    if (this.isKilled) return gone();
    const sent: SentCall = {
      call,
      atMs: this.clock.nowMs(),
      result: undefined,
      overMs: Number.POSITIVE_INFINITY,
    };
    this.sent.push(sent);
    this.#underWay += 1;
    const reply = await this.#script.meet(call, this);
    const { result, tookMs = 0 } = reply;
    if (this.isKilled) return gone();
    const settled =
      result !== undefined && tookMs === 0 && !signal.aborted ? result : await this.#wait(reply, signal);
    this.#underWay -= 1;
    return Object.assign(sent, { result: settled, overMs: this.clock.nowMs() }).result;
  };

  /** Lets time pass until the step has settled, or is killed. */
  async run<T>(step: Promise<T>): Promise<T | 'killed'> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    step.then(over, over);
    for (let rung = 0; rung < MOST_ALARMS; rung += 1) {
      // Waits until the step has done all that it can. setImmediate lets the garbage collector free weak references.
      await (rung % 64 === 63 ? setImmediate() : new Promise<void>((resolve) => nextTick(resolve)));
      if (this.isKilled || isOver) {
        this.clock.clear();
        return this.isKilled ? 'killed' : step;
      }
      const happened = this.#underWay === 0 && this.#script.onWait?.(this);
      if (!happened && !this.clock.ringNext()) throw new Endless('the step waits for nothing');
    }
    throw new Endless('the step goes on and on');
  }

  #wait(
    { result, tookMs = 0, ifAborted = TIMED_OUT, deaf = false }: Reply,
    signal: AbortSignal,
  ): Promise<HttpResult> {
    return new Promise((resolve) => {
      const callOff = result === undefined ? () => {} : this.clock.after(tookMs, () => resolve(result));
      const aborted = () => {
        if (deaf) return;
        callOff();
        resolve(ifAborted);
      };
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

function gone(): Promise<never> {
  return new Promise(() => {});
}
