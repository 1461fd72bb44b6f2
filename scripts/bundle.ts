import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ncc from '@vercel/ncc';
import { build, type Plugin } from 'esbuild';
import ts from 'typescript';

/** A bundle as it is committed: file names relative to its folder, with their contents. */
export type Bundle = Readonly<Record<string, string>>;

/**
 * Bundles an entry point of the action. esbuild goes first, because ncc does not shake out the parts of
 * the toolkit that are never called; ncc packs what is left.
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
      target: 'node24',
      // ncc makes a CommonJS file of it, which starts in two thirds of the time that an ES module takes.
      format: 'esm',
      plugins: [onlyWhatIsUsed],
    });
    const { code } = await ncc(outfile, { minify: true, quiet: true, target: 'es2022' });
    return {
      'index.cjs': `${inAscii(code.trimEnd())}\n`,
      'licenses.txt': await licenses(Object.keys(metafile.inputs)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With escapes for what is not ASCII, all of it in literals: one other character, and Node keeps the script in two bytes each. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Of the toolkit's HTTP client, what a bare request calls: the rest would be a fifth of the bundle. */
const CALLED = [
  '__awaiter',
  'HttpClient',
  'requestRaw',
  'requestRawWithCallback',
  '_getUserAgentWithOrchestrationId',
  'HttpClientResponse',
];

/** Tells esbuild that modules may go when nothing of them is used, and leaves out what is never called. */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup({ onResolve, onLoad, resolve: resolveAnew }) {
    onLoad({ filter: /http-client[\\/]lib[\\/]index\.js$/ }, async ({ path }) => ({
      contents: only(CALLED, await readFile(path, 'utf8')),
    }));
    onResolve({ filter: /.*/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === onlyWhatIsUsed.name || options.kind === 'entry-point') return undefined;
      const name = path.replace(/^node:/, '');
      if (builtinModules.includes(name)) return { path: `node:${name}`, external: true, sideEffects: false };
      const found = await resolveAnew(path, { ...options, pluginData: onlyWhatIsUsed.name });
      return { ...found, sideEffects: false };
    });
  },
};

/** The source of a module with its imports, and of its declarations and their methods only those of these names. */
function only(names: readonly string[], source: string): string {
  const { statements } = ts.createSourceFile('module.js', source, ts.ScriptTarget.Latest, true);
  const isCalled = (name: ts.Node | undefined) => names.includes(name?.getText() ?? '');
  const left = statements.flatMap((statement): readonly ts.Node[] => {
    if (ts.isImportDeclaration(statement)) return [];
    if (ts.isClassDeclaration(statement) && isCalled(statement.name)) {
      return statement.members.filter(({ name }) => name !== undefined && !isCalled(name));
    }
    const isKept =
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some(({ name }) => isCalled(name));
    return isKept ? [] : [statement];
  });
  return left.reduceRight((text, node) => text.slice(0, node.getStart()) + text.slice(node.getEnd()), source);
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
