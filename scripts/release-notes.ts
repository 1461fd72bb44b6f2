import { readFileSync } from 'node:fs';

/**
 * `npm run release-notes -- 1.2.3` prints what CHANGELOG.md says of the version, and fails where the version is not
 * the newest there, or not the one in package.json and in the source.
 */
const version = process.argv[2] ?? '';
const { version: packaged }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
const source = /'(\d+\.\d+\.\d+)'/.exec(readFileSync('src/version.ts', 'utf8'))?.[1];
const [, newest, notes = ''] =
  /^## (\d+\.\d+\.\d+)[^\n]*\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];

const others = { 'package.json': packaged, 'src/version.ts': source, 'CHANGELOG.md': newest };
for (const [file, found] of Object.entries(others)) {
  if (found === version) continue;
  console.error(`${file} has ${found ?? 'no version'}, not ${version}`);
  process.exitCode = 1;
}
if (process.exitCode === undefined) console.log(notes.trim());
