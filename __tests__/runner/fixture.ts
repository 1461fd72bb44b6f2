import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { Job, type JobOptions } from '../../runner/index.ts';

const prelude = `const { appendFileSync } = require('node:fs');
const say = (text) => process.stdout.write(text + '\\n');
const save = (text) => appendFileSync(process.env.GITHUB_STATE, text + '\\n');
`;

const actionYml = (runs: string) => `name: fixture
description: for a test
inputs:
  a blank-name: { description: x, default: 60 }
  flag: { description: x, default: true }
  required: { description: x, required: true }
runs:
  using: node24
  main: main.cjs
${runs}`;

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A job that runs an action of a few lines. It and its folders are removed after the test. */
export function jobOf(
  scripts: { main?: string; post?: string; runs?: string },
  options: Omit<JobOptions, 'actionDirectory'> = {},
): Job {
  const { main = '', post = '', runs = '  post: post.cjs\n  post-if: always()\n' } = scripts;
  const actionDirectory = mkdtempSync(join(tmpdir(), 'action-'));
  cleanUps.push(() => rmSync(actionDirectory, { recursive: true }));
  writeFileSync(join(actionDirectory, 'action.yml'), actionYml(runs));
  writeFileSync(join(actionDirectory, 'main.cjs'), prelude + main);
  writeFileSync(join(actionDirectory, 'post.cjs'), prelude + post);
  const job = new Job({ actionDirectory, ...options });
  cleanUps.push(() => job.dispose());
  return job;
}
