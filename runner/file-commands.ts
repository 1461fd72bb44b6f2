/**
 * The pairs of a file command (`GITHUB_STATE`, `GITHUB_OUTPUT`, `GITHUB_ENV`), as `name=value` or as a heredoc. A
 * generator, because in the runner the pairs before a malformed one count. Throws on a malformed pair.
 */
export function* fileCommandPairs(text: string): Generator<readonly [name: string, value: string]> {
  const lines = linesOf(text);
  for (let line = lines.next(); !line.done; line = lines.next()) {
    if (line.value.text !== '') yield parsePair(line.value.text, lines);
  }
}

interface Line {
  readonly text: string;
  readonly lineBreak: string;
}

function parsePair(line: string, following: Iterator<Line>): readonly [string, string] {
  const equals = line.indexOf('=');
  const heredoc = line.indexOf('<<');
  if (equals >= 0 && (heredoc < 0 || equals < heredoc))
    return [line.slice(0, equals), line.slice(equals + 1)];
  if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
  const name = line.slice(0, heredoc);
  const delimiter = line.slice(heredoc + 2);
  if (name === '' || delimiter === '') {
    throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
  }
  return [name, heredocValue(delimiter, following)];
}

function heredocValue(delimiter: string, following: Iterator<Line>): string {
  let value = '';
  let lastBreak = '';
  for (let line = following.next(); !line.done; line = following.next()) {
    const { text, lineBreak } = line.value;
    if (text === delimiter) return value;
    if (lineBreak === '') throw new Error('Invalid value. EOF marker missing new line.');
    value += lastBreak + text;
    lastBreak = lineBreak;
  }
  throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
}

/** Lines end with LF, on Windows also with CRLF. On other systems a CR is part of the line. */
function* linesOf(text: string): Generator<Line, undefined> {
  const pattern = process.platform === 'win32' ? /\r?\n/g : /\n/g;
  let start = 0;
  for (const { 0: lineBreak, index } of text.matchAll(pattern)) {
    yield { text: text.slice(start, index), lineBreak };
    start = index + lineBreak.length;
  }
  if (start < text.length) yield { text: text.slice(start), lineBreak: '' };
  return undefined;
}
