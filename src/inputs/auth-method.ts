import { all, type Checked, invalid, valid } from './checked.ts';
import type { ApiVersion } from './choices.ts';
import { missingCredential, readPassword, readUsername } from './credentials.ts';
import { readOAuthToken } from './oauth-token.ts';
import { readAudience, readOrganizationId } from './organization.ts';
import type { UnusedInputs } from './unused.ts';
import type { InputName, InputValues } from './values.ts';

/** How a login authenticates, according to the inputs. `organizationId` may be empty only with a password. */
export type AuthInputs = { readonly organizationId: string } & (
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  /** GitHub's token of this job. */
  | { readonly kind: 'github'; readonly audience: string }
);

/** Reads how to authenticate. Only inputs decide, never variables that happen to be set. */
export function readAuthInputs(
  values: InputValues,
  version: ApiVersion,
  loginUrl: URL | undefined,
): Checked<AuthInputs> {
  const byPassword = isFilled(values, 'username') || isFilled(values, 'password');
  if (isFilled(values, 'oauth-token') && byPassword) {
    return invalid(
      'oauth-token is given with username or password: give only the token or only the password.',
    );
  }
  if (byPassword) return readPasswordAuth(values, version);
  if (isFilled(values, 'oauth-token') || isFilled(values, 'organization-id')) {
    return readTokenAuth(values, version, loginUrl);
  }
  return missingCredential(
    'username and password are missing',
    'Give both, or give organization-id to log in by token.',
  );
}

/** A login opens a session now, no session can have ended already, and `audience` is only for GitHub's token. */
export function unusedByLogin(values: InputValues): UnusedInputs {
  const unused = { when: 'mode', 'allow-already-ended': 'mode' } as const;
  if (isFilled(values, 'oauth-token')) return { ...unused, audience: 'oauth-token' };
  return isFilled(values, 'username') ? { ...unused, audience: 'password' } : unused;
}

function isFilled(values: InputValues, name: InputName): boolean {
  return values[name].trim() !== '';
}

function readPasswordAuth(values: InputValues, version: ApiVersion): Checked<AuthInputs> {
  const missing = (['username', 'password'] as const).find((name) => !isFilled(values, name));
  if (missing !== undefined)
    return missingCredential(`${missing} is missing`, 'Give both username and password.');
  const inputs = all<{ username: string; password: string; organizationId: string }>({
    username: readUsername(values.username),
    password: readPassword(values.password),
    organizationId: readOrganizationId(values['organization-id']),
  });
  if (!inputs.ok) return inputs;
  const { length } = inputs.value.organizationId;
  return version === 3 && length !== 0 && length !== 22
    ? invalid(
        'organization-id is not the 22-character ID: give that one, because version 3 returns no other.',
      )
    : valid({ kind: 'password', ...inputs.value });
}

function readTokenAuth(
  values: InputValues,
  version: ApiVersion,
  loginUrl: URL | undefined,
): Checked<AuthInputs> {
  const organizationId = readOrganizationId(values['organization-id']);
  const id = organizationId.ok ? organizationId.value : '';
  const byGitHub = !isFilled(values, 'oauth-token');
  const inputs = all<{ organizationId: string; version: ApiVersion; audienceOrToken: string }>({
    organizationId:
      organizationId.ok && id === ''
        ? invalid(
            'organization-id is missing, although oauth-token is given: give the ID of the organization to log in to.',
          )
        : organizationId,
    version:
      version === 3
        ? invalid(
            'api-version 3 has no login by token: leave api-version out, or give username and password.',
          )
        : valid(version),
    audienceOrToken: byGitHub
      ? readAudience(values.audience, loginUrl, id)
      : readOAuthToken(values['oauth-token']),
  });
  if (!inputs.ok) return inputs;
  const { audienceOrToken } = inputs.value;
  return valid(
    byGitHub
      ? { kind: 'github', organizationId: id, audience: audienceOrToken }
      : { kind: 'token', organizationId: id, token: audienceOrToken },
  );
}
