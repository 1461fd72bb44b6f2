import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ncc from '@vercel/ncc';
import { build, type Plugin } from 'esbuild';

/** A bundle as it is committed: file names relative to its folder, with their contents. */
export type Bundle = Readonly<Record<string, string>>;

/** Properties that src and the toolkit have among themselves: no word of Node's, of an input or output, or of the saved state. */
const OWN_NAMES = [
  'allowAlreadyEnded',
  'answerWasLost',
  'cancelled',
  'credential',
  'failure',
  'gaveUp',
  'getAgentDispatcher',
  'getJson',
  'httpModule',
  'level',
  'mayHaveReachedServer',
  'onCancel',
  'onCleanupFailure',
  'onRetry',
  'outputs',
  'parsedUrl',
  'patchJson',
  'postJson',
  'problems',
  'putJson',
  'readBodyBuffer',
  'readInputs',
  'requestRaw',
  'requestRawWithCallback',
  'retryAfter',
  'saveState',
  'secrets',
  'sendStream',
  'subject',
  'urlInput',
];

/**
 * Bundles an entry point of the action. esbuild goes first, because ncc does not shake out the parts of
 * the toolkit that are never called; ncc packs what is left.
 */
export async function bundle(entryPoint: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  try {
    const outfile = join(folder, 'index.cjs');
    const { metafile } = await build({
      entryPoints: [entryPoint],
      outfile,
      bundle: true,
      minify: true,
      metafile: true,
      platform: 'node',
      target: 'node24',
      // A CommonJS file starts in two thirds of the time that an ES module takes.
      format: 'cjs',
      // In all that is bundled, only the toolkit's private members begin with an underscore.
      mangleProps: new RegExp(`^_|Ms$|^(${OWN_NAMES.join('|')})$`),
      // With NODE_DEBUG set, the tunnel would write to stderr.
      define: { 'process.env.NODE_DEBUG': 'undefined' },
      plugins: [onlyWhatIsUsed],
    });
    const { code } = await ncc(outfile, { minify: true, quiet: true, target: 'es2022' });
    return {
      'index.cjs': `${code.trimEnd()}\n`,
      'licenses.txt': await licenses(Object.keys(metafile.inputs)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const STUBS: Readonly<Record<string, string>> = {
  // Used by one method of http-client that the action does not call, and most of the bundle otherwise.
  undici: 'export const ProxyAgent = undefined;',
  // Needed where there is a proxy, and loads `assert` and more with it.
  tunnel: `
    export const httpOverHttp = (options) => require('tunnel').httpOverHttp(options);
    export const httpsOverHttp = (options) => require('tunnel').httpsOverHttp(options);
    // Left to itself, Node looks for the name of the target in the certificate of the proxy.
    import { isIP } from 'node:net';
    const named = ({ proxy, ...options }) =>
      ({ ...options, proxy: { ...proxy, servername: isIP(proxy.host) ? '' : proxy.host } });
    export const httpOverHttps = (options) => require('tunnel').httpOverHttps(named(options));
    export const httpsOverHttps = (options) => require('tunnel').httpsOverHttps(named(options));`,
};

/** Tells esbuild that modules may go when nothing of them is used, and mends the two that need it. */
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup({ onResolve, onLoad, resolve: resolveAnew }) {
    onResolve({ filter: /^(undici|tunnel)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'stub', sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'stub' }, ({ path }) => ({
      contents: STUBS[path] ?? '',
      resolveDir: resolve('.'),
    }));
    // Outside node_modules, where Node is silent about it, the old constructor would be a warning on stderr.
    onLoad({ filter: /tunnel[\\/]lib[\\/]tunnel\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('new Buffer(', 'Buffer.from('),
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
