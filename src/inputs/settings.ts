import { all, type Checked, invalid, valid } from './checked.ts';
import { choice, yesOrNo } from './choices.ts';
import { INPUT_DEFAULTS, type InputValues } from './values.ts';

/** The settings of a step, whatever its mode. */
export interface Settings {
  readonly when: 'now' | 'job-end';
  /** The time for everything that a step does, in milliseconds. The main step and the post step have it each. */
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly onCleanupFailure: 'warn' | 'fail';
  readonly summary: boolean;
}

const MAX_TIMEOUT_SECONDS = 240;

/**
 * Reads the settings. An empty value means the default, because an expression that expands to nothing reaches the action as an
 * empty string, and the runner does not fill in the default then.
 */
export function readSettings(values: InputValues): Checked<Settings> {
  return all<Settings>({
    when: choice(values, 'when', ['now', 'job-end'], INPUT_DEFAULTS.when),
    timeoutMs: timeout(values),
    allowAlreadyEnded: yesOrNo(values, 'allow-already-ended'),
    onCleanupFailure: choice(
      values,
      'on-cleanup-failure',
      ['warn', 'fail'],
      INPUT_DEFAULTS['on-cleanup-failure'],
    ),
    summary: yesOrNo(values, 'summary'),
  });
}

function timeout(values: InputValues): Checked<number> {
  const given = values['timeout-seconds'].trim() || INPUT_DEFAULTS['timeout-seconds'];
  const seconds = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS
    ? valid(seconds * 1000)
    : invalid(`timeout-seconds is not a whole number from 1 to ${MAX_TIMEOUT_SECONDS}.`);
}

/** Whether the job summary gets a line if the inputs are wrong. A wrong `summary` counts as its default. */
export function summaryWanted(values: InputValues): boolean {
  const summary = yesOrNo(values, 'summary');
  return !summary.ok || summary.value;
}
