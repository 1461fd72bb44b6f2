import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';

/**
 * `npm run readme` writes what repeats action.yml: the README's tables of inputs and outputs, and session/action.yml.
 * `-- --check` compares them.
 */
interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const action = readFileSync('action.yml', 'utf8');
const { inputs, outputs }: { inputs: Record<string, Entry>; outputs: Record<string, Entry> } = parse(action);
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

// The self-reference `$/` needs a folder, and the action itself lies at the root.
const SESSION_HEAD = `# Written by \`npm run readme\` from the action.yml at the root: the same action, in a folder, because a workflow of
# this repository can name its own commit only by a path ($/session).
`;

const readme = readFileSync('README.md', 'utf8');
const wanted = {
  'README.md': Object.entries(tables).reduce(replaceSection, readme),
  'session/action.yml': `${SESSION_HEAD}${action.replace(/^( +(?:main|post): )(?=dist\/)/gm, '$1../')}`,
};
for (const [path, text] of Object.entries(wanted)) {
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${path} differs from what action.yml says: run npm run readme and commit the result.`);
    process.exitCode = 1;
  }
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
