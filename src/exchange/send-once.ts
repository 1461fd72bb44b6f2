import type { HttpResult } from '../http.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Effects } from './effects.ts';
import type { TimeLimit } from './time-limit.ts';

/** How long an aborted `send` may take to say what it knows. */
const ABORT_MS = 200;

const NO_ANSWER: HttpResult = {
  kind: 'no-response',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};

/** One attempt, ended when its time is over, even if `send` should not keep its promise to settle then. */
export async function sendOnce(
  { http, attemptTimeoutMs }: ApiRequest<unknown>,
  limit: TimeLimit,
  { send, clock }: Effects,
): Promise<HttpResult> {
  const over = new AbortController();
  let callOff = () => {};
  const silence = new Promise<HttpResult>((resolve) => {
    callOff = limit.within(attemptTimeoutMs, () => {
      over.abort();
      callOff = clock.after(ABORT_MS, () => resolve(NO_ANSWER));
    });
  });
  const delivery = await Promise.race([send(http, over.signal), silence]);
  callOff();
  return delivery;
}
