import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token } from 'marked';
import { type Check, committed, counted } from './check.ts';

interface Page {
  readonly name: string;
  readonly anchors: ReadonlySet<string>;
  readonly targets: readonly string[];
}

/** Links and anchors that lead to files and headings of the repository. */
export const links: Check = async () => {
  const pages = new Map(committed(/\.md$/).map((name) => [name, readPage(name)]));
  const inside = [...pages.values()].flatMap(({ name, targets }) =>
    targets.filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target)).map((target) => ({ name, target })),
  );
  const { looked, findings } = counted(inside.length, 'links inside the repository');
  const wrong = inside.flatMap(({ name, target }) => {
    const problem = problemOf(name, target, pages);
    return problem === undefined ? [] : [`${name}: ${target} ${problem}`];
  });
  return { looked, findings: [...findings, ...wrong] };
};

function problemOf(from: string, target: string, pages: ReadonlyMap<string, Page>): string | undefined {
  const [path = '', anchor] = decodeURI(target).split('#');
  const file = path === '' ? from : posix.normalize(posix.join(dirname(from), path));
  // This leads out of the tree that Git knows, to a page of the repository on GitHub.
  if (file.startsWith('../../')) return undefined;
  if (file.startsWith('..') || !existsSync(file)) return 'leads to nothing';
  if (anchor === undefined) return undefined;
  if (statSync(file).isDirectory()) return 'names a place in a folder';
  if (!file.endsWith('.md'))
    return /^L\d+/.test(anchor) ? undefined : 'names a place in a file that has none';
  return pages.get(file)?.anchors.has(anchor) ? undefined : 'names a heading that is not there';
}

function readPage(name: string): Page {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const targets: string[] = [];
  void marked.walkTokens(marked.lexer(readFileSync(join('.', name), 'utf8')), (token) => {
    if (token.type === 'heading') anchors.add(slugger.slug(plainText(token)));
    if (token.type === 'link' || token.type === 'image') targets.push(String(token['href']));
  });
  return { name, anchors, targets };
}

/** The text that a reader sees. */
function plainText(token: Token): string {
  const within = 'tokens' in token ? token.tokens : undefined;
  if (within !== undefined && within.length > 0) return within.map(plainText).join('');
  return 'text' in token ? String(token.text) : token.raw;
}
