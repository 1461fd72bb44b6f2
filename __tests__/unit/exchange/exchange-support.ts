import { type RetryOptions, sameRequest, sendWithRetries } from '../../../src/exchange/exchange.ts';
import { TimeLimit } from '../../../src/exchange/time-limit.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';
import type { Reason } from '../../../src/responses/classification.ts';
import { logout, type Reply, ScriptedWorld } from '../support.ts';

interface Setting {
  readonly request?: ApiRequest<true>;
  readonly timeoutMs?: number;
  readonly onCancel?: RetryOptions['onCancel'];
  readonly cancelAtMs?: number;
  readonly random?: number;
  /** The last reply is given to every later request too. */
  readonly forEver?: boolean;
  readonly credentialUses?: number;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
  /** After so many attempts it is seen elsewhere that it has worked. */
  readonly overAfter?: number;
}

/** Asks, and says how it ended, when, and when it sent what it sent. */
export async function asked(script: readonly Reply[], setting: Setting = {}) {
  const { request = logout, timeoutMs = 60_000, onCancel = 'stop', cancelAtMs, credentialUses = 0 } = setting;
  const { random, forEver, canRecord = [], overAfter } = setting;
  const world = new ScriptedWorld(script, {
    ...(random !== undefined && { random }),
    ...(forEver && { forEver }),
  });
  const { clock, journal, sentMs, calls } = world;
  if (cancelAtMs === 0) world.cancel();
  else if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const retries: Parameters<RetryOptions['onRetry']>[] = [];
  /** What was recorded: how often credentialUses, and how often perhaps done. */
  const records: string[] = [];
  const reasons: Reason[] = [];
  const terms: RetryOptions = {
    limit: new TimeLimit(clock.startedMs + timeoutMs, clock, world.cancelled),
    onCancel,
    credentialUses,
    saveCounts: ({ credentialUses: times, possibleSuccesses }) => {
      journal.push(`record ${times}/${possibleSuccesses}`);
      records.push(`${times}/${possibleSuccesses}`);
      return canRecord[records.length - 1] ?? true;
    },
    onRetry: (...retry) => retries.push(retry),
    isAlreadyDone: (reason) => {
      reasons.push(reason);
      return Promise.resolve(reasons.length === overAfter);
    },
  };
  const outcome = await clock.until(sendWithRetries(sameRequest(request), terms, world));
  return { outcome, endedMs: clock.elapsedMs(), sentMs, retries, calls, journal, records, reasons, clock };
}
