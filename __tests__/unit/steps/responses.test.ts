import { expect, test } from '@jest/globals';
import type { Mode } from '../../action/support.ts';
import { expectedInPost, expectedNow, isSettled } from '../responses/outcomes.ts';
import { EXPECTED, type Expected } from '../responses/rows.ts';
import { jobThatMeets, observed } from './table-job.ts';

interface Meeting {
  readonly expected: Expected;
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly onFailure: 'warn' | 'fail';
}

// `classify.test.ts` has every row. Here each body is played once, and each status with each meaning.
const played = new Set<string>();
const rows = EXPECTED.filter(({ row, logout, logoutall }) => {
  const [, status = '', body = ''] = /^(HTTP \d+), (.*), [^,]*$/.exec(row.name) ?? [];
  const keys = [body, [status, logout, logoutall].join()].filter((key) => !played.has(key));
  for (const key of keys) played.add(key);
  return keys.length > 0;
});

// Every request of a job gets the row's response, as from something in front of the server. Each row is met by main in one
// mode and, if it settles the request, by post in the other mode.
const meetings: readonly Meeting[] = rows.flatMap((expected, index) => {
  const [one, other] =
    index % 2 === 0 ? (['logout', 'logoutall'] as const) : (['logoutall', 'logout'] as const);
  const now: Meeting = { expected, mode: one, when: 'now', onFailure: index % 4 < 2 ? 'fail' : 'warn' };
  const inPost: Meeting = { expected, mode: other, when: 'job-end', onFailure: 'fail' };
  return isSettled(expected[other]) ? [now, inPost] : [now];
});

test.each(['now', 'job-end'] as const)(
  'when: %s, what a user sees of each row of the table',
  async (requests) => {
    const seen: unknown[] = [];
    const wanted: unknown[] = [];
    for (const { expected, mode, when, onFailure } of meetings.filter(({ when }) => when === requests)) {
      const { name } = expected.row;
      const inputs = { 'on-cleanup-failure': onFailure };
      seen.push({ name, mode, ...observed(await jobThatMeets(mode, () => expected.row, { when, inputs })) });
      const outcome =
        when === 'now' ? expectedNow(expected[mode], mode, onFailure) : expectedInPost(expected[mode]);
      wanted.push({ name, mode, ...outcome });
    }
    expect(seen).toEqual(wanted);
  },
);
