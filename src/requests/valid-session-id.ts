import type { ApiRequest } from '../responses/api-request.ts';
import { members } from '../responses/json.ts';
import { JSON_HEADERS, repeatableRequest } from './build-request.ts';

/** Whether a session is alive, according to `validSessionId`. */
export type Validity = 'valid' | 'dead';

/**
 * Asks the API whether a session is alive. The vendor's page requires the user name. The session id is not sent as a header,
 * because that would count as a use of the session.
 */
export function validSessionIdRequest(
  serverUrl: URL,
  userName: string,
  sessionId: string,
): ApiRequest<Validity> {
  return repeatableRequest({
    http: {
      method: 'POST',
      url: new URL(`${serverUrl.href.replace(/\/$/, '')}/api/v2/user/validSessionId`),
      headers: JSON_HEADERS,
      body: JSON.stringify({ '@type': 'validatedToken', userName, icToken: sessionId }),
    },
    secret: sessionId,
    secretIsPassword: false,
    call: 'validSessionId',
    read: readValidity,
  });
}

function readValidity(json: unknown): Validity | undefined {
  const token = members(json);
  if (token?.['@type'] !== 'validatedToken') return undefined;
  switch (token['isValidToken']) {
    case true:
      return 'valid';
    case false:
      return 'dead';
    default:
      return undefined;
  }
}
