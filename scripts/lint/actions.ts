import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Check, committed, counted } from './check.ts';
import { pageExamples } from './page-examples.ts';

type LanguageService = Pick<typeof import('@actions/languageservice'), 'validate'> &
  Pick<typeof import('vscode-languageserver-textdocument'), 'TextDocument'>;

/** Actions, checked by GitHub's own language service: action.yml files, and actions in pages. */
export const actions: Check = async () => {
  const { validate, TextDocument } = await languageService();
  const files = await Promise.all(
    committed(/(^|\/)action\.ya?ml$/).map(async (name) => ({ name, text: await readFile(name, 'utf8') })),
  );
  const inPages = pageExamples().filter(({ kind }) => kind === 'action');
  const texts = [...files, ...inPages.map(({ page, text }) => ({ name: page, text }))];
  const found = await Promise.all(
    texts.map(async ({ name, text }) => {
      // The service recognizes an action by the name of its file.
      const uri = pathToFileURL(name.endsWith('.md') ? 'action.yml' : name).href;
      const diagnostics = await validate(TextDocument.create(uri, 'yaml', 0, text));
      return diagnostics.map(({ message, range }) => `${name}:${range.start.line + 1}: ${message}`);
    }),
  );
  const { looked, findings } = counted(texts.length, 'actions');
  return { looked, findings: [...findings, ...found.flat()] };
};

/** Bundled first, because Node rejects how its modules import JSON and each other. */
async function languageService(): Promise<LanguageService> {
  const folder = await mkdtemp(join(tmpdir(), 'language-service-'));
  const outfile = join(folder, 'service.mjs');
  try {
    await build({
      stdin: {
        contents: `
          export { validate } from '@actions/languageservice';
          export { TextDocument } from 'vscode-languageserver-textdocument';`,
        resolveDir: '.',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
