import { all, valid } from '../inputs/checked.ts';
import { withoutVersion3 } from '../inputs/choices.ts';
import { readPassword, readUsername } from '../inputs/credentials.ts';
import { withoutLoginChecks } from '../inputs/login-checks.ts';
import { readLoginUrl } from '../inputs/urls.ts';
import { serverTextOrEmpty } from '../responses/server-text.ts';
import { readSuccess } from '../responses/success-object.ts';
import { credentialRequest, JSON_HEADERS } from './build-request.ts';
import type { Mode } from './mode.ts';

interface Inputs {
  readonly loginUrl: URL;
  readonly username: string;
  readonly password: string;
  readonly version: undefined;
  readonly loginChecks: undefined;
}

/** Ends every v2 session of the organization (vendor page "Logout", "Logging out and ending all sessions"). */
export const logoutall: Mode = {
  inputs: ['api-version', 'login-url', 'username', 'password'],
  read: (values, { trusted }) => {
    const inputs = all<Inputs>({
      loginUrl: readLoginUrl(values['login-url'], trusted),
      username: readUsername(values.username),
      password: readPassword(values.password),
      version: withoutVersion3(values),
      loginChecks: withoutLoginChecks(values, 'logoutall'),
    });
    if (!inputs.ok) return inputs;
    const { loginUrl, username, password } = inputs.value;
    const request = credentialRequest({
      http: {
        method: 'POST',
        url: new URL('/ma/api/v2/user/logoutall', loginUrl),
        headers: JSON_HEADERS,
        body: JSON.stringify({ '@type': 'logout', username, password }),
      },
      secret: password,
      secretIsPassword: true,
      call: 'logoutall',
      read: readSuccess,
    });
    return valid({
      kind: 'end',
      request: {
        ...request,
        kind: 'logoutall',
        owner: { user: serverTextOrEmpty(username, password), organization: '' },
        urlInput: 'login-url',
      },
    });
  },
  // The server never responds to it with "already ended".
  unused: () => ({ 'allow-already-ended': 'mode' }),
};
