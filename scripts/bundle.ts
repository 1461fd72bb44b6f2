import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { build, type Metafile, type Plugin } from 'esbuild';

/** The contents of a bundle's files, by name relative to its folder. */
export type Bundle = Readonly<Record<string, string>>;

/**
 * Bundles an entry point of the action. esbuild goes first, because ncc does not remove the parts of the toolkit
 * that are never called.
 */
export async function bundle(entryPoint: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  try {
    const outfile = join(folder, 'index.js');
    const { metafile } = await build({
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      minify: true,
      metafile: true,
      platform: 'node',
      target: 'node16.20',
      // CommonJS starts in two thirds of the time of an ES module, and loads a module of Node when it is first used.
      format: 'cjs',
      // `import()` becomes `require`, which does not start the loader of ES modules.
      supported: { 'dynamic-import': false },
      // Fails if the client imports something that the stub does not export; by default esbuild ignores that in a dependency.
      logOverride: { 'import-is-undefined': 'error' },
      plugins: [onlyWhatIsUsed],
    });
    const { code } = await ncc(outfile, { minify: true, quiet: true, target: 'es2021' });
    return {
      'index.cjs': `${inAscii(code.trimEnd())}\n`,
      'licenses.txt': await licenses(bundledFiles(metafile)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Escapes all characters outside ASCII: with a single one, Node holds the whole script in two bytes per character. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Modules that only `@actions/http-client` imports, and only for functions that the action never calls. */
const LEFT_OUT = ['undici', 'tunnel', 'https'];
const stub = fileURLToPath(new URL('left-out.ts', import.meta.url));

/** Lets esbuild drop modules that are not used, and replaces the modules left out by the stub. */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup({ onResolve, resolve: resolveAnew }) {
    onResolve({ filter: /.*/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === onlyWhatIsUsed.name || options.kind === 'entry-point') return undefined;
      if (LEFT_OUT.includes(path) && isHttpClient(options.importer))
        return { path: stub, sideEffects: false };
      const name = path.replace(/^node:/, '');
      if (builtinModules.includes(name)) return { path: `node:${name}`, external: true, sideEffects: false };
      const found = await resolveAnew(path, { ...options, pluginData: onlyWhatIsUsed.name });
      return { ...found, sideEffects: false };
    });
  },
};

function isHttpClient(file: string): boolean {
  return /@actions[\\/]http-client[\\/]/.test(file);
}

/** The source files that contribute to the bundle. */
function bundledFiles({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

async function licenses(inputs: readonly string[]): Promise<string> {
  const packages = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const texts = [...new Set(packages)].sort().map(async (path) => {
    const { name, version } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${(await licenseOf(path)).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenseOf(path: string): Promise<string> {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt']) {
    const text = await readFile(join(path, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  throw new Error(`${path} has no licence file: what is bundled must come with its licence`);
}
