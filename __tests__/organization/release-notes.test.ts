import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compiled } from '../compiled.ts';
import { git, newFolder, run, writeFiles } from './support.ts';

const script = compiled(new URL('../../scripts/release-notes.ts', import.meta.url));

interface Changes {
  readonly version?: string;
  readonly source?: string;
  readonly changelog?: string;
  readonly readme?: string;
}

/** A repository with a version in it, at the tip of the main branch of its origin. */
function repository({ version = '1.2.0', source = version, ...texts }: Changes = {}): string {
  const [origin, folder] = [newFolder(), newFolder()];
  git(origin, 'init', '--quiet', '--bare');
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  git(folder, 'remote', 'add', 'origin', origin);
  writeFiles(folder, {
    'package.json': JSON.stringify({ version }),
    'src/version.ts': `export const VERSION = '${source}';\n`,
    'CHANGELOG.md':
      texts.changelog ?? `# Changes\n\n## ${version}\n\n- A line.\n\n## 1.1.0\n\n- Not published yet.\n`,
    'README.md': texts.readme ?? 'uses: OWNER/informatica-cloud-session@v1\n',
    'examples/sweep.yml': 'uses: OWNER/informatica-cloud-session/.github/workflows/end-sessions.yml@v1\n',
  });
  commit(folder);
  return folder;
}

function commit(folder: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Some change');
  git(folder, 'push', '--quiet', 'origin', 'main');
}

function publish(folder: string, tag: string, ...options: readonly string[]): void {
  git(folder, 'tag', ...options, tag);
  git(folder, 'push', '--quiet', 'origin', tag);
  // As in a clone without tags.
  git(folder, 'tag', '--delete', tag);
}

const notes = (folder: string, version: string) => run([process.execPath, script, version], { cwd: folder });

describe('release-notes', () => {
  test('prints the section of the version', () => {
    expect(notes(repository(), '1.2.0')).toEqual({ status: 0, out: '- A line.\n', err: '' });
  });

  test.each<[string, Changes, string, string]>([
    ['another version than that of package.json', {}, '1.3.0', 'package.json has 1.2.0, not 1.3.0'],
    ['another version than that of the source', { source: '1.1.0' }, '1.2.0', 'src/version.ts has 1.1.0'],
    ['a version that is not the newest', {}, '1.1.0', 'CHANGELOG.md has 1.2.0, not 1.1.0'],
    ['no version', {}, '', 'Usage:'],
    ['a version with a v', {}, 'v1.2.0', 'Usage:'],
    [
      'a section that says "not published"',
      { changelog: '## 1.2.0\n\nNot published yet.\n\n- A line.\n' },
      '1.2.0',
      'CHANGELOG.md says that 1.2.0 is not published',
    ],
    [
      'an empty section',
      { changelog: '## 1.2.0\n\n## 1.1.0\n' },
      '1.2.0',
      'CHANGELOG.md says nothing about 1.2.0',
    ],
    [
      'a major version that the pages do not name',
      { version: '0.1.0' },
      '0.1.0',
      'The pages and examples name v1, but the release moves v0',
    ],
    [
      'a major version that only some pages name',
      { version: '2.0.0', readme: 'uses: OWNER/informatica-cloud-session@v2\n' },
      '2.0.0',
      'name v2, v1, but the release moves v2',
    ],
  ])('refuses %s', (_name, changes, version, text) => {
    const { status, out, err } = notes(repository(changes), version);
    expect(err).toContain(text);
    expect({ status, out }).toEqual({ status: 1, out: '' });
  });

  test.each([[[]], [['--annotate', '--message', 'x']]])(
    'goes on from the commit that was published, and refuses another (tag %j)',
    (options) => {
      const folder = repository();
      publish(folder, 'v1.2.0', ...options);
      const again = notes(folder, '1.2.0');
      expect(again).toMatchObject({ status: 0, out: '- A line.\n' });
      expect(again.err).toContain('v1.2.0 was published from this commit');
      commit(folder);
      expect(notes(folder, '1.2.0')).toMatchObject({
        status: 1,
        err: expect.stringMatching(/^v1\.2\.0 was published from [0-9a-f]{40}, and this is [0-9a-f]{40}/),
      });
    },
  );

  test('refuses if the tags of origin cannot be read', () => {
    const folder = repository();
    git(folder, 'remote', 'set-url', 'origin', join(folder, 'nowhere'));
    expect(notes(folder, '1.2.0')).toMatchObject({
      status: 1,
      err: expect.stringContaining('Could not read the tags of origin'),
    });
  });
});
