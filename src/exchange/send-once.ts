import type { HttpResult } from '../http.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Effects } from './effects.ts';
import type { TimeLimit } from './time-limit.ts';

/** How long an aborted `send` may take to report what it knows. */
const ABORT_MS = 200;

const NO_RESPONSE: HttpResult = {
  kind: 'no-response',
  failure: { kind: 'timed-out', cause: undefined },
  mayHaveReachedServer: true,
};

/** Makes one attempt. It ends when its time is over, even if `send` fails to settle then. */
export async function sendOnce(
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
