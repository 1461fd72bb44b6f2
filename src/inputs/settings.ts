import { all, type Checked, invalid, valid } from './checked.ts';
import { choice, yesOrNo } from './choices.ts';
import type { InputValues } from './values.ts';

/** How a step goes about its work, whatever it was asked to end. */
export interface Settings {
  readonly when: 'now' | 'job-end';
  /** The time for everything a step does: main and post have it each. */
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly onCleanupFailure: 'warn' | 'fail';
  readonly summary: boolean;
}

const MAX_TIMEOUT_SECONDS = 240;

/**
 * Reads the settings. An empty value means the default: an expression that expands to nothing
 * reaches the action as an empty string, and the runner fills in no default then.
 */
export function readSettings(values: InputValues): Checked<Settings> {
  return all<Settings>({
    when: choice(values, 'when', ['now', 'job-end'], 'now'),
    timeoutMs: timeout(values),
    allowAlreadyEnded: yesOrNo(values, 'allow-already-ended', false),
    onCleanupFailure: choice(values, 'on-cleanup-failure', ['warn', 'fail'], 'warn'),
    summary: yesOrNo(values, 'summary', true),
  });
}

function timeout(values: InputValues): Checked<number> {
  const given = values['timeout-seconds'].trim() || '60';
  const seconds = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS
    ? valid(seconds * 1000)
    : invalid(`timeout-seconds is not a whole number from 1 to ${MAX_TIMEOUT_SECONDS}.`);
}
