import { expect, test } from '@jest/globals';
import { Job } from '../../runner/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import { type Meaning, type Row, rows } from './responses.ts';
import {
  actionDirectory,
  between,
  IMPATIENT,
  inputsToEnd,
  type Mode,
  outcomeOf,
  pipeline,
} from './support.ts';

/** Most of the time a job waits, so more of them than there are cores. */
const AT_ONCE = 12;

interface Meeting {
  readonly row: Row;
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly onFailure: 'warn' | 'fail';
}

// Every request of a job gets the row's answer, as from something that stands before the server. What is settled
// by main is met by post in a job of its own, in one mode, turn and turn about; where it means the same to both modes,
// that is all that this mode meets.
const meetings: readonly Meeting[] = rows.flatMap((row, index) => {
  const [even, odd] =
    index % 2 === 0 ? (['logout', 'logoutall'] as const) : (['logoutall', 'logout'] as const);
  const inMain = (mode: Mode, onFailure: 'warn' | 'fail'): Meeting => ({ row, mode, when: 'now', onFailure });
  if (!isSettled(row[even])) return [inMain(even, 'fail'), inMain(odd, 'warn')];
  const inPost: Meeting = { row, mode: even, when: 'job-end', onFailure: 'fail' };
  return row[even] === row[odd]
    ? [inMain(odd, 'warn'), inPost]
    : [inMain(even, 'fail'), inMain(odd, 'warn'), inPost];
});

let begun: readonly Promise<Observed>[] | undefined;

test.each(meetings.map((meeting, index) => [titleOf(meeting), meeting, index] as const))(
  '%s',
  async (_title, { row, mode, when, onFailure }, index) => {
    begun ??= begin(meetings);
    const expected = when === 'now' ? expectedNow(row[mode], mode, onFailure) : expectedInPost(row[mode]);
    expect(await begun[index]).toEqual(expected);
  },
);

interface Observed {
  readonly main: string;
  readonly exitCode: number | null;
  readonly result: string | undefined;
  readonly requests: unknown;
  readonly post: string;
  readonly postExitCode: number | null;
  readonly postRequests: unknown;
  readonly open: number;
}

async function meet({ row, mode, when, onFailure }: Meeting): Promise<Observed> {
  const cloud = await startSimulator();
  const job = new Job({ actionDirectory, ...IMPATIENT });
  try {
    const session = cloud.openSession(pipeline);
    cloud.setFaults(() => row.fault);
    // Where the time is spent, as little as allows of several attempts.
    const seconds = isEndless(row[mode], mode) ? '3' : '10';
    const settings = { when, 'timeout-seconds': seconds, 'on-cleanup-failure': onFailure };
    const step = job.start(
      mode === 'logout'
        ? inputsToEnd(session, cloud, settings)
        : { mode, 'login-url': cloud.loginUrl, ...pipeline, ...settings },
    );
    const main = await step.finished;
    const { length: requests } = cloud.requests;
    const post = await job.startPost(step).finished;
    expect(main.stderr + post.stderr).toBe('');
    return {
      main: outcomeOf(main),
      exitCode: main.exitCode,
      result: main.outputs['result'],
      requests,
      post: outcomeOf(post),
      postExitCode: post.exitCode,
      postRequests: cloud.requests.length - requests,
      open: cloud.openSessions().length,
    };
  } finally {
    await job.dispose();
    await cloud.close();
  }
}

function expectedNow(meaning: Meaning, mode: Mode, onFailure: 'warn' | 'fail'): Observed {
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
        main: 'Error: Not confirmed as ended',
        exitCode: 1,
        result: 'failed',
        requests,
        post: `${onFailure === 'fail' ? 'Error' : 'Warning'}: Not confirmed as ended`,
        postExitCode: onFailure === 'fail' ? 1 : 0,
        postRequests,
        open: 1,
      };
    }
  }
}

type Unsettled = Exclude<Meaning, 'ended' | 'already-ended' | 'refused' | 'refused-for-now'>;

/** How many requests main and post may send while they get nothing but this answer. */
function mayBeSent(meaning: Unsettled, mode: Mode): readonly [main: unknown, post: unknown] {
  // On a busy machine there may be no time for more; post is not quiet at least.
  const untilTimeIsSpent = [between(2, 60), between(1, 60)] as const;
  switch (meaning) {
    case 'not-now':
      return untilTimeIsSpent;
    case 'unknown':
      return mode === 'logout' ? untilTimeIsSpent : [3, 0];
    case 'unclear':
      return mode === 'logout' ? [6, 6] : [3, 0];
    case 'unclear-4xx':
      // Of the three that logoutall has in a job, one is left for the post step.
      return mode === 'logout' ? [2, 2] : [2, between(0, 1)];
    case 'not-again':
      return [1, 0];
    case 'redirect':
      return [1, 1];
  }
}

function expectedInPost(meaning: Meaning): Observed {
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

function isSettled(meaning: Meaning): boolean {
  return meaning === 'ended' || meaning === 'already-ended' || meaning === 'refused';
}

function isEndless(meaning: Meaning, mode: Mode): boolean {
  return meaning === 'not-now' || (meaning === 'unknown' && mode === 'logout');
}

function titleOf({ row, mode, when }: Meeting): string {
  return `${row.name}, to ${mode}${when === 'now' ? '' : ' in post'}: ${row[mode]}`;
}

/** Begins all of them, so many at once, in their order. */
function begin(all: readonly Meeting[]): readonly Promise<Observed>[] {
  const running: Promise<unknown>[] = [];
  return all.map((meeting, index) => {
    const before = running[index - AT_ONCE] ?? Promise.resolve();
    const observed = before.then(() => meet(meeting));
    // Whatever comes of it, its test is told; the queue goes on.
    running.push(Promise.allSettled([observed]));
    return observed;
  });
}
