import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Release, type State, startGitHub } from './made-up-github.ts';
import { canMakeUpCommands, newFolder, root, runBeside } from './support.ts';

const workflow = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8'));
const [THIS, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];

/** The scripts of the job that publishes, in order, from the check of the tip on. */
const scripts: readonly { name: string; run: string }[] = workflow.jobs.publish.steps.filter(
  (step: { name?: string; run?: string }) =>
    step.run !== undefined && step.name !== 'Check the digests, and unpack',
);

/** Runs the job's scripts as a runner does, until one fails. */
async function publish(given: Partial<State>, { version = '1.2.0', failsAt = '' } = {}) {
  const github = await startGitHub({ main: THIS, tags: {}, releases: [], calls: [], ...given }, failsAt);
  let out = '';
  let failed: string | undefined;
  try {
    for (const script of scripts) {
      const ran = await runBeside(['bash', '--norc', '-eo', 'pipefail', '-c', script.run], {
        cwd: newFolder(),
        env: {
          ...github.env,
          VERSION: version,
          ARCHIVE: `informatica-cloud-session-${version}`,
          GITHUB_SHA: THIS,
          GITHUB_REPOSITORY: 'some-org/some-repo',
          GH_REPO: 'some-org/some-repo',
        },
      });
      out += ran.out + ran.err;
      if (ran.status !== 0) {
        failed = script.name;
        break;
      }
    }
  } finally {
    github.close();
  }
  return { failed, out, state: github.state() };
}

const archive = 'informatica-cloud-session-1.2.0.tar.gz';
const released: Release = { tag: 'v1.2.0', draft: false, target: THIS, assets: [archive] };

if (canMakeUpCommands) {
  test('a draft, its archive, the release, and then the tag of the major version', async () => {
    const { failed, state } = await publish({});
    expect(failed).toBeUndefined();
    expect(state.releases).toEqual([released]);
    expect(state.tags).toEqual({ 'v1.2.0': THIS, v1: THIS });
    const changes = state.calls.filter((call) => /create|upload|edit|--method/.test(call));
    expect(changes.map((call) => call.split(' ').slice(0, 3).join(' '))).toEqual([
      'release create v1.2.0',
      'release upload v1.2.0',
      'release edit v1.2.0',
      'api --method POST',
    ]);
  });

  test('a second release moves the tag of the major version', async () => {
    const { state } = await publish({ tags: { v1: OTHER, 'v1.1.0': OTHER, v10: OTHER } });
    expect(state.tags).toEqual({ v1: THIS, 'v1.1.0': OTHER, 'v1.2.0': THIS, v10: OTHER });
  });

  test.each(['release create', 'release upload', 'release edit', 'api --method POST'])(
    'a run that failed at %s goes on',
    async (failsAt) => {
      const first = await publish({}, { failsAt });
      expect(first.failed).toBeDefined();
      expect(first.state.tags['v1']).toBeUndefined();
      const second = await publish(first.state);
      expect(second.failed).toBeUndefined();
      expect(second.state.releases).toEqual([released]);
      expect(second.state.tags).toEqual({ 'v1.2.0': THIS, v1: THIS });
    },
  );

  test('a draft of another commit becomes one of this', async () => {
    const { state } = await publish({ releases: [{ ...released, draft: true, target: OTHER, assets: [] }] });
    expect(state.releases).toEqual([released]);
    expect(state.tags['v1.2.0']).toBe(THIS);
  });

  test('nothing is released if main has moved', async () => {
    const { failed, state, out } = await publish({ main: OTHER });
    expect(failed).toBe('Check that this is still the tip of main');
    expect(out).toContain(`::error::main has moved to ${OTHER}`);
    expect({ releases: state.releases, tags: state.tags }).toEqual({ releases: [], tags: {} });
  });

  test('a release that is out is finished, though main has moved', async () => {
    const { failed, state } = await publish({ main: OTHER, tags: { 'v1.2.0': THIS }, releases: [released] });
    expect(failed).toBeUndefined();
    expect(state.tags['v1']).toBe(THIS);
  });

  test('a version of another commit is refused, and the major tag stays', async () => {
    const { failed, state } = await publish({ tags: { 'v1.2.0': OTHER, v1: OTHER }, releases: [released] });
    expect(failed).toBe('Publish the release');
    expect(state.tags).toEqual({ 'v1.2.0': OTHER, v1: OTHER });
  });

  test('a response that is missing moves no tag', async () => {
    const failsAt = 'api --paginate repos/some-org/some-repo/git/matching-refs';
    const { failed, state } = await publish({ tags: { v1: OTHER } }, { failsAt });
    expect(failed).toBe('Move the tag of the major version');
    expect(state.tags['v1']).toBe(OTHER);
  });

  test('an older release moves no tag back', async () => {
    const tags = { 'v1.2.0': THIS, 'v1.10.0': OTHER, v1: OTHER };
    const { failed, state, out } = await publish({ main: OTHER, tags, releases: [released] });
    expect(failed).toBeUndefined();
    expect(state.tags).toEqual(tags);
    expect(out).toContain('::notice::v1 stays: refs/tags/v1.10.0 is newer than v1.2.0.');
  });
}

test('nothing of npm runs where a signature can be made', () => {
  const { pack, publish: signing } = workflow.jobs;
  const texts = [...pack.steps, ...signing.steps].map((step: { run?: string }) => step.run ?? '').join('\n');
  expect(texts).not.toMatch(/\bnp[mx]\b/);
  const foreign = signing.steps.flatMap(({ uses = '' }) => (/^(actions\/|$)/.test(uses) ? [] : [uses]));
  expect(foreign).toEqual([]);
  expect(
    Object.entries(workflow.jobs).filter(([, job]) => JSON.stringify(job).includes('id-token')),
  ).toHaveLength(1);
});
