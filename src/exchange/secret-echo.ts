/** A part of a secret as long as this counts as the secret; shorter ones are words like `password`. */
const FRAGMENT_LENGTH = 10;
/** Fewer characters than this would be found by chance in many a text. */
const MIN_SPELLING = 6;

/** So much of a secret is looked at in one go: all that is made of a JWT of 16,000 characters takes 30 MiB more. */
const STRETCH = 1_000;
/** What one stretch shares with the next: enough for a fragment in any spelling. */
const OVERLAP = 50;

/** Whether a line repeats a secret, or a part of it, spelled in one of the usual ways and perhaps split. */
export function repeatsSecret(line: string, secret: string): boolean {
  const texts = readings(line);
  // Split by hyphens, perhaps within its escapes; or by something else that is visible.
  const joined = [...readings(unhyphened(line)), ...texts.map(lettersOf)];
  const repeats = partFinder([...new Set([...texts, ...joined])]);
  let at = 0;
  do {
    if (forms(secret.slice(at, at + STRETCH + OVERLAP)).some(repeats)) return true;
    at += STRETCH;
    // What is left is longer than the overlap: of a few characters, each text would be taken for an echo.
  } while (at + OVERLAP < secret.length);
  return false;
}

/** What `readings` may find of a secret. */
function forms(secret: string): string[] {
  const all = [secret, ...spellings(secret)].map(squeezed);
  // Of a secret that is mostly punctuation too few letters would be left to compare.
  const further = [...all.map(unhyphened), ...all.map(lettersOf).filter(isLong)];
  return [...new Set([...all, ...further])].filter((form) => form !== '');
}

/**
 * The ways in which a secret may be written. Escapes stand here as their letters and digits, which is what is
 * left of them when a split goes through them.
 */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const codes = Array.from(secret, (character) => character.codePointAt(0) ?? 0);
  // Inside a longer base64 text a secret begins at one of three alignments, and shares its last character.
  const base64 = (['base64', 'base64url'] as const).flatMap((form) =>
    [0, 1, 2].map((offset) => {
      const aligned = bytes.subarray(offset);
      return aligned.toString(form).slice(0, Math.floor((aligned.length * 4) / 3));
    }),
  );
  return [
    hex,
    hex.replace(/../g, '25$&'),
    Buffer.from(hex.replace(/../g, '%$&')).toString('hex'),
    codes.join(''),
    codes.map((code) => code.toString(16)).join('x'),
    Buffer.from(secret, 'utf16le').swap16().toString('hex').replace(/.{4}/g, 'u$&'),
    ...base64,
  ].filter(isLong);
}

function isLong(spelling: string): boolean {
  return spelling.length >= MIN_SPELLING;
}

/**
 * The line as it is and with its escapes undone, in any order, up to twice: one kind may look like another. And all
 * that without what is left of a terminal's colours, which must not be all: it may be a list, `[one, two]`.
 */
function readings(line: string): string[] {
  // Squeezed before and after, for a split may go through an escape.
  const further = (texts: readonly string[]) => [
    ...new Set(texts.flatMap((one) => [one, ...DECODERS.map((decode) => squeezed(decode(one)))])),
  ];
  return further(further([line, line.replace(/\[[\d;]*m/g, '')].map(squeezed)));
}

const DECODERS: readonly ((text: string) => string)[] = [
  (text) =>
    text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString()),
  (text) =>
    text.replace(/\\(?:u([0-9a-f]{4})|([bfnrt])|(.))/gi, (_, hex?: string, blank?: string, other?: string) =>
      hex ? character(Number.parseInt(hex, 16)) : blank ? ' ' : (other ?? ''),
    ),
  (text) =>
    text
      .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => character(Number.parseInt(hex, 16)))
      .replace(/&#(\d{1,7});/g, (_, decimal: string) => character(Number(decimal)))
      .replace(/&(amp|lt|gt|quot|apos);/gi, (_, name: string) => XML_ENTITIES[name.toLowerCase()] ?? ''),
];

const XML_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told its colours by
const UNSEEN = /\x1b\[[\d;]*[a-z]|[\p{C}\p{Z}]/giu;

/** In capitals: the small letter of a sigma depends on its neighbours. */
function squeezed(text: string): string {
  return text.replace(UNSEEN, '').toUpperCase();
}

function unhyphened(text: string): string {
  return text.replaceAll('-', '');
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
}

/** Finds a form of a secret in texts, or as many of its characters in a row as count for the whole. */
function partFinder(texts: readonly string[]): (form: string) => boolean {
  const hashesOf = new Map<number, ReadonlySet<number>>();
  return (form) => {
    const length = Math.min(FRAGMENT_LENGTH, form.length);
    const known = hashesOf.get(length) ?? new Set(texts.flatMap((text) => [...hashes(text, length)]));
    hashesOf.set(length, known);
    let from = 0;
    for (const hash of known.size > 0 ? hashes(form, length) : []) {
      const run = known.has(hash) ? form.slice(from, from + length) : undefined;
      if (run !== undefined && texts.some((text) => text.includes(run))) return true;
      from += 1;
    }
    return false;
  };
}

/** A number for every run of `length` characters in a text (Rabin and Karp): the runs themselves would take too much memory. */
function* hashes(text: string, length: number): Generator<number> {
  let hash = 0;
  const weight = Array(length).fill(31).reduce(Math.imul, 1);
  for (let at = 0; at < text.length; at += 1) {
    // The character that enters, and the one that leaves; before the first there is none.
    hash = (Math.imul(hash, 31) + text.charCodeAt(at) - Math.imul(weight, text.charCodeAt(at - length))) | 0;
    if (at + 1 >= length) yield hash;
  }
}
