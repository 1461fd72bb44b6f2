import { spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { committed, PUBLIC_NAME } from '../lint/check.ts';
import { forOlderTools } from '../lint/older-tools.ts';

/** More than any workflow takes: one step waits for a minute. */
const HANGS_MS = 180_000;

/**
 * How steps ended, by stage and name, as in `Post Ledger`: `success` or `failure`; those skipped are missing. If the run
 * has several jobs, the name of the job comes first, as in `Target: Main Log in`.
 */
export type Ends = Readonly<Record<string, string>>;

export interface Run {
  readonly act: string;
  /** An empty folder for everything that act writes. */
  readonly folder: string;
  readonly workflow: string;
  /** Further options of act. */
  readonly options: readonly string[];
  /** The run has several jobs with steps of the same names. */
  readonly byJob: boolean;
}

/** Runs a workflow in a copy of this repository, which is also what its public name stands for. */
export async function playWorkflow({ act, folder, workflow, options, byJob }: Run) {
  const checkout = join(folder, 'repository');
  const parts =
    /^(action\.yml|package\.json|(\.github|dist|examples|proof\/engine\/actions|scripts\/self-test|session|simulator|sweep|workflow-templates)\/.*)$/;
  for (const name of committed(parts)) cpSync(name, join(checkout, name));
  const text = readFileSync(workflow, 'utf8');
  writeFileSync(
    join(checkout, workflow),
    forOlderTools(text, (folder) => `${PUBLIC_NAME}/${folder}@v1`),
  );
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'));
  const child = spawn(
    act,
    [
      ...['workflow_dispatch', '--json', '--pull=false', '--no-cache-server'],
      ...['--platform', 'ubuntu-latest=-self-hosted', '--platform', 'self-hosted=-self-hosted'],
      ...['--matrix', 'os:ubuntu-latest', '--workflows', workflow],
      ...['--action-cache-path', join(folder, 'cache')],
      ...['--local-repository', `${PUBLIC_NAME}@v1=${checkout}`],
      ...options,
    ],
    {
      cwd: checkout,
      // Like a clean machine: no proxies, no Node options, no variables of an engine around this process.
      env: { PATH: process.env['PATH'], HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: HANGS_MS,
      killSignal: 'SIGKILL',
    },
  );
  const [out] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const events = out.split('\n').flatMap((line) => readEvent(line, byJob));
  const ends: Ends = Object.fromEntries(events.flatMap(({ step, end }) => (end === '' ? [] : [[step, end]])));
  return { ends, shown: events.map(({ message }) => message).join('\n') };
}

/** What one line of `act --json` says about a step; nothing if the line is about the engine. */
function readEvent(line: string, byJob: boolean) {
  if (!line.startsWith('{')) return [];
  const event: unknown = JSON.parse(line);
  const fields = new Map(Object.entries(typeof event === 'object' && event !== null ? event : {}));
  const text = (name: string) => String(fields.get(name) ?? '');
  const end = text('stepResult');
  const said = fields.get('raw_output') === true || /^(error|warning|notice)$/.test(text('command'));
  if (end === '' && !said) return [];
  // The engine numbers the jobs of a matrix, and fills up their names with blanks.
  const job = byJob
    ? `${text('job')
        .trim()
        .replace(/^.*\/|-\d+$/g, '')}: `
    : '';
  const step = `${job}${text('stage')} ${text('step')}`;
  return [{ step, end, message: `${step}: ${text('msg').trimEnd()}` }];
}
