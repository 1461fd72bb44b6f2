import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { marked } from 'marked';
import { Job } from '../../runner/index.ts';
import { sampleOrganizations, startSimulator } from '../../simulator/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the log in the README is that of a real job', async () => {
  const cloud = await startSimulator();
  const job = new Job({ actionDirectory: root });
  try {
    const [user] = sampleOrganizations[0].users;
    const main = await job.run({ mode: 'login', 'login-url': cloud.loginUrl, ...user });
    const posts = await job.posts();
    // The simulator has one host for both.
    const names = {
      [new URL(cloud.loginUrl).host]: 'HOST',
      [user.username]: '***',
      [main.outputs['organization-id'] ?? '']: 'ID',
    };
    const printed = [main, ...posts].map(({ log }) => replaced(log.join('\n'), names));
    const shown = logBlock()
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim().replace(/(usw3\.)?dm-us\.informaticacloud\.com/g, 'HOST'))
      .map((line) => line.replace(/organization \w{22} /, 'organization ID '));
    expect(shown).toEqual(printed);
  } finally {
    await job.dispose();
    await cloud.close();
  }
});

test('the README is short', () => {
  expect(readme.split('\n').length - 1).toBeLessThanOrEqual(240);
});

function replaced(text: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((all, [name, by]) => all.replaceAll(name, by), text);
}

function logBlock(): readonly string[] {
  return marked
    .lexer(readme)
    .flatMap((token) =>
      token.type === 'code' && token['lang'] === 'text' ? String(token['text']).split('\n') : [],
    );
}
