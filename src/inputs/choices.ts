import { type Checked, invalid, valid } from './checked.ts';
import { INPUT_DEFAULTS, type InputName, type InputValues } from './values.ts';

/** Reads an input that accepts one of a few words. Without a `fallback` the input is required. */
export function choice<T extends string>(
  values: InputValues,
  name: InputName,
  accepted: readonly T[],
  fallback?: T,
): Checked<T> {
  const given = values[name].trim();
  const word = given === '' ? fallback : accepted.find((candidate) => candidate === given);
  if (word !== undefined) return valid(word);
  return invalid(`${name} ${problemWith(given, accepted)}: give ${listText(accepted)}.`);
}

function problemWith(given: string, accepted: readonly string[]): string {
  if (given === '') return 'is missing';
  return accepted.includes(given.toLowerCase())
    ? 'is not written in lower case'
    : 'is not one of the accepted words';
}

/** `a, b or c`. */
function listText(words: readonly string[]): string {
  return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

/** Reads an input that is true or false. */
export function yesOrNo(
  values: InputValues,
  name: 'access-token' | 'allow-already-ended' | 'summary',
): Checked<boolean> {
  switch (values[name].trim().toLowerCase() || INPUT_DEFAULTS[name]) {
    case 'true':
      return valid(true);
    case 'false':
      return valid(false);
    default:
      return invalid(`${name} is neither true nor false: give true or false.`);
  }
}

export type ApiVersion = 2 | 3;

/** Reads `api-version`; people write `v2` too. */
export function readApiVersion(values: InputValues): Checked<ApiVersion> {
  switch (values['api-version'].trim().toLowerCase() || INPUT_DEFAULTS['api-version']) {
    case '2':
    case 'v2':
      return valid(2);
    case '3':
    case 'v3':
      return valid(3);
    default:
      return invalid('api-version is neither 2 nor 3: give 2 or 3.');
  }
}

/** Checks that `logoutall` is not asked for in version 3, where the vendor documents none. */
export function withoutVersion3(values: InputValues): Checked<undefined> {
  const version = readApiVersion(values);
  if (!version.ok) return version;
  return version.value === 2
    ? valid(undefined)
    : invalid('api-version 3 has no logoutall: leave api-version out, because only version 2 offers it.');
}
