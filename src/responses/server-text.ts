import { type ErrorObject, isVendorCode } from './error-object.ts';
import { hasWholeSecret, repetitionFinder, type Secret } from './secret-run.ts';
import { replaceInvisible } from './unicode.ts';

const MAX_LENGTH = 500;
/** Stands in for server text that cannot be shown. */
export const WITHHELD = '(withheld: the text repeated a secret)';

/** An error object whose texts are safe to show. */
export interface ServerError {
  readonly code: string;
  readonly description: string;
  readonly requestId: string;
}

/** Makes an error object safe to show. A code of the vendor's form is always shown, unless it has the whole secret in it. */
export function safeServerError(
  { code, description, requestId }: Pick<ErrorObject, 'code' | 'description' | 'requestId'>,
  secret: Secret,
): ServerError {
  const all = serverTexts([code, description, requestId], secret.secret, secret.secretIsPassword);
  if (all !== undefined) {
    const [safeCode = '', safeDescription = '', safeRequestId = ''] = all;
    return { code: safeCode, description: safeDescription, requestId: safeRequestId };
  }
  const isShown = isVendorCode(code) && !hasWholeSecret(code, secret);
  return { code: isShown ? oneLine(code) : '', description: WITHHELD, requestId: '' };
}

/** Makes one text from the server safe to show. */
export function serverText(raw: string, secret: string, secretIsPassword = false): string {
  return serverTexts([raw], secret, secretIsPassword)?.join('') ?? WITHHELD;
}

/** Like `serverText`, but empty if the text repeats the secret. */
export function serverTextOrEmpty(raw: string, secret: string): string {
  return serverTexts([raw], secret)?.join('') ?? '';
}

/**
 * Makes texts from the server that appear together safe to show: one line each, cut, without control characters or anything
 * that could start a workflow command. Returns undefined if they repeat the secret: show `WITHHELD` then. The server knows the
 * secret already; the readers of the log must not learn it.
 */
export function serverTexts(
  raws: readonly string[],
  secret: string,
  secretIsPassword = false,
): readonly string[] | undefined {
  const lines = raws.map(oneLine);
  return repeats(lines, { secret, secretIsPassword }) ? undefined : lines;
}

function oneLine(raw: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours start with one
  const line = replaceInvisible(raw.replace(/\x1b\[[\d;]*m/g, ''), ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}

/** Whether texts, read as one, contain a run of the secret, plain or in the escapes that servers and gateways use. */
function repeats(texts: readonly string[], secret: Secret): boolean {
  return readingsOf(texts.join(' ')).some(repetitionFinder(secret));
}

/** A text as it is, and with its escapes undone, up to twice. */
function readingsOf(text: string): readonly string[] {
  if (!/[+%\\&]/.test(text)) return [text];
  const once = UNESCAPES.map((undo) => undo(text));
  const twice = once.flatMap((reading) => UNESCAPES.map((undo) => undo(reading)));
  const all = (given: string) => UNESCAPES.reduce((left, undo) => undo(left), given);
  return [...new Set([text, ...once, ...twice, all(text), all(all(text))])];
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
