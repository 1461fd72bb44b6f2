import { type AuthInputs, readAuthInputs } from '../inputs/auth-method.ts';
import { all, valid } from '../inputs/checked.ts';
import { type ApiVersion, choice, readApiVersion } from '../inputs/choices.ts';
import { isLoopback, type TrustedHosts } from '../inputs/hosts.ts';
import { readLoginUrl } from '../inputs/urls.ts';
import { type InputValues, inputValues } from '../inputs/values.ts';
import { readVariableNames, type VariableNames } from '../inputs/variables.ts';
import type { ReportedRequest, RequestKind } from '../responses/api-request.ts';
import { type LoginResponse, readUserInfo, readUserObject } from '../responses/user-object.ts';
import { credentialRequest, JSON_HEADERS } from './build-request.ts';
import type { AuthMethod, Verify } from './login-task.ts';
import type { Mode } from './mode.ts';

interface Inputs {
  readonly version: ApiVersion;
  readonly loginUrl: URL;
  readonly auth: AuthInputs;
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
    'verify',
  ],
  read: (values, trusted) => {
    const version = readApiVersion(values);
    const loginUrl = readLoginUrl(values['login-url'], trusted);
    const inputs = all<Inputs>({
      version,
      loginUrl,
      auth: readAuthInputs(values, version.ok ? version.value : 2, loginUrl.ok ? loginUrl.value : undefined),
      variables: readVariableNames(values),
      verify: choice(values, 'verify', ['auto', 'always', 'never'], 'auto'),
    });
    if (!inputs.ok) return inputs;
    const { auth, variables, verify } = inputs.value;
    return valid({
      kind: 'open',
      login: {
        loginUrl: inputs.value.loginUrl,
        authMethod: authMethodOf(inputs.value, trusted),
        organizationId: auth.organizationId,
        variables,
        verify,
        logoutOf: (sessionId, serverUrl) => logoutOf(values, inputs.value, sessionId, serverUrl),
      },
    });
  },
};

function authMethodOf({ auth, version, loginUrl }: Inputs, trusted: TrustedHosts): AuthMethod {
  const at = { loginUrl, trusted: trustedBy(loginUrl, trusted) };
  switch (auth.kind) {
    case 'password':
      return { kind: 'password', request: passwordRequest(at, auth.username, auth.password, version) };
    case 'token':
      // One token, one login; it is sent again only where it can't have been judged.
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

interface Host {
  readonly loginUrl: URL;
  readonly trusted: TrustedHosts;
}

type LoginRequest = ReportedRequest<LoginResponse>;

/** Vendor pages "Login" of version 2 and 3: `@type` belongs to version 2 alone. */
function passwordRequest(host: Host, username: string, password: string, version: ApiVersion): LoginRequest {
  const body = { username, password };
  return version === 3
    ? request(host, '/saas/public/core/v3/login', body, password, readUserInfo, 'password-login')
    : request(
        host,
        '/ma/api/v2/user/login',
        { '@type': 'login', ...body },
        password,
        readUserObject,
        'password-login',
      );
}

/** Vendor page "loginOAuth". */
function tokenRequest(host: Host, orgId: string, oauthToken: string, times?: number): LoginRequest {
  const path = '/ma/api/v2/user/loginOAuth';
  return request(host, path, { orgId, oauthToken }, oauthToken, readUserObject, 'token-login', times);
}

function request(
  { loginUrl, trusted }: Host,
  path: string,
  body: object,
  secret: string,
  read: (json: unknown, trusted: TrustedHosts) => LoginResponse | undefined,
  kind: RequestKind,
  times?: number,
): LoginRequest {
  const http = {
    method: 'POST',
    url: new URL(path, loginUrl),
    headers: JSON_HEADERS,
    body: JSON.stringify(body),
  } as const;
  return {
    ...credentialRequest(
      { http, secret, invalidCredential: 'rejected', read: (json) => read(json, trusted) },
      times,
    ),
    urlInput: 'login-url',
    kind,
  };
}

/** A server URL on loopback is good only where the login was there, too. */
function trustedBy(loginUrl: URL, trusted: TrustedHosts): TrustedHosts {
  return (hostname) =>
    isLoopback(hostname) && !isLoopback(loginUrl.hostname) ? undefined : trusted(hostname);
}

function logoutOf(
  values: InputValues,
  { version, loginUrl }: Inputs,
  sessionId: string,
  serverUrl: URL | undefined,
): InputValues {
  const byVersion3 = version === 3 || serverUrl === undefined;
  const own: Partial<InputValues> = {
    mode: 'logout',
    when: 'now',
    'api-version': byVersion3 ? '3' : '2',
    'login-url': byVersion3 ? loginUrl.origin : '',
    'server-url': serverUrl?.href ?? '',
    'session-id': sessionId,
    'timeout-seconds': values['timeout-seconds'],
    'on-cleanup-failure': values['on-cleanup-failure'],
    'trusted-hosts': values['trusted-hosts'],
    summary: values.summary,
  };
  return inputValues((name) => own[name] ?? '');
}
