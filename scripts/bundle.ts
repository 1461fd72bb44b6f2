import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { build, type Metafile, type Plugin } from 'esbuild';

/** The contents of a bundle's files, by name relative to its folder. */
export type Bundle = Readonly<Record<string, string>>;

/**
 * Bundles an entry point of the action as `index.cjs`, and each module of the source that it loads with `import()` as a file of its
 * own beside it, so that a step that does not need it does not read it either. esbuild goes first, because ncc does not remove
 * the parts of the toolkit that are never called.
 */
export async function bundle(entryPoint: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const files = new Map<string, string>();
  const inputs: string[] = [];
  try {
    const modules: Module[] = [{ source: entryPoint, file: 'index.cjs' }];
    for (const module of modules) {
      const built = await buildFile(module, module.source === entryPoint ? 'cjs' : 'esm', folder);
      files.set(module.file, built.code);
      inputs.push(...built.inputs);
      for (const loaded of built.loads) {
        const same = modules.find(({ file }) => file === loaded.file);
        if (same === undefined) modules.push(loaded);
        else if (same.source !== loaded.source) throw new Error(`Two modules would be ${loaded.file}`);
      }
    }
    return { ...Object.fromEntries(files), 'licenses.txt': await licenses(inputs) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A module of the source, and the file of the bundle that it becomes. */
interface Module {
  readonly source: string;
  readonly file: string;
}

interface BuiltFile {
  readonly code: string;
  /** The source files that contribute to it. */
  readonly inputs: readonly string[];
  /** What it loads with `import()`. */
  readonly loads: readonly Module[];
}

/** An entry point is CommonJS. ncc would drop the exports of such a file, so the others are ES modules. */
async function buildFile(
  { source, file }: Module,
  format: 'cjs' | 'esm',
  folder: string,
): Promise<BuiltFile> {
  const outfile = join(folder, file.replace('.cjs', '.js'));
  const loads: Module[] = [];
  const { metafile } = await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    target: 'node16.20',
    format,
    // `import()` has to become `require`, which does not start the loader of ES modules. In ES modules ncc does that.
    supported: { 'dynamic-import': format === 'esm' },
    // Fails if the client imports something that the stub does not export; by default esbuild ignores that in a dependency.
    logOverride: { 'import-is-undefined': 'error' },
    plugins: [apart(loads), onlyWhatIsUsed],
  });
  const externals = loads.map((module) => `./${module.file}`);
  const { code } = await ncc(outfile, { minify: true, quiet: true, target: 'es2021', externals });
  return { code: `${inAscii(code.trimEnd())}\n`, inputs: bundledFiles(metafile), loads };
}

/** Leaves out what the source loads with `import()`, and adds it to `loads`. */
function apart(loads: Module[]): Plugin {
  return {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const file = `${basename(path, '.ts')}.cjs`;
        loads.push({ source: join(resolveDir, path), file });
        return { path: `./${file}`, external: true };
      });
    },
  };
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
