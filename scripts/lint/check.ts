import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** This action by the name that its users write; `npm run set-owner` changes it. */
export const PUBLIC_NAME = 'OWNER/informatica-cloud-session';

/** Checks files of the repository. */
export type Check = () => Promise<Result>;

export interface Result {
  /** What was checked, and how many. */
  readonly looked: string;
  /** One line each, as `file:line: what is wrong`. */
  readonly findings: readonly string[];
}

/** The files that are, or would be, committed, as Git writes them: relative, with `/`. */
export function committed(pattern: RegExp): readonly string[] {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const names = execFileSync('git', options, { encoding: 'utf8' }).split('\0');
  return names.filter((name) => pattern.test(name) && existsSync(name)).sort();
}

/** Counts what was checked. Zero is a finding, because a pattern that matches no file checks nothing. */
export function counted(count: number, what: string): Result {
  const findings = count === 0 ? [`there are no ${what} to look at`] : [];
  return { looked: `${count} ${what}`, findings };
}

/** A tool that `.ci/tools.sh` installs; undefined if it is not installed, which is an error in CI. */
export function tool(variable: string, name: string): string | undefined {
  const given = process.env[variable] || name;
  // The checks start it in other folders, too.
  const path = existsSync(given) ? resolve(given) : given;
  if (spawnSync(path, ['--version']).status === 0) return path;
  if (process.env['CI'] === 'true') throw new Error(`In CI, ${name} has to be in ${variable} or on the PATH`);
  return undefined;
}

/** What a tool printed before it failed, one finding a line. */
export function findingsOf(path: string, options: readonly string[], cwd: string): readonly string[] {
  const { status, error, stdout, stderr } = spawnSync(path, options, { cwd, encoding: 'utf8' });
  if (error !== undefined) return [`${path} could not be run: ${error.message}`];
  if (status === 0) return [];
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line !== '');
  return lines.length === 0 ? [`${path} failed with ${status}`] : lines;
}
