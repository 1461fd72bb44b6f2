import { repeatsSecret } from './secret-echo.ts';

const MAX_LENGTH = 500;
/** So much is searched for secrets: what is shown, and behind it the rest of one that is cut. */
const MAX_SEARCHED = 650;
/** Stands where the server's words cannot be shown. */
const WITHHELD = '(withheld: the text repeated a secret)';

/**
 * Makes text from the server fit to be shown: control, format and line-break characters become
 * blanks, what could start a workflow command is broken up, and it is cut at 500 characters.
 * Text that repeats a secret, or a part of one, in whatever spelling, is withheld as a whole: to cut out
 * the right part would mean to know every spelling.
 */
export function serverText(raw: string, secrets: readonly string[]): string {
  return serverTexts([raw], secrets).join('');
}

/** The same for texts that are shown side by side: a secret that is split over them is in none of them. */
export function serverTexts(raws: readonly string[], secrets: readonly string[]): readonly string[] {
  const repeats = (line: string) => line !== '' && secrets.some((secret) => repeatsSecret(line, secret));
  const lines = raws.map(oneLine);
  const shown = lines.map((line) => (repeats(line) ? WITHHELD : cut(line)));
  return shown.includes(WITHHELD) || !repeats(lines.join('')) ? shown : shown.map(() => WITHHELD);
}

function oneLine(raw: string): string {
  const line = raw
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  return Array.from(line).slice(0, MAX_SEARCHED).join('');
}

function cut(line: string): string {
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}
