/** How long a cancelled step goes on: the runner kills it 10 s after the first signal. */
export const CANCELLED_MS = 5_000;

const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 8_000;
/** Full jitter may draw several very short waits in a row. */
const MIN_BACK_OFF_MS = 100;
/** The time that the last attempt is left with, so that a server that recovers late is still tried once. */
const LAST_ATTEMPT_MS = 500;

export type NextAttempt =
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'give-up'; readonly why: 'time-spent' | 'retry-after' };

/**
 * Decides when to try again: after the time that the server asked for, else after an exponential back-off with full jitter.
 * `random` is in [0, 1).
 */
export function nextAttempt(
  attempt: number,
  remainingMs: number,
  retryAfterMs: number | undefined,
  random: number,
): NextAttempt {
  const usableMs = remainingMs - LAST_ATTEMPT_MS;
  if (usableMs < MIN_BACK_OFF_MS) return { kind: 'give-up', why: 'time-spent' };
  if (retryAfterMs !== undefined && retryAfterMs > usableMs) return { kind: 'give-up', why: 'retry-after' };
  const ceilingMs = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (attempt - 1));
  const backOffMs = retryAfterMs || Math.max(MIN_BACK_OFF_MS, random * ceilingMs);
  return { kind: 'wait', waitMs: Math.min(backOffMs, usableMs) };
}

/**
 * Reads a `Retry-After` header, seconds or a date (RFC 9110, 10.2.3), as milliseconds from now; undefined if it is neither. A
 * date is measured from the `Date` of the same response if there is one, because a runner's clock may be wrong.
 */
export function retryAfterMs(
  headers: { readonly retryAfter: string | undefined; readonly date: string | undefined } | undefined,
  nowEpochMs: number,
): number | undefined {
  const text = headers?.retryAfter?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const epochMs = dateMs(text);
  return epochMs === undefined ? undefined : Math.max(0, epochMs - (dateMs(headers?.date) ?? nowEpochMs));
}

function dateMs(header = ''): number | undefined {
  const text = header.trim();
  // A date without GMT would be read as local time.
  const epochMs = /^[A-Z][a-z]{2,8}, .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
