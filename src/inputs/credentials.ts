import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';
import { trimEnd } from './values.ts';

const NAME_FORM = 'give the Informatica Intelligent Cloud Services user name';
const PASSWORD_FORM = 'give the Informatica Intelligent Cloud Services password';

/** Reads `username`; blanks around it are left out. */
export function readUsername(given: string): Checked<string> {
  const name = given.trim();
  if (name === '') return invalid(`username is missing: ${NAME_FORM}.`);
  const mistaken = mistakenFor(name);
  // A name may have blanks in it.
  return mistaken === undefined || mistaken === 'several words'
    ? valid(name)
    : invalid(`username is ${mistaken}: ${NAME_FORM}.`);
}

/** Reads `password`. Blanks in it stay, but for the line end that a secret made from a file has. */
export function readPassword(given: string): Checked<string> {
  const password = withoutLineEnd(given);
  if (password.trim() === '') return invalid(`password is missing: ${PASSWORD_FORM}.`);
  if (password.includes('${{')) {
    return invalid(`password still holds an unexpanded expression ("\${{"): ${PASSWORD_FORM}.`);
  }
  if (/[\r\n]/.test(password)) return invalid(`password has a line break in it: ${PASSWORD_FORM}.`);
  return valid(password);
}

/** What is to be said of a password that is not sent as it was given; nothing otherwise. */
export function passwordNotes(given: string): readonly string[] {
  return withoutLineEnd(given) === given
    ? []
    : ['The password ends in a line break, as a secret made from a file does: it is sent without it.'];
}

/** The password as given and as it is sent. */
export function passwordsIn(given: string): readonly string[] {
  return given.trim() === '' ? [] : [given, withoutLineEnd(given)];
}

function withoutLineEnd(given: string): string {
  return trimEnd(given, '\r\n');
}
