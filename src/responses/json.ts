/** The members of a JSON object; undefined for every other value. */
export function members(json: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined;
}

/** Parses JSON. Wrapped, because `null` is JSON too; undefined for every other text. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    // `trim` takes a byte order mark away too.
    return { value: JSON.parse(text.trim()) };
  } catch {
    return undefined;
  }
}
