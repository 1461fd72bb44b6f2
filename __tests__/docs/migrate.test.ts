import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('migrate.md adds the logins of examples/vendor-template.yml', () => {
  const [, template = ''] = /```diff\n([\s\S]*?)\n```/.exec(read('docs/migrate.md')) ?? [];
  const added = template.split('\n').flatMap((line) => (line.startsWith('+') ? [line.slice(1)] : []));
  const { jobs } = parse(read('examples/vendor-template.yml'));
  const logins = jobs.promote.steps.filter(({ uses = '' }: { uses?: string }) =>
    uses.includes('informatica-cloud-session'),
  );
  expect(logins).toHaveLength(2);
  expect(parse(added.join('\n'))).toEqual(logins);
});
