import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Checks the layout of `src` as CONTRIBUTING.md describes it. One sentence there gives the order of the modules (a folder,
 * or a file without its extension), lowest layer first, with `;` between layers: a file may import from its own module and
 * from lower layers. Exits with 1 if an import breaks that order, if the sentence and `src` name different modules, or if
 * a file is too long.
 */
const MODULES = /(?:`\w[\w-]*`(?:, | and )?)+/.source;
const SENTENCE = new RegExp(`${MODULES}(?:; ${MODULES})+(?=\\.)`);

/** Biome has a rule for this, but it counts a block comment as one line. */
const MAX_LINES = 170;

const guide = readFileSync('CONTRIBUTING.md', 'utf8').replace(/\s+/g, ' ');
const layers =
  SENTENCE.exec(guide)?.[0]
    .split('; ')
    .map((layer) => layer.match(/[\w-]+(?=`)/g) ?? []) ?? [];
const layerOf = new Map(
  layers.flatMap((modules, layer) => modules.map((module) => [module, layer] as const)),
);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const problems = [...missing(), ...files.flatMap(tooLong), ...files.flatMap(wrongImports)];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function missing(): string[] {
  const modules = new Set(files.map(moduleOf));
  return [
    ...[...modules]
      .filter((module) => !layerOf.has(module))
      .map(
        (module) =>
          `src/${module} is in no layer: add it to the layers in CONTRIBUTING.md, under "The layout".`,
      ),
    ...[...layerOf.keys()]
      .filter((module) => !modules.has(module))
      .map((module) => `There is no src/${module}, which CONTRIBUTING.md names.`),
  ];
}

function tooLong(file: string): string[] {
  const lines = readFileSync(join('src', file), 'utf8').split('\n').length - 1;
  return lines > MAX_LINES ? [`src/${file} has ${lines} lines: at most ${MAX_LINES}.`] : [];
}

function wrongImports(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join('src', file), 'utf8'));
  const module = moduleOf(file);
  return importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const imported = moduleOf(relative('src', join('src', dirname(file), fileName)));
    if (imported === module || (layerOf.get(imported) ?? Infinity) < (layerOf.get(module) ?? 0)) return [];
    return [
      `src/${file} imports ${fileName}, but ${module} is not in a higher layer than ${imported}: see "The layout" in CONTRIBUTING.md.`,
    ];
  });
}

/** The first part of a path in `src`. */
function moduleOf(file: string): string {
  return (file.split(/[\\/]/)[0] ?? file).replace(/\.ts$/, '');
}
