import type { HttpResult } from '../http.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification } from '../responses/classification.ts';
import type { Attempt, Effects } from './effects.ts';
import type { TimeLimit } from './time-limit.ts';

/** How long an aborted `send` may take to report what it knows. */
const ABORT_MS = 200;

const NO_RESPONSE: HttpResult = {
  kind: 'no-response',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};

/** Makes one attempt. It ends when its time is over, even if `send` fails to settle then. */
async function sendOnce(
  { http, attemptTimeoutMs }: ApiRequest<unknown>,
  limit: TimeLimit,
  { send, clock }: Effects,
): Promise<HttpResult> {
  const timeout = new AbortController();
  let cancelAlarm = () => {};
  const noResponse = new Promise<HttpResult>((resolve) => {
    cancelAlarm = limit.within(attemptTimeoutMs, () => {
      timeout.abort();
      cancelAlarm = clock.after(ABORT_MS, () => resolve(NO_RESPONSE));
    });
  });
  const result = await Promise.race([send(http, timeout.signal), noResponse]);
  cancelAlarm();
  return result;
}

/** Sends a request once and classifies the result. Never rejects. */
export async function sendWithoutRetry<T>(
  request: ApiRequest<T>,
  limit: TimeLimit,
  effects: Effects,
): Promise<Classification<T>> {
  const attempt = await timedAttempt(request, limit, effects);
  const classification = request.classify(attempt.result);
  const decision =
    classification.kind === 'inconclusive'
      ? ({ kind: 'not-retried' } as const)
      : ({ kind: 'settled', as: classification.kind } as const);
  effects.onAttempt({ ...attempt, decision });
  return classification;
}

/** Makes one attempt and measures how long it takes. */
export async function timedAttempt(
  request: ApiRequest<unknown>,
  limit: TimeLimit,
  effects: Effects,
): Promise<Omit<Attempt, 'decision'>> {
  const startedMs = effects.clock.nowMs();
  const result = await sendOnce(request, limit, effects);
  return { request: request.http, result, durationMs: effects.clock.nowMs() - startedMs };
}
