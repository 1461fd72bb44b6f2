import type { Settings } from '../../simulator/settings.ts';
import type { HttpResponse, ResponseHeaders, HttpResult, HttpRequest, NetworkFailure } from '../../src/http.ts';
import type { Came, Met } from '../responses/form.ts';
import { NO_HEADERS, type Vendor } from '../virtual/vendor.ts';

/** Something that happens to a request: what it is, and what comes back; undefined: nothing in time. */
export interface Happening {
  readonly met: Omit<Met, 'name'>;
  readonly befall: (vendor: Vendor, call: HttpRequest) => Promise<HttpResult | undefined>;
}

export type Happenings = Readonly<Record<string, Happening>>;

/** The request arrives, and this comes back in the place of the answer. */
export const arrives = (came: Came, instead: HttpResult | undefined): Happening => ({
  met: { came },
  befall: async (vendor, call) => {
    await vendor.answer(call);
    return instead;
  },
});

/** The request arrives, and the answer is not what it was. */
export const arrivesAltered = (came: Came, alter: (text: string) => string): Happening => ({
  met: { came },
  befall: async (vendor, call) => {
    const delivery = await vendor.answer(call);
    const { body } = delivery;
    return body.kind === 'complete' ? { ...delivery, body: { ...body, text: alter(body.text) } } : delivery;
  },
});

/** The request gets nowhere. */
export const lost = (met: Happening['met'], delivery: HttpResult | undefined): Happening => ({
  met,
  befall: async () => delivery,
});

/** Something in front answers, and the vendor never hears of it. */
export const gateway = (came: Came, delivery: HttpResponse, more: Partial<Met> = {}): Happening => ({
  met: { came, from: 'gateway', ...more },
  befall: async () => delivery,
});

/** The same, with what is nobody's word. */
export const other = (delivery: HttpResponse, more: Partial<Met> = {}): Happening => {
  const { statusCode, headers } = delivery;
  const came = { kind: 'other', status: statusCode, retryAfter: headers.retryAfter !== undefined } as const;
  return gateway(came, delivery, more);
};

/** The vendor says so, whatever is true. */
export const vendorSays = (came: Came, status: number, body: object): Happening => ({
  met: { came },
  befall: async () => json(status, body),
});

/** The vendor refuses, and means it. */
export const refusal = (
  status: number,
  body: object,
  inIt: { readonly code?: string; readonly statusCode?: number } = {},
): Happening => vendorSays({ kind: 'error', status, ...inIt }, status, body);

/** The session has ended by itself, and the vendor says so in one of its forms. */
export const dead = (form: Settings['deadSession']): Happening => ({
  met: { came: { kind: 'truth' } },
  befall: (vendor, call) => {
    vendor.endSessions();
    return vendor.answer(call, { deadSession: form });
  },
});

export function json(status: number, body: object): HttpResponse {
  return answer(status, JSON.stringify(body), { contentType: 'application/json' });
}

export function answer(
  statusCode: number,
  text: string,
  headers: Partial<ResponseHeaders> = {},
  endIsCertain = true,
): HttpResponse {
  return {
    kind: 'response',
    statusCode,
    headers: { ...NO_HEADERS, ...headers },
    body: { kind: 'complete', text, endIsCertain },
  };
}

export function noAnswer(failure: NetworkFailure, mayHaveReachedServer = true): HttpResult {
  return { kind: 'no-response', failure, mayHaveReachedServer };
}

/** Error objects of the vendor's two versions. */
export function v2(statusCode: number, code: string, description = ''): object {
  return { '@type': 'error', code, description, statusCode };
}

export function v3(code: string): object {
  return { error: { code, message: '', details: null } };
}
