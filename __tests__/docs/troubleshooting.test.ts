import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');
const literals = sourceFiles('src').flatMap((file) => textsIn(file).flat());
const shown = [...sourceFiles('src/report'), ...sourceFiles('src/inputs')];

// Readers search the page for the part of a message that is always the same.
test('every sentence that the action can say is found on the page by its longest fixed part', () => {
  const words = plain(page);
  const runs = shown.flatMap(textsIn).map(longestRun);
  const pasted = runs.filter((run) => run.split(' ').length >= 5);
  expect(pasted.length).toBeGreaterThan(100);
  expect(pasted.filter((run) => !words.includes(run))).toEqual([]);
});

test('what is shorter than a sentence stands on the page too', () => {
  const words = plain(page);
  const openings = literals
    .map((literal) => /\p{L}\S*( \S*[\p{L}\p{N}]){2}/u.exec(plain(literal))?.[0] ?? '')
    .filter((opening) => opening !== '');
  expect(openings.length).toBeGreaterThan(100);
  expect(openings.filter((opening) => !words.includes(opening))).toEqual([]);
});

test('every heading begins with words that can be pasted', () => {
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
  expect(headings.filter((heading) => !/^`[^…]/.test(heading))).toEqual([]);
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

function sourceFiles(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  // The debug log is for maintainers, so its messages are not on the page.
  const isShown = (name: string) => name.endsWith('.ts') && !name.endsWith('debug-text.ts');
  return names.filter(isShown).map((name) => join(root, folder, name));
}

/** The texts in a file, split at their placeholders, without those of errors, which are never shown. */
function textsIn(file: string): readonly (readonly string[])[] {
  return textsUnder(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
}

function textsUnder(node: ts.Node): readonly (readonly string[])[] {
  if (isOfAnError(node) || ts.isImportDeclaration(node)) return [];
  const pieces = piecesOf(node);
  if (pieces.length > 0) return [pieces, ...betweenPieces(node).flatMap(textsUnder)];
  const inside: (readonly string[])[] = [];
  ts.forEachChild(node, (child) => {
    inside.push(...textsUnder(child));
  });
  return inside;
}

function isOfAnError(node: ts.Node): boolean {
  const isSuper = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;
  return isSuper || ts.isNewExpression(node);
}

/** The fixed pieces of a literal, of a template, or of several that `+` joins; none if a node is something else. */
function piecesOf(node: ts.Node): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  }
  if (!isJoined(node)) return [];
  const [left, right] = [piecesOf(node.left), piecesOf(node.right)];
  if (left.length === 0 || right.length === 0) return [...left, ...right];
  return [...left.slice(0, -1), `${left.at(-1)}${right[0]}`, ...right.slice(1)];
}

/** What is put between the pieces. */
function betweenPieces(node: ts.Node): readonly ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression);
  return isJoined(node) ? [node.left, node.right].flatMap((side) => leavesOf(side)) : [];
}

function leavesOf(node: ts.Node): readonly ts.Node[] {
  return piecesOf(node).length > 0 ? betweenPieces(node) : [node];
}

function isJoined(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** The longest part, without punctuation at its ends. */
function longestRun(pieces: readonly string[]): string {
  const runs = pieces
    .flatMap((piece) => piece.split('\n'))
    .map((piece) => plain(piece).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));
  return runs.reduce(
    (longest, run) => (run.split(' ').length > longest.split(' ').length ? run : longest),
    '',
  );
}

function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\s+/g, ' ');
}
