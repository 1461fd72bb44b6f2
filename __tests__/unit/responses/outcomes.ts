import { between, type Mode } from '../../action/support.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import type { Meaning } from './rows.ts';

/** What a user sees of a job. */
export interface Observed {
  readonly main: string;
  readonly exitCode: number | null;
  readonly result: string | undefined;
  readonly requests: unknown;
  readonly post: string;
  readonly postExitCode: number | null;
  readonly postRequests: unknown;
  readonly open: number;
}

/** What a user sees whose main and post meet nothing else. */
export function expectedNow(meaning: Meaning, mode: Mode, onFailure: 'warn' | 'fail'): Observed {
  const quiet = { requests: 1, post: 'Nothing to clean up', postExitCode: 0, postRequests: 0 };
  switch (meaning) {
    case 'ended':
      return { main: 'Ended', exitCode: 0, result: 'ended', ...quiet, open: 0 };
    case 'already-ended':
      return { main: 'Error: Already ended', exitCode: 1, result: 'already-ended', ...quiet, open: 1 };
    case 'refused':
      return { main: 'Error: Not ended', exitCode: 1, result: 'failed', ...quiet, open: 1 };
    case 'refused-for-now': {
      const post = `${onFailure === 'fail' ? 'Error' : 'Warning'}: Not ended`;
      const postExitCode = onFailure === 'fail' ? 1 : 0;
      const main = { main: 'Error: Not ended', exitCode: 1, result: 'failed', requests: 1 };
      return { ...main, post, postExitCode, postRequests: 1, open: 1 };
    }
    default: {
      const [requests, postRequests] = mayBeSent(meaning, mode);
      return {
        main: `Error: ${UNCONFIRMED_END}`,
        exitCode: 1,
        result: 'failed',
        requests,
        post: `${onFailure === 'fail' ? 'Error' : 'Warning'}: ${UNCONFIRMED_END}`,
        postExitCode: onFailure === 'fail' ? 1 : 0,
        postRequests,
        open: 1,
      };
    }
  }
}

type Unsettled = Exclude<Meaning, 'ended' | 'already-ended' | 'refused' | 'refused-for-now'>;

/** How many requests main and post may send if each gets this response. */
function mayBeSent(meaning: Unsettled, mode: Mode): readonly [main: unknown, post: unknown] {
  const untilTimeIsSpent = [between(2, 60), between(1, 60)] as const;
  switch (meaning) {
    case 'not-now':
      return untilTimeIsSpent;
    case 'unknown':
      return mode === 'logout' ? untilTimeIsSpent : [3, 0];
    case 'unclear':
      return mode === 'logout' ? [6, 6] : [3, 0];
    case 'unclear-4xx':
      // logoutall has three requests in a job, and keeps one for the post step.
      return mode === 'logout' ? [2, 2] : [2, 1];
    case 'not-again':
      return [1, 0];
    case 'redirect':
      return [1, 1];
  }
}

/** The same for a job whose main only schedules. */
export function expectedInPost(meaning: Meaning): Observed {
  const main = { main: 'Scheduled', exitCode: 0, result: 'scheduled', requests: 0 };
  const post = { postExitCode: 0, postRequests: 1, open: 1 };
  switch (meaning) {
    case 'ended':
      return { ...main, ...post, post: 'Ended', open: 0 };
    case 'already-ended':
      return { ...main, ...post, post: 'Already ended' };
    default:
      return { ...main, ...post, post: 'Error: Not ended', postExitCode: 1 };
  }
}

/** Whether main and post send one request each at most. */
export function isSettled(meaning: Meaning): boolean {
  return meaning === 'ended' || meaning === 'already-ended' || meaning === 'refused';
}
