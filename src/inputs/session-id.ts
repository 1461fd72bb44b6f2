import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';

const FORM = 'give the icSessionId (v2) or sessionId (v3) that login returned';

/** Ids seen: 18 to 32 letters and digits, UUIDs, and JWTs of up to 16,000 characters (vendor page). */
const SHAPE = /^(?=.{12,16000}$)(?=.*[A-Z0-9])[A-Za-z0-9._~+/-]+=*$/;

/** Whether a text can be a session id at all. */
export function isSessionId(text: string): boolean {
  return SHAPE.test(text);
}

/** Reads `session-id`. A problem never repeats the value, because it may be a secret. */
export function readSessionId(given: string): Checked<string> {
  const id = given.trim();
  if (isSessionId(id)) return valid(id);
  const refuse = (problem: string) => invalid(`session-id ${problem}: ${FORM}.`);
  if (id === '') return refuse('is missing');
  const mistaken = mistakenFor(id);
  if (mistaken !== undefined)
    return refuse(`looks like ${mistaken === 'in quotes' ? 'text in quotes' : mistaken}`);
  if (/[^A-Za-z0-9._~+/=-]/.test(id)) return refuse('has characters that no session ID has');
  if (id.length < 12) return refuse('is too short to be one');
  return id.length > 16_000 ? refuse('is too long to be one') : refuse('does not look like one');
}

/**
 * The parts of a `session-id` to mask: the id, or, in any other text, the ids after the name of a header or field or
 * between quotes. Never the whole of such a text, because a mask for `None` or `{` would hide half of the log.
 */
export function sessionIdsIn(given: string): readonly string[] {
  const id = given.trim();
  if (id === '') return [];
  if (isSessionId(id)) return [id];
  const named = [...id.matchAll(/(?:bearer|session-?id)[\s:="'\\]*([A-Za-z0-9._~+/-]{12,}=*)/gi)];
  const quoted = [...id.matchAll(/^["']([^"']+)["']$/g)];
  return [...named, ...quoted].flatMap(([, found = '']) => (isSessionId(found) ? [found] : []));
}
