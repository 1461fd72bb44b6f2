import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Job } from '../../runner/index.ts';
import { sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { git, newFolder, root, run } from './support.ts';

/** The archive that a runner downloads for a commit of these files, unpacked. */
function archive(): string {
  const folder = newFolder();
  const env = { GIT_INDEX_FILE: join(newFolder(), 'index') };
  for (const command of [
    ['read-tree', 'HEAD'],
    ['add', '--all'],
  ])
    run(['git', ...command], { env });
  const tree = run(['git', 'write-tree'], { env }).out.trim();
  git(root, 'archive', '--output', join(folder, 'archive.tar'), tree);
  run(['tar', '-xf', 'archive.tar'], { cwd: folder });
  return folder;
}

test('session/action.yml is the action at the root', () => {
  const read = (path: string) => parse(readFileSync(join(root, path), 'utf8'));
  const [action, session] = [read('action.yml'), read('session/action.yml')];
  expect(session).toEqual({
    ...action,
    runs: { ...action.runs, main: `../${action.runs.main}`, post: `../${action.runs.post}` },
  });
});

test('a job runs from the archive, by the folder that the reusable workflow names', async () => {
  const folder = archive();
  const cloud = await startSimulator();
  const job = new Job({ actionDirectory: join(folder, 'session') });
  try {
    const inputs = { mode: 'login', 'login-url': cloud.loginUrl, ...sampleOrganizations[0].users[0] };
    const main = await job.run(inputs);
    expect(main.outputs['result']).toBe('opened');
    expect(cloud.openSessions()).toHaveLength(1);
    const [post] = await job.posts();
    expect(post?.log.join('\n')).toContain('Ended the session');
    expect(cloud.openSessions()).toEqual([]);
  } finally {
    await job.dispose();
    await cloud.close();
  }
  // The other actions of the reusable workflow start from it, too.
  for (const script of ['check', 'table']) {
    const { err, out } = run([process.execPath, `sweep/${script}/main.mjs`], { cwd: folder });
    expect(err).toBe('');
    expect(out).toContain('organizations is not JSON');
  }
});
