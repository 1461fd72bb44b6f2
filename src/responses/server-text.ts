const MAX_LENGTH = 500;
/** A run of a secret as long as this counts as the secret. */
const RUN = 8;
const INVISIBLE = '[\\p{C}\\p{Z}]+';
/** Stands where the server's words cannot be shown. */
export const WITHHELD = '(withheld: the text repeated a secret)';

/** Makes one text from the server fit to be shown. */
export function serverText(raw: string, secret: string): string {
  return serverTexts([raw], secret)?.join('') ?? WITHHELD;
}

/**
 * Makes texts from the server that are shown together fit to be shown: one line each, cut, without control characters or
 * what could start a workflow command. Undefined, and `WITHHELD` is to be shown, if they repeat what the server was sent:
 * who answers has the secret already, and what is to be prevented is that many can read it.
 */
export function serverTexts(raws: readonly string[], secret: string): readonly string[] | undefined {
  const lines = raws.map(oneLine);
  return repeats(lines.join(''), secret) ? undefined : lines;
}

function oneLine(raw: string): string {
  const line = raw
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is told its colours by
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(invisible(), ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}

/** Whether a text has a run of the secret in it, as it is or in the escapes that servers and gateways use. */
function repeats(text: string, secret: string): boolean {
  const wanted = squeezed(secret);
  if (wanted === '') return false;
  const length = Math.min(RUN, wanted.length);
  const readings = [
    text,
    ...UNESCAPES.map((undo) => undo(text)),
    UNESCAPES.reduce((left, undo) => undo(left), text),
  ];
  return readings.map(squeezed).some((reading) => {
    for (let at = 0; at + length <= reading.length; at += 1) {
      if (wanted.includes(reading.slice(at, at + length))) return true;
    }
    return false;
  });
}

const UNESCAPES: readonly ((text: string) => string)[] = [
  (text) =>
    text
      .replaceAll('+', ' ')
      .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString()),
  (text) =>
    text.replace(/\\(?:u([0-9a-f]{4})|([bfnrt])|(.))/gi, (_, hex?: string, blank?: string, other = '') =>
      hex === undefined ? (blank === undefined ? other : ' ') : character(Number.parseInt(hex, 16)),
    ),
  (text) =>
    text
      .replace(/&#(x?)([0-9a-f]{1,6});/gi, (_, x: string, code: string) =>
        character(Number.parseInt(code, x ? 16 : 10)),
      )
      .replace(/&(amp|lt|gt|quot|apos);/gi, (_, name: string) => XML_ENTITIES[name.toLowerCase()] ?? ''),
];

const XML_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** In capitals, for hosts and headers come in any case; without what a text shows as blanks. */
function squeezed(text: string): string {
  return text.replace(invisible(), '').toUpperCase();
}

/** Runs of what cannot be seen. A literal would have Node look up the categories while it loads the script, used or not. */
function invisible(): RegExp {
  return new RegExp(INVISIBLE, 'gu');
}
