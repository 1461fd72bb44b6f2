/** How long a cancelled step goes on: the runner kills it 10 s after the first signal. */
export const CANCELLED_MS = 5_000;

const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 8_000;
/** Full jitter may draw several very short waits in a row. */
const MIN_BACK_OFF_MS = 100;
/** The time kept for the last attempt, so that a server that recovers late is still tried once. */
const LAST_ATTEMPT_MS = 500;

export type NextAttempt =
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'give-up'; readonly why: 'time-spent' | 'retry-after' };

/** What decides when a request is retried. */
export interface Timing {
  /** The attempts so far. */
  readonly attempts: number;
  readonly remainingMs: number;
  /** What the server asked for. */
  readonly retryAfterMs: number | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Decides when to try again: after the time that the server asked for, else after an exponential back-off with full jitter.
 */
export function nextAttempt({ attempts, remainingMs, retryAfterMs, random }: Timing): NextAttempt {
  const usableMs = remainingMs - LAST_ATTEMPT_MS;
  if (usableMs < MIN_BACK_OFF_MS) return { kind: 'give-up', why: 'time-spent' };
  if (retryAfterMs !== undefined && retryAfterMs > usableMs) return { kind: 'give-up', why: 'retry-after' };
  const waitMs = retryAfterMs || backOffMs(attempts, random);
  return { kind: 'wait', waitMs: Math.min(waitMs, usableMs) };
}

function backOffMs(attempts: number, random: number): number {
  const ceilingMs = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (attempts - 1));
  return Math.max(MIN_BACK_OFF_MS, random * ceilingMs);
}

/** What else decides when a request with a credential is retried. */
export interface CredentialTiming extends Timing {
  /**
   * What became of the last attempt: it never reached the server; the server said "not now" for the `times`-th time; or the
   * server may have checked the credential, for the `times`-th time in this step.
   */
  readonly last:
    | { readonly kind: 'not-sent' }
    | { readonly kind: 'not-now'; readonly times: number }
    | { readonly kind: 'possibly-checked'; readonly times: number };
  /** All the time of the exchange, and how much of it has passed. */
  readonly lengthMs: number;
  readonly elapsedMs: number;
  /** How long the slowest attempt took that may have reached the server. */
  readonly slowestMs: number;
}

const SECOND_CHECK_MS = 3_000;
const FIRST_NOT_NOW_MS = 2_000;
/** The minimum between two checks of a credential. */
export const MIN_CHECK_MS = 1_000;
/** The longest that is kept for the last attempt with a credential. */
const LAST_CHECK_MS = 5_000;

/**
 * Decides when a credential is sent again. The few attempts that the server may check are spread over all the time, so that they
 * outlast a short outage. None is sent with too little time left for its response, because a login that is cut off may leave a
 * session that nobody can end.
 */
export function nextCredentialAttempt(timing: CredentialTiming): NextAttempt {
  const { remainingMs, lengthMs, slowestMs, retryAfterMs = 0 } = timing;
  const usableMs = remainingMs - Math.max(Math.min(LAST_CHECK_MS, lengthMs / 3), slowestMs);
  const leastMs = timing.last.kind === 'not-sent' ? MIN_BACK_OFF_MS : MIN_CHECK_MS;
  if (usableMs < leastMs) return { kind: 'give-up', why: 'time-spent' };
  if (retryAfterMs > usableMs) return { kind: 'give-up', why: 'retry-after' };
  const waitMs = Math.max(retryAfterMs, leastMs, ownWaitMs(timing));
  return { kind: 'wait', waitMs: Math.min(waitMs, usableMs) };
}

function ownWaitMs({ last, attempts, lengthMs, elapsedMs, random }: CredentialTiming): number {
  switch (last.kind) {
    case 'not-sent':
      return backOffMs(attempts, random);
    case 'not-now':
      return jittered(FIRST_NOT_NOW_MS * 2 ** (last.times - 1), random);
    case 'possibly-checked':
      return jittered(
        last.times === 1 ? Math.min(SECOND_CHECK_MS, lengthMs / 10) : lengthMs / 2 - elapsedMs,
        random,
      );
  }
}

/** Varies a wait by a fifth. */
function jittered(ms: number, random: number): number {
  return ms * (0.8 + 0.4 * random);
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
