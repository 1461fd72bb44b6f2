import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** More than any workflow here takes: one step of them runs for a minute. */
const HANGS_MS = 150_000;

export interface WorkflowRun {
  readonly workflow: string;
  readonly act: string;
  readonly node: string;
  /** An empty folder for all that act writes. */
  readonly folder: string;
  /** Variables that the engine itself gives to every step. */
  readonly env: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Called with each line of the transcript as it comes. */
  readonly onLine: (line: string) => void;
}

export interface WorkflowResult {
  readonly exitCode: number | null;
  /** All that a user would see, including the engine's own messages. */
  readonly shown: string;
  /** Every value that a step had masked. */
  readonly masked: readonly string[];
}

/** The engine that PROOF_ACT names, or the one on the PATH; undefined if there is none. */
export function findAct(): string | undefined {
  const act = process.env['PROOF_ACT'] || 'act';
  return spawnSync(act, ['--version']).status === 0 ? act : undefined;
}

/**
 * Runs a workflow in a repository that consists of the action and the workflows beside this file. Steps run on this
 * machine, actions on the node given. The transcript has the output of the steps, as in `Main error: It failed`.
 */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const checkout = join(run.folder, 'repository');
  const bin = join(run.folder, 'bin');
  for (const part of ['action.yml', 'dist', 'proof/engine/actions', 'proof/engine/workflows']) {
    cpSync(join(repository, part), join(checkout, part), { recursive: true });
  }
  mkdirSync(bin);
  symlinkSync(run.node, join(bin, 'node'));
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const child = spawn(
    run.act,
    [
      ...['push', '--json', '--pull=false', '--no-cache-server'],
      ...['--platform', 'ubuntu-latest=-self-hosted'],
      ...['--action-cache-path', join(run.folder, 'cache')],
      ...['--workflows', `proof/engine/workflows/${run.workflow}.yml`],
      ...pairs('--env', run.env),
      ...pairs('--var', run.vars),
      ...pairs('--secret', run.secrets),
    ],
    {
      cwd: checkout,
      // Like a clean machine: no proxies, no Node options, no variables of an engine around this process.
      env: { PATH: `${bin}:${process.env['PATH']}`, HOME: run.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: HANGS_MS,
      killSignal: 'SIGKILL',
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const shown: string[] = [];
  const masked: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => shown.push(text));
  createInterface({ input: child.stdout }).on('line', (json) => {
    const event = readEvent(json);
    shown.push(event.message);
    if (event.command === 'add-mask') masked.push(event.argument);
    if (event.line !== undefined) run.onLine(event.line);
  });
  const exitCode = await ended;
  return { exitCode, shown: shown.join('\n'), masked };
}

/** What one line of `act --json` says. */
function readEvent(json: string) {
  const event: unknown = JSON.parse(json);
  const fields: Readonly<Record<string, unknown>> =
    typeof event === 'object' && event !== null ? { ...event } : {};
  const text = (name: string) => String(fields[name] ?? '');
  const [message, command] = [text('msg'), text('command')];
  const annotation = ['error', 'warning', 'notice'].includes(command);
  // An annotation is shown as an emoji and the command that created it.
  const said = message.replace(/^.*?::\w+[^:]*::/, annotation ? '' : '$&').trimEnd();
  const line = `${text('stage')}${annotation ? ` ${command}` : ''}: ${said}`;
  return {
    message,
    command,
    argument: text('arg'),
    // The engine sometimes adds an empty line after a long one.
    line: (annotation || fields['raw_output'] === true) && said !== '' ? line : undefined,
  };
}
