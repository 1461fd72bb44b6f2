import { appendFileSync } from 'node:fs';
import { info, setFailed, warning } from '@actions/core';
import { type Report, summaryLine } from '../report/report.ts';
import { onRunnerFile } from './runner-file.ts';

/**
 * Tells the user, and ends the process as soon as all that was printed is out: a socket that will not close must not hold
 * the step.
 */
export function publish({ level, text, headline }: Report): void {
  if (headline !== undefined) appendSummary(summaryLine(headline, text, stepId()));
  process.exitCode = 0;
  switch (level) {
    case 'info':
      info(text);
      break;
    case 'warning':
      warning(text);
      break;
    case 'error':
      setFailed(text);
      break;
  }
  if (process.stdout.writableLength === 0) process.exit();
  process.stdout.write('', () => process.exit());
}

/**
 * Core's `summary` would do, but it loads `fs.promises` and with it `readline` and more: a tenth of the step's run time
 * for one line.
 */
function appendSummary(markdown: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file) onRunnerFile('write the job summary', () => appendFileSync(file, markdown));
}

/** The id that the user gave the step. One without has a name of the runner's, as `__owner_repository`. */
function stepId(): string {
  const id = process.env['GITHUB_ACTION'] ?? '';
  return id.startsWith('__') ? '' : id;
}
