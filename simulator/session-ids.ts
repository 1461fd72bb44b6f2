import { randomBytes, randomUUID } from 'node:crypto';
import type { Organization } from './organizations.ts';
import { stableId } from './stable-id.ts';

/** Makes an id of the kind that the organization uses. The signature of a JWT is random, because nobody checks it. */
export function newSessionId(
  { sessionIds, idleMinutes, orgUuid }: Organization,
  username: string,
  nowMs: number,
): string {
  if (sessionIds.kind === 'opaque') return randomUUID().replaceAll('-', '');
  const { length = 16_000 } = sessionIds;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(nowMs / 1000) + idleMinutes * 60;
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ sub: stableId(username), org: orgUuid, exp })}.`;
  const signature = randomBytes(length).toString('base64url');
  if (length < signed.length + 43) throw new Error(`A JWT of ${length} characters is too short to be one`);
  return signed + signature.slice(0, length - signed.length);
}
