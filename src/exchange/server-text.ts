import { repeatsSecret } from './secret-echo.ts';

const MAX_LENGTH = 500;
/** What is looked at: no more of a text could be shown even if most of it were blanks. */
const MAX_READ = 4_000;
/** Stands where the server's words cannot be shown. */
export const WITHHELD = '(withheld: the text repeated a secret)';

/**
 * Makes text from the server fit to be shown: control, format and line-break characters become
 * blanks, what could start a workflow command is broken up, and it is cut at 500 characters.
 * Text that repeats a secret, or a part of one, in whatever spelling, is withheld as a whole: to cut out
 * the right part would mean to know every spelling.
 */
export function serverText(raw: string, secrets: readonly string[]): string {
  const text = raw.slice(0, MAX_READ);
  if (secrets.some((secret) => repeatsSecret(text, secret))) return WITHHELD;
  const line = text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    // The runner takes `::` at the start of a line and `##[` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '## [');
  const characters = Array.from(line);
  return characters.length <= MAX_LENGTH ? line : `${characters.slice(0, MAX_LENGTH - 1).join('')}…`;
}
