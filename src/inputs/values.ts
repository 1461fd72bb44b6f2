/** The inputs as `action.yml` declares them. */
export const INPUT_NAMES = [
  'mode',
  'when',
  'api-version',
  'server-url',
  'session-id',
  'login-url',
  'username',
  'password',
  'organization-id',
  'oauth-token',
  'audience',
  'session-id-variable',
  'server-url-variable',
  'access-token',
  'access-token-variable',
  'verify',
  'timeout-seconds',
  'allow-already-ended',
  'on-cleanup-failure',
  'trusted-hosts',
  'summary',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

/** The defaults in `action.yml`. A test compares them. */
export const INPUT_DEFAULTS = {
  when: 'now',
  'api-version': '2',
  'access-token': 'false',
  verify: 'auto',
  'timeout-seconds': '60',
  'allow-already-ended': 'false',
  'on-cleanup-failure': 'warn',
  summary: 'true',
} as const satisfies Partial<Record<InputName, string>>;

/** What the user wrote, untouched. An input that was not given is the empty string. */
export type InputValues = Readonly<Record<InputName, string>>;

/** Reads each input with `read`. */
export function inputValues(read: (name: InputName) => string): InputValues {
  return record(INPUT_NAMES, read);
}

/** Whether an input has a value other than its default. The runner fills the default in, so a value equal to it says nothing. */
export function isGiven(values: InputValues, name: InputName): boolean {
  const defaults: Partial<Record<InputName, string>> = INPUT_DEFAULTS;
  const text = values[name].trim();
  return text !== '' && text.toLowerCase() !== defaults[name];
}

function record<K extends string>(names: readonly K[], read: (name: K) => string): Record<K, string>;
function record(names: readonly string[], read: (name: string) => string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** Removes these characters from the end of a text. (`/x+$/` needs minutes for a long run of them in the middle.) */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
