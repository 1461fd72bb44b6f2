import type { Login } from '../requests/mode.ts';
import type { SessionOwner } from '../responses/api-request.ts';
import { serverTextOrEmpty } from '../responses/server-text.ts';
import type { FoundSession, Session } from '../responses/user-object.ts';

/**
 * Whose session a login opened. The user is named as given, because the runner masks a secret only as it was given. The server's
 * name is used only if none was given.
 */
export function ownerOf(
  { userName, organizationId }: Pick<Login, 'userName' | 'organizationId'>,
  session: FoundSession | undefined,
): SessionOwner {
  if (session === undefined) return { user: userName, organization: organizationId };
  const { sessionId, organizationName, organizationIds } = session;
  const user = userName === '' ? serverTextOrEmpty(session.userName, sessionId) : userName;
  return {
    user,
    organization: serverTextOrEmpty(organizationName, sessionId) || (organizationIds[0] ?? organizationId),
  };
}

/** The name and the id of a session's organization, as far as they are known. */
export function organizationText({ sessionId, organizationName, organizationIds }: Session): string {
  const name = serverTextOrEmpty(organizationName, sessionId);
  const id = organizationIds[0] ?? '';
  return name === '' || id === '' ? `${name}${id}` : `${name} (${id})`;
}

/** Whether a user name is the given one in other letters. */
export function isOtherSpelling(given: string, name: string): boolean {
  return given !== '' && name !== given && name.toLowerCase() === given.toLowerCase();
}
