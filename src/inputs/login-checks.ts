import { type Checked, invalid, valid } from './checked.ts';
import { choice } from './choices.ts';
import { INPUT_DEFAULTS, type InputValues } from './values.ts';

/** Whether the post step checks that an ended session is really dead. `auto`: if its id is a JWT. */
export type Verify = 'auto' | 'always' | 'never';

/** Reads `verify`. */
export function readVerify(values: InputValues): Checked<Verify> {
  return choice<Verify>(values, 'verify', ['auto', 'always', 'never'], INPUT_DEFAULTS.verify);
}

const CHECKED_BY_LOGIN = {
  logout:
    'organization-id cannot be checked in mode: logout: give it to the step with mode: login that opens the session, and leave it out here.',
  logoutall:
    'organization-id cannot be checked in mode: logoutall: add a step with mode: login, organization-id and verify: always before ' +
    'this one (it fails if the organization is another one), and leave organization-id out here.',
} as const;

/**
 * Checks that a mode that only ends sessions is not given a safety check that only a login can do. The organization is known from
 * a login's response. So is the user name that `validSessionId` needs: a wrong name makes a session look dead.
 */
export function withoutLoginChecks(
  values: InputValues,
  mode: keyof typeof CHECKED_BY_LOGIN,
): Checked<undefined> {
  const verify = readVerify(values);
  const problems = [
    ...(values['organization-id'].trim() === '' ? [] : [CHECKED_BY_LOGIN[mode]]),
    ...(verify.ok ? [] : verify.problems),
    ...(verify.ok && verify.value === 'always'
      ? [
          `verify cannot be always in mode: ${mode}, because the check needs the response to the login: give it to the step with mode: login, and leave it out here.`,
        ]
      : []),
  ];
  return problems.length === 0 ? valid(undefined) : invalid(...problems);
}
