import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
  await mkdir(folder, { recursive: true });
  for (const [file, contents] of Object.entries(await bundle(`src/${name}.ts`))) {
    const path = join(folder, file);
    const bytes = Buffer.byteLength(contents);
    if (bytes >= MAX_BYTES) {
      console.error(`${path} has ${bytes} bytes: it has to stay below ${MAX_BYTES}.`);
      problems += 1;
    }
    if (!check) await writeFile(path, contents);
    else if ((await readFile(path, 'utf8').catch(() => '')) !== contents) {
      console.error(`${path} is not what the source builds to: run npm run build and commit the result.`);
      problems += 1;
    }
  }
}
process.exitCode = problems === 0 ? 0 : 1;
