import { trim, trimStart } from './white-space.ts';

/** A command in a line of output. Its name is in lower case, because the runner ignores case. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

type Escapes = readonly (readonly [escaped: string, plain: string])[];

// The percent sign is replaced last, so that `%250A` becomes `%0A` and not a line break.
const lineBreaks: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
];
const percent: Escapes = [['%25', '%']];
const dataEscapes: Escapes = [...lineBreaks, ...percent];
const propertyEscapes: Escapes = [...lineBreaks, ['%3A', ':'], ['%2C', ','], ...percent];
const legacyEscapes: Escapes = [['%3B', ';'], ...lineBreaks, ['%5D', ']'], ...percent];

// The runner's search depends on the culture and skips ignorable characters, such as a soft hyphen.
const endOfName = /:(?:(?![\t-\r\u0085])[\p{Cc}\p{Default_Ignorable_Code_Point}])*:/u;

/**
 * Finds the command in a line as the runner does: `::name key=value,…::data` at the start, after blanks, or the first
 * `##[name key=value;…]data` anywhere. A line with an unregistered command is plain text.
 */
export function parseCommand(
  line: string,
  isRegistered: (name: string) => boolean,
): WorkflowCommand | undefined {
  const command = parseCurrent(trimStart(line), isRegistered);
  return command ?? parseLegacy(line, isRegistered);
}

function parseCurrent(line: string, isRegistered: (name: string) => boolean): WorkflowCommand | undefined {
  const found = line.slice(2).search(endOfName);
  if (!line.startsWith('::') || found < 0) return undefined;
  const end = found + 2;
  const { name, rest } = splitName(line.slice(2, end));
  if (!isRegistered(name)) return undefined;
  const properties = parseProperties(trim(rest), ',', propertyEscapes);
  return { name, properties, data: unescaped(line.slice(end + 2), dataEscapes) };
}

function parseLegacy(line: string, isRegistered: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const { name, rest } = splitName(line.slice(start + 3, end));
  if (!isRegistered(name)) return undefined;
  const properties = parseProperties(rest, ';', legacyEscapes);
  return { name, properties, data: unescaped(line.slice(end + 1), legacyEscapes) };
}

function splitName(text: string): { name: string; rest: string } {
  const blank = text.indexOf(' ');
  if (blank < 0) return { name: text.toLowerCase(), rest: '' };
  return { name: text.slice(0, blank).toLowerCase(), rest: text.slice(blank + 1) };
}

function parseProperties(
  text: string,
  separator: string,
  escapes: Escapes,
): Readonly<Record<string, string>> {
  const pairs = text.split(separator).flatMap((pair) => {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1);
    return equals > 0 && value !== '' ? [[pair.slice(0, equals), unescaped(value, escapes)] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function unescaped(text: string, escapes: Escapes): string {
  return escapes.reduce((result, [escaped, plain]) => result.replaceAll(escaped, plain), text);
}
