import { exchange, type World } from '../exchange/exchange.ts';
import { type InputValues, SECRET_INPUTS } from '../inputs/values.ts';
import { inputsReport, type MainReport, outcomeReport, scheduledReport } from '../report/main-report.ts';
import { retryText } from '../report/outcome-text.ts';
import { readOrder } from '../requests/modes.ts';
import type { SavedState } from '../state.ts';

/** The runner as the main step sees it. */
export interface MainRunner {
  readonly readInputs: () => InputValues;
  readonly mask: (secret: string) => void;
  /** Replaces what was saved before. False if it could not be saved. */
  readonly saveState: (state: SavedState) => boolean;
  readonly info: (line: string) => void;
}

/**
 * The main step. The order is the point of it: mask before anything is printed or saved; save before the
 * first request is sent, so that a main step killed at any moment leaves a post step that knows what to do.
 */
export async function mainStep(runner: MainRunner, world: World): Promise<MainReport> {
  const startedMs = world.clock.nowMs();
  const values = runner.readInputs();
  for (const secret of maskedForms(values)) runner.mask(secret);

  const order = readOrder(values);
  if (!order.ok) return inputsReport(order.problems);
  const { request, settings, kept } = order.value;

  const saved = runner.saveState({ kind: 'pending', inputs: kept });
  if (settings.when === 'job-end') {
    if (saved) return scheduledReport(request);
    runner.info('The post step cannot be told what to do, so this step does it now.');
  }

  const outcome = await exchange(
    request,
    {
      deadlineMs: startedMs + settings.timeoutMs,
      onCancel: 'stop',
      onRetry: (...attempt) => runner.info(retryText(request, ...attempt)),
    },
    world,
  );
  if (outcome.kind !== 'unknown') runner.saveState({ kind: 'settled', outcome: outcome.kind });
  return outcomeReport(outcome, request, settings, saved);
}

/** Each secret as given, as it is sent, and as it stands in the saved state, which a debug log shows. */
function maskedForms(values: InputValues): ReadonlySet<string> {
  const given = SECRET_INPUTS.map((name) => values[name]).filter((value) => value.trim() !== '');
  return new Set(given.flatMap((value) => [value, value.trim(), JSON.stringify(value).slice(1, -1)]));
}
