import { statSync, truncateSync } from 'node:fs';
import { warning } from '@actions/core';
import { errorName } from './error-name.ts';

/**
 * Runs an effect on the runner's files. If it fails, say on a full disk, it warns and returns false:
 * how the session ended matters more than where that is written down.
 */
export function onRunnerFile(what: string, effect: () => void): boolean {
  try {
    effect();
    return true;
  } catch (error) {
    warning(`Could not ${what} (${errorName(error)}).`);
    return false;
  }
}

/** Appends to a file, all or nothing: the half of a value would take those before it along. */
export function append(file: string, write: () => void): void {
  const { size } = statSync(file);
  try {
    write();
  } catch (error) {
    truncateSync(file, size);
    throw error;
  }
}
