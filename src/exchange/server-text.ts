import { repeatsSecret } from './secret-echo.ts';

const MAX_LENGTH = 500;
/** What is looked at: no more of a text could be shown even if most of it were blanks. */
const MAX_READ = 4_000;
/** Stands where the server's words cannot be shown. */
const WITHHELD = '(withheld: the text repeated a secret)';

/**
 * Makes text from the server fit to be shown: control, format and line-break characters become
 * blanks, what could start a workflow command is broken up, and it is cut at 500 characters.
 * Text that repeats a secret, or a part of one, in whatever spelling, is withheld as a whole: to cut out
 * the right part would mean to know every spelling.
 */
export function serverText(raw: string, secrets: readonly string[]): string {
  return repeatsOne([raw], secrets) ? WITHHELD : legible(raw);
}

/** The same for texts that are shown side by side: a secret that is split over them is in none of them. */
export function serverTexts(raws: readonly string[], secrets: readonly string[]): readonly string[] {
  if (!repeatsOne(raws, secrets)) return raws.map(legible);
  const apart = raws.map((raw) => serverText(raw, secrets));
  return apart.includes(WITHHELD) ? apart : raws.map(() => WITHHELD);
}

function repeatsOne(raws: readonly string[], secrets: readonly string[]): boolean {
  const text = raws.map((raw) => raw.slice(0, MAX_READ)).join('');
  return text !== '' && secrets.some((secret) => repeatsSecret(text, secret));
}

function legible(raw: string): string {
  const line = raw
    .slice(0, MAX_READ)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}
