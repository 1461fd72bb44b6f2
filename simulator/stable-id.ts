import { createHash } from 'node:crypto';

const known = new Map<string, string>();

/** The same 22 characters for the same text. Cached, because the ids of users and organizations are needed often. */
export function stableId(text: string): string {
  const id = known.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 22);
  known.set(text, id);
  return id;
}
