import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committed, PUBLIC_NAME } from './check.ts';
import { forOlderTools } from './older-tools.ts';

/** A workflow to lint: its name in findings, and its text. */
export interface Workflow {
  readonly name: string;
  readonly text: string;
}

/**
 * Puts workflows next to this repository's actions and reusable workflows, and lints them there. What they use of
 * this action by its public name is made local, so that actionlint compares inputs and outputs with action.yml.
 * Findings come back with the names given.
 */
export function lintBeside(
  given: readonly Workflow[],
  lint: (folder: string, files: readonly string[]) => readonly string[],
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  const place = join(folder, '.github', 'workflows');
  try {
    // A project is a folder with these two in it.
    mkdirSync(join(folder, '.git'));
    mkdirSync(place, { recursive: true });
    for (const name of committed(/(^|\/)action\.ya?ml$|^(dist|sweep)\/|^\.github\/(actions|workflows)\//)) {
      cpSync(name, join(folder, name));
    }
    for (const name of committed(/^\.github\/workflows\//)) {
      writeFileSync(join(folder, name), forActionlint(readFileSync(name, 'utf8')));
    }
    const files = given.map(({ text }, index) => {
      const name = `given-${index}.yml`;
      writeFileSync(join(place, name), forActionlint(text));
      return `.github/workflows/${name}`;
    });
    return lint(folder, files).map((line) =>
      line.replace(/\.github\/workflows\/given-(\d+)\.yml/g, (all, index) => given[index]?.name ?? all),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PUBLIC = new RegExp(`${PUBLIC_NAME}(/[^@\\s]+)?@.*`, 'g');

/** With the actions of this repository made local. */
function forActionlint(text: string): string {
  const local = text.replace(PUBLIC, (_, path = '/') => `.${path}`);
  return forOlderTools(local, (folder) => `./${folder}`);
}

export function readWorkflow(name: string): Workflow {
  return { name, text: readFileSync(name, 'utf8') };
}
