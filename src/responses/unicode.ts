/** A pattern of Unicode categories. Not a literal: Node would look up the categories while it loads the script. */
export function categories(pattern: string): RegExp {
  return new RegExp(pattern, 'gu');
}

/** Replaces runs of blanks and invisible characters. Plain text, which most is, needs no categories for it. */
export function replaceInvisible(text: string, by: string): string {
  return text.replace(/^[ -~]*$/.test(text) ? / +/g : categories('[\\p{C}\\p{Z}]+'), by);
}
