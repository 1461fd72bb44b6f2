import type { Effect } from './cloud.ts';
import type { Body, Headers, Request } from './messages.ts';

/** A request as the simulator received it. `effect` and `responseStatus` are set later, when they are known. */
export interface SeenRequest<Kind extends string = Effect['kind']> extends Request {
  readonly rawHeaders: readonly string[];
  /** How it changed the ledger. */
  readonly effect: Kind;
  /** The status that was sent, also if the response was cut. Undefined without a response and for raw bytes. */
  readonly responseStatus: number | undefined;
}

/** How the server leaves a connection: with a FIN, with a RST, or open and silent. */
export type Ending = 'close' | 'reset' | 'stall';

/** Replaces parts of the true response. Content-Length, Connection and Date are added if they are missing. */
export interface Instead {
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  /** Text is sent as UTF-8. A function gets the true body. */
  readonly body?: Body | ((truth: string) => Body) | undefined;
}

/**
 * What goes wrong with one request. `effect` says whether the cloud processes the request.
 * If a fault needs a body and there is none, it is a success object.
 */
export type Fault = { readonly effect: boolean } & (
  | ({ readonly kind: 'response' } & Instead)
  /** The true response, late. With `effect: false` the request is processed after the delay, if the client waited. */
  | { readonly kind: 'delay'; readonly ms: number }
  /**
   * The cloud processes the request after `ms`, even if the client has gone, and then responds. With `respondedAfterMs`
   * a gateway does not wait for it and responds with 504.
   */
  | ({
      readonly kind: 'slow';
      readonly ms: number;
      readonly respondedAfterMs?: number | undefined;
    } & Instead)
  | { readonly kind: 'silent'; readonly ending: Ending }
  /** Sends only `sentBytes` of the body, by default half of it, with the Content-Length of all. */
  | ({
      readonly kind: 'cut-body';
      readonly ending: Ending;
      readonly sentBytes?: number | undefined;
    } & Instead)
  | ({ readonly kind: 'slow-headers'; readonly intervalMs: number } & Instead)
  | ({ readonly kind: 'drip-body'; readonly intervalMs: number } & Instead)
  /** Sends chunks until the client closes the connection; by default 16 KiB every 10 ms. */
  | ({
      readonly kind: 'endless-body';
      readonly chunkBytes?: number | undefined;
      readonly intervalMs?: number | undefined;
    } & Instead)
  /** Sends these bytes instead of an HTTP response. Text is sent as UTF-8. A function gets the true body. */
  | { readonly kind: 'raw'; readonly bytes: Body | ((truth: string) => Body); readonly ending: Ending }
  /** Sends `start`, then `repeated` until the client closes the connection; by default every 10 ms. */
  | {
      readonly kind: 'endless-raw';
      readonly start: string;
      readonly repeated: string;
      readonly intervalMs?: number | undefined;
    }
  /** Sends no Content-Length: the body ends with the connection. */
  | ({ readonly kind: 'until-close' } & Instead)
  /** Keeps the connection open after a complete response, although the client asked to close it. */
  | ({ readonly kind: 'keep-open' } & Instead)
);

/** Called once for each request. `index` counts the requests since the script was set, from 0. */
export type FaultScript<Kind extends string = Effect['kind']> = (
  request: SeenRequest<Kind>,
  index: number,
) => Fault | undefined;

/** The nth request gets the nth fault. Undefined and all later requests get the true response. */
export function inOrder(...faults: (Fault | undefined)[]): FaultScript<string> {
  return (_request, index) => faults[index];
}
