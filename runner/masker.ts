import { trim } from './white-space.ts';

/** The encoded forms of a secret that the runner masks in addition to the value: one for each of its encoders. */
const encoders: readonly ((value: string) => string)[] = [
  (value) => base64(value, 0),
  (value) => base64(value, 1),
  (value) => base64(value, 2),
  (value) => value.replaceAll('"', '\\"'),
  (value) => value.replaceAll("'", "''"),
  jsonEscaped,
  uriEscaped,
  xmlEscaped,
  withoutDoubleQuotes,
  beforeAmpersand,
  afterAmpersand,
];

/** Masks secrets as the runner does. A job has one masker, because a mask lasts until the end of the job. */
export class Masker {
  readonly #originals = new Set<string>();
  readonly #forms = new Set<string>();

  /** Registers a value as `add-mask` does: the whole value and each of its lines, trimmed, with all encoded forms. */
  add(secret: string): void {
    const lines = secret.split(/[\r\n]/).map(trim);
    for (const value of [secret, ...lines]) this.addValue(value);
  }

  /** Registers one value and its encoded forms. There is no minimum length. */
  addValue(value: string): void {
    if (value === '' || this.#originals.has(value)) return;
    this.#originals.add(value);
    for (const form of [value, ...encoders.map((encode) => encode(value))]) {
      if (form !== '') this.#forms.add(form);
    }
  }

  /** Replaces each secret with `***`. Secrets that overlap or touch become one `***`. */
  mask(text: string): string {
    const ranges = [...this.#forms].flatMap((form) => occurrences(form, text));
    ranges.sort((a, b) => a.start - b.start);
    let masked = '';
    let shownTo = 0;
    let first = true;
    for (const { start, end } of ranges) {
      if (first || start > shownTo) masked += `${text.slice(shownTo, start)}***`;
      shownTo = Math.max(shownTo, end);
      first = false;
    }
    return masked + text.slice(shownTo);
  }
}

function occurrences(form: string, text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
    found.push({ start, end: start + form.length });
  }
  return found;
}

/** Base64 without the first `shift` bytes: what the value looks like at the end of a longer encoded text. */
function base64(value: string, shift: number): string {
  const bytes = Buffer.from(value, 'utf8');
  return bytes.subarray(bytes.length > shift ? shift : 0).toString('base64');
}

function jsonEscaped(value: string): string {
  const codePoint = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u0085\u2028\u2029]/g, codePoint);
}

function uriEscaped(value: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value).replace(/[!'()*]/g, percent);
}

function xmlEscaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

function withoutDoubleQuotes(value: string): string {
  return value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : '';
}

// PowerShell's error output splits a command at an ampersand, so the runner also masks parts of 6 or more characters.
function beforeAmpersand(value: string): string {
  const plus = value.indexOf('&+');
  const part = value.slice(0, plus < 0 ? value.lastIndexOf('&') + 1 : plus + 2);
  return part.length >= 6 ? part : '';
}

function afterAmpersand(value: string): string {
  if (!value.includes('&')) return '';
  const plus = value.indexOf('&+');
  // The character after `&+` is colored, so it is not part of the second part.
  const part = value.slice(plus < 0 ? value.lastIndexOf('&') + 1 : plus + 3);
  return part.length >= 6 ? part : '';
}
