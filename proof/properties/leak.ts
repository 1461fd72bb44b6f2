/** This many characters of a secret in a row count like the whole. */
const PART = 8;

/** Whether a text shows a secret, or a part of it, to someone who undoes the escapes of servers and gateways. */
export function shows(text: string, secret: string): boolean {
  return readings(text).some((reading) => hasPart(reading, secret));
}

/**
 * The same for a password, which may consist of ordinary words: a whole word of the text tells nobody that it is a part of the
 * password, unless the text contains the whole password.
 */
export function showsPassword(text: string, password: string): boolean {
  const wanted = bare(password);
  const word = /(?<![\p{L}\p{N}])\p{L}+(?![\p{L}\p{N}])/gu;
  return readings(text).some((reading) => {
    const withoutWords = reading.replace(word, (found) => (wanted.includes(bare(found)) ? '\u2022' : found));
    return bare(reading).includes(wanted) || hasPart(withoutWords, password);
  });
}

function readings(text: string): readonly string[] {
  return [...new Set([text, unpercented(text), unquoted(text), unmarked(text)])];
}

function hasPart(reading: string, secret: string): boolean {
  const wanted = bare(secret);
  const text = bare(reading);
  return windows(wanted, Math.min(PART, wanted.length)).some((part) => text.includes(part));
}

/** The text without separators, as a reader would join it across an error's code and message. */
export function bare(text: string): string {
  return text.replace(/[\p{C}\p{Z}"]/gu, '').toUpperCase();
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

/** Percent signs, as bytes of UTF-8. */
function unpercented(text: string): string {
  const parts = text.split(/%([0-9a-f]{2})/i);
  return Buffer.concat(
    parts.map((part, at) => (at % 2 === 0 ? Buffer.from(part) : Buffer.of(Number.parseInt(part, 16)))),
  ).toString();
}

/** Escapes of JSON. */
function unquoted(text: string): string {
  return text.replace(/\\u[0-9a-f]{4}|\\[^u]/gi, (escaped) => {
    try {
      return String(JSON.parse(`"${escaped}"`));
    } catch {
      return escaped.slice(1);
    }
  });
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Entities of XML. */
function unmarked(text: string): string {
  return text.replace(/&(#x?)?(\w{1,7});/gi, (whole, sign: string | undefined, name: string) => {
    if (sign === undefined) return NAMED[name] ?? whole;
    const code = Number.parseInt(name, sign === '#' ? 10 : 16);
    return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
