import { type Checked, invalid, problemsOf, valid } from './checked.ts';
import type { InputName, InputValues } from './values.ts';

/** How a step goes about its work, whatever it was asked to end. */
export interface Settings {
  readonly when: 'now' | 'job-end';
  /** The time for everything a step does: main and post have it each. */
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly onCleanupFailure: 'warn' | 'fail';
  readonly summary: boolean;
}

/** The inputs that `readSettings` reads. */
export const SETTINGS_INPUTS = [
  'when',
  'timeout-seconds',
  'allow-already-ended',
  'on-cleanup-failure',
  'summary',
] as const satisfies readonly InputName[];

const MAX_TIMEOUT_SECONDS = 240;

/**
 * Reads the settings. An empty value means the default: an expression that expands to nothing
 * reaches the action as an empty string, and the runner fills in no default then.
 */
export function readSettings(values: InputValues): Checked<Settings> {
  const when = choice(values, 'when', ['now', 'job-end'], 'now');
  const timeoutMs = timeout(values);
  const allowAlreadyEnded = yesOrNo(values, 'allow-already-ended', false);
  const onCleanupFailure = choice(values, 'on-cleanup-failure', ['warn', 'fail'], 'warn');
  const summary = yesOrNo(values, 'summary', true);
  if (when.ok && timeoutMs.ok && allowAlreadyEnded.ok && onCleanupFailure.ok && summary.ok) {
    return valid({
      when: when.value,
      timeoutMs: timeoutMs.value,
      allowAlreadyEnded: allowAlreadyEnded.value,
      onCleanupFailure: onCleanupFailure.value,
      summary: summary.value,
    });
  }
  return problemsOf(when, timeoutMs, allowAlreadyEnded, onCleanupFailure, summary);
}

/** Reads an input that takes one word of a few. Without a `fallback` the input is required. */
export function choice<T extends string>(
  values: InputValues,
  name: InputName,
  accepted: readonly T[],
  fallback?: T,
): Checked<T> {
  const given = values[name].trim();
  const word = given === '' ? fallback : accepted.find((candidate) => candidate === given);
  if (word !== undefined) return valid(word);
  const problem = given === '' ? 'is missing' : 'is none of the accepted words';
  return invalid(`${name} ${problem}: give ${accepted.join(' or ')}.`);
}

function yesOrNo(values: InputValues, name: InputName, fallback: boolean): Checked<boolean> {
  switch (values[name].trim().toLowerCase()) {
    case '':
      return valid(fallback);
    case 'true':
      return valid(true);
    case 'false':
      return valid(false);
    default:
      return invalid(`${name} is neither true nor false: give one of the two.`);
  }
}

function timeout(values: InputValues): Checked<number> {
  const given = values['timeout-seconds'].trim() || '60';
  const seconds = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS
    ? valid(seconds * 1000)
    : invalid(`timeout-seconds is not a whole number from 1 to ${MAX_TIMEOUT_SECONDS}.`);
}
