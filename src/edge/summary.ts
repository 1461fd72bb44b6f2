import { appendFileSync } from 'node:fs';
import { attempt } from './attempt.ts';

/**
 * Appends Markdown to the job summary. Core's `summary` would do, but it loads `fs.promises` and with it
 * `readline` and more: a tenth of the step's run time for one line.
 */
export function appendSummary(markdown: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (markdown !== '' && file) attempt('write the job summary', () => appendFileSync(file, markdown));
}
