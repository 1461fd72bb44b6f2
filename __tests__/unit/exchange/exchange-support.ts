import { always, ask, type Terms } from '../../../src/exchange/exchange.ts';
import type { ApiRequest } from '../../../src/responses/api-request.ts';
import type { Reason } from '../../../src/responses/inconclusive.ts';
import { logout, type Reply, ScriptedWorld } from '../support.ts';

interface Setting {
  readonly request?: ApiRequest<true>;
  readonly timeoutMs?: number;
  readonly onCancel?: Terms['onCancel'];
  readonly cancelAtMs?: number;
  readonly random?: number;
  /** The last reply is given to every later request too. */
  readonly forEver?: boolean;
  readonly heard?: number;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
  /** After so many attempts it is seen elsewhere that it has worked. */
  readonly overAfter?: number;
}

/** Asks, and says how it ended, when, and when it sent what it sent. */
export async function asked(script: readonly Reply[], setting: Setting = {}) {
  const { request = logout, timeoutMs = 60_000, onCancel = 'stop', cancelAtMs, heard = 0 } = setting;
  const { random, forEver, canRecord = [], overAfter } = setting;
  const world = new ScriptedWorld(script, {
    ...(random !== undefined && { random }),
    ...(forEver && { forEver }),
  });
  const { clock, journal, sentMs, calls } = world;
  if (cancelAtMs === 0) world.cancel();
  else if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const retries: Parameters<Terms['onRetry']>[] = [];
  /** What was recorded: how often heard, and how often perhaps done. */
  const records: string[] = [];
  const reasons: Reason[] = [];
  const terms: Terms = {
    deadlineMs: clock.startedMs + timeoutMs,
    onCancel,
    heard,
    record: ({ heard: times, perhapsDone }) => {
      journal.push(`record ${times}/${perhapsDone}`);
      records.push(`${times}/${perhapsDone}`);
      return canRecord[records.length - 1] ?? true;
    },
    onRetry: (...retry) => retries.push(retry),
    isOver: (reason) => {
      reasons.push(reason);
      return Promise.resolve(reasons.length === overAfter);
    },
  };
  const outcome = await clock.until(ask(always(request), terms, world));
  return { outcome, endedMs: clock.elapsedMs(), sentMs, retries, calls, journal, records, reasons, clock };
}
