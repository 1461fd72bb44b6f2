import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the runner reads from an `action.yml`: the scripts to start, and the inputs with their defaults. */
export interface ActionFile {
  readonly main: string;
  readonly post: string | undefined;
  readonly inputDefaults: ReadonlyMap<string, string>;
}

/** By the text of the file, because the jobs of a test run the same action, and parsing it takes up to 10 ms. */
const parsedFiles = new Map<string, ActionFile>();

/** Reads the `action.yml` of an action that runs on Node. Throws if this driver does not support something in it. */
export function readActionFile(directory: string): ActionFile {
  const path = join(directory, 'action.yml');
  const yaml = readFileSync(path, 'utf8');
  const file = parsedFiles.get(yaml) ?? parseActionFile(yaml, path);
  parsedFiles.set(yaml, file);
  return file;
}

function parseActionFile(yaml: string, path: string): ActionFile {
  const { runs, inputs } = table(parse(yaml), path);
  const { using, main, post, 'post-if': postIf } = table(runs, `runs in ${path}`);
  if (!/^node\d+$/.test(text(using))) throw new Error(`${path}: only actions that run on Node are started`);
  if (text(main) === '') throw new Error(`${path}: runs.main is missing`);
  if (!['', 'always()'].includes(text(postIf))) {
    throw new Error(
      `${path}: post-if is '${text(postIf)}', but no condition other than always() is evaluated`,
    );
  }
  const defaults = Object.entries(table(inputs ?? {}, `inputs in ${path}`)).map(
    ([name, input]) => [name, inputDefault(name, table(input ?? {}, name)['default'])] as const,
  );
  return { main: text(main), post: text(post) || undefined, inputDefaults: new Map(defaults) };
}

function inputDefault(name: string, value: unknown): string {
  if (text(value).includes('${{')) throw new Error(`the default of input ${name} is an expression`);
  return text(value);
}

/** A YAML scalar as the runner passes it on: `true` and `60` stay text. */
function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function table(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what}: expected a mapping`);
  }
  return { ...value };
}
