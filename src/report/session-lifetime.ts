import { expiryOf } from '../responses/json.ts';

const UNTIL =
  'until its idle time-out, 30 minutes unless the organization sets another, or until it expires if its ID is a JWT';

/** How long a session that was not ended stays open. A JWT contains that time. `sessionId` is empty if it is not known. */
export function sessionLifetimeText(sessionId: string): string {
  const expiry = expiryOf(sessionId);
  return expiry === undefined
    ? `A session that was not ended stays open ${UNTIL}.`
    : `If it is still open, it expires at ${expiry}, according to its ID, a JWT.`;
}

/** Sessions that logins may have opened and whose ids nobody has. */
export function possiblyOpenText(sessions: number): string {
  return sessions === 1
    ? `A session may be open ${UNTIL}`
    : `${sessions} sessions may be open, each ${UNTIL}`;
}

/** Variables that a failed login should have set. They still have their old values, probably those of an earlier session. */
export function unchangedVariables(variables: readonly string[]): readonly string[] {
  return variables.map((name) => `The variable ${name} still has the value that an earlier step set.`);
}
