import type { AttemptCounts } from '../exchange/attempt-counter.ts';
import { sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import { DEFAULTS, sameRequest, UNKNOWN_HOST_MS } from '../exchange/retry-options.ts';
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
  const save = ({ credentialUses, credentialRequests }: Omit<AttemptCounts, 'possibleSuccesses'>) =>
    runner.saveState({
      kind: 'pending',
      inputs: forPost,
      credentialUses,
      credentialRequests,
      isEnded: false,
      opened: undefined,
    });
  const saved = save({ credentialUses: 0, credentialRequests: 0 });
  if (settings.when === 'job-end') {
    if (saved) return scheduledReport(request);
    runner.info(NOT_SCHEDULED);
  }
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      ...DEFAULTS,
      limit,
      unknownHostMs: UNKNOWN_HOST_MS,
      // No post step follows on a runner that shuts down. A password that may have been checked is still left to it.
      onCancel: isCredential(request) ? 'hurry-until-checked' : 'hurry',
      // A post step without a state sends nothing, so there is nothing to count for it.
      saveCounts: saved ? save : () => true,
      onRetry: (...attempt) => runner.info(retryText(request, ...attempt)),
    },
    effects,
  );
  const as = settledAs(outcome);
  // After a signal, the post step sends a rejected logout once more; never a rejected password.
  const sendsAgain = effects.cancelled.aborted && !isCredential(request);
  const isLeft = outcome.kind === 'rejected' && (outcome.postMayRetry || sendsAgain);
  if (as !== undefined && !isLeft) runner.saveState({ kind: 'settled', as });
  return endingReport(outcome, request, settings, saved ? leftToPost(outcome, request, isLeft) : 'untold');
}

/** The time that a login keeps to end a session that must not be exposed, in milliseconds. */
export const KEPT_TO_END_MS = 5_000;

/** Ends a session that a login has just opened; returns undefined if the server did not confirm it. */
export async function endAtOnce(
  request: ReportedRequest<true>,
  { limit, effects }: MainContext,
): Promise<'ended' | 'already-ended' | undefined> {
  const options = { ...DEFAULTS, limit, onCancel: 'hurry' } as const;
  const as = settledAs(await sendWithRetries(sameRequest(request), options, effects));
  return as === 'ended' || as === 'already-ended' ? as : undefined;
}

/** What the vendor said about a session's end; undefined if nothing is settled. */
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

function isCredential({ maxCredentialUses }: ReportedRequest<true>): boolean {
  return maxCredentialUses !== Number.POSITIVE_INFINITY;
}

function leftToPost(
  outcome: Outcome<true>,
  { maxCredentialUses }: ReportedRequest<true>,
  isLeft: boolean,
): LeftToPost {
  if (outcome.kind !== 'unknown') return isLeft ? 'again' : 'nothing';
  return outcome.credentialUses >= maxCredentialUses ? 'no-credential' : 'again';
}
