import { truncateSync } from 'node:fs';
import { getInput, info, saveState, setFailed, setOutput, setSecret } from '@actions/core';
import { inputValues } from '../inputs/values.ts';
import type { MainReport } from '../report/main-report.ts';
import { STATE_NAME, writeState } from '../state.ts';
import type { MainRunner } from '../steps/main-step.ts';
import { attempt } from './attempt.ts';
import { appendSummary } from './summary.ts';

/** The runner, by way of `@actions/core`. */
export const mainRunner: MainRunner = {
  // Untrimmed: a password may begin or end with a blank.
  readInputs: () => inputValues((name) => getInput(name, { trimWhitespace: false })),
  mask: setSecret,
  saveState: (state) => {
    const file = process.env['GITHUB_STATE'];
    // Without the file core would print the state, secrets and all.
    if (!file) return false;
    return attempt('save the state', () => {
      // What was saved before holds secrets, and core only appends.
      truncateSync(file);
      saveState(STATE_NAME, writeState(state));
    });
  },
  info,
};

/** Sets the outputs before it fails the step, so that `continue-on-error` leaves something to look at. */
export function publishMain({ outputs, summary, level, text }: MainReport): void {
  attempt('set the outputs', () => {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  });
  appendSummary(summary);
  switch (level) {
    case 'info':
      info(text);
      break;
    case 'error':
      setFailed(text);
      break;
  }
}
