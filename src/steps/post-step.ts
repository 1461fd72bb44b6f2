import type { Effects } from '../exchange/effects.ts';
import { DEFAULTS, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import { retryText } from '../report/outcome-text.ts';
import { postReport, unreadableReport } from '../report/post-report.ts';
import { type Report, withSummary } from '../report/report.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import type { PendingState } from '../state.ts';
import { Verifier } from './verifier.ts';

/** The post step that has something to do. It knows only what main validated and saved. */
export async function postStep(
  { inputs, credentialUses, opened }: PendingState,
  info: (line: string) => void,
  effects: Effects,
): Promise<Report> {
  const startedMs = effects.clock.nowMs();
  const validated = validateInputs(inputs);
  if (!validated.ok || validated.value.task.kind !== 'end') return unreadableReport();
  const { settings, task } = validated.value;
  const { request } = task;
  const sessionId = inputs['session-id'].trim();
  const limit = new TimeLimit(startedMs + settings.timeoutMs, effects.clock, effects.cancelled);
  const verifier = new Verifier(opened, sessionId, limit, effects);
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      ...DEFAULTS,
      limit,
      onCancel: 'hurry',
      credentialUses,
      onRetry: (...attempt) => info(retryText(request, ...attempt)),
      isAlreadyDone: (reason) => verifier.isAlreadyDone(reason),
    },
    effects,
  );
  const validity = await verifier.validityAfter(outcome);
  const ending = { outcome, validity, ifAlive: opened?.ifAlive ?? 'line' } as const;
  return withSummary(postReport(ending, request, settings, sessionId), settings);
}
