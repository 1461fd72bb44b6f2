import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

/**
 * `npm run build` writes the bundles; with `-- --check` it compares them with what is committed. Exits with 1 if one
 * differs, or is too large: a runner loads it in every job.
 */
const check = process.argv.includes('--check');
const MAX_BYTES = 100_000;
let problems = 0;

for (const name of ['main', 'post']) {
  const folder = join('dist', name);
  const files = await bundle(`src/${name}.ts`);
  const bytes = Object.entries(files)
    .filter(([file]) => file.endsWith('.cjs'))
    .reduce((sum, [, contents]) => sum + Buffer.byteLength(contents), 0);
  if (bytes >= MAX_BYTES)
    complain(`${folder} has ${bytes} bytes of code: it has to stay below ${MAX_BYTES}.`);
  await (check ? compare(folder, files) : write(folder, files));
}
process.exitCode = problems === 0 ? 0 : 1;

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [file, contents] of Object.entries(files)) await writeFile(join(folder, file), contents);
}

async function compare(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const committed = await readdir(folder).catch(() => []);
  for (const file of new Set([...committed, ...Object.keys(files)])) {
    const path = join(folder, file);
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== files[file])
      complain(`${path} is not what the source builds to: run npm run build and commit the result.`);
  }
}

function complain(problem: string): void {
  console.error(problem);
  problems += 1;
}
