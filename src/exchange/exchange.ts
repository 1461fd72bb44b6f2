import type { SessionRequest } from '../requests/session-request.ts';
import type { Clock } from './clock.ts';
import type { Delivery, Send } from './delivery.ts';
import type { GaveUp, Outcome } from './outcome.ts';
import { ATTEMPT_MS, nextTry, retryAfterMs } from './retry.ts';
import { TimeLimit } from './time-limit.ts';
import { judge, type Settled, type UnknownReason } from './verdict.ts';

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
  const limit = new TimeLimit(terms.deadlineMs, clock, cancelled);
  const stopped = () => cancelled.aborted && terms.onCancel === 'stop';
  let reason: UnknownReason | undefined;
  let answerMayBeLost = false;
  const gaveUp = (attempts: number, why: GaveUp): Outcome => ({
    kind: 'unknown',
    attempts,
    gaveUp: cancelled.aborted ? 'cancelled' : why,
    reason,
  });

  for (let attempt = 1; ; attempt += 1) {
    if (stopped()) return gaveUp(attempt - 1, 'cancelled');
    const verdict = judge(await sendOnce(request, limit, world), request);
    if (verdict.kind !== 'unknown') return settled(verdict, attempt, answerMayBeLost);

    reason = verdict.reason;
    answerMayBeLost ||= verdict.mayHaveReachedServer;
    const askedMs = retryAfterMs(verdict.retryAfter, clock.nowEpochMs());
    const next = nextTry(attempt, limit.remainingMs(), askedMs, world.random());
    if (next.kind === 'give-up') return gaveUp(attempt, next.why);
    if (!stopped()) {
      terms.onRetry(attempt, reason, next.waitMs);
      await limit.pause(next.waitMs);
    }
  }
}

/** How long an aborted `send` may take to say what it knows. */
const ABORT_MS = 200;

/** One attempt, ended when its time is over, even if `send` should not keep its promise to settle then. */
async function sendOnce(
  request: SessionRequest,
  limit: TimeLimit,
  { send, clock }: World,
): Promise<Delivery> {
  const over = new AbortController();
  let callOff = () => {};
  const silence = new Promise<Delivery>((resolve) => {
    callOff = limit.within(ATTEMPT_MS, () => {
      over.abort();
      callOff = clock.after(ABORT_MS, () => resolve(NO_ANSWER));
    });
  });
  const delivery = await Promise.race([send(request.call, over.signal), silence]);
  callOff();
  return delivery;
}

const NO_ANSWER: Delivery = {
  kind: 'no-answer',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};

function settled(verdict: Settled, attempts: number, answerMayBeLost: boolean): Outcome {
  if (verdict.kind === 'ended') return { ...verdict, attempts, answerWasLost: false };
  if (verdict.kind === 'already-ended' && answerMayBeLost) {
    return { kind: 'ended', attempts, statusCode: verdict.statusCode, answerWasLost: true };
  }
  return { ...verdict, attempts };
}
