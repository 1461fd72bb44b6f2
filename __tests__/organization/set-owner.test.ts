import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compiled } from '../compiled.ts';
import { git, newFolder, root, run } from './support.ts';

const script = compiled(new URL('../../scripts/set-owner.ts', import.meta.url));
const NAMED = /(?<!\$)\b([\w-]+)\/informatica-cloud-session\b/g;

/** A copy of this repository's files, as Git knows them. */
function copy(): string {
  const folder = newFolder();
  const names = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate');
  for (const name of names.split('\0').filter((name) => name !== '')) {
    cpSync(join(root, name), join(folder, name), { errorOnExist: true });
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  return folder;
}

const setOwner = (folder: string, ...owner: readonly string[]) =>
  run([process.execPath, script, ...owner], { cwd: folder });
const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const ownersIn = (text: string) => new Set([...text.matchAll(NAMED)].map(([, owner]) => owner));
const PAGES = [
  'README.md',
  'docs/adopt.md',
  'examples/sweep.yml',
  '.github/zizmor.yml',
  'scripts/lint/check.ts',
];

describe('set-owner', () => {
  test('replaces the owner, once more on a copy, and what an update brought back, and fails if it changed nothing', () => {
    const folder = copy();
    const before = git(folder, 'grep', '-c', '/informatica-cloud-session');
    for (const owner of ['Some-account', 'other', 'managed_user']) {
      expect(setOwner(folder, owner)).toMatchObject({ status: 0, err: '' });
      for (const page of PAGES)
        expect([page, ownersIn(read(folder, page))]).toEqual([page, new Set([owner])]);
      expect(read(folder, '.github/CODEOWNERS')).toContain(`* @${owner}\n`);
    }
    expect(git(folder, 'grep', '-c', '/informatica-cloud-session')).toBe(before);
    // The placeholder occurs nowhere else, where it would not be replaced.
    expect(run(['git', 'grep', '-w', ['OWN', 'ER'].join('')], { cwd: folder }).out).toBe('');

    expect(setOwner(folder, 'managed_user')).toMatchObject({
      status: 1,
      err: 'No file names another owner than managed_user. Nothing was changed.\n',
    });
    cpSync(join(root, 'examples/login.yml'), join(folder, 'examples/login.yml'));
    expect(setOwner(folder, 'managed_user')).toMatchObject({
      status: 0,
      out: expect.stringContaining('in 1 files: examples/login.yml'),
    });
    expect(ownersIn(read(folder, 'examples/login.yml'))).toEqual(new Set(['managed_user']));
  });

  test.each([[''], ['a b'], ['-a'], ['a/b'], ['$&']])('takes no %j for an account', (owner) => {
    expect(setOwner(root, owner).status).toBe(2);
  });
});
