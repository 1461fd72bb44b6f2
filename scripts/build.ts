import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

/** `npm run build` writes the bundles; with `-- --check` it compares them with what is committed. */
const check = process.argv.includes('--check');
let stale = 0;

for (const name of ['main', 'post']) {
  const folder = join('dist', name);
  await mkdir(folder, { recursive: true });
  for (const [file, contents] of Object.entries(await bundle(`src/${name}.ts`))) {
    const path = join(folder, file);
    if (!check) await writeFile(path, contents);
    else if ((await readFile(path, 'utf8').catch(() => '')) !== contents) {
      console.error(`${path} is not what the source builds to: run npm run build and commit the result.`);
      stale += 1;
    }
  }
}
process.exitCode = stale === 0 ? 0 : 1;
