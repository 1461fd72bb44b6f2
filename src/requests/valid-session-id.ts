import type { Question } from '../responses/api-request.ts';
import { readValidity, type Validity } from '../responses/validity.ts';
import { JSON_HEADERS, repeatable } from './build-request.ts';

/** Asks whether a session is alive. The vendor's page wants the user's name; a session id in a header would count as a use. */
export function validityQuestion(serverUrl: URL, userName: string, sessionId: string): Question<Validity> {
  return repeatable({
    call: {
      method: 'POST',
      url: new URL(`${serverUrl.href.replace(/\/$/, '')}/api/v2/user/validSessionId`),
      headers: JSON_HEADERS,
      body: JSON.stringify({ '@type': 'validatedToken', userName, icToken: sessionId }),
    },
    secret: sessionId,
    rejected: 'refused',
    read: readValidity,
  });
}
