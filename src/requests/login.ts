import { type AuthInputs, readAuthInputs, unusedByLogin } from '../inputs/auth-method.ts';
import { all, valid } from '../inputs/checked.ts';
import { type ApiVersion, readApiVersion, yesOrNo } from '../inputs/choices.ts';
import { isLoopback, type TrustedHosts } from '../inputs/hosts.ts';
import { readVerify, type Verify } from '../inputs/login-checks.ts';
import { readLoginUrl } from '../inputs/urls.ts';
import type { InputValues } from '../inputs/values.ts';
import { readVariableNames, type VariableNames } from '../inputs/variables.ts';
import { serverTextOrEmpty } from '../responses/server-text.ts';
import { passwordRequest, tokenRequest } from './login-request.ts';
import { type LogoutTarget, logoutRequest } from './logout.ts';
import type { AuthMethod, Logout, Mode } from './mode.ts';

interface Inputs {
  readonly version: ApiVersion;
  readonly loginUrl: URL;
  readonly auth: AuthInputs;
  readonly wantsAccessToken: boolean;
  readonly variables: VariableNames;
  readonly verify: Verify;
}

/** Opens a session, which the post step ends. */
export const login: Mode = {
  inputs: [
    'api-version',
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
  ],
  read: (values, { trusted, shared }) => {
    const version = readApiVersion(values);
    const loginUrl = readLoginUrl(values['login-url'], trusted);
    const wantsAccessToken = yesOrNo(values, 'access-token');
    const inputs = all<Inputs>({
      version,
      loginUrl,
      auth: readAuthInputs(values, version.ok ? version.value : 2, loginUrl.ok ? loginUrl.value : undefined),
      wantsAccessToken,
      variables: readVariableNames(values, wantsAccessToken.ok ? wantsAccessToken.value : true),
      verify: readVerify(values),
    });
    if (!inputs.ok) return inputs;
    const { auth, variables, verify } = inputs.value;
    return valid({
      kind: 'open',
      login: {
        loginUrl: inputs.value.loginUrl,
        authMethod: authMethodOf(inputs.value, trusted),
        userName: shownUser(auth),
        organizationId: auth.organizationId,
        wantsAccessToken: inputs.value.wantsAccessToken,
        variables,
        verify,
        logoutOf: (sessionId, serverUrl) => logoutOf(inputs.value, shared, sessionId, serverUrl),
      },
    });
  },
  unused: unusedByLogin,
};

function authMethodOf({ auth, version, loginUrl }: Inputs, trusted: TrustedHosts): AuthMethod {
  const owner = { user: shownUser(auth), organization: auth.organizationId };
  const at = { loginUrl, trusted: trustedBy(loginUrl, trusted), owner };
  switch (auth.kind) {
    case 'password':
      return { kind: 'password', request: passwordRequest(at, auth.username, auth.password, version) };
    case 'token':
      // A token is good for one login. It is sent again only if the server cannot have checked it.
      return {
        kind: 'token',
        token: auth.token,
        request: tokenRequest(at, auth.organizationId, auth.token, 1),
      };
    case 'github':
      return {
        kind: 'github',
        audience: auth.audience,
        request: (token) => tokenRequest(at, auth.organizationId, token),
      };
  }
}

/** The user name as given, safe to show; empty if there is none, or if it repeats the password. */
function shownUser(auth: AuthInputs): string {
  return auth.kind === 'password' ? serverTextOrEmpty(auth.username, auth.password) : '';
}

/** A server URL on loopback is accepted only if the login went to loopback too. */
function trustedBy(loginUrl: URL, trusted: TrustedHosts): TrustedHosts {
  return (hostname) =>
    isLoopback(hostname) && !isLoopback(loginUrl.hostname) ? undefined : trusted(hostname);
}

/** Ends a session by the version that opened it; by version 3 at the login host if its server URL is not known. */
function logoutOf(
  { version, loginUrl }: Inputs,
  shared: InputValues,
  sessionId: string,
  serverUrl: URL | undefined,
): Logout {
  const target: LogoutTarget =
    version === 3 || serverUrl === undefined
      ? { version: 3, url: loginUrl, urlInput: 'login-url' }
      : { version: 2, url: serverUrl, urlInput: 'server-url' };
  return {
    request: logoutRequest(target, sessionId),
    inputs: {
      ...shared,
      mode: 'logout',
      when: 'now',
      'api-version': String(target.version),
      [target.urlInput]: target.url.href,
      'session-id': sessionId,
    },
  };
}
