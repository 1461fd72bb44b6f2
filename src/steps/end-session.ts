import { DEFAULTS, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import type { InputValues } from '../inputs/values.ts';
import { endingReport, type LeftToPost, NOT_SCHEDULED, scheduledReport } from '../report/main-report.ts';
import { retryText } from '../report/outcome-text.ts';
import type { Report } from '../report/report.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { SettledAs } from '../state.ts';
import type { MainContext } from './runner.ts';

/**
 * Ends sessions in the main step, or leaves it to the post step. The state is saved before the first request, so that the post
 * step knows what to do even if the main step is killed.
 */
export async function endSession(
  request: ReportedRequest<true>,
  forPost: InputValues,
  { settings, limit, runner, effects }: MainContext,
): Promise<Report> {
  const save = ({ credentialUses }: { readonly credentialUses: number }) =>
    runner.saveState({ kind: 'pending', inputs: forPost, credentialUses, opened: undefined });
  const saved = save({ credentialUses: 0 });
  if (settings.when === 'job-end') {
    if (saved) return scheduledReport(request);
    runner.info(NOT_SCHEDULED);
  }
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      ...DEFAULTS,
      limit,
      onCancel: 'stop',
      // A post step without a state sends nothing, so there is nothing to count for it.
      saveCounts: saved ? save : () => true,
      onRetry: (...attempt) => runner.info(retryText(request, ...attempt)),
    },
    effects,
  );
  const as = settledAs(outcome);
  if (as !== undefined) runner.saveState({ kind: 'settled', as });
  return endingReport(outcome, request, settings, leftToPost(outcome, request, saved));
}

/** Ends a session that a login has just opened. True if the server confirmed it. */
export async function endAtOnce(
  request: ReportedRequest<true>,
  { limit, runner, effects }: MainContext,
): Promise<boolean> {
  const outcome = await sendWithRetries(
    sameRequest(request),
    { ...DEFAULTS, limit, onCancel: 'hurry' },
    effects,
  );
  const as = settledAs(outcome);
  const isEnded = as === 'ended' || as === 'already-ended';
  if (isEnded) runner.saveState({ kind: 'settled', as });
  return isEnded;
}

/** What the vendor said of a session's end; undefined if nothing is settled. */
function settledAs(outcome: Outcome<true>): SettledAs | undefined {
  switch (outcome.kind) {
    case 'success':
      return 'ended';
    case 'session-gone':
      return outcome.possiblyByUs ? 'ended' : 'already-ended';
    case 'rejected':
      return 'refused';
    case 'unknown':
      return undefined;
  }
}

function leftToPost(
  outcome: Outcome<true>,
  { maxCredentialUses }: ReportedRequest<true>,
  saved: boolean,
): LeftToPost {
  if (!saved) return 'untold';
  return outcome.kind === 'unknown' && outcome.credentialUses >= maxCredentialUses ? 'nothing-more' : 'again';
}
