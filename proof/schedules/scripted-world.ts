import type { Clock } from '../../src/exchange/clock.ts';
import type { Delivery, NetworkFailure } from '../../src/exchange/delivery.ts';
import type { World } from '../../src/exchange/exchange.ts';
import type { HttpCall } from '../../src/requests/session-request.ts';
import { type Event, type InFlight, isWaiting } from './events.ts';

/** How a server answers that holds the session, or no longer does. */
export type Api = 'logout' | 'logoutall';

/** The server's side of the story: written without a look at how the action decides. */
export interface Ledger {
  sessionOpen: boolean;
  /** An answer that settles the matter has been delivered to the action. */
  settled: boolean;
  refused: boolean;
  requestsAfterSettled: number;
  readonly urls: Set<string>;
  /** A request came when the script had run out, and got the answer that a server in good health gives. */
  answeredProperly: boolean;
}

/** What the script could have gone on with, had it been longer. */
export interface Openings {
  inFlight: boolean;
  waiting: boolean;
}

/** A world in which the events of a script happen, one after the other, in no time at all. */
export class ScriptedWorld {
  readonly ledger: Ledger = {
    sessionOpen: true,
    settled: false,
    refused: false,
    requestsAfterSettled: 0,
    urls: new Set(),
    answeredProperly: false,
  };
  readonly openings: Openings = { inFlight: false, waiting: false };
  nowMs = 0;
  readonly #script: readonly Event[];
  readonly #api: Api;
  readonly #secret: string;
  #next = 0;

  constructor(script: readonly Event[], api: Api, secret: string) {
    this.#script = script;
    this.#api = api;
    this.#secret = secret;
  }

  get consumed(): boolean {
    return this.#next === this.#script.length;
  }

  /** The world of one step. `killed` resolves when the step is killed: nothing of it goes on after that. */
  forStep(): { readonly world: World; readonly killed: Promise<'killed'> } {
    const cancel = new AbortController();
    const alarms = new Set<{ readonly atMs: number; readonly ring: () => void }>();
    let inFlight = false;
    let kill: () => void = () => {};
    const killed = new Promise<'killed'>((resolve) => {
      kill = () => resolve('killed');
    });

    const ringNext = () => {
      const [next] = [...alarms].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) throw new Error('a step waits for nothing');
      alarms.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.ring();
    };
    /** The step waits for its next attempt. */
    const wait = (ms: number) => {
      const event = this.#script[this.#next];
      if (event === undefined) this.openings.waiting ||= !this.openings.inFlight;
      if (!isWaiting(event)) return ringNext();
      this.#next += 1;
      if (event === 'kill-while-waiting') return kill();
      this.nowMs += ms / 2;
      cancel.abort('cancelled');
      // A step that was cancelled before sleeps on.
      if (alarms.size > 0) ringNext();
    };
    const after: Clock['after'] = (ms, ring) => {
      const alarm = { atMs: this.nowMs + ms, ring };
      alarms.add(alarm);
      // An attempt sets its alarms just before it is sent and while it is; all others are of a step that waits.
      if (!inFlight) queueMicrotask(() => !inFlight && wait(ms));
      return () => alarms.delete(alarm);
    };

    const send = async (call: HttpCall, signal: AbortSignal): Promise<Delivery> => {
      inFlight = true;
      this.ledger.urls.add(call.url);
      if (this.ledger.settled) this.ledger.requestsAfterSettled += 1;
      // The step goes on until it waits for this.
      await undefined;
      let event = this.#take();
      for (; event === 'cancel-in-flight'; event = this.#take()) cancel.abort('cancelled');
      if (event === 'kill-before-effect' || event === 'kill-after-effect') {
        if (event === 'kill-after-effect') this.#effect();
        kill();
        return new Promise<never>(() => {});
      }
      while (event === 'stall' && !signal.aborted) ringNext();
      inFlight = false;
      return this.#deliver(event);
    };

    const clock = { nowMs: () => this.nowMs, nowEpochMs: () => this.nowMs, after };
    return { world: { send, clock, random: () => 0.5, cancelled: cancel.signal }, killed };
  }

