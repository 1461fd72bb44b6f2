import { warning } from '@actions/core';

/**
 * Runs an effect on the runner's files. If it fails, say on a full disk, it warns and returns false:
 * how the session ended matters more than where that is written down.
 */
export function attempt(what: string, effect: () => void): boolean {
  try {
    effect();
    return true;
  } catch (error) {
    warning(`Could not ${what} (${errorName(error)}).`);
    return false;
  }
}

/** What may be said of an unexpected error: its message could hold anything. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'no error object';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
