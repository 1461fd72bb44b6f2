import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** `npm run set-owner -- name` puts the account that the action is published under where its placeholder stands. */
const PLACEHOLDER = 'OWN' + 'ER';
const owner = process.argv[2] ?? '';

// What GitHub takes for an account's name.
if (!/^[a-z\d](-?[a-z\d]){0,38}$/i.test(owner)) {
  console.error('Usage: npm run set-owner -- <account>');
  process.exitCode = 2;
} else {
  const { stdout } = spawnSync('git', ['grep', '-lwz', PLACEHOLDER], { encoding: 'utf8' });
  const files = stdout.split('\0').filter((name) => name !== '');
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(new RegExp(`\\b${PLACEHOLDER}\\b`, 'g'), owner));
  }
  console.log(`Set in ${files.length} files: ${files.join(', ')}`);
}
