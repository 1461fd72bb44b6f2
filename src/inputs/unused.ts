import { INPUT_NAMES, type InputName, type InputValues, isGiven } from './values.ts';

/** What makes an input have no effect: the mode, or another input. */
export type NoEffect = 'mode' | 'version-2' | 'login-url' | 'password' | 'oauth-token';

/** The inputs that have no effect, and why. */
export type UnusedInputs = Readonly<Partial<Record<InputName, NoEffect>>>;

const WITH: Readonly<Record<Exclude<NoEffect, 'mode'>, string>> = {
  'version-2': 'with api-version: 2',
  'login-url': 'with login-url',
  password: 'with username and password',
  'oauth-token': 'with oauth-token',
};

/** A line that names the inputs that were given without any effect, never their values; none if there are none. */
export function unusedNotes(values: InputValues, unused: UnusedInputs): readonly string[] {
  const namesByText = new Map<string, string[]>();
  for (const name of INPUT_NAMES) {
    const why = unused[name];
    if (why === undefined || !isGiven(values, name)) continue;
    const text = `no effect ${why === 'mode' ? `in mode: ${values.mode.trim()}` : WITH[why]}`;
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join(', ')}: ${text}`);
  return parts.length === 0 ? [] : [`${parts.join('; ')}.`];
}
