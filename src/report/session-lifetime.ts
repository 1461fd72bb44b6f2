import { expiryOf } from '../responses/jwt.ts';

const UNTIL =
  'until its idle time-out, 30 minutes by default (the organization sets it), or until it expires if its id is a JWT';

/** How long a session that was not ended lives on. A JWT says so itself; `sessionId` is empty where there is none. */
export function sessionLifetimeText(sessionId: string): string {
  const expiry = expiryOf(sessionId);
  return expiry === undefined
    ? `A session that was not ended lives on ${UNTIL}.`
    : `If it is still open, it lives until ${expiry}, as its id, a JWT, says.`;
}

/** Sessions that logins may have opened, of which nobody has the id. */
export function possiblyOpenText(sessions: number): string {
  return sessions === 1
    ? `A session may be open ${UNTIL}`
    : `${sessions} sessions may be open, each ${UNTIL}`;
}

/** Variables that a failed login was to set, and that hold what they held before: an earlier session's, most likely. */
export function unchangedVariables(variables: readonly string[]): readonly string[] {
  return variables.map((name) => `The variable ${name} still holds what an earlier step gave it.`);
}
