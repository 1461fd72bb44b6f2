import type { World } from '../exchange/effects.ts';
import { always, ask } from '../exchange/exchange.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import { retryText } from '../report/outcome-text.ts';
import { postReport, unreadableReport } from '../report/post-report.ts';
import type { Report } from '../report/report.ts';
import { readOrder } from '../requests/validate-inputs.ts';
import type { PendingState } from '../state.ts';
import { Verifier } from './verifier.ts';

/** The post step with something to do. It knows nothing but what main checked and saved. */
export async function postStep(
  { inputs, heard, opened }: PendingState,
  info: (line: string) => void,
  world: World,
): Promise<Report> {
  const startedMs = world.clock.nowMs();
  const order = readOrder(inputs);
  if (!order.ok || order.value.work.kind !== 'end') return unreadableReport();
  const { settings, work } = order.value;
  const { request } = work;
  const sessionId = inputs['session-id'].trim();
  const limit = new TimeLimit(startedMs + settings.timeoutMs, world.clock, world.cancelled);
  const verifier = new Verifier(opened, sessionId, limit, world);
  const outcome = await ask(
    always(request),
    {
      deadlineMs: limit.endMs,
      onCancel: 'hurry',
      heard,
      // No step comes after it.
      record: () => true,
      onRetry: (...attempt) => info(retryText(request, ...attempt)),
      isOver: (reason) => verifier.isOver(reason),
    },
    world,
  );
  const validity = await verifier.validityAfter(outcome);
  return postReport({ outcome, validity, ifAlive: opened?.ifAlive ?? 'line' }, request, settings, sessionId);
}
