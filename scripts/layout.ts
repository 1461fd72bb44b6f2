import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Checks the layout of `src` as CONTRIBUTING.md describes it. One sentence there gives the order of the rooms (a folder,
 * or a file without its extension), lowest floor first, with `;` between floors: a file may import from its own room and
 * from lower floors. Exits with 1 if an import breaks that order, if the sentence and `src` name different rooms, or if
 * a file is too long.
 */
const ROOMS = /(?:`\w[\w-]*`(?:, | and )?)+/.source;
const SENTENCE = new RegExp(`${ROOMS}(?:; ${ROOMS})+(?=\\.)`);

/** Biome has a rule for this, but it counts a block comment as one line. */
const MAX_LINES = 170;

const guide = readFileSync('CONTRIBUTING.md', 'utf8').replace(/\s+/g, ' ');
const floors =
  SENTENCE.exec(guide)?.[0]
    .split('; ')
    .map((floor) => floor.match(/[\w-]+(?=`)/g) ?? []) ?? [];
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const problems = [...missing(), ...files.flatMap(tooLong), ...files.flatMap(wrongImports)];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function missing(): string[] {
  const rooms = new Set(files.map(roomOf));
  return [
    ...[...rooms]
      .filter((room) => !floorOf.has(room))
      .map((room) => `CONTRIBUTING.md gives src/${room} no floor.`),
    ...[...floorOf.keys()]
      .filter((room) => !rooms.has(room))
      .map((room) => `There is no src/${room}, which CONTRIBUTING.md names.`),
  ];
}

function tooLong(file: string): string[] {
  const lines = readFileSync(join('src', file), 'utf8').split('\n').length - 1;
  return lines > MAX_LINES ? [`src/${file} has ${lines} lines: at most ${MAX_LINES}.`] : [];
}

function wrongImports(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join('src', file), 'utf8'));
  const room = roomOf(file);
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const imported = roomOf(relative('src', join('src', dirname(file), fileName)));
    if (imported === room || (floorOf.get(imported) ?? Infinity) < (floorOf.get(room) ?? 0)) return [];
    return [`src/${file} imports ${fileName}, but ${room} is not above ${imported}.`];
  });
}

/** The first part of a path in `src`. */
function roomOf(file: string): string {
  return (file.split(/[\\/]/)[0] ?? file).replace(/\.ts$/, '');
}
