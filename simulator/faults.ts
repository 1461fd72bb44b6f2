import { STATUS_CODES } from 'node:http';
import type { Effect } from './cloud.ts';
import { type Answer, type Headers, jsonHeaders, type Request, successObject } from './messages.ts';

/** A request as the simulator saw it; `effect` and `answeredStatus` are filled in as they come about. */
export interface SeenRequest extends Request {
  readonly rawHeaders: readonly string[];
  /** What it did to the ledger. */
  readonly effect: Effect['kind'];
  /** The status put on the wire, be it whole or cut; undefined where none was, and for raw bytes. */
  readonly answeredStatus: number | undefined;
}

/** How a connection goes: a clean FIN, a TCP RST, or open and silent for ever. */
export type Ending = 'close' | 'reset' | 'stall';

/** What to put in the place of the true answer's parts. Content-Length, Connection and Date are added unless given. */
export interface Instead {
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  readonly body?: string | undefined;
}

/**
 * What goes wrong with one request. `effect` says whether the request does to the ledger what it should.
 * Where a fault is about the body and there is none, true or given, the body is a success object.
 */
export type Fault = { readonly effect: boolean } & (
  | ({ readonly kind: 'answer' } & Instead)
  /** The true answer, late. The effect comes at once or, with `effect: false`, after the delay if the client waited. */
  | { readonly kind: 'delay'; readonly ms: number }
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
  /** These bytes (a string: as UTF-8) instead of an HTTP answer. */
  | { readonly kind: 'raw'; readonly bytes: string | Uint8Array; readonly ending: Ending }
  /** The connection stays open after a whole answer, though the client asked for close. */
  | ({ readonly kind: 'keep-open' } & Instead)
);

/** Called once for each request; `index` counts the requests since the script was set. */
export type FaultScript = (request: SeenRequest, index: number) => Fault | undefined;

/** The nth request gets the nth fault; undefined, and every later request, the true answer. */
export function inOrder(...faults: (Fault | undefined)[]): FaultScript {
  return (_request, index) => faults[index];
}

/** One move on the wire. A performance without an end leaves the connection for the next request. */
export type Step =
  | { readonly kind: 'send'; readonly bytes: string | Uint8Array }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'end'; readonly ending: Ending };

export interface Performance {
  readonly status: number | undefined;
  readonly steps: Iterable<Step>;
}

/** The way the true answer goes over the wire, or what a fault makes of it. */
export function perform(fault: Fault | undefined, truth: Answer, keepAlive: boolean): Performance {
  if (fault === undefined) return { status: truth.status, steps: whole(truth, keepAlive) };
  switch (fault.kind) {
    case 'delay':
      return { status: truth.status, steps: whole(truth, keepAlive) };
    case 'silent':
      return { status: undefined, steps: [end(fault.ending)] };
    case 'raw':
      return { status: undefined, steps: [send(fault.bytes), ...endAfterSending(fault.ending)] };
    case 'answer': {
      const answer = replaced(truth, fault);
      return { status: answer.status, steps: whole(answer, keepAlive) };
    }
    case 'keep-open': {
      const answer = replaced(truth, fault);
      return { status: answer.status, steps: whole(answer, true) };
    }
    case 'cut-body': {
      const answer = withBody(replaced(truth, fault));
      const body = Buffer.from(answer.body);
      const part = body.subarray(0, fault.sentBytes ?? Math.floor(body.length / 2));
      return {
        status: answer.status,
        steps: [send(head(answer, keepAlive)), send(part), ...endAfterSending(fault.ending)],
      };
    }
    case 'slow-headers': {
      const answer = replaced(truth, fault);
      const steps = [
        ...drip(head(answer, keepAlive), fault.intervalMs),
        send(answer.body),
        ...endUnless(keepAlive),
      ];
      return { status: answer.status, steps };
    }
    case 'drip-body': {
      const answer = withBody(replaced(truth, fault));
      const steps = [
        send(head(answer, keepAlive)),
        ...drip(answer.body, fault.intervalMs),
        ...endUnless(keepAlive),
      ];
      return { status: answer.status, steps };
    }
    case 'endless-body': {
      const answer = withBody(replaced(truth, fault));
      return {
        status: answer.status,
        steps: endless(answer, fault.chunkBytes ?? 16_384, fault.intervalMs ?? 10),
      };
    }
  }
}

function replaced(truth: Answer, instead: Instead): Answer {
  const body = instead.body ?? truth.body;
  const headers = instead.headers ?? (instead.body ? jsonHeaders : truth.headers);
  return { status: instead.status ?? truth.status, headers, body };
}

function withBody(answer: Answer): Answer {
  return answer.body === ''
    ? { ...answer, headers: [...jsonHeaders, ...answer.headers], body: successObject }
    : answer;
}

function whole(answer: Answer, keepAlive: boolean): Step[] {
  return [send(head(answer, keepAlive) + answer.body), ...endUnless(keepAlive)];
}

function drip(text: string, intervalMs: number): Step[] {
  return [...Buffer.from(text)].flatMap((byte) => [send(Buffer.of(byte)), { kind: 'wait', ms: intervalMs }]);
}

function* endless(answer: Answer, chunkBytes: number, intervalMs: number): Generator<Step> {
  const headers: Headers = [...answer.headers, ['Transfer-Encoding', 'chunked']];
  yield send(head({ ...answer, headers }, true));
  const text = answer.body.repeat(Math.ceil(chunkBytes / Buffer.byteLength(answer.body)));
  const chunk = Buffer.from(text).subarray(0, chunkBytes);
  for (;;) {
    yield send(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
    yield { kind: 'wait', ms: intervalMs };
  }
}

function head({ status, headers, body }: Answer, keepAlive: boolean): string {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const framed = given.has('transfer-encoding') || status === 204 || status === 304;
  const added: Headers = [
    ['Date', new Date().toUTCString()],
    ['Connection', keepAlive ? 'keep-alive' : 'close'],
    ...(framed ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const]),
  ];
  const all = [...headers, ...added.filter(([name]) => !given.has(name.toLowerCase()))];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n`;
}

function send(bytes: string | Uint8Array): Step {
  return { kind: 'send', bytes };
}

function end(ending: Ending): Step {
  return { kind: 'end', ending };
}

function endUnless(keepAlive: boolean): Step[] {
  return keepAlive ? [] : [end('close')];
}

/** A reset overtakes bytes that the client has not read yet on some systems, so it waits for them. */
function endAfterSending(ending: Ending): Step[] {
  return ending === 'reset' ? [{ kind: 'wait', ms: 50 }, end(ending)] : [end(ending)];
}
