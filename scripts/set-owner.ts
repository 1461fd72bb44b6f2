import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `npm run set-owner -- name` puts this account in the place of the one that the action is published under, in every file
 * that Git knows: in `<account>/informatica-cloud-session`, and in CODEOWNERS. On a copy it can be run again.
 */
const NAME = 'informatica-cloud-session';
const owner = process.argv[2] ?? '';
const current = new RegExp(`uses: ([\\w-]+)/${NAME}@`).exec(readFileSync('README.md', 'utf8'))?.[1];

// What GitHub takes for the name of an account; that of a managed user has an underscore in it.
if (!/^[a-z\d](-?[a-z\d]){0,38}(_[a-z\d]+)?$/i.test(owner)) {
  console.error('Usage: npm run set-owner -- <account>');
  process.exitCode = 2;
} else if (current === undefined) {
  fail(`README.md does not name the owner, as in uses: <account>/${NAME}@v1. Nothing was changed.`);
} else if (current === owner) {
  fail(`The owner is ${owner} already. Nothing was changed.`);
} else {
  const { stdout } = spawnSync('git', ['grep', '-Ilz', '-e', current], { encoding: 'utf8' });
  const changed = stdout.split('\0').filter((file) => file !== '' && replaceIn(file, current));
  if (changed.length === 0) fail(`No file that Git knows names ${current}/${NAME}. Nothing was changed.`);
  else console.log(`${current} is now ${owner}, in ${changed.length} files: ${changed.join(', ')}`);
}

/** Replaces the owner in a file; false if it is not there. */
function replaceIn(file: string, from: string): boolean {
  const text = readFileSync(file, 'utf8');
  const inNames = text.replaceAll(new RegExp(`(?<![\\w-])${from}(?=/${NAME}(?![\\w-]))`, 'g'), owner);
  const replaced = file.endsWith('CODEOWNERS')
    ? inNames.replaceAll(new RegExp(`@${from}(?![\\w-])`, 'g'), `@${owner}`)
    : inNames;
  if (replaced === text) return false;
  writeFileSync(file, replaced);
  return true;
}

function fail(text: string): void {
  console.error(text);
  process.exitCode = 1;
}
