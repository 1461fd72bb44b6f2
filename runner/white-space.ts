/** White space of .NET, because the runner is written in it. Unlike in JavaScript, it has U+0085 and lacks U+FEFF. */
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
