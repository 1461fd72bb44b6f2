import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');
const literals = sourceFiles().flatMap(literalsIn);

test('every sentence of the source stands on the page', () => {
  const words = plain(page);
  // Three words and more are a sentence or a part of one. A form that is wanted (`give …`) speaks for itself.
  const openings = literals
    .map((literal) => /\p{L}\S*( \S*[\p{L}\p{N}]){2}/u.exec(plain(literal))?.[0] ?? '')
    .filter((opening) => opening !== '' && !opening.startsWith('give '));
  expect(openings.length).toBeGreaterThan(100);
  expect(openings.filter((opening) => !words.includes(opening))).toEqual([]);
});

test('every heading of the page is made of what stands in the source', () => {
  const source = plain(literals.join('\n'));
  const headings = [...page.matchAll(/^### `(.*)`$/gm)].map(([, heading = '']) => heading);
  expect(headings.length).toBe([...page.matchAll(/^### /gm)].length);
  const stands = (piece: string): boolean => source.includes(piece.trim());
  // What is put together without anything between reads on: `Ended` and `: `.
  const isMade = (piece: string): boolean =>
    Array.from(piece, (_, at) => [piece.slice(0, at), piece.slice(at)]).some((parts) => parts.every(stands));
  const pieces = headings.flatMap((heading) => heading.split('…').filter((piece) => piece !== ''));
  expect(pieces.filter((piece) => !isMade(piece))).toEqual([]);
});

function sourceFiles(): readonly string[] {
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  // The debug log is for maintainers: its words are not on the page.
  const shown = (name: string) => name.endsWith('.ts') && !name.endsWith('debug-text.ts');
  return names.filter(shown).map((name) => join(root, 'src', name));
}

/** The texts in a file, in pieces where something is put between; not those of errors, which nobody is shown. */
function literalsIn(file: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || node.kind === ts.SyntaxKind.ImportDeclaration) return;
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\s+/g, ' ');
}
