import { STATUS_CODES } from 'node:http';
import type { Ending, Fault, Instead } from './faults.ts';
import { type Body, type Headers, type HttpResponse, jsonHeaders, successObject } from './messages.ts';

/** One action on the connection. Without an `end` the connection stays open for the next request. */
type Step =
  | { readonly kind: 'send'; readonly bytes: Body }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'end'; readonly ending: Ending };

export interface Performance {
  readonly status: number | undefined;
  readonly steps: Iterable<Step>;
}

/** The steps that send the true response, or what a fault makes of it. */
export function perform(fault: Fault | undefined, truth: HttpResponse, keepAlive: boolean): Performance {
  if (fault === undefined) return { status: truth.status, steps: whole(truth, keepAlive) };
  switch (fault.kind) {
    case 'delay':
      return { status: truth.status, steps: whole(truth, keepAlive) };
    case 'silent':
      return { status: undefined, steps: [end(fault.ending)] };
    case 'raw': {
      const bytes = typeof fault.bytes === 'function' ? fault.bytes(textOf(truth.body)) : fault.bytes;
      return { status: undefined, steps: [send(bytes), ...endAfterSending(fault.ending)] };
    }
    case 'endless-raw':
      return { status: undefined, steps: repeated(fault.start, fault.repeated, fault.intervalMs) };
    case 'slow':
    case 'response': {
      const response = replaced(truth, fault);
      return { status: response.status, steps: whole(response, keepAlive) };
    }
    case 'until-close': {
      const response = replaced(truth, fault);
      return {
        status: response.status,
        steps: [send(head(response, false, 'close')), send(response.body), end('close')],
      };
    }
    case 'keep-open': {
      const response = replaced(truth, fault);
      return { status: response.status, steps: whole(response, true) };
    }
    case 'cut-body': {
      const response = withBody(replaced(truth, fault));
      const body = Buffer.from(response.body);
      const part = body.subarray(0, fault.sentBytes ?? Math.floor(body.length / 2));
      return {
        status: response.status,
        steps: [send(head(response, keepAlive)), send(part), ...endAfterSending(fault.ending)],
      };
    }
    case 'slow-headers': {
      const response = replaced(truth, fault);
      const steps = [
        ...drip(head(response, keepAlive), fault.intervalMs),
        send(response.body),
        ...endUnless(keepAlive),
      ];
      return { status: response.status, steps };
    }
    case 'drip-body': {
      const response = withBody(replaced(truth, fault));
      const steps = [
        send(head(response, keepAlive)),
        ...drip(response.body, fault.intervalMs),
        ...endUnless(keepAlive),
      ];
      return { status: response.status, steps };
    }
    case 'endless-body': {
      const response = withBody(replaced(truth, fault));
      return {
        status: response.status,
        steps: endless(response, fault.chunkBytes ?? 16_384, fault.intervalMs),
      };
    }
  }
}

function replaced(truth: HttpResponse, instead: Instead): HttpResponse {
  const { body: given = truth.body } = instead;
  const body = typeof given === 'function' ? given(textOf(truth.body)) : given;
  const headers = instead.headers ?? (instead.body ? jsonHeaders : truth.headers);
  return { status: instead.status ?? truth.status, headers, body };
}

function withBody(response: HttpResponse): HttpResponse {
  return response.body.length === 0
    ? { ...response, headers: [...jsonHeaders, ...response.headers], body: successObject }
    : response;
}

function whole(response: HttpResponse, keepAlive: boolean): Step[] {
  const bytes = Buffer.concat([Buffer.from(head(response, keepAlive)), Buffer.from(response.body)]);
  return [send(bytes), ...endUnless(keepAlive)];
}

function drip(bytes: Body, intervalMs: number): Step[] {
  return [...Buffer.from(bytes)].flatMap((byte) => [send(Buffer.of(byte)), { kind: 'wait', ms: intervalMs }]);
}

function endless(
  response: HttpResponse,
  chunkBytes: number,
  intervalMs: number | undefined,
): Generator<Step> {
  const headers: Headers = [...response.headers, ['Transfer-Encoding', 'chunked']];
  const size = `${chunkBytes.toString(16)}\r\n`;
  const chunk = Buffer.concat([
    Buffer.from(size),
    Buffer.alloc(chunkBytes, response.body),
    Buffer.from('\r\n'),
  ]);
  return repeated(head({ ...response, headers }, true), chunk, intervalMs);
}

function* repeated(start: Body, bytes: Body, intervalMs = 10): Generator<Step> {
  yield send(start);
  for (;;) {
    yield send(bytes);
    yield { kind: 'wait', ms: intervalMs };
  }
}

function head(
  { status, headers, body }: HttpResponse,
  keepAlive: boolean,
  ends: 'length' | 'close' = 'length',
): string {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const framed = ends === 'close' || given.has('transfer-encoding') || status === 204 || status === 304;
  const added: Headers = [
    ['Date', new Date().toUTCString()],
    ['Connection', keepAlive ? 'keep-alive' : 'close'],
    ...(framed ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const]),
  ];
  const all = [...headers, ...added.filter(([name]) => !given.has(name.toLowerCase()))];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n`;
}

function textOf(body: Body): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

function send(bytes: Body): Step {
  return { kind: 'send', bytes };
}

function end(ending: Ending): Step {
  return { kind: 'end', ending };
}

function endUnless(keepAlive: boolean): Step[] {
  return keepAlive ? [] : [end('close')];
}

/** Waits before a reset, because on some systems a reset discards bytes that the client has not read yet. */
function endAfterSending(ending: Ending): Step[] {
  return ending === 'reset' ? [{ kind: 'wait', ms: 50 }, end(ending)] : [end(ending)];
}
