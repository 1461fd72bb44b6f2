import type { Effects } from '../exchange/effects.ts';
import { DEFAULTS, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import { endingReport, scheduledReport } from '../report/main-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import type { ValidatedInputs } from '../requests/validate-inputs.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { MainRunner } from './runner.ts';
import { leftToPost, settledAs } from './settled.ts';

/**
 * Ends sessions in the main step, or leaves it to the post step. Saved before the first request is sent, so that a main
 * step killed at any moment leaves a post step that knows what to do.
 */
export async function endSession(
  request: ReportedRequest<true>,
  { settings, forPost }: ValidatedInputs,
  startedMs: number,
  runner: MainRunner,
  world: Effects,
): Promise<Report> {
  const save = ({ credentialUses }: { readonly credentialUses: number }) =>
    runner.saveState({ kind: 'pending', inputs: forPost, credentialUses, opened: undefined });
  const saved = save({ credentialUses: 0 });
  if (settings.when === 'job-end') {
    if (saved) return scheduledReport(request);
    runner.info('The post step cannot be told what to do, so this step does it now.');
  }
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      ...DEFAULTS,
      deadlineMs: startedMs + settings.timeoutMs,
      onCancel: 'stop',
      // A post step that knows of nothing sends nothing.
      saveCounts: saved ? save : () => true,
      onRetry: (...attempt) => runner.info(retryText(request, ...attempt)),
    },
    world,
  );
  const as = settledAs(outcome);
  if (as !== undefined) runner.saveState({ kind: 'settled', as });
  return endingReport(outcome, request, settings, leftToPost(outcome, request, saved));
}
