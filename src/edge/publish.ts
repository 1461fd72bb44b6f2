import { appendFileSync } from 'node:fs';
import { info, setFailed, warning } from '@actions/core';
import { type Report, summaryLine } from '../report/report.ts';
import { onRunnerFile } from './runner-file.ts';

/** Tells the user, and ends the process once everything is printed, because an open socket must not hold the step. */
export function publish({ level, text, inSummary }: Report): void {
  if (inSummary) appendSummary(summaryLine(text, stepId()));
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

/** Core's `summary` loads `fs.promises` and more: a tenth of the step's run time for one line. */
function appendSummary(markdown: string): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file) onRunnerFile('write the job summary', () => appendFileSync(file, markdown));
}

/** The id that the user gave the step. Without one, the runner names the step, for example `__owner_repository`. */
function stepId(): string {
  const id = process.env['GITHUB_ACTION'] ?? '';
  return id.startsWith('__') ? '' : id;
}
