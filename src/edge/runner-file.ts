import { statSync, truncateSync } from 'node:fs';
import { warning } from '@actions/core';
import { fileFailureText } from '../report/report.ts';

/**
 * Runs an effect on the runner's files. If it fails, for example on a full disk, it warns and returns false, because the session
 * matters more than the files. `what` says what for: `save the state`.
 */
export function onRunnerFile(what: string, effect: () => void): boolean {
  try {
    effect();
    return true;
  } catch (error) {
    warning(fileFailureText(what, error));
    return false;
  }
}

/** How long the runner's files were before this step wrote to them: something else may have written to them for the same step. */
const sizesAtStart = new Map<string, number>();

/** Appends to a file, all or nothing: half a value would make the runner reject the values before it too. */
export function append(file: string, write: () => void): void {
  const { size } = statSync(file);
  if (!sizesAtStart.has(file)) sizesAtStart.set(file, size);
  try {
    write();
  } catch (error) {
    truncateSync(file, size);
    throw error;
  }
}

/** Replaces all that this step wrote to a file. The old text is removed even if there is no room for the new text. */
export function replace(file: string, write: () => void): void {
  truncateSync(file, sizesAtStart.get(file) ?? statSync(file).size);
  append(file, write);
}
