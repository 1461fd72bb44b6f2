/** Prints an annotation. The runner reads a line that starts with `::` as a command, so the text is escaped. */
export function annotate(level, text) {
  const escaped = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  console.log(`::${level}::${escaped}`);
}
