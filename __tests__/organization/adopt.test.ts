import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { marked } from 'marked';
import { canMakeUpCommands, git, madeUp, newFolder, type Ran, root, run, writeFiles } from './support.ts';

/** The commands of a page, block by block. */
function commandsOf(page: string): readonly string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(readFileSync(join(root, page), 'utf8')), (token) => {
    if (token.type === 'code' && token['lang'] === 'sh') found.push(String(token['text']));
  });
  return found;
}

const PAGES = ['docs/adopt.md', 'docs/release.md'];
const blocks = PAGES.flatMap(commandsOf);

/** The block with this text in it. */
function block(part: string): string {
  const found = blocks.filter((text) => text.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} blocks have ${part} in them`);
  return String(found[0]);
}

/** Appends its arguments and its input to `GH_CALLS`. It prints the text for the part that its arguments contain. */
const gh = (prints: Readonly<Record<string, string>>) => `#!/usr/bin/env bash
input=''
case " $* " in *' --input '*) input="$(cat)" ;; esac
printf '%s\\0' "$#" "$@" "$input" >> "$GH_CALLS"
case "$*" in 'repo clone '*) git clone "\${@:6}" "https://github.com/$3" "$4" || exit ;; esac
${Object.entries(prints)
  .map(([part, text]) => `case "$*" in *'${part}'*) printf '%s\\n' '${text}' ;; esac`)
  .join('\n')}
