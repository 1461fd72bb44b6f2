import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { ServerError } from '../responses/server-text.ts';
import { outcomeText } from './outcome-text.ts';
import { type RequestContext, reasonText } from './reason-text.ts';
import { errorName, type Report } from './report.ts';
import { unchangedVariables } from './session-lifetime.ts';
import { subjectText } from './wording.ts';

/** The outputs of the main step, as `action.yml` declares them. */
type Outputs = Readonly<
  Record<'result' | 'attempts' | 'status-code' | 'error-code' | 'error-message', string>
>;

/** What main leaves to post: to try again; nothing, because it is settled, the credential is used up, or the state was not saved. */
export type LeftToPost = 'again' | 'nothing' | 'no-credential' | 'untold';

const NOTHING_SAID = { 'status-code': '', 'error-code': '', 'error-message': '' };

/** The inputs are wrong: nothing was sent, and nothing is left to the post step. `alreadySet`: see `unchangedVariables`. */
export function inputsReport(
  problems: readonly string[],
  alreadySet: readonly string[],
  inSummary: boolean,
): Report {
  const lines = ['Wrong inputs, so nothing was sent:', ...problems.map((problem) => `- ${problem}`)];
  const text = [...lines, ...unchangedVariables(alreadySet)].join('\n');
  const outputs: Outputs = { ...NOTHING_SAID, result: 'failed', attempts: '0', 'error-message': text };
  return { level: 'error', text, inSummary, outputs };
}

/** `when: job-end`: the post step does the work. */
export function scheduledReport(request: ReportedRequest<unknown>): Report {
  const text = `Scheduled: the post step will end ${subjectText(request)} after all other steps.`;
  const outputs: Outputs = { ...NOTHING_SAID, result: 'scheduled', attempts: '0' };
  return { level: 'info', text, inSummary: false, outputs };
}

/** An error that nothing else handles. */
export function unexpectedReport(error: unknown): Report {
  const text = `The action failed unexpectedly (${errorName(error)}).`;
  return { level: 'error', text, inSummary: true, outputs: {} };
}

/** How the main step's exchange ended. */
export function endingReport(
  outcome: Outcome<true>,
  request: ReportedRequest<true>,
  settings: Settings,
  left: LeftToPost,
): Report {
  const text = outcomeText(outcome, request);
  const said = { inSummary: true, outputs: outputsOf(outcome, request, text) };
  switch (outcome.kind) {
    case 'success':
      return { level: 'info', text, ...said };
    case 'session-gone': {
      if (outcome.possiblyByUs) return { level: 'info', text, ...said };
      const advice =
        'The session ID may also be wrong, or from another organization. If it is right and this is no failure for you, set ' +
        'allow-already-ended: true. The post step has nothing left to do.';
      return settings.allowAlreadyEnded
        ? { level: 'info', text, ...said }
        : { level: 'error', text: `${text} ${advice}`, ...said };
    }
    case 'rejected':
    case 'unknown':
      return { level: 'error', text: `${text} ${LEFT[left]}`, ...said };
  }
}

const LEFT: Readonly<Record<LeftToPost, string>> = {
  again: 'The post step will try again.',
  nothing: 'The post step will not try again.',
  'no-credential': 'The post step will not send the password again.',
  untold: 'The post step cannot try again, because the state could not be saved.',
};

function outputsOf(outcome: Outcome<true>, request: ReportedRequest<true>, text: string): Outputs {
  const attempts = String(outcome.attempts);
  if (outcome.kind === 'success') {
    return { ...NOTHING_SAID, result: 'ended', attempts, 'status-code': String(outcome.statusCode) };
  }
  if (outcome.kind !== 'session-gone') return failureOutputs(outcome, request, text);
  return outcome.possiblyByUs
    ? { ...said(outcome, ''), result: 'ended', attempts }
    : { ...said(outcome, text), result: 'already-ended', attempts };
}

/** The outputs of a step whose request did not succeed. `text` says what went wrong. */
export function failureOutputs<T>(
  outcome: Exclude<Outcome<T>, { kind: 'success' }>,
  context: RequestContext,
  text: string,
): Outputs {
  const failed = { result: 'failed', attempts: String(outcome.attempts) };
  if (outcome.kind !== 'unknown') return { ...said(outcome, text), ...failed };
  const { reason } = outcome;
  if (reason === undefined) return { ...NOTHING_SAID, 'error-message': text, ...failed };
  const why = reasonText(reason, context);
  return reason.kind === 'network'
    ? { ...NOTHING_SAID, 'error-message': why, ...failed }
    : { ...said({ error: undefined, ...reason }, why), ...failed };
}

function said(
  { statusCode, error }: { readonly statusCode: number; readonly error: ServerError | undefined },
  otherwise: string,
) {
  return {
    'status-code': String(statusCode),
    'error-code': error?.code ?? '',
    'error-message': error?.description || otherwise,
  };
}

/** Nothing can be left to the post step, so the main step does the work now. */
export const NOT_SCHEDULED =
  'The state for the post step could not be saved, so this step ends the session now.';
