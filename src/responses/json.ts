/** The members of a JSON object; undefined for every other value. */
export function members(json: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined;
}

/** Parses JSON. The value is wrapped because `null` is JSON too; returns undefined for every other text. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    // `trim` removes a byte order mark too.
    return { value: JSON.parse(text.trim()) };
  } catch {
    return undefined;
  }
}

/** The claims of a JWT, not verified; undefined for every other text. */
export function claimsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = text.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  return members(parseJson(Buffer.from(payload, 'base64url').toString())?.value);
}

/** When a JWT expires according to its `exp`, in UTC and ISO 8601; undefined if the text is no JWT or has none. */
export function expiryOf(text: string): string | undefined {
  const { exp } = claimsOf(text) ?? {};
  if (typeof exp !== 'number' || !(Math.abs(exp) < 8.64e12)) return undefined;
  return new Date(exp * 1000).toISOString().replace('.000Z', 'Z');
}
