import type { SessionRequest } from '../requests/session-request.ts';
import type { Clock } from './clock.ts';
import type { Delivery, Send } from './delivery.ts';
import type { GaveUp, Outcome } from './outcome.ts';
import { ATTEMPT_MS, CANCELLED_MS, nextTry, retryAfterMs } from './retry.ts';
import { judge, type Settled, type UnknownReason, type Verdict } from './verdict.ts';

/** The world as the exchange sees it. */
export interface World {
  readonly send: Send;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Aborts when the runner cancels the step. */
  readonly cancelled: AbortSignal;
}

export interface Terms {
  /** The moment on `clock.nowMs` by which all is over. */
  readonly deadlineMs: number;
  /**
   * What a cancelled step does: `stop` starts no further attempt, for a step comes after it; `hurry`
   * uses what the runner leaves it.
   */
  readonly onCancel: 'stop' | 'hurry';
  /** Told of each attempt that settled nothing and is followed by another one. */
  readonly onRetry: (attempt: number, reason: UnknownReason, waitMs: number) => void;
}

/** Sends the request until the server has settled it or the time is spent. Never rejects. */
export async function exchange(request: SessionRequest, terms: Terms, world: World): Promise<Outcome> {
  const { clock, cancelled } = world;
  const limit = timeLimit(terms, world);
  let reason: UnknownReason | undefined;
  let answerMayBeLost = false;
  const gaveUp = (attempts: number, why: GaveUp): Outcome => ({
    kind: 'unknown',
    attempts,
    gaveUp: why,
    reason,
  });

  for (let attempt = 1; ; attempt += 1) {
    if (cancelled.aborted && terms.onCancel === 'stop') return gaveUp(attempt - 1, 'cancelled');
    const verdict: Verdict = judge(await sendOnce(request, limit, world), request);
    if (verdict.kind !== 'unknown') return settled(verdict, attempt, answerMayBeLost);

    reason = verdict.reason;
    answerMayBeLost ||= verdict.mayHaveReachedServer;
    const askedMs = retryAfterMs(verdict.retryAfter, clock.nowEpochMs());
    const next = nextTry(attempt, limit.remainingMs(), askedMs, world.random());
    if (next.kind === 'give-up') return gaveUp(attempt, cancelled.aborted ? 'cancelled' : next.why);
    if (!cancelled.aborted) terms.onRetry(attempt, reason, next.waitMs);
    // Cancelled while it waits, a step wakes up at once; cancelled before, it waits its time.
    await clock.sleep(next.waitMs, cancelled.aborted ? NEVER : cancelled);
  }
}

const NEVER = new AbortController().signal;

interface TimeLimit {
  readonly remainingMs: () => number;
}

/** The time left until the deadline, and from a cancellation on until the runner would kill the step. */
function timeLimit({ deadlineMs }: Terms, { clock, cancelled }: World): TimeLimit {
  let endMs = deadlineMs;
  const shorten = () => {
    endMs = Math.min(endMs, clock.nowMs() + CANCELLED_MS);
  };
  if (cancelled.aborted) shorten();
  else cancelled.addEventListener('abort', shorten, { once: true });
  return { remainingMs: () => endMs - clock.nowMs() };
}

/** One attempt, ended when its time is over, even if `send` should not keep its promise to settle then. */
async function sendOnce(request: SessionRequest, limit: TimeLimit, world: World): Promise<Delivery> {
  const over = new AbortController();
  const answered = new AbortController();
  const silence = async (): Promise<Delivery> => {
    await expire(limit, world, answered.signal);
    over.abort();
    await world.clock.sleep(ABORT_MS, answered.signal);
    return NO_ANSWER;
  };
  const delivery = await Promise.race([world.send(request.call, over.signal), silence()]);
  answered.abort();
  return delivery;
}

/** How long an aborted `send` may take to say what it knows. */
const ABORT_MS = 200;

const NO_ANSWER: Delivery = {
  kind: 'no-answer',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};

/** Resolves when an attempt that begins now has had its time, or was answered. */
async function expire(limit: TimeLimit, { clock, cancelled }: World, answered: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + Math.min(ATTEMPT_MS, limit.remainingMs());
  await clock.sleep(endMs - clock.nowMs(), AbortSignal.any([answered, cancelled]));
  // Woken by a cancellation, it goes on with what that leaves.
  const leftMs = Math.min(endMs - clock.nowMs(), limit.remainingMs());
  if (!answered.aborted && leftMs > 0) await clock.sleep(leftMs, answered);
}

function settled(verdict: Settled, attempts: number, answerMayBeLost: boolean): Outcome {
  if (verdict.kind === 'ended') return { ...verdict, attempts, answerWasLost: false };
  if (verdict.kind === 'already-ended' && answerMayBeLost) {
    return { kind: 'ended', attempts, statusCode: verdict.statusCode, answerWasLost: true };
  }
  return { ...verdict, attempts };
}
