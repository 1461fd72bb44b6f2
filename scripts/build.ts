import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, bundle } from './bundle.ts';

/**
 * `npm run build` writes `dist`; with `-- --check` it compares it with what is committed. Exits with 1 if a file differs, or if
 * the scripts of a step are too large together.
 */
const check = process.argv.includes('--check');
const MAX_BYTES = 100_000;
let problems = 0;

const STEPS = ['main', 'post'];

for (const name of STEPS) {
  const folder = join('dist', name);
  const files = await bundle(`src/${name}.ts`);
  const bytes = Object.entries(files)
    .filter(([file]) => file.endsWith('.cjs'))
    .reduce((sum, [, contents]) => sum + Buffer.byteLength(contents), 0);
  if (bytes >= MAX_BYTES)
    complain(`${folder} has ${bytes} bytes of code: it has to stay below ${MAX_BYTES}.`);
  await (check ? compare(folder, files) : write(folder, files));
}
await leaveOnly('dist', STEPS);
process.exitCode = problems === 0 ? 0 : 1;

async function write(folder: string, files: Bundle): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [file, contents] of Object.entries(files)) await writeFile(join(folder, file), contents);
  await leaveOnly(folder, Object.keys(files));
}

async function compare(folder: string, files: Bundle): Promise<void> {
  for (const [file, contents] of Object.entries(files)) {
    const path = join(folder, file);
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== contents)
      complain(`${path} is not what the source builds to: run npm run build and commit the result.`);
  }
  await leaveOnly(folder, Object.keys(files));
}

/** Removes what else is in a folder of `dist`, or complains about it: an old build may have left it. */
async function leaveOnly(folder: string, names: readonly string[]): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (names.includes(name)) continue;
    if (check) complain(`${join(folder, name)} is not built from the source: run npm run build.`);
    else await rm(join(folder, name), { recursive: true });
  }
}

function complain(problem: string): void {
  console.error(problem);
  problems += 1;
}
