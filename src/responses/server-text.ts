import type { ErrorObject } from './error-object.ts';

const MAX_LENGTH = 500;
/** A run of a secret as long as this counts as the secret. */
const RUN = 8;
const INVISIBLE = '[\\p{C}\\p{Z}]+';
/** Stands in for server text that cannot be shown. */
export const WITHHELD = '(withheld: the text repeated a secret)';

/** An error object whose texts are safe to show. */
export interface ServerError {
  readonly code: string;
  readonly description: string;
  readonly requestId: string;
}

/** Makes an error object safe to show. `secret` is what was sent to the server. */
export function safeServerError({ code, description, requestId }: ErrorObject, secret: string): ServerError {
  const [safeCode = '', ...others] = serverTexts([code, description, requestId], secret) ?? ['', WITHHELD];
  return { code: safeCode, description: others[0] ?? '', requestId: others[1] ?? '' };
}

/** Makes one text from the server safe to show. */
export function serverText(raw: string, secret: string): string {
  return serverTexts([raw], secret)?.join('') ?? WITHHELD;
}

/**
 * Makes texts from the server that appear together safe to show: one line each, cut, without control characters or anything
 * that could start a workflow command. Returns undefined if they repeat the secret: show `WITHHELD` then. The server knows the
 * secret already; the readers of the log must not learn it.
 */
export function serverTexts(raws: readonly string[], secret: string): readonly string[] | undefined {
  const lines = raws.map(oneLine);
  return repeats(lines.join(''), secret) ? undefined : lines;
}

function oneLine(raw: string): string {
  const line = raw
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours start with one
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(invisible(), ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}

/** Whether a text contains a run of the secret, plain or in the escapes that servers and gateways use. */
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

/** In capitals, because hosts and headers come in any case, and without blanks. */
function squeezed(text: string): string {
  return text.replace(invisible(), '').toUpperCase();
}

/** Runs of invisible characters. A literal would make Node look up the Unicode categories while it loads the script. */
function invisible(): RegExp {
  return new RegExp(INVISIBLE, 'gu');
}
