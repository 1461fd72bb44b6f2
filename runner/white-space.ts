/** White space as .NET has it, which the runner is written in: unlike JavaScript's, U+0085 is in it and U+FEFF is not. */
const blanks = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const leading = new RegExp(`^${blanks}`);
const trailing = new RegExp(`${blanks}$`);

/** The text without white space at its start. */
export function trimStart(text: string): string {
  return text.replace(leading, '');
}

/** The text without white space at its start and its end. */
export function trim(text: string): string {
  return trimStart(text).replace(trailing, '');
}
