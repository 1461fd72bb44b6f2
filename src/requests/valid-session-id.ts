import type { ApiRequest } from '../responses/api-request.ts';
import { readValidity, type Validity } from '../responses/validity.ts';
import { JSON_HEADERS, repeatableRequest } from './build-request.ts';

/** Asks whether a session is alive. The vendor's page wants the user's name; a session id in a header would count as a use. */
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
    invalidCredential: 'rejected',
    read: readValidity,
  });
}