  #take(): InFlight {
    const event = this.#script[this.#next];
    if (event === undefined) {
      this.openings.inFlight = true;
      this.ledger.answeredProperly = true;
      return 'ended';
    }
    this.#next += 1;
    // A waiting event where nothing waits: this script cannot happen, and `consumed` must not say it did.
    if (isWaiting(event)) throw new Infeasible();
    return event;
  }

  #effect(): void {
    this.ledger.sessionOpen = false;
  }

  #settle(delivery: Delivery, how: 'gone' | 'refused'): Delivery {
    this.ledger.settled = true;
    if (how === 'refused') this.ledger.refused = true;
    return delivery;
  }

  /** The server is truthful: it says that a session is gone only when it is, or goes at that moment. */
  #deliver(
    event: Exclude<InFlight, 'cancel-in-flight' | 'kill-before-effect' | 'kill-after-effect'>,
  ): Delivery {
    // What a text may do is for other checks: here it would take most of the time.
    const v2 = (statusCode: number, description = '') =>
      JSON.stringify({ '@type': 'error', code: '', description, statusCode });
    const v3 = (code: string) => JSON.stringify({ error: { code, message: '', details: null } });
    const dead = (statusCode: number, body: string) => {
      if (this.#api === 'logout') this.#effect();
      return this.#settle(answer(statusCode, body), this.#api === 'logout' ? 'gone' : 'refused');
    };
    switch (event) {
      case 'ended': {
        if (this.#api === 'logout' && !this.ledger.sessionOpen)
          return this.#settle(answer(401, v2(401)), 'gone');
        this.#effect();
        return this.#settle(answer(200, ''), 'gone');
      }
      case 'answer-lost':
        this.#effect();
        return LOST;
      case 'request-lost':
        return LOST;
      case 'connection-refused':
        return REFUSED;
      case 'gateway-error-before':
        return answer(503, '{}');
      case 'gateway-error-after':
        this.#effect();
        return answer(502, '{}');
      case 'html':
        return answer(200, '<html>Sign in</html>');
      case 'too-many-requests':
        return answer(429, '{}');
      case 'retry-after-fits':
        return answer(429, '{}', '3');
      case 'retry-after-too-long':
        return answer(503, '{}', '3600');
      case 'stall':
        return {
          kind: 'no-answer',
          failure: { kind: 'timed-out', cause: undefined },
          mayHaveReachedServer: true,
        };
      case 'drop-in-body':
        this.#effect();
        return { ...answer(200, ''), body: { kind: 'broken', failure: CONNECTION_LOST } };
      case 'error-401':
        return dead(401, v2(401));
      case 'error-403-auth-01':
        return dead(403, v3('AUTH_01'));
      case 'empty-401':
        return dead(401, '');
      case 'error-403':
        return this.#settle(answer(403, v2(403, `Not valid: ${this.#secret}`)), 'refused');
      case 'error-under-200':
        return this.#settle(answer(200, v3('')), 'refused');
      // Of a session it settles nothing; a password that is not valid must not be sent again.
      case 'error-401-under-500':
        return this.#api === 'logout' ? answer(500, v2(401)) : this.#settle(answer(500, v2(401)), 'refused');
      case 'redirect':
        return this.#settle({ ...answer(302, ''), location: 'https://evil.example/' }, 'refused');
    }
  }
}

/** A script that asks for something that cannot happen there. */
export class Infeasible extends Error {}

type Answer = Extract<Delivery, { kind: 'answer' }>;

function answer(statusCode: number, text: string, retryAfter?: string): Answer {
  return { kind: 'answer', statusCode, location: undefined, retryAfter, body: { kind: 'complete', text } };
}

const CONNECTION_LOST: NetworkFailure = { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined };
const LOST: Delivery = { kind: 'no-answer', failure: CONNECTION_LOST, mayHaveReachedServer: true };
const REFUSED: Delivery = {
  kind: 'no-answer',
  failure: { kind: 'connection-refused', cause: undefined },
  mayHaveReachedServer: false,
};