`;

/** The calls that `gh` appended to a file. A body must be JSON. */
function callsIn(file: string): readonly Call[] {
  const texts = readFileSync(file, 'utf8').split('\0').slice(0, -1);
  const calls: Call[] = [];
  while (texts.length > 0) {
    const [, ...argv] = texts.splice(0, Number(texts[0]) + 1);
    const [body = ''] = texts.splice(0, 1);
    calls.push(body === '' ? { argv } : { argv, body: JSON.parse(body) });
  }
  return calls;
}

/** Replaces npm: installs nothing, and runs the scripts that the pages run. */
const NPM = `
  const [, , ...argv] = process.argv;
  const { spawnSync } = require('node:child_process');
  const script = { 'set-owner': 'scripts/set-owner.ts', 'release-notes': 'scripts/release-notes.ts' }[argv[1]];
  if (script !== undefined) {
    const { status, stderr } = spawnSync(process.execPath, [process.env.TSX, script, ...argv.slice(3)], { encoding: 'utf8' });
    console.error(stderr);
    process.exitCode = status;
  }`;

interface Call {
  readonly argv: readonly string[];
  readonly body?: unknown;
}

interface Fixture {
  readonly cwd?: string;
  /** The folder that replaces https://github.com. */
  readonly github?: string;
  readonly prints?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a block with made-up commands, and says how `gh` was called. */
function tryOut(
  text: string,
  { cwd = newFolder(), github = newFolder(), prints = {}, env = {} }: Fixture = {},
) {
  const calls = join(newFolder(), 'calls');
  writeFileSync(calls, '');
  const ran: Ran = run(['bash', '--norc', '-euo', 'pipefail', '-c', text], {
    cwd,
    env: {
      PATH: [madeUp('gh', gh(prints)), madeUp('npm', NPM), process.env['PATH']].join(':'),
      GH_CALLS: calls,
      TSX: join(root, 'node_modules/tsx/dist/cli.mjs'),
      ORGANIZATION: 'example-org',
      REPOSITORY: 'example-org/example-repo',
      REPOSITORIES: 'example-repo,another',
      GIT_AUTHOR_NAME: 'Somebody',
      GIT_AUTHOR_EMAIL: 'somebody@example.com',
      GIT_COMMITTER_NAME: 'Somebody',
      GIT_COMMITTER_EMAIL: 'somebody@example.com',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${github}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
      ...env,
    },
  });
  return { ...ran, calls: callsIn(calls) };
}

/** A repository on the made-up GitHub, with these files on its main branch. */
function publish(github: string, name: string, files: Readonly<Record<string, string>>): string {
  const [bare, folder] = [join(github, name), newFolder()];
  git(github, 'init', '--quiet', '--bare', '--initial-branch', 'main', name);
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  git(folder, 'remote', 'add', 'origin', bare);
  release(folder, files);
  return folder;
}

function release(folder: string, files: Readonly<Record<string, string>>, ...tags: readonly string[]): void {
  writeFiles(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'Some change');
  for (const tag of tags) git(folder, 'tag', '--force', tag);
  git(folder, 'push', '--quiet', '--force', 'origin', 'main', ...tags);
}

/** Who makes a copy. */
const ACCOUNT = 'acme';
const WORKFLOWS = ['ci', 'codeql', 'dependency-review', 'end-sessions', 'release', 'scorecard', 'zizmor'];

if (canMakeUpCommands) {
  describe('the commands of adopt.md', () => {
    test('find each file that logs in, once', () => {
      const prints = { 'search code': 'example-org/a  x.py' };
      const { out, err, calls } = tryOut(block('gh search code'), { prints });
      expect([out, err]).toEqual(['example-org/a  x.py\n', '']);
      expect(calls.map(({ argv }) => argv.slice(0, 5).join(' '))).toEqual([
        'search code --owner example-org user/login',
        'search code --owner example-org v3/login',
      ]);
    });

    test('make an environment with reviewers for pipelines, and one without for the sweep', () => {
      const prints = { 'teams/platform': '1234567' };
      const branches = { protected_branches: false, custom_branch_policies: true };
      for (const [name, body] of [
        [
          'informatica-prod',
          {
            reviewers: [{ type: 'Team', id: 1234567 }],
            prevent_self_review: true,
            deployment_branch_policy: branches,
          },
        ],
        ['informatica-sweep-prod', { deployment_branch_policy: branches }],
      ] as const) {
        const environment = `repos/example-org/example-repo/environments/${name}`;
        const { calls, err, status } = tryOut(block(`environments/${name}" --input`), { prints });
        expect([err, status]).toEqual(['', 0]);
        expect(calls.filter(({ argv }) => argv.includes('--method'))).toEqual([
          { argv: ['api', '--method', 'PUT', environment, '--input', '-'], body },
          {
            argv: ['api', '--method', 'POST', `${environment}/deployment-branch-policies`, '-f', 'name=main'],
          },
        ]);
        expect(calls.filter(({ argv }) => argv[0] === 'secret').map(({ argv }) => argv.join(' '))).toEqual([
          `secret set IICS_USERNAME --repo example-org/example-repo --env ${name}`,
          `secret set IICS_PASSWORD --repo example-org/example-repo --env ${name}`,
        ]);
      }
    });

    test('make a copy, and take an update', () => {
      const github = newFolder();
      const owner = /uses: ([\w-]+)\//.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
      const uses = (version: string) => `uses: ${owner}/informatica-cloud-session@v1 # ${version}\n`;
      const script = readFileSync(join(root, 'scripts/set-owner.ts'), 'utf8');
      const files = (version: string) => ({
        'README.md': uses(version),
        'package.json': '{ "type": "module" }',
        'scripts/set-owner.ts': script,
        ...Object.fromEntries(WORKFLOWS.map((name) => [`.github/workflows/${name}.yml`, uses(version)])),
      });
      const upstream = publish(github, `${owner}/informatica-cloud-session`, files('1.0.0'));
      release(upstream, { more: '' }, 'v1.0.0', 'v1');
      git(
        github,
        'init',
        '--quiet',
        '--bare',
        '--initial-branch',
        'main',
        `${ACCOUNT}/informatica-cloud-session`,
      );

      const cwd = newFolder();
      const copy = tryOut(block('--branch v1.0.0 https'), { cwd, github, env: { ACCOUNT } });
      expect(copy).toMatchObject({ status: 0 });
      const folder = join(cwd, 'informatica-cloud-session');

      release(upstream, { ...files('1.1.0'), 'new.md': uses('1.1.0') }, 'v1.1.0', 'v1');
      const update = tryOut(block('refs/upstream/v1.1.0'), { cwd: folder, github, env: { ACCOUNT } });
      expect(update).toMatchObject({ status: 0 });

      const published = newFolder();
      git(
        published,
        'clone',
        '--quiet',
        '--branch',
        'v1',
        join(github, `${ACCOUNT}/informatica-cloud-session`),
        '.',
      );
      expect(readdirSync(join(published, '.github/workflows'))).toEqual(['ci.yml', 'end-sessions.yml']);
      for (const name of ['README.md', 'new.md', '.github/workflows/end-sessions.yml']) {
        const text = readFileSync(join(published, name), 'utf8');
        expect([name, text]).toEqual([name, `uses: ${ACCOUNT}/informatica-cloud-session@v1 # 1.1.0\n`]);
      }
      expect(git(published, 'tag').split('\n')).toEqual(['v1', 'v1.0.0', 'v1.1.0']);
      expect(new Set(git(published, 'rev-parse', 'v1', 'v1.1.0', 'origin/main').split('\n'))).toHaveProperty(
        'size',
        1,
      );
    });

    test('change the sweep for GitHub Enterprise Server', () => {
      const cwd = newFolder();
      const name = '.github/workflows/end-sessions.yml';
      const before = readFileSync(join(root, name), 'utf8');
      writeFiles(cwd, { [name]: before });
      expect(tryOut(block('sed -i.bak'), { cwd, env: { ACCOUNT } })).toMatchObject({
        status: 0,
        err: '',
      });
      const after = readFileSync(join(cwd, name), 'utf8');
      expect(after).not.toMatch(/uses: \$|check-run-id|queue:/);
      expect(
        after.split('\n').filter((line) => line.includes(`uses: ${ACCOUNT}/informatica-cloud-session/`)),
      ).toHaveLength(before.split('uses: $/').length - 1);
      expect(before.split('\n').length - after.split('\n').length).toBe(2);
      expect(existsSync(join(cwd, `${name}.bak`))).toBe(false);
    });

    test('open a pull request in each repository that they change', () => {
      const github = newFolder();
      const cwd = newFolder();
      const names = ['example-org/one', 'example-org/two', 'example-org/other'];
      for (const name of names)
        publish(github, name, { 'workflow.yml': name.endsWith('other') ? 'x\n' : 'login.py\n' });
      writeFiles(cwd, { 'repositories.txt': `${names.join('\n')}\n` });
      const edit = madeUp(
        'edit',
        `
        const { readFileSync, writeFileSync } = require('node:fs');
        writeFileSync('workflow.yml', readFileSync('workflow.yml', 'utf8').replace('login.py', 'mode: login'));`,
      );
      const { status, out, calls } = tryOut(
        block('repositories.txt').replace('"$PWD/edit"', `${edit}/edit`),
        { cwd, github },
      );
      expect(status).toBe(0);
      expect(out).toContain('example-org/other: nothing to change');
      expect(calls.filter(({ argv }) => argv[0] === 'pr')).toHaveLength(2);
      for (const name of names.slice(0, 2)) {
        expect(git(join(github, name), 'show', 'informatica-cloud-session:workflow.yml')).toBe('mode: login');
      }
    });

    test('read the warnings of the last day', () => {
      const prints = { 'run list': '11\n12', '/runs/11/jobs': '101', '/check-runs/101/': 'Not ended: x' };
      const { status, out, err } = tryOut(block('/annotations'), { prints });
      expect([status, out, err]).toEqual([0, 'Not ended: x\n', '']);
    });
  });

  test('every block of the pages runs that no other test runs, but those that need a repository', () => {
    const apart =
      /search code|\/environments\/\S+" --input|\/annotations|git (clone|fetch|tag|switch)|sed -i|repositories\.txt|release-notes/;
    for (const text of blocks.filter((text) => !apart.test(text))) {
      const { status, err } = tryOut(text, { prints: { 'teams/': '1', users: '2' } });
      expect([text, err, status]).toEqual([text, '', 0]);
    }
  });
}
