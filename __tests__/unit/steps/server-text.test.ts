import { describe, expect, test } from '@jest/globals';
import { errorWith } from '../../../proof/responses/table.ts';
import type { StepRecord } from '../../../proof/trial.ts';
import { markupOf } from '../../action/support.ts';
import { LONG, PLAIN, TEXTS, UNFIT } from '../../hostile-texts.ts';
import { at } from '../responses/rows.ts';
import { jobThatMeets, shown } from './table-job.ts';

/** Nothing that a runner or a browser takes for more than text. */
function expectPlain({ log, outputs, summary }: StepRecord): void {
  for (const line of [...log, ...Object.values(outputs)]) {
    expect(line).not.toMatch(UNFIT);
    expect(line).not.toMatch(/::|##\[/);
  }
  expect(markupOf(summary)).toMatch(PLAIN);
  expect(summary.trim()).not.toContain('\n');
}

// `action/server-text.test.ts` has each text in main's outcome, and all of them in the retries of main and of post, over a socket.
describe.each([
  [401, 'AUTH_01', 'Already ended'],
  [400, 'X_1', 'Warning: Not ended'],
])('an error object with %i', (status, code, outcome) => {
  test.each([...TEXTS, LONG])('%j is no command in post', async (message) => {
    const meets = () => at(status, errorWith(code, { message }));
    const { post } = await jobThatMeets('logout', meets, { when: 'job-end', inputs: { summary: 'true' } });
    expect(shown(post)).toBe(outcome);
    expect(post.log.at(-1)).toMatch(new RegExp(`[Tt]he server says ${code} "`));
    expectPlain(post);
  });
});
