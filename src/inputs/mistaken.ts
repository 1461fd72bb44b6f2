/** What a value may have been meant to be before something went wrong on its way to an input. */
export type Mistaken =
  | 'what a missing field prints as'
  | 'masked text'
  | 'a variable that was not expanded'
  | 'a header, not its value'
  | 'JSON'
  | 'in quotes'
  | 'several words';

/** Python, jq, JavaScript, Go, .NET and shells, for a field that is not there. */
const MISSING = [
  'none',
  'null',
  'nil',
  '<nil>',
  '<null>',
  'undefined',
  'nan',
  'n/a',
  '(null)',
  '[object object]',
];
const VARIABLE = /^\$|\$\{|\$\(|^%[^%\s]+%$|\{\{|^@[\w.]+@$|^<[\w\s.-]+>$|^env[:.]\w+$/;
const HEADER = /^(bearer|basic)\s|^(authorization|(ic)?session-?id|infa-session-id|set-cookie|cookie)\s*[:=]/;
const QUOTED = /^["'`“”‘’]|["'`“”‘’]$/;

/** What a value seems to be by mistake; undefined if it seems right. The value is trimmed. */
export function mistakenFor(value: string): Mistaken | undefined {
  const text = value.toLowerCase();
  if (MISSING.includes(text)) return 'what a missing field prints as';
  if (value.includes('***')) return 'masked text';
  if (VARIABLE.test(text)) return 'a variable that was not expanded';
  if (HEADER.test(text)) return 'a header, not its value';
  if (/^[{[]/.test(value)) return 'JSON';
  if (QUOTED.test(value)) return 'in quotes';
  if (/\s/.test(value)) return 'several words';
  return undefined;
}
