import type { Effect } from './cloud.ts';
import type { Body, Headers, Request } from './messages.ts';

/** A request as the simulator saw it; `effect` and `answeredStatus` are filled in as they come about. */
export interface SeenRequest<Kind extends string = Effect['kind']> extends Request {
  readonly rawHeaders: readonly string[];
  /** What it did to the ledger. */
  readonly effect: Kind;
  /** The status put on the wire, be it whole or cut; undefined where none was, and for raw bytes. */
  readonly answeredStatus: number | undefined;
}

/** How a connection goes: a clean FIN, a TCP RST, or open and silent for ever. */
export type Ending = 'close' | 'reset' | 'stall';

/** What to put in the place of the true answer's parts. Content-Length, Connection and Date are added unless given. */
export interface Instead {
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  /** Text goes out as UTF-8; a function makes it of the true body. */
  readonly body?: Body | ((truth: string) => Body) | undefined;
}

/**
 * What goes wrong with one request. `effect` says whether the request does to the ledger what it should.
 * Where a fault is about the body and there is none, true or given, the body is a success object.
 */
export type Fault = { readonly effect: boolean } & (
  | ({ readonly kind: 'answer' } & Instead)
  /** The true response, late. The effect comes at once or, with `effect: false`, after the delay if the client waited. */
  | { readonly kind: 'delay'; readonly ms: number }
  /**
   * Processed slowly: the effect comes after `ms`, even if the client has gone by then. The response comes with it. With
   * `answeredAfterMs`, a gateway does not wait: the response is its 504.
   */
  | ({
      readonly kind: 'slow';
      readonly ms: number;
      readonly answeredAfterMs?: number | undefined;
    } & Instead)
  | { readonly kind: 'silent'; readonly ending: Ending }
  /** Only `sentBytes` of the body (half of it unless given) of the length announced. */
  | ({
      readonly kind: 'cut-body';
      readonly ending: Ending;
      readonly sentBytes?: number | undefined;
    } & Instead)
  | ({ readonly kind: 'slow-headers'; readonly intervalMs: number } & Instead)
  | ({ readonly kind: 'drip-body'; readonly intervalMs: number } & Instead)
  /** Chunks (16 KiB every 10 ms unless given) until the client goes. */
  | ({
      readonly kind: 'endless-body';
      readonly chunkBytes?: number | undefined;
      readonly intervalMs?: number | undefined;
    } & Instead)
  /** These bytes (a string: as UTF-8; a function makes them of the true body) instead of an HTTP response. */
  | { readonly kind: 'raw'; readonly bytes: Body | ((truth: string) => Body); readonly ending: Ending }
  /** `start`, then `repeated` (every 10 ms unless given) until the client goes: headers, chunks or lines without end. */
  | {
      readonly kind: 'endless-raw';
      readonly start: string;
      readonly repeated: string;
      readonly intervalMs?: number | undefined;
    }
  /** No length is announced: the body ends with the connection. */
  | ({ readonly kind: 'until-close' } & Instead)
  /** The connection stays open after a whole response, though the client asked for close. */
  | ({ readonly kind: 'keep-open' } & Instead)
);

/** Called once for each request; `index` counts the requests since the script was set. */
export type FaultScript<Kind extends string = Effect['kind']> = (
  request: SeenRequest<Kind>,
  index: number,
) => Fault | undefined;

/** The nth request gets the nth fault; undefined, and every later request, the true response. */
export function inOrder(...faults: (Fault | undefined)[]): FaultScript<string> {
  return (_request, index) => faults[index];
}
