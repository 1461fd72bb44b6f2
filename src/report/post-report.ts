import type { Outcome } from '../exchange/outcome.ts';
import type { Settings } from '../inputs/settings.ts';
import type { SessionRequest } from '../requests/session-request.ts';
import { outcomeText } from './outcome-text.ts';
import { type Report, summaryLine } from './report.ts';

const CONSEQUENCE =
  'A session that was not ended lives on until its idle time-out, 30 minutes by default; a JWT session until it expires.';

/** How the post step ended: good news as a line, bad news as the user asked for it. */
export function postReport(outcome: Outcome, request: SessionRequest, settings: Settings): Report {
  const text = outcomeText(outcome, request);
  const bad = settings.onCleanupFailure === 'fail' ? 'error' : 'warning';
  switch (outcome.kind) {
    case 'ended':
      return { level: 'info', text, summary: summaryLine(settings, 'ended', text) };
    case 'already-ended':
      return { level: 'info', text, summary: summaryLine(settings, 'already ended', text) };
    case 'refused':
      return {
        level: bad,
        text: `${text} ${CONSEQUENCE}`,
        summary: summaryLine(settings, 'not ended', text),
      };
    case 'unknown':
      return {
        level: bad,
        text: `${text} ${CONSEQUENCE}`,
        summary: summaryLine(settings, 'not confirmed', text),
      };
  }
}

/** The state is there but says nothing that can be acted on. */
export function unreadableReport(): Report {
  const text = `The saved state cannot be read, so nothing was sent. ${CONSEQUENCE}`;
  return { level: 'warning', text, summary: '' };
}
