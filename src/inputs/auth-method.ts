import { all, type Checked, invalid, valid } from './checked.ts';
import type { ApiVersion } from './choices.ts';
import { readPassword, readUsername } from './credentials.ts';
import { readOAuthToken } from './oauth-token.ts';
import { readAudience, readOrganizationId } from './organization.ts';
import type { InputName, InputValues } from './values.ts';

/** What a login proves itself with, as the inputs say. `organizationId` may be empty with a password alone. */
export type AuthInputs = { readonly organizationId: string } & (
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  /** GitHub's token of this job. */
  | { readonly kind: 'github'; readonly audience: string }
);

const REASONS =
  'usual reasons are a pull request from a fork or from Dependabot, a secret of an environment that the job does not name, ' +
  'and a reusable workflow to which the secrets were not passed on';

/** Which way is meant is read from the inputs alone, never from variables that happen to be set. */
export function readAuthInputs(
  values: InputValues,
  version: ApiVersion,
  loginUrl: URL | undefined,
): Checked<AuthInputs> {
  const given = (name: InputName) => values[name].trim() !== '';
  const byPassword = given('username') || given('password');
  if (given('oauth-token') && byPassword) {
    return invalid('oauth-token is given with username or password: give the one or the others.');
  }
  if (byPassword) return readPasswordAuth(values, version);
  if (given('oauth-token') || given('organization-id')) return readTokenAuth(values, version, loginUrl);
  return invalid(
    `username and password are missing: give both, or organization-id for a login by token; ${REASONS}.`,
  );
}

function readPasswordAuth(values: InputValues, version: ApiVersion): Checked<AuthInputs> {
  const missing = (['username', 'password'] as const).find((name) => values[name].trim() === '');
  if (missing !== undefined)
    return invalid(`${missing} is missing: give both username and password; ${REASONS}.`);
  const inputs = all<{ username: string; password: string; organizationId: string }>({
    username: readUsername(values.username),
    password: readPassword(values.password),
    organizationId: readOrganizationId(values['organization-id']),
  });
  if (!inputs.ok) return inputs;
  const { length } = inputs.value.organizationId;
  return version === 3 && length !== 0 && length !== 22
    ? invalid('organization-id is not the id of 22 characters: give that one, for version 3 names no other.')
    : valid({ kind: 'password', ...inputs.value });
}

function readTokenAuth(
  values: InputValues,
  version: ApiVersion,
  loginUrl: URL | undefined,
): Checked<AuthInputs> {
  const organizationId = readOrganizationId(values['organization-id']);
  const id = organizationId.ok ? organizationId.value : '';
  const byGitHub = values['oauth-token'].trim() === '';
  const inputs = all<{ organizationId: string; version: ApiVersion; proof: string }>({
    organizationId:
      organizationId.ok && id === ''
        ? invalid(
            'organization-id is missing, though oauth-token is given: give the organization to log in to.',
          )
        : organizationId,
    version:
      version === 3
        ? invalid('api-version 3 has no login by token: leave it out, or give username and password.')
        : valid(version),
    proof: byGitHub ? readAudience(values.audience, loginUrl, id) : readOAuthToken(values['oauth-token']),
  });
  if (!inputs.ok) return inputs;
  const { proof } = inputs.value;
  return valid(
    byGitHub
      ? { kind: 'github', organizationId: id, audience: proof }
      : { kind: 'token', organizationId: id, token: proof },
  );
}
