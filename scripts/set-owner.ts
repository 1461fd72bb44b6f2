import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `npm run set-owner -- name` puts this account in the place of the one that the action is published under, in every file
 * that Git knows: in `<account>/informatica-cloud-session`, and in CODEOWNERS. It can be run again: on a copy, or after an
 * update that brings the publisher's name back.
 */
const NAME = 'informatica-cloud-session';
const owner = process.argv[2] ?? '';

// A valid GitHub account name. That of a managed user contains an underscore.
if (!/^[a-z\d](-?[a-z\d]){0,38}(_[a-z\d]+)?$/i.test(owner)) {
  console.error('Usage: npm run set-owner -- <account>');
  process.exitCode = 2;
} else {
  const others = ownersNamed().filter((other) => other !== owner);
  const changed = others.length === 0 ? [] : filesOf(`/${NAME}|@`).filter((file) => replaceIn(file, others));
  if (changed.length > 0) {
    console.log(`${others.join(', ')} is now ${owner}, in ${changed.length} files: ${changed.join(', ')}`);
  } else {
    console.error(`No file names another owner than ${owner}. Nothing was changed.`);
    process.exitCode = 1;
  }
}

/** Every account that a step or a job takes this action from. */
function ownersNamed(): readonly string[] {
  const { stdout } = spawnSync('git', ['grep', '-IohE', `uses: [A-Za-z0-9_-]+/${NAME}[/@]`], {
    encoding: 'utf8',
  });
  return [...new Set(stdout.split('\n').flatMap((line) => /uses: ([\w-]+)\//.exec(line)?.[1] ?? []))];
}

function filesOf(pattern: string): readonly string[] {
  const { stdout } = spawnSync('git', ['grep', '-IlzE', pattern], { encoding: 'utf8' });
  return stdout.split('\0').filter((file) => file !== '');
}

/** Replaces the owners in a file; false if none of them is there. */
function replaceIn(file: string, others: readonly string[]): boolean {
  const text = readFileSync(file, 'utf8');
  const names = others.join('|');
  const inNames = text.replaceAll(new RegExp(`(?<![\\w-])(${names})(?=/${NAME}(?![\\w-]))`, 'g'), owner);
  const replaced = file.endsWith('CODEOWNERS')
    ? inNames.replaceAll(new RegExp(`@(${names})(?![\\w-])`, 'g'), `@${owner}`)
    : inNames;
  if (replaced === text) return false;
  writeFileSync(file, replaced);
  return true;
}
