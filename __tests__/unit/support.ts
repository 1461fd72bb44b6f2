import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/exchange/clock.ts';
import type { Delivery, NetworkFailure, Send } from '../../src/exchange/delivery.ts';
import type { World } from '../../src/exchange/exchange.ts';
import { type InputName, type InputValues, inputValues } from '../../src/inputs/values.ts';
import { type Order, readOrder } from '../../src/requests/modes.ts';
import type { HttpCall, SessionRequest } from '../../src/requests/session-request.ts';
import type { MainRunner } from '../../src/steps/main-step.ts';

export const SESSION_ID = '7hFakeSessionIdFakeSessionId0042';
export const PASSWORD = 'Fake-Password-1';
export const SERVER_URL = 'https://usw3.dm-us.informaticacloud.com/saas';

type Given = Partial<Record<InputName, string>>;

/** Inputs as the runner hands them over: what is not given has the default of `action.yml`. */
export function inputsOf(given: Given): InputValues {
  const defaults: Given = {
    when: 'now',
    'timeout-seconds': '60',
    'allow-already-ended': 'false',
    'on-cleanup-failure': 'warn',
    summary: 'true',
  };
  return inputValues((name) => given[name] ?? defaults[name] ?? '');
}

export function logoutInputs(more: Given = {}): InputValues {
  return inputsOf({ mode: 'logout', 'server-url': SERVER_URL, 'session-id': SESSION_ID, ...more });
}

export function logoutallInputs(more: Given = {}): InputValues {
  const user = { username: 'pipeline@example.com', password: PASSWORD };
  return inputsOf({ mode: 'logoutall', 'login-url': 'dm-us', ...user, ...more });
}

export function orderOf(inputs: InputValues): Order {
  const order = readOrder(inputs);
  if (!order.ok) throw new Error(order.problems.join('\n'));
  return order.value;
}

export const logout: SessionRequest = orderOf(logoutInputs()).request;
export const logoutall: SessionRequest = orderOf(logoutallInputs()).request;

type Answer = Extract<Delivery, { kind: 'answer' }>;

/** A whole answer. A body that is no text is sent as JSON. */
export function answer(statusCode: number, body: unknown = '', more: Partial<Answer> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    kind: 'answer',
    statusCode,
    location: undefined,
    retryAfter: undefined,
    body: { kind: 'complete', text },
    ...more,
  };
}

export function noAnswer(failure: NetworkFailure, mayHaveReachedServer: boolean): Delivery {
  return { kind: 'no-answer', failure, mayHaveReachedServer };
}

export const timedOut: NetworkFailure = { kind: 'timed-out', cause: undefined };
export const lost: NetworkFailure = { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined };
export const refusedConnection: NetworkFailure = { kind: 'connection-refused', cause: undefined };

export function v2Error(code: string, statusCode?: number | string, description = 'No.') {
  return { '@type': 'error', code, description, statusCode };
}

export function v3Error(code: string, message = 'No.') {
  return { error: { code, message, requestId: 'r-1', details: null } };
}

/** A clock that a test turns: it jumps from one alarm to the next, so that minutes take no time. */
export class FakeClock implements Clock {
  readonly startedMs = 12_345;
  #nowMs = this.startedMs;
  readonly #alarms = new Set<{ readonly atMs: number; readonly ring: () => void }>();

  readonly nowMs = () => this.#nowMs;
  readonly nowEpochMs = () => Date.parse('2026-02-03T04:05:06Z') + this.elapsedMs();
  readonly after = (ms: number, ring: () => void) => {
    const alarm = { atMs: this.#nowMs + Math.max(0, ms), ring };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  };

  /** How many alarms are set. */
  get alarms(): number {
    return this.#alarms.size;
  }

  elapsedMs(): number {
    return this.#nowMs - this.startedMs;
  }

  /** Lets time pass until `promise` has settled; fails when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => undefined);
    for (;;) {
      await turn();
      if (settled) return await done;
      const [next] = [...this.#alarms].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) throw new Error('It hangs: no timer is left that could wake it.');
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.ring();
    }
  }
}

/** What a request meets with. */
export type Reply = Delivery | ((signal: AbortSignal, clock: FakeClock) => Promise<Delivery>);

/** An answer after some time, or what a `send` owes when it is aborted before. */
export function late(ms: number, delivery: Delivery, reached = true): Reply {
  return (signal, clock) =>
    new Promise((resolve) => {
      const callOff = clock.after(ms, () => resolve(delivery));
      signal.addEventListener('abort', () => {
        callOff();
        resolve(noAnswer(timedOut, reached));
      });
    });
}

/** No answer until it is aborted. */
export const silence: Reply = late(Number.MAX_SAFE_INTEGER, answer(200));

/** A `send` that breaks its promise to settle when it is aborted. */
export const never: Reply = () => new Promise(() => undefined);

export class ScriptedWorld implements World {
  readonly clock = new FakeClock();
  /** What happened, in order; the runner of `runnerOf` writes here too. */
  readonly journal: string[] = [];
  readonly calls: HttpCall[] = [];
  /** When each request was sent, in milliseconds since the start. */
  readonly sentMs: number[] = [];
  readonly random: () => number;
  readonly send: Send;
  readonly #cancel = new AbortController();
  readonly cancelled = this.#cancel.signal;

  /** A request that the script does not foresee fails the test, unless the last reply is `forEver`. */
  constructor(script: readonly Reply[], { random = 0.5, forEver = false } = {}) {
    this.random = () => random;
    this.send = async (call, signal) => {
      const reply = script[this.calls.length] ?? (forEver ? script.at(-1) : undefined);
      if (reply === undefined) throw new Error('A request was sent that should not have been.');
      this.calls.push(call);
      this.sentMs.push(this.clock.elapsedMs());
      this.journal.push('send');
      return typeof reply === 'function' ? await reply(signal, this.clock) : reply;
    };
  }

  cancel(): void {
    this.#cancel.abort();
  }

  cancelAt(elapsedMs: number): void {
    this.clock.after(elapsedMs - this.clock.elapsedMs(), () => this.cancel());
  }
}

/** A runner that writes down what is asked of it. `canSave` answers the first, the second, … save. */
export function runnerOf(inputs: InputValues, journal: string[], canSave: readonly boolean[] = []) {
  const masks: string[] = [];
  const saved: Parameters<MainRunner['saveState']>[0][] = [];
  const lines: string[] = [];
  const runner: MainRunner = {
    readInputs: () => inputs,
    mask: (secret) => {
      journal.push('mask');
      masks.push(secret);
    },
    saveState: (state) => {
      journal.push(`save ${state.kind}`);
      saved.push(state);
      return canSave[saved.length - 1] ?? true;
    },
    info: (line) => {
      journal.push('info');
      lines.push(line);
    },
  };
  return { runner, masks, saved, lines };
}

/** Has the process believe that so many bytes of its output are still to be written. Undone by the function returned. */
export function unwritten(bytes: number): () => void {
  // Node's own property cannot be spied on.
  Object.defineProperty(process.stdout, 'writableLength', { configurable: true, value: bytes });
  return () => {
    Reflect.deleteProperty(process.stdout, 'writableLength');
  };
}
