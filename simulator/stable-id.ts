import { createHash } from 'node:crypto';

/** The same 22 characters for the same text. */
export function stableId(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
