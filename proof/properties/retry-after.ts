import * as fc from 'fast-check';
import type { ResponseHeaders } from '../../src/http.ts';
import type { Form } from '../responses/form.ts';
import type { SentCall } from '../virtual/world.ts';
import { oneOf, weighted } from './draw.ts';

const LEAST_WAIT_MS = 100;

/** A `Retry-After` header, by the wait that it means; `nothing` for one that means none. */
export type RetryAfter =
  | { readonly kind: 'nothing'; readonly header: string | undefined }
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** Measured by the server's clock, which its `Date` shows; without one by the runner's. */
  | { readonly kind: 'date'; readonly seconds: number; readonly withDate: boolean };

const seconds = weighted([4, fc.nat(20)], [1, fc.nat(300)], [1, fc.constantFrom(3_600, 1e9)]);
export const retryAfters = weighted<RetryAfter>(
  [4, fc.constant({ kind: 'nothing', header: undefined })],
  [3, seconds.map((given) => ({ kind: 'seconds', seconds: given }))],
  [
    3,
    fc
      .tuple(fc.integer({ min: -100, max: 300 }), fc.boolean())
      .map(([given, withDate]) => ({ kind: 'date', seconds: given, withDate })),
  ],
  [1, oneOf(' soon -1 1.5 1e3 0x10 5,5 Mon Xyz,\t99').map((header) => ({ kind: 'nothing', header }))],
);

/** The headers, and the moment before which the next request must not come. */
export function retryAfterHeaders(
  retryAfter: RetryAfter,
  trueEpochMs: number,
  atMs: number,
  wrongByMs: number,
): { headers: Partial<ResponseHeaders>; atMs: number | undefined } {
  const date = (ms: number) => new Date(ms).toUTCString();
  switch (retryAfter.kind) {
    case 'nothing':
      return { headers: { retryAfter: retryAfter.header }, atMs: undefined };
    case 'seconds':
      return { headers: { retryAfter: String(retryAfter.seconds) }, atMs: atMs + retryAfter.seconds * 1000 };
    case 'date': {
      const target = Math.floor(trueEpochMs / 1000) * 1000 + retryAfter.seconds * 1000;
      const headers = { retryAfter: date(target), date: retryAfter.withDate ? date(trueEpochMs) : undefined };
      const fromMs = retryAfter.withDate ? Math.floor(trueEpochMs / 1000) * 1000 : trueEpochMs - wrongByMs;
      return { headers, atMs: atMs + target - fromMs };
    }
  }
}

/** Whether `Retry-After` counts in such a response. */
export function allowsRetryAfter(it: Form): boolean {
  return 'status' in it && [408, 425, 429, 503].includes(it.status);
}

/** The moment before which the next attempt must not come: by `Retry-After`, else after the shortest back-off. */
export function waitUntilMs({ overMs }: SentCall, retryAtMs: number | undefined): number {
  if (retryAtMs !== undefined && retryAtMs > overMs) return retryAtMs;
  // Without an end of the attempt there is no moment to count from.
  return Number.isFinite(overMs) ? overMs + LEAST_WAIT_MS : 0;
}
