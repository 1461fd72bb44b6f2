/** So much of a secret in a row is as bad as the whole. */
const PART = 12;

/**
 * Whether a text shows a secret, or a part of it, to someone who undoes encodings and joins what was split. It goes
 * the other way than `src/exchange/server-text.ts`, which encodes the secret: it decodes the text.
 */
export function shows(text: string, secret: string): boolean {
  const wanted = bare(secret);
  const length = Math.min(PART, wanted.length);
  const parts = new Set(windows(wanted, length));
  return [...readings(text)].some((reading) =>
    windows(bare(reading), length).some((part) => parts.has(part)),
  );
}

/** What is left of a secret when it was split and set in capitals: two secrets that differ in less are the same to a reader. */
export function bare(text: string): string {
  return text.replace(/[\p{C}\p{Z}-]/gu, '').toUpperCase();
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

type Undo = (text: string) => readonly string[];

const replaced =
  (pattern: RegExp, by: (...match: string[]) => string): Undo =>
  (text) => [text.replace(pattern, by)];
const codePoint = (text: string, radix: number) => {
  const code = Number.parseInt(text, radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
};
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CONTROL: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const percent = replaced(/(?:%[0-9a-f]{2})+/gi, (run) =>
  Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
);
const json = replaced(/\\(?:u([0-9a-f]{4})|(.))/gi, (_, hex, other = '') =>
  hex === undefined ? (CONTROL[other] ?? other) : codePoint(hex, 16),
);
const xml = replaced(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name = '') =>
  hex !== undefined
    ? codePoint(hex, 16)
    : decimal !== undefined
      ? codePoint(decimal, 10)
      : (NAMED[name] ?? whole),
);
/** What is left of colour codes when their ESC has become a blank. */
const uncoloured = replaced(/\s?\[[\d;]*m/g, () => '');
/** Blanks and hyphens; and the words of a message between the code and the text of an error. */
const joined: Undo = (text) =>
  [text, text.replace(/ "/g, '')].flatMap((given) => [
    given.replace(/[\p{C}\p{Z}]/gu, ''),
    given.replace(/[\p{C}\p{Z}-]/gu, ''),
  ]);
const hex: Undo = (text) =>
  (text.match(/[0-9a-f]{16,}/gi) ?? []).flatMap((run) =>
    [0, 1].map((start) => Buffer.from(run.slice(start), 'hex').toString()),
  );
const base64: Undo = (text) =>
  (text.match(/[\w+/-]{12,}/g) ?? []).flatMap((run) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString()),
  );

/** Each step adds what it can undo: colours, splits, escapes twice, and what is encoded as a whole. */
const STEPS: readonly (readonly Undo[])[] = [
  [uncoloured],
  [joined],
  [percent, json, xml],
  [percent, json, xml],
  [hex, base64],
];

function readings(text: string): ReadonlySet<string> {
  const known = new Set([text]);
  for (const undos of STEPS) {
    for (const reading of [...known])
      for (const undo of undos) for (const undone of undo(reading)) known.add(undone);
  }
  return known;
}
