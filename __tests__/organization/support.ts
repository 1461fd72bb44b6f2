import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** An empty folder. It is removed after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'organization-'));
  folders.push(folder);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Windows ignores a script's first line, so these commands cannot be replaced on its PATH. */
export const canMakeUpCommands = process.platform !== 'win32';

/** Writes a script with this command name to an empty folder, for Node if it names no other; returns the folder, for the PATH. */
export function madeUp(command: string, script: string): string {
  const folder = newFolder();
  const whole = script.startsWith('#!') ? script : `#!${process.execPath}\n${script}`;
  writeFileSync(join(folder, command), whole);
  chmodSync(join(folder, command), 0o755);
  return folder;
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** What programs need of the machine; on Windows more than the PATH. */
const MACHINE = Object.fromEntries(
  ['PATH', 'SystemRoot', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const environment = (env: RunOptions['env'] = {}) => ({ ...MACHINE, HOME: tmpdir(), ...env });

/** Runs a program to its end, with these variables and those of the machine. */
export function run(
  [program = '', ...options]: readonly string[],
  { cwd = root, env }: RunOptions = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(program, options, {
    cwd,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, out: stdout, err: stderr };
}

/** Like `run`, but this process goes on, and can serve the program. */
export async function runBeside(
  [program = '', ...options]: readonly string[],
  { cwd = root, env }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(program, options, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, out, err };
}

/** Runs Git in a folder, with an example author. Returns its output. */
export function git(cwd: string, ...options: readonly string[]): string {
  // Without the sample hooks in each new repository.
  const settings = ['user.name=Somebody', 'user.email=somebody@example.com', 'init.templateDir='];
  const given = settings.flatMap((setting) => ['-c', setting]);
  const { status, out, err } = run(['git', ...given, ...options], { cwd });
  if (status !== 0) throw new Error(`git ${options.join(' ')}: ${err}`);
  return out.trim();
}
