import { members, parseJson } from './json.ts';

/** The claims of a JWT, not verified; undefined for every other text. */
export function claimsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = text.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  return members(parseJson(Buffer.from(payload, 'base64url').toString())?.value);
}

/** When a JWT expires, as its `exp` has it, in UTC and ISO 8601; undefined where the text is no JWT or does not say. */
export function expiryOf(text: string): string | undefined {
  const { exp } = claimsOf(text) ?? {};
  if (typeof exp !== 'number' || !(Math.abs(exp) < 8.64e12)) return undefined;
  return new Date(exp * 1000).toISOString().replace('.000Z', 'Z');
}
