import { sendWithRetries } from '../../../src/exchange/exchange.ts';
import {
  type CredentialBudget,
  MAX_CREDENTIAL_REQUESTS,
  type RetryOptions,
  sameRequest,
} from '../../../src/exchange/retry-options.ts';
import { TimeLimit } from '../../../src/exchange/time-limit.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';
import type { Reason } from '../../../src/responses/classification.ts';
import { logout, type Reply, ScriptedWorld } from '../support.ts';

interface Setting {
  readonly request?: ApiRequest<true>;
  readonly timeoutMs?: number;
  readonly unknownHostMs?: number;
  readonly onCancel?: RetryOptions<true>['onCancel'];
  readonly cancelAtMs?: number;
  readonly random?: number;
  /** The last reply is given to every later request too. */
  readonly forEver?: boolean;
  readonly credential?: Partial<CredentialBudget>;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
  /** After so many attempts it is seen elsewhere that it has worked. */
  readonly overAfter?: number;
}

/** Runs an exchange; returns its outcome, when it ended, and what it sent when. */
export async function exchange(script: readonly Reply[], setting: Setting = {}) {
  const { request = logout, timeoutMs = 60_000, onCancel = 'stop', cancelAtMs } = setting;
  const {
    unknownHostMs = Number.POSITIVE_INFINITY,
    credential = {},
    random,
    forEver,
    canRecord = [],
    overAfter,
  } = setting;
  const world = new ScriptedWorld(script, {
    ...(random !== undefined && { random }),
    ...(forEver && { forEver }),
  });
  const { clock, journal, sentMs, calls } = world;
  if (cancelAtMs === 0) world.cancel();
  else if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const retries: Parameters<RetryOptions<true>['onRetry']>[] = [];
  /** What was recorded: how often credentialUses, and how often perhaps done. */
  const records: string[] = [];
  const requests: number[] = [];
  const reasons: Reason[] = [];
  const options: RetryOptions<true> = {
    unknownHostMs,
    limit: new TimeLimit(clock.startedMs + timeoutMs, clock, world.cancelled),
    onCancel,
    credential: { uses: 0, requests: 0, maxRequests: MAX_CREDENTIAL_REQUESTS.main, ...credential },
    saveCounts: ({ credentialUses: times, credentialRequests, possibleSuccesses }) => {
      journal.push(`record ${times}/${possibleSuccesses}`);
      records.push(`${times}/${possibleSuccesses}`);
      requests.push(credentialRequests);
      return canRecord[records.length - 1] ?? true;
    },
    onRetry: (...retry) => retries.push(retry),
    review: (classification) => {
      if (classification.kind !== 'inconclusive') return Promise.resolve(classification);
      const { reason } = classification;
      reasons.push(reason);
      const isDone = reasons.length === overAfter;
      return Promise.resolve(isDone ? { kind: 'already-done', reason } : classification);
    },
  };
  const outcome = await clock.until(sendWithRetries(sameRequest(request), options, world));
  const endedMs = clock.elapsedMs();
  return { outcome, endedMs, sentMs, retries, calls, journal, records, requests, reasons, clock };
}
