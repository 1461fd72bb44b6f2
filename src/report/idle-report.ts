import type { IdleState, PendingState } from '../state.ts';
import { errorName, postLine, type Report } from './report.ts';
import { possiblyOpenText, sessionLifetimeText } from './session-lifetime.ts';
import { ownerText } from './wording.ts';

/** The report of a post step that sends nothing. */
export function idleReport(state: IdleState): Report {
  switch (state.kind) {
    case 'nothing':
      return postLine(
        'info',
        'Nothing to clean up: no state was saved, because the inputs were wrong, the state could not be saved, or the main step was killed at its start.',
      );
    case 'logging-in':
      return postLine(
        state.onCleanupFailure === 'fail' ? 'error' : 'warning',
        `${possiblyOpenText(state.sessions)}: the main step sent a login${ownerText(state.owner)} to ${state.host}, whose response was lost or could not be saved.`,
      );
    case 'settled':
      return postLine('info', `Nothing to clean up: the main step has settled it (${state.as}).`);
    case 'unreadable':
      return unreadableReport();
  }
}

/** There is a saved state, but it cannot be read. */
export function unreadableReport(): Report {
  return postLine(
    'warning',
    `The saved state cannot be read, so nothing was sent. ${sessionLifetimeText('')}`,
  );
}

/** An error that nothing else handles; `state` is undefined if it has not been read. */
export function unexpectedReport(error: unknown, state?: PendingState): Report {
  const failed = `The clean-up failed unexpectedly (${errorName(error)})`;
  if (state?.isEnded) {
    return postLine('warning', `${failed}: the main step ended the session, which could not be verified.`);
  }
  const asks = state?.inputs['on-cleanup-failure'].trim() === 'fail';
  return postLine(asks ? 'error' : 'warning', `${failed}: the session may still be open.`);
}
