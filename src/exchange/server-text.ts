const MAX_LENGTH = 500;
/** A part of a secret as long as this counts as the secret; shorter ones are words like `password`. */
const FRAGMENT_LENGTH = 10;
/** Fewer characters than this would be found by chance in many a text. */
const MIN_SPELLING = 6;
const WITHHELD = '(withheld: the text repeated a secret)';

/**
 * Makes text from the server fit to be shown: control, format and line-break characters become
 * blanks, what could start a workflow command is broken up, and it is cut at 500 characters.
 * Text that repeats a secret, or a part of one, in whatever spelling, is withheld as a whole: to cut out
 * the right part would mean to know every spelling.
 */
export function serverText(raw: string, secrets: readonly string[]): string {
  if (secrets.some((secret) => repeats(raw, secret))) return WITHHELD;
  const line = raw
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}

function repeats(raw: string, secret: string): boolean {
  const texts = readings(raw);
  const letters = lettersOf(secret);
  return (
    spellings(secret).some((spelling) => sharesPart(texts, squeezed(spelling))) ||
    // Split by something visible. Of a secret that is mostly punctuation too little would be left to compare.
    (letters.length >= MIN_SPELLING && sharesPart(texts.map(lettersOf), letters))
  );
}

/** The ways in which a secret may be written, less those that `readings` undoes. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Inside a longer base64 text a secret begins at one of three alignments, and shares its last character.
  const base64 = [0, 1, 2].map((offset) => {
    const aligned = bytes.subarray(offset);
    return aligned.toString('base64').slice(0, Math.floor((aligned.length * 4) / 3));
  });
  const encoded = [bytes.toString('hex'), ...base64, ...base64.map(urlSafe)];
  return [secret, ...encoded.filter((spelling) => spelling.length >= MIN_SPELLING)];
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

/** The text as it is and with its escapes undone, in any order, up to twice: one kind may look like another. */
function readings(raw: string): string[] {
  // Squeezed before and after, for a split may go through an escape.
  const further = (texts: readonly string[]) =>
    new Set(texts.flatMap((text) => [text, ...DECODERS.map((decode) => squeezed(decode(text)))]));
  return [...further([...further([squeezed(raw)])])];
}

const DECODERS: readonly ((text: string) => string)[] = [
  (text) =>
    text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString()),
  (text) =>
    text
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
      .replace(/\\([bfnrt])/g, ' ')
      .replace(/\\(.)/g, '$1'),
  (text) =>
    text
      .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
      .replace(/&#(\d{1,7});/g, (_, decimal: string) => character(Number(decimal)))
      .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => XML_ENTITIES[name] ?? ''),
];

const XML_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function squeezed(text: string): string {
  return text.replace(/[\p{C}\p{Z}]/gu, '').toLowerCase();
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

function sharesPart(texts: readonly string[], secret: string): boolean {
  const length = Math.min(FRAGMENT_LENGTH, secret.length);
  const parts = new Set(windows(secret, length));
  return texts.some((text) => windows(text, length).some((part) => parts.has(part)));
}

/** Every run of `length` characters in a text. */
function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}
