import type { Effects } from '../exchange/effects.ts';
import { sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import { retryText } from '../report/outcome-text.ts';
import { postReport, unreadableReport } from '../report/post-report.ts';
import type { Report } from '../report/report.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import type { PendingState } from '../state.ts';
import { Verifier } from './verifier.ts';

/** The post step with something to do. It knows nothing but what main checked and saved. */
export async function postStep(
  { inputs, credentialUses, opened }: PendingState,
  info: (line: string) => void,
  world: Effects,
): Promise<Report> {
  const startedMs = world.clock.nowMs();
  const order = validateInputs(inputs);
  if (!order.ok || order.value.task.kind !== 'end') return unreadableReport();
  const { settings, task } = order.value;
  const { request } = task;
  const sessionId = inputs['session-id'].trim();
  const limit = new TimeLimit(startedMs + settings.timeoutMs, world.clock, world.cancelled);
  const verifier = new Verifier(opened, sessionId, limit, world);
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      deadlineMs: limit.endMs,
      onCancel: 'hurry',
      credentialUses,
      // No step comes after it.
      saveCounts: () => true,
      onRetry: (...attempt) => info(retryText(request, ...attempt)),
      isAlreadyDone: (reason) => verifier.isOver(reason),
    },
    world,
  );
  const validity = await verifier.validityAfter(outcome);
  return postReport({ outcome, validity, ifAlive: opened?.ifAlive ?? 'line' }, request, settings, sessionId);
}
