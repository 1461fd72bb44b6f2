import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { type Organization, type User, uidOf } from './organizations.ts';

/** A bearer token for the newer services, made from a session. */
export interface AccessToken {
  readonly token: string;
  readonly sessionId: string;
  /** The organization's name. */
  readonly organization: string;
  readonly grantedAtMs: number;
  readonly expiresAtMs: number;
}

/** From the vendor's documentation: a token is valid for 30 minutes and cannot be refreshed. */
const lifeSeconds = 30 * 60;
const key = randomBytes(32);

/** Makes a signed token. It is not in the ledger yet. */
export function newAccessToken(
  { sessionId, username }: { readonly sessionId: string; readonly username: string },
  { name, orgUuid, users }: Organization,
  nowMs: number,
): AccessToken {
  const iat = Math.floor(nowMs / 1000);
  const exp = iat + lifeSeconds;
  const user: User | undefined = users.find((each) => each.username === username);
  const claims = {
    iss: 'simulator',
    aud: 'idmc_api',
    sub: user === undefined ? '' : uidOf(user),
    org_id: orgUuid,
    jti: randomUUID(),
    iat,
    exp,
  };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64url');
  return {
    token: `${signed}.${signature}`,
    sessionId,
    organization: name,
    grantedAtMs: nowMs,
    expiresAtMs: exp * 1000,
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
