import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';
import { trimEnd } from './values.ts';

const NAME_FORM = 'the user name of Informatica Intelligent Cloud Services';
const PASSWORD_FORM = 'the password of Informatica Intelligent Cloud Services';

/** Credentials are mostly secrets, and the runner passes a missing secret as an empty string. */
export function missingCredential(problem: string, advice: string): Checked<never> {
  return invalid(
    `${problem}: probably no secret of that name exists here (a misspelt name is empty). Other causes: a pull request from a fork ` +
      `or from Dependabot, a job that does not name the secret's environment, or a reusable workflow called without ` +
      `secrets: inherit. ${advice}`,
  );
}

/** Reads `username`; blanks around it are left out. */
export function readUsername(given: string): Checked<string> {
  const name = given.trim();
  if (name === '') return missingCredential('username is missing', `Give ${NAME_FORM}.`);
  const mistaken = mistakenFor(name);
  // A name may have blanks in it.
  return mistaken === undefined || mistaken === 'several words'
    ? valid(name)
    : invalid(`username is ${mistaken}: give ${NAME_FORM}.`);
}

/** Reads `password`. Keeps blanks, except the line end that a secret made from a file has. */
export function readPassword(given: string): Checked<string> {
  const password = withoutLineEnd(given);
  if (password.trim() === '') return missingCredential('password is missing', `Give ${PASSWORD_FORM}.`);
  if (password.includes('${{')) {
    return invalid(`password contains an unexpanded expression ("\${{"): give ${PASSWORD_FORM}.`);
  }
  if (/[\r\n]/.test(password)) return invalid(`password contains a line break: give ${PASSWORD_FORM}.`);
  return valid(password);
}

/** A note if the password is not sent as it was given. */
export function passwordNotes(given: string): readonly string[] {
  return withoutLineEnd(given) === given
    ? []
    : [
        'The password ends in a line break, as secrets made from files do. It is sent without the line break.',
      ];
}

/** The password as given and as it is sent. */
export function passwordsIn(given: string): readonly string[] {
  return given.trim() === '' ? [] : [given, withoutLineEnd(given)];
}

function withoutLineEnd(given: string): string {
  return trimEnd(given, '\r\n');
}
