import type { Outcome } from '../exchange/outcome.ts';
import type { LeftToPost } from '../report/main-report.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { SettledAs } from '../state.ts';

/** What the vendor said of a session's end, for the post step; undefined where it is not settled. */
export function settledAs(outcome: Outcome<true>): SettledAs | undefined {
  switch (outcome.kind) {
    case 'success':
      return 'ended';
    case 'session-gone':
      return outcome.possiblyByUs ? 'ended' : 'already-ended';
    case 'rejected':
      return 'rejected';
    case 'unknown':
      return undefined;
  }
}

/** What the post step can do where nothing is settled. */
export function leftToPost(
  outcome: Outcome<true>,
  { maxCredentialUses }: ReportedRequest<true>,
  postKnows: boolean,
): LeftToPost {
  if (!postKnows) return 'untold';
  return outcome.kind === 'unknown' && outcome.credentialUses >= maxCredentialUses ? 'nothing-more' : 'again';
}
