import type { Effects } from '../exchange/effects.ts';
import { sendWithRetries } from '../exchange/exchange.ts';
import { DEFAULTS, MAX_CREDENTIAL_REQUESTS, sameRequest } from '../exchange/retry-options.ts';
import { TimeLimit } from '../exchange/time-limit.ts';
import { unreadableReport } from '../report/idle-report.ts';
import { retryText } from '../report/outcome-text.ts';
import { endedInMainReport, postReport } from '../report/post-report.ts';
import { type Report, withSummary } from '../report/report.ts';
import { validateInputs } from '../requests/validate-inputs.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { OpenedSession, PendingState } from '../state.ts';
import { Verifier } from './verifier.ts';

/** The post step that has something to do. It knows only what main validated and saved. */
export async function postStep(
  state: PendingState,
  info: (line: string) => void,
  effects: Effects,
): Promise<Report> {
  const startedMs = effects.clock.nowMs();
  const validated = validateInputs(state.inputs);
  if (!validated.ok || validated.value.task.kind !== 'end') return unreadableReport();
  const { settings, task, trusted } = validated.value;
  const request = ofLogin(task.request, state.opened);
  const sessionId = state.inputs['session-id'].trim();
  const limit = new TimeLimit(startedMs + settings.timeoutMs, effects.clock, effects.cancelled);
  const verifier = new Verifier(state.opened, sessionId, trusted, limit, effects);
  const ifAlive = state.opened?.ifAlive ?? 'line';
  if (state.isEnded) {
    const verification = await verifier.check();
    if (verification.kind !== 'still-valid') {
      return withSummary(endedInMainReport(verification, ifAlive), settings);
    }
  }
  const outcome = await sendWithRetries(
    sameRequest(request),
    {
      ...DEFAULTS,
      limit,
      onCancel: 'hurry',
      credential: {
        uses: state.credentialUses,
        requests: state.credentialRequests,
        maxRequests: MAX_CREDENTIAL_REQUESTS.job,
      },
      onRetry: (...attempt) => info(retryText(request, ...attempt)),
      review: verifier.review,
    },
    effects,
  );
  const verification = await verifier.verify(outcome);
  const ending = { outcome, verification, said: verifier.said, ifAlive } as const;
  return withSummary(postReport(ending, request, settings, sessionId), settings);
}

/** A logout after a login names its session, and mentions no input that the user did not give. */
function ofLogin(request: ReportedRequest<true>, opened: OpenedSession | undefined): ReportedRequest<true> {
  return opened === undefined ? request : { ...request, owner: opened.owner, urlInput: undefined };
}
