import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readActionFile } from '../runner/action-file.ts';
import { inputEnvironment } from '../runner/inputs.ts';
import { createStepFiles } from '../runner/step-files.ts';

/**
 * `npm run bench -- [--node <binary>] [--pairs <number>]`: what the committed bundles cost, as whole processes
 * compared with plain Node scripts, and how much a runner downloads. Exits with 1 if a target is missed.
 */
const { node, pairs } = readArguments();

const root = fileURLToPath(new URL('..', import.meta.url));
const fixture = (name: string) => join(root, 'scripts', 'bench', name);
const action = readActionFile(root);
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  readonly unit: string;
  readonly detail: string;
}

interface Script {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the script prints on success. Without this check, a script that fails early would count as fast. */
  readonly prints: string;
}

// The server has its own process, so that it does not share a thread with the measurement.
const server = spawn(process.execPath, [fixture('server.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [port] = await once(server.stdout, 'data');
  const figures = [...timeAndMemory(`http://127.0.0.1:${Number(port)}`), ...sizes()];
  print(figures);
  process.exitCode = figures.every(isMet) ? 0 : 1;
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Exits with 2 on wrong arguments. */
function readArguments(): { readonly node: string; readonly pairs: number } {
  try {
    const string = { type: 'string' } as const;
    const { values } = parseArgs({
      options: {
        node: { ...string, default: process.execPath },
        pairs: { ...string, default: '41' },
      },
    });
    const node = resolve(values.node);
    if (!statSync(node, { throwIfNoEntry: false })?.isFile())
      throw new Error(`--node: there is no file ${node}`);
    if (!/^[1-9]\d{0,3}$/.test(values.pairs)) throw new Error('--pairs: not a number from 1 to 9999');
    return { node, pairs: Number(values.pairs) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function timeAndMemory(origin: string): Figure[] {
  const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const sessionId = 'FakeSessionId0123456789';
  const user = { username: 'someone@example.com', password: 'not-a-real-password' };
  const logout = pair(
    { mode: 'logout', 'server-url': `${origin}/saas`, 'session-id': sessionId },
    'Ended the session',
    { url: `${origin}/saas/api/v2/user/logout`, headers: { ...json, icSessionId: sessionId }, body: '' },
  );
  const login = pair({ mode: 'login', 'login-url': origin, ...user }, 'Opened a session', {
    url: `${origin}/ma/api/v2/user/login`,
    headers: json,
    body: JSON.stringify({ '@type': 'login', ...user }),
  });
  const settled = { ...logout.main.env, STATE_session: '{"kind":"settled","as":"ended"}' };
  const post: Script = {
    path: join(root, action.post ?? ''),
    env: settled,
    prints: 'Nothing to clean up: the main step has settled it',
  };
  const empty: Script = { path: fixture('empty.cjs'), env: settled, prints: '' };
  return [
    compare('main, login: time', 1.2, 'ms', login.main, login.bare, milliseconds),
    compare('main, logout: time', 1.2, 'ms', logout.main, logout.bare, milliseconds),
    compare('post, nothing to do: time', 1.3, 'ms', post, empty, milliseconds),
    compare('main, login: peak memory', 1.3, 'MB', login.main, login.bare, megabytes),
    compare('main, logout: peak memory', 1.3, 'MB', logout.main, logout.bare, megabytes),
    compare('post, nothing to do: peak memory', 1.3, 'MB', post, empty, megabytes),
  ];
}

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A main step, and a plain script that sends the same request. */
function pair(inputs: Readonly<Record<string, string>>, prints: string, call: Call) {
  const env = inputEnvironment(action.inputDefaults, inputs);
  const main: Script = { path: join(root, action.main), env, prints };
  const bare: Script = {
    path: fixture('bare.cjs'),
    env: { ...env, BENCH_URL: call.url, BENCH_HEADERS: JSON.stringify(call.headers), BENCH_BODY: call.body },
    prints: 'HTTP 200',
  };
  return { main, bare };
}

/** Measures two scripts alternately, because other load on the machine then affects both alike. */
function compare(
  what: string,
  target: number,
  unit: string,
  script: Script,
  plain: Script,
  measure: (script: Script) => number,
): Figure {
  const measured = Array.from({ length: pairs + 1 }, () => [measure(script), measure(plain)] as const);
  // The first pair is not counted, because it fills the file system's cache.
  const counted = measured.slice(1);
  const ours = median(counted.map(([a]) => a));
  const theirs = median(counted.map(([, b]) => b));
  return {
    what,
    measured: median(counted.map(([a, b]) => a / b)),
    target,
    unit: 'x',
    detail: `${ours.toFixed(1)} against ${theirs.toFixed(1)} ${unit}`,
  };
}

function milliseconds(script: Script): number {
  const env = environmentOf(script);
  const startedAt = performance.now();
  const { status, stdout } = spawnSync(node, [script.path], { env, encoding: 'utf8' });
  const ms = performance.now() - startedAt;
  check(script, status, stdout);
  return ms;
}

function megabytes(script: Script): number {
  const file = join(folder, 'memory');
  const env = { ...environmentOf(script), BENCH_MEMORY: file };
  const preload = ['--require', fixture('memory.cjs')];
  const { status, stdout } = spawnSync(node, [...preload, script.path], { env, encoding: 'utf8' });
  check(script, status, stdout);
  return (Number(readFileSync(file, 'utf8')) * 1024) / 1e6;
}

/** The environment that a runner gives a step: its inputs or state, and new files for its commands. */
function environmentOf({ env }: Script): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    ...createStepFiles(join(mkdtempSync(join(folder, 'step-')), 'files')),
    ...env,
  };
}

function check({ path, prints }: Script, status: number | null, stdout: string): void {
  if (status !== 0 || !stdout.includes(prints)) throw new Error(`${path} did not do its work:\n${stdout}`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, number) => sum + number, 0) / middle.length;
}

function sizes(): Figure[] {
  // A runner downloads the archive of a commit, without the files marked `export-ignore`.
  const archive = execFileSync('git', ['archive', '--format=tar.gz', 'HEAD'], { cwd: root, maxBuffer: 1e9 });
  return [
    kilobytes('main, all JavaScript', 100, javaScriptIn(action.main)),
    kilobytes('post, all JavaScript', 100, javaScriptIn(action.post ?? '')),
    kilobytes('archive of HEAD', 80, archive.length),
  ];
}

function javaScriptIn(script: string): number {
  const bundle = dirname(join(root, script));
  const files = readdirSync(bundle, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.[cm]?js$/.test(file))
    .reduce((bytes, file) => bytes + statSync(join(bundle, file)).size, 0);
}

function kilobytes(what: string, target: number, bytes: number): Figure {
  const detail = `${bytes.toLocaleString('en')} bytes`;
  return { what, measured: bytes / 1000, target, unit: ' kB', detail };
}

function isMet({ measured, target }: Figure): boolean {
  return measured <= target;
}

function print(figures: readonly Figure[]): void {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(
    `Node ${version}, ${process.platform}, ${availableParallelism()} cores, medians of ${pairs} pairs\n`,
  );
  const rows = figures.map((figure) => {
    const { what, measured, target, unit, detail } = figure;
    return [
      what,
      `${measured.toFixed(3)}${unit}`,
      `${target}${unit}`,
      isMet(figure) ? 'ok' : 'MISSED',
      detail,
    ];
  });
  const table = [['figure', 'measured', 'target', '', 'detail'], ...rows];
  for (const cells of table) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widthOf(table, column)))
        .join('  ')
        .trimEnd(),
    );
  }
}

function widthOf(table: readonly (readonly string[])[], column: number): number {
  return Math.max(...table.map((cells) => cells[column]?.length ?? 0));
}
