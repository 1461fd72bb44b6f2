import type { Outcome } from '../exchange/outcome.ts';
import { expiryOf } from '../responses/json.ts';
import type { LoginResponse, Session } from '../responses/user-object.ts';

type Done = Extract<Outcome<LoginResponse>, { kind: 'success' }>;

/** The outputs of a login that opened a session. `accessToken` is empty if none is wanted. */
export function openedOutputs(
  { attempts, statusCode }: Done,
  { sessionId, serverUrl, organizationIds }: Session,
  accessToken: string,
): Readonly<Record<string, string>> {
  return {
    attempts: String(attempts),
    'status-code': String(statusCode),
    'error-code': '',
    'error-message': '',
    'server-url': serverUrl.href,
    'organization-id': organizationIds[0] ?? '',
    'expires-at': expiryOf(sessionId) ?? '',
    'access-token-expires-at': expiryOf(accessToken) ?? '',
    'access-token': accessToken,
    'session-id': sessionId,
    // Last, so that no "opened" is left if the disk is full before the end.
    result: 'opened',
  };
}

/** The outputs of a login whose session the rest of the job does not get. */
export const WITHDRAWN_OUTPUTS = {
  result: 'failed',
  'session-id': '',
  'server-url': '',
  'organization-id': '',
  'expires-at': '',
  'access-token': '',
  'access-token-expires-at': '',
} as const;
