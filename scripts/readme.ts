import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

/** `npm run readme` writes the README's tables of inputs and outputs from action.yml; `-- --check` compares them. */
interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const { inputs, outputs }: { inputs: Record<string, Entry>; outputs: Record<string, Entry> } = parse(
  readFileSync('action.yml', 'utf8'),
);
const tables = {
  inputs: table(
    ['Input', 'Default', 'Meaning'],
    Object.entries(inputs).map(([name, input]) => [code(name), fallback(input), input.description]),
  ),
  outputs: table(
    ['Output', 'Meaning'],
    Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
  ),
};

const readme = readFileSync('README.md', 'utf8');
const wanted = Object.entries(tables).reduce(replaceSection, readme);
if (!process.argv.includes('--check')) writeFileSync('README.md', wanted);
else if (wanted !== readme) {
  console.error(
    'The tables in README.md are not what action.yml says: run npm run readme and commit the result.',
  );
  process.exitCode = 1;
}

/** Replaces the text between the two comments that mark the section. Throws if a comment is missing. */
function replaceSection(text: string, [name, lines]: [string, string]): string {
  const [begin, end] = [`<!-- ${name} from action.yml -->\n`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no section for the ${name} of action.yml`);
  return `${text.slice(0, from)}${begin}\n${lines}\n${text.slice(to)}`;
}

/** The columns are not aligned, because the longest cell would make every line as long. */
function table(heads: readonly string[], body: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...body.map((cells) => cells.map(cell))].map(line).join('');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function cell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function fallback(input: Entry): string {
  if (input.required) return 'required';
  return input.default === undefined ? '' : code(input.default);
}

function code(text: string): string {
  return `\`${text}\``;
}
