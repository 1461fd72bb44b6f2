import { all, type Checked, valid } from '../inputs/checked.ts';
import { type ApiVersion, readApiVersion } from '../inputs/choices.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import { readSessionId } from '../inputs/session-id.ts';
import { readLoginUrl, readServerUrl } from '../inputs/urls.ts';
import type { InputValues } from '../inputs/values.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import { readSuccess } from '../responses/success-object.ts';
import { JSON_HEADERS, repeatableRequest, withoutVerify } from './build-request.ts';
import type { Mode } from './mode.ts';

/** Where a logout goes, and what named it. */
interface Place {
  readonly url: URL;
  readonly urlInput: 'server-url' | 'login-url';
}

/** Ends the one session given, by the version of the API that opened it. */
export const logout: Mode = {
  inputs: ['api-version', 'server-url', 'session-id', 'login-url', 'verify'],
  read: (values, trusted) => {
    const version = readApiVersion(values);
    const inputs = all<{ version: ApiVersion; place: Place; sessionId: string; verify: undefined }>({
      version,
      place: version.ok && version.value === 3 ? placeOfV3(values, trusted) : placeOfV2(values, trusted),
      sessionId: readSessionId(values['session-id']),
      verify: withoutVerify(values),
    });
    if (!inputs.ok) return inputs;
    const { place, sessionId } = inputs.value;
    const header = inputs.value.version === 3 ? 'INFA-SESSION-ID' : 'icSessionId';
    return valid({ kind: 'end', request: request(place, header, sessionId) });
  },
};

/** Vendor page "Logout", "Logging out": `<serverUrl>/api/v2/user/logout`. */
function placeOfV2(values: InputValues, trusted: TrustedHosts): Checked<Place> {
  return place('server-url', '/api/v2/user/logout', readServerUrl(values['server-url'], trusted));
}

/** The vendor documents the login host; scripts take the base URL as well. */
function placeOfV3(values: InputValues, trusted: TrustedHosts): Checked<Place> {
  const byServerUrl = values['login-url'].trim() === '' && values['server-url'].trim() !== '';
  return byServerUrl
    ? place('server-url', '/public/core/v3/logout', readServerUrl(values['server-url'], trusted))
    : place('login-url', '/saas/public/core/v3/logout', readLoginUrl(values['login-url'], trusted));
}

function place(urlInput: Place['urlInput'], path: string, base: Checked<URL>): Checked<Place> {
  return base.ok ? valid({ urlInput, url: new URL(`${base.value.href.replace(/\/$/, '')}${path}`) }) : base;
}

function request({ url, urlInput }: Place, header: string, sessionId: string): ReportedRequest<true> {
  // Logging out twice does no harm.
  const asked = repeatableRequest({
    http: { method: 'POST', url, headers: { ...JSON_HEADERS, [header]: sessionId }, body: '' },
    secret: sessionId,
    invalidCredential: 'session-gone',
    read: readSuccess,
  });
  return { ...asked, kind: 'logout', urlInput };
}
