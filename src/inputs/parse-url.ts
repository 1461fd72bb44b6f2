/** Parses a URL; null when it is none. (`URL.parse` does the same, but came with Node 22.1.) */
export function parseUrl(text: string, base?: string): URL | null {
  return URL.canParse(text, base) ? new URL(text, base) : null;
}
