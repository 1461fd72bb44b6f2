import { exchange, type World } from '../exchange/exchange.ts';
import type { InputValues } from '../inputs/values.ts';
import { retryText } from '../report/outcome-text.ts';
import { postReport, unreadableReport } from '../report/post-report.ts';
import type { Report } from '../report/report.ts';
import { readOrder } from '../requests/modes.ts';

/** The post step with something to do. It knows nothing but the inputs that main checked and saved. */
export async function postStep(
  inputs: InputValues,
  info: (line: string) => void,
  world: World,
): Promise<Report> {
  const startedMs = world.clock.nowMs();
  const order = readOrder(inputs);
  if (!order.ok) return unreadableReport();
  const { request, settings } = order.value;
  const outcome = await exchange(
    request,
    {
      deadlineMs: startedMs + settings.timeoutMs,
      onCancel: 'hurry',
      onRetry: (...attempt) => info(retryText(request, ...attempt)),
    },
    world,
  );
  return postReport(outcome, request, settings);
}
