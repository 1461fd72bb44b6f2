import type { ApiVersion } from '../inputs/choices.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import type { ReportedRequest, RequestKind, SessionOwner } from '../responses/api-request.ts';
import { serverTexts } from '../responses/server-text.ts';
import {
  type LoginResponse,
  type ReadLogin,
  readUserInfo,
  readUserObject,
} from '../responses/user-object.ts';
import { credentialRequest, JSON_HEADERS } from './build-request.ts';

/** Where a login goes, and which server URLs its response may name. */
export interface LoginHost {
  readonly loginUrl: URL;
  readonly trusted: TrustedHosts;
  readonly owner: SessionOwner;
}

export type LoginRequest = ReportedRequest<LoginResponse>;

/** Vendor pages "Login" of version 2 and 3. Only version 2 has `@type`. */
export function passwordRequest(
  host: LoginHost,
  username: string,
  password: string,
  version: ApiVersion,
): LoginRequest {
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
export function tokenRequest(
  host: LoginHost,
  orgId: string,
  oauthToken: string,
  times?: number,
): LoginRequest {
  const path = '/ma/api/v2/user/loginOAuth';
  return request(host, path, { orgId, oauthToken }, oauthToken, readUserObject, 'token-login', times);
}

function request(
  { loginUrl, trusted, owner }: LoginHost,
  path: string,
  body: object,
  secret: string,
  read: ReadLogin,
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
      {
        http,
        secret,
        secretIsPassword: kind === 'password-login',
        call: 'login',
        read: (json, beside) => withSafeNames(read(json, beside, trusted), secret),
      },
      times,
    ),
    kind,
    owner,
    urlInput: 'login-url',
  };
}

/** Drops names that repeat the credential: reports show them. */
function withSafeNames(response: LoginResponse | undefined, secret: string): LoginResponse | undefined {
  if (response?.session === undefined) return response;
  const safe = (name: string) => (serverTexts([name], secret) === undefined ? '' : name);
  const { organizationName, userName } = response.session;
  const names = { organizationName: safe(organizationName), userName: safe(userName) };
  return response.kind === 'session'
    ? { ...response, session: { ...response.session, ...names } }
    : { ...response, session: { ...response.session, ...names } };
}
