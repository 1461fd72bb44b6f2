/**
 * Parses a URL; null when it is none. (`URL.parse` came with Node 22.1, and `URL.canParse` errs now and then on
 * Node 20.)
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
