import type { World } from '../exchange/effects.ts';
import { always, ask, QUIETLY } from '../exchange/exchange.ts';
import { endingReport, scheduledReport } from '../report/main-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import type { Order } from '../requests/validate-inputs.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { MainRunner } from './runner.ts';
import { leftToPost, settledAs } from './settled.ts';

/**
 * Ends sessions in the main step, or leaves it to the post step. Saved before the first request is sent, so that a main
 * step killed at any moment leaves a post step that knows what to do.
 */
export async function endSession(
  request: ReportedRequest<true>,
  { settings, kept }: Order,
  startedMs: number,
  runner: MainRunner,
  world: World,
): Promise<Report> {
  const save = ({ heard }: { readonly heard: number }) =>
    runner.saveState({ kind: 'pending', inputs: kept, heard, opened: undefined });
  const saved = save({ heard: 0 });
  if (settings.when === 'job-end') {
    if (saved) return scheduledReport(request);
    runner.info('The post step cannot be told what to do, so this step does it now.');
  }
  const outcome = await ask(
    always(request),
    {
      ...QUIETLY,
      deadlineMs: startedMs + settings.timeoutMs,
      onCancel: 'stop',
      // A post step that knows of nothing sends nothing.
      record: saved ? save : () => true,
      onRetry: (...attempt) => runner.info(retryText(request, ...attempt)),
    },
    world,
  );
  const as = settledAs(outcome);
  if (as !== undefined) runner.saveState({ kind: 'settled', as });
  return endingReport(outcome, request, settings, leftToPost(outcome, request, saved));
}
