import { all, type Checked, valid } from '../inputs/checked.ts';
import { type ApiVersion, readApiVersion } from '../inputs/choices.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import { withoutLoginChecks } from '../inputs/login-checks.ts';
import { readSessionId } from '../inputs/session-id.ts';
import { readLoginUrl, readServerUrl } from '../inputs/urls.ts';
import type { InputValues } from '../inputs/values.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import { readSuccess } from '../responses/success-object.ts';
import { JSON_HEADERS, repeatableRequest } from './build-request.ts';
import type { Mode } from './mode.ts';

/** A base URL of the API, and the input that named it. */
export interface LogoutTarget {
  readonly version: ApiVersion;
  readonly url: URL;
  readonly urlInput: 'server-url' | 'login-url';
}

/** Ends the one session given, by the version of the API that opened it. */
export const logout: Mode = {
  inputs: ['api-version', 'server-url', 'session-id', 'login-url'],
  read: (values, { trusted }) => {
    const version = readApiVersion(values);
    const inputs = all<{
      version: ApiVersion;
      target: LogoutTarget;
      sessionId: string;
      loginChecks: undefined;
    }>({
      version,
      target: readTarget(values, version.ok ? version.value : 2, trusted),
      sessionId: readSessionId(values['session-id']),
      loginChecks: withoutLoginChecks(values, 'logout'),
    });
    if (!inputs.ok) return inputs;
    const { target, sessionId } = inputs.value;
    return valid({ kind: 'end', request: logoutRequest(target, sessionId) });
  },
  unused: (values) => {
    const version = readApiVersion(values);
    if (!version.ok) return {};
    if (version.value === 2) return { 'login-url': 'version-2' };
    return targetInput(values, version.value) === 'login-url' ? { 'server-url': 'login-url' } : {};
  },
};

/** Version 3 has its documented logout at the login host. Scripts use the base URL of the login's response as well. */
function readTarget(values: InputValues, version: ApiVersion, trusted: TrustedHosts): Checked<LogoutTarget> {
  const urlInput = targetInput(values, version);
  const url = (urlInput === 'login-url' ? readLoginUrl : readServerUrl)(values[urlInput], trusted);
  return url.ok ? valid({ version, url: url.value, urlInput }) : url;
}

function targetInput(values: InputValues, version: ApiVersion): LogoutTarget['urlInput'] {
  const byLoginUrl =
    version === 3 && (values['login-url'].trim() !== '' || values['server-url'].trim() === '');
  return byLoginUrl ? 'login-url' : 'server-url';
}

/** Logs out of one session (vendor pages "Logout" of version 2 and 3). Logging out twice does no harm. */
export function logoutRequest(target: LogoutTarget, sessionId: string): ReportedRequest<true> {
  const header = target.version === 3 ? 'INFA-SESSION-ID' : 'icSessionId';
  const http = {
    method: 'POST',
    url: new URL(`${target.url.href.replace(/\/$/, '')}${pathOf(target)}`),
    headers: { ...JSON_HEADERS, [header]: sessionId },
    body: '',
  } as const;
  const rules = {
    http,
    secret: sessionId,
    secretIsPassword: false,
    call: 'logout',
    read: readSuccess,
  } as const;
  return {
    ...repeatableRequest(rules),
    kind: 'logout',
    owner: { user: '', organization: '' },
    urlInput: target.urlInput,
  };
}

function pathOf({ version, urlInput }: LogoutTarget): string {
  if (version === 2) return '/api/v2/user/logout';
  return urlInput === 'login-url' ? '/saas/public/core/v3/logout' : '/public/core/v3/logout';
}
