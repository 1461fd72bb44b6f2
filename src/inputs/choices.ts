import { type Checked, invalid, valid } from './checked.ts';
import type { InputName, InputValues } from './values.ts';

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
  const problem = given === '' ? 'is missing' : 'is none of the accepted words';
  return invalid(`${name} ${problem}: give ${accepted.join(' or ')}.`);
}

/** Reads an input that is true or false. */
export function yesOrNo(values: InputValues, name: InputName, fallback: boolean): Checked<boolean> {
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

export type ApiVersion = 2 | 3;

/** Reads `api-version`; people write `v2` too. */
export function readApiVersion(values: InputValues): Checked<ApiVersion> {
  switch (values['api-version'].trim().toLowerCase()) {
    case '':
    case '2':
    case 'v2':
      return valid(2);
    case '3':
    case 'v3':
      return valid(3);
    default:
      return invalid('api-version is neither 2 nor 3: give one of the two.');
  }
}

/** Checks that `logoutall` is not asked for in version 3, where the vendor documents none. */
export function withoutVersion3(values: InputValues): Checked<undefined> {
  const version = readApiVersion(values);
  if (!version.ok) return version;
  return version.value === 2
    ? valid(undefined)
    : invalid('api-version 3 has no logoutall: leave it out, for the vendor has it in version 2 alone.');
}

/**
 * Checks that `verify` has its default. `validSessionId` needs the user name, which only the response to a login gives, and a
 * wrong name makes a session look dead.
 */
export function withoutVerify({ verify }: InputValues): Checked<undefined> {
  return ['', 'auto'].includes(verify.trim())
    ? valid(undefined)
    : invalid('verify is for mode: login alone: leave it out.');
}
