import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { MODES } from '../src/requests/validate-inputs.ts';

/**
 * `npm run readme` writes the copies of action.yml: the README's tables of inputs and outputs, and session/action.yml.
 * `-- --check` compares them.
 */
interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const modes = Object.keys(MODES);
const action = readFileSync('action.yml', 'utf8');
const { inputs, outputs }: { inputs: Record<string, Entry>; outputs: Record<string, Entry> } = parse(action);
const tables = {
  inputs: [undefined, ...modes].map(inputsOf).join('\n'),
  outputs: table(
    ['Output', 'Meaning'],
    Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
  ),
};

// The self-reference `$/` needs a folder, and the action itself is at the root.
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

/** The inputs below a heading, each at the first mode that has it; without a mode, those that every mode has. */
function inputsOf(mode: string | undefined): string {
  const ofMode = Object.entries(inputs).flatMap(([name, input]) => {
    const { modes, meaning } = descriptionOf(input);
    const isOf = mode === undefined ? modes.length === 0 : modes.includes(mode);
    const isFirst = mode === undefined || modes[0] === mode;
    return isOf ? [{ isFirst, name: code(name), cells: [code(name), fallback(input), meaning] }] : [];
  });
  const rows = ofMode.filter(({ isFirst }) => isFirst).map(({ cells }) => cells);
  const above = ofMode.filter(({ isFirst }) => !isFirst).map(({ name }) => name);
  return [
    `### ${mode === undefined ? 'Every mode' : `\`mode: ${mode}\``}\n`,
    ...(rows.length === 0 ? [] : [table(['Input', 'Default', 'Meaning'], rows)]),
    ...(above.length === 0 ? [] : [`As described above: ${above.join(', ')}.\n`]),
  ].join('\n');
}

/** The description of an input that only some modes have begins with their names and a colon. */
function descriptionOf({ description }: Entry): {
  readonly modes: readonly string[];
  readonly meaning: string;
} {
  const [prefix = ''] = new RegExp(`^(?:\`(?:${modes.join('|')})\`(?:, )?)+: `).exec(description) ?? [];
  return { modes: prefix.match(/\w+/g) ?? [], meaning: description.slice(prefix.length) };
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
