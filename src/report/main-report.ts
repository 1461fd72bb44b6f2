import type { Outcome } from '../exchange/outcome.ts';
import type { ServerError, UnknownReason } from '../exchange/verdict.ts';
import type { Settings } from '../inputs/settings.ts';
import type { SessionRequest } from '../requests/session-request.ts';
import { outcomeText, reasonText } from './outcome-text.ts';
import { type Outputs, type Report, summaryLine } from './report.ts';

/** What the main step says and sets. It succeeds exactly when the level is `info`. */
export interface MainReport extends Report {
  readonly level: 'info' | 'error';
  readonly outputs: Outputs;
}

/** The inputs are wrong: nothing was sent, and nothing is left to the post step. */
export function inputsReport(problems: readonly string[]): MainReport {
  const text = `Wrong inputs, so nothing was sent:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
  return {
    level: 'error',
    text,
    summary: '',
    outputs: { ...NOTHING_SAID, result: 'failed', attempts: '0', 'error-message': text },
  };
}

/** `when: job-end`: the work is the post step's. */
export function scheduledReport(request: SessionRequest): MainReport {
  return {
    level: 'info',
    text: `Scheduled: the post step will end ${request.subject} on ${request.host} after all other steps.`,
    summary: '',
    outputs: { ...NOTHING_SAID, result: 'scheduled', attempts: '0' },
  };
}

/** How the exchange ended. */
export function outcomeReport(
  outcome: Outcome,
  request: SessionRequest,
  settings: Settings,
  postKnows: boolean,
): MainReport {
  const text = outcomeText(outcome, request);
  const attempts = String(outcome.attempts);
  switch (outcome.kind) {
    case 'ended':
      return {
        level: 'info',
        text,
        summary: summaryLine(settings, 'ended', text),
        outputs: { ...NOTHING_SAID, result: 'ended', attempts, 'status-code': String(outcome.statusCode) },
      };
    case 'already-ended': {
      const allowed = settings.allowAlreadyEnded;
      const hint =
        'Set allow-already-ended: true if that is no failure to you. The post step has nothing left to do.';
      return {
        level: allowed ? 'info' : 'error',
        text: allowed ? text : `${text} ${hint}`,
        summary: summaryLine(settings, 'already ended', text),
        outputs: {
          ...said(outcome.statusCode, outcome.error, allowed ? '' : text),
          result: 'already-ended',
          attempts,
        },
      };
    }
    case 'refused': {
      const error = outcome.reason.kind === 'error-object' ? outcome.reason.error : undefined;
      return {
        level: 'error',
        text: `${text} The post step will not try again.`,
        summary: summaryLine(settings, 'not ended', text),
        outputs: { ...said(outcome.statusCode, error, text), result: 'failed', attempts },
      };
    }
    case 'unknown':
      return {
        level: 'error',
        text: `${text} ${postKnows ? 'The post step will try again.' : 'The post step could not be told of it.'}`,
        summary: summaryLine(settings, 'not confirmed', text),
        outputs: { ...unknownSaid(outcome.reason, request, text), result: 'failed', attempts },
      };
  }
}

const NOTHING_SAID = { 'status-code': '', 'error-code': '', 'error-message': '' } as const;

function said(statusCode: number, error: ServerError | undefined, otherwise = '') {
  return {
    'status-code': String(statusCode),
    'error-code': error?.code ?? '',
    'error-message': error?.description || otherwise,
  };
}

function unknownSaid(reason: UnknownReason | undefined, request: SessionRequest, otherwise: string) {
  if (reason === undefined) return { ...NOTHING_SAID, 'error-message': otherwise };
  if (reason.kind === 'network') return { ...NOTHING_SAID, 'error-message': reasonText(reason, request) };
  const error = reason.kind === 'status' ? reason.error : undefined;
  return said(reason.statusCode, error, reasonText(reason, request));
}
