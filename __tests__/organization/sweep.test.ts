import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { canMakeUpCommands, madeUp, newFolder, type Ran, root, run } from './support.ts';

interface Entry {
  readonly [field: string]: unknown;
}

const entry = (name: string, more: Entry = {}): Entry => ({
  name,
  environment: 'informatica-sweep-dev',
  'login-url': 'dm-us',
  'organization-id': `id-of-${name}`,
  ...more,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => entry(`Organization ${index}`));

describe('the list of a sweep', () => {
  const check = (organizations: unknown): Ran =>
    run([process.execPath, 'sweep/check/main.mjs'], {
      env: {
        INPUT_ORGANIZATIONS:
          typeof organizations === 'string' ? organizations : JSON.stringify(organizations),
      },
    });

  test.each(['examples/sweep.yml', 'workflow-templates/informatica-sweep.yml'])('of %s is taken', (name) => {
    const { jobs } = parse(readFileSync(join(root, name), 'utf8'));
    expect(check(jobs.sweep.with.organizations)).toMatchObject({ status: 0, err: '' });
  });

  test.each([1, 256])('of %i entries is taken', (count) => {
    expect(check(many(count))).toMatchObject({ status: 0, err: '' });
  });

  test.each<[string, unknown, string]>([
    ['more jobs than a matrix has', many(257), 'has 257 entries, but a matrix has at most 256 jobs'],
    ['no list', entry('A'), 'not a JSON array'],
    ['nothing in it', [], 'is empty'],
    ['what is not JSON', "[{'name': 'A'}]", 'is not JSON'],
    ['no organization ID', [entry('A', { 'organization-id': undefined })], 'Entry 1 has no organization-id.'],
    ['no environment', [entry('A'), entry('B', { environment: '' })], 'Entry 2 has no environment.'],
    ['no login host', [entry('A', { 'login-url': null })], 'Entry 1 has no login-url.'],
    ['an ID that is a number', [entry('A', { 'organization-id': 12345 })], 'put it in quotes'],
    ['a name twice', [entry('A'), entry('A', { 'organization-id': 'x' })], 'Two entries have the name A'],
    [
      'an organization twice',
      [entry('A'), entry('B', { 'organization-id': 'id-of-A' })],
      'Two entries have the organization-id id-of-A',
    ],
    ['the name of another job', [entry('Summary')], 'the name Summary is that of a job of the workflow'],
    [
      'a name of two lines',
      [entry('A\n::debug::B', { 'organization-id': 'x' })],
      'name has blanks around it, or a line break',
    ],
    ['an entry that is none', ['A'], 'Entry 1 is not an object'],
  ])('with %s is refused', (_name, organizations, text) => {
    const { status, out } = check(organizations);
    expect(status).toBe(1);
    const [error, ...rest] = out.trim().split('\n');
    expect(error).toMatch(/^::error::/);
    expect(error).toContain(text);
    expect(rest).toEqual([expect.stringMatching(/^Nothing was sent to Informatica\./)]);
  });
});

interface JobOfRun {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string | null;
  readonly status?: string;
}

if (canMakeUpCommands)
  describe('the table of a sweep', () => {
    const OWN = 7;
    const job = (id: number, name: string, conclusion: string | null = 'success'): JobOfRun => ({
      id,
      name,
      conclusion,
      status: conclusion === null ? 'in_progress' : 'completed',
    });
    const summary = (caller: string, id = OWN) => job(id, `${caller}Summary`, null);

    interface Table {
      readonly jobs?: readonly JobOfRun[];
      readonly organizations?: readonly Entry[];
      readonly result?: string;
      readonly checkRunId?: string;
      /** In the place of a `gh` that gives the jobs. */
      readonly gh?: string | null;
      readonly env?: Readonly<Record<string, string>>;
    }

    function table({
      jobs = [],
      organizations = [entry('A'), entry('B')],
      result = 'failure',
      ...more
    }: Table) {
      const pages = [{ jobs: jobs.slice(0, 100) }, { jobs: jobs.slice(100) }].map((page) => ({
        jobs: page.jobs.map((one) => ({ ...one, html_url: `https://github.com/x/y/job/${one.id}` })),
      }));
      const file = join(newFolder(), 'summary');
      const calls = join(newFolder(), 'calls');
      const quoted = JSON.stringify(pages).replaceAll("'", String.raw`'\''`);
      const response =
        more.gh ??
        `#!/bin/sh
        printf '%s\\0' "$GH_HOST" "$GH_TOKEN" "$GH_ENTERPRISE_TOKEN" "$@" > '${calls}'
        printf '%s' '${quoted}'`;
      const ran = run([process.execPath, 'sweep/table/main.mjs'], {
        env: {
          PATH: more.gh === null ? newFolder() : madeUp('gh', response),
          INPUT_ORGANIZATIONS: JSON.stringify(organizations),
          INPUT_RESULT: result,
          'INPUT_CHECK-RUN-ID': more.checkRunId ?? String(OWN),
          INPUT_TOKEN: 'not-a-real-token',
          GITHUB_REPOSITORY: 'some-org/some-repo',
          GITHUB_RUN_ID: '11',
          GITHUB_RUN_ATTEMPT: '2',
          GITHUB_SERVER_URL: 'https://github.com',
          GITHUB_STEP_SUMMARY: file,
          ...more.env,
        },
      });
      const read = (path: string) => {
        try {
          return readFileSync(path, 'utf8');
        } catch {
          return '';
        }
      };
      const rows = read(file).trim().split('\n').slice(2);
      const [host, token, enterpriseToken, ...argv] = read(calls).split('\0').slice(0, -1);
      return { ...ran, rows, request: { host, token, enterpriseToken, argv } };
    }

    test('has a row for each organization, with its job', () => {
      const jobs = [job(1, 'sweep / A'), job(2, 'sweep / B', 'failure'), summary('sweep / ')];
      const { rows, status, request } = table({ jobs });
      expect(rows).toEqual([
        '| A | ended | [success](https://github.com/x/y/job/1) |',
        '| B | **not confirmed as ended** | [failure](https://github.com/x/y/job/2) |',
      ]);
      expect(status).toBe(0);
      const argv = [
        ...['api', '--paginate', '--slurp'],
        'repos/some-org/some-repo/actions/runs/11/attempts/2/jobs?per_page=100',
      ];
      expect(request).toMatchObject({ argv, host: 'github.com', token: 'not-a-real-token' });
    });

    test('asks the GitHub Enterprise Server that the run is on', () => {
      const { request } = table({ env: { GITHUB_SERVER_URL: 'https://github.example.com' } });
      expect(request).toMatchObject({ host: 'github.example.com', enterpriseToken: 'not-a-real-token' });
    });

    test('has 256 rows, out of more pages than one', () => {
      const organizations = many(256);
      const jobs = organizations.map(({ name }, index) => job(100 + index, `sweep / ${name}`));
      const { rows } = table({ organizations, jobs: [...jobs, summary('sweep / ')] });
      expect(rows).toHaveLength(256);
      expect(rows.every((row) => row.includes('| ended |'))).toBe(true);
    });

    test('turns nothing red for an organization without a job', () => {
      const { rows, status } = table({ jobs: [job(1, 'sweep / A'), summary('sweep / ')] });
      expect(rows[1]).toBe('| B | **not confirmed as ended** | no job |');
      expect(status).toBe(0);
    });

    test.each([
      ['of another sweep', 'other / A'],
      ['whose name ends alike', 'sweep / Europe / A'],
      ['that is called so by itself', 'A'],
    ])('has no row for a job %s', (_name, name) => {
      const jobs = [job(1, name), job(2, 'sweep / B'), summary('sweep / '), summary('other / ', 8)];
      expect(table({ jobs }).rows).toEqual([
        '| A | **not confirmed as ended** | no job |',
        '| B | ended | [success](https://github.com/x/y/job/2) |',
      ]);
    });

    test('takes the worse of two jobs that cannot be told apart', () => {
      const jobs = [job(1, 'sweep / A'), job(2, 'sweep / A', 'cancelled'), job(3, 'sweep / B')];
      const { rows } = table({ jobs: [...jobs, summary('sweep / '), summary('sweep / ', 8)] });
      expect(rows[0]).toBe('| A | **not confirmed as ended** | [cancelled](https://github.com/x/y/job/2) |');
    });

    test('knows a workflow that was started by itself', () => {
      const { rows } = table({ jobs: [job(1, 'A'), job(2, 'B', null), summary('')] });
      expect(rows).toEqual([
        '| A | ended | [success](https://github.com/x/y/job/1) |',
        '| B | **not confirmed as ended** | [in_progress](https://github.com/x/y/job/2) |',
      ]);
    });

    test('without a check run goes by the end of the names, if no other sweep is in the run', () => {
      const jobs = [job(1, 'sweep / A'), job(2, 'sweep / B'), summary('sweep / ')];
      const { rows } = table({ jobs, checkRunId: '' });
      expect(rows.map((row) => row.includes('| ended |'))).toEqual([true, true]);
      const two = table({ jobs: [...jobs, summary('other / ', 8)], checkRunId: '' });
      expect(two.rows.map((row) => row.includes('not confirmed'))).toEqual([true, true]);
    });

    test('shows a name as it is', () => {
      const name = 'A | B <img src=x> [c](d) `e` *f*';
      const { rows } = table({ organizations: [entry(name)], jobs: [job(1, name), summary('')] });
      expect(rows).toHaveLength(1);
      expect(rows[0]).toContain(String.raw`A \| B \<img src\=x\> \[c\]\(d\) \`e\` \*f\*`);
    });

    test.each<[string, string | null, string]>([
      ['is missing', null, 'gh is not installed on this runner'],
      [
        'fails',
        `console.error('HTTP 403: Resource not accessible by integration'); process.exitCode = 1;`,
        'gh failed with exit code 1: HTTP 403: Resource not accessible by integration',
      ],
      ['says something else', `console.log('{"message": "x"}')`, 'the response of gh is not a list of jobs'],
    ])('says so if gh %s, and turns nothing red', (_name, gh, text) => {
      const { out, rows, status } = table({ gh });
      expect(out).toContain(`::warning::The jobs of this run could not be read: ${text}`);
      expect(rows).toEqual([
        '| A | **not confirmed as ended** | not read |',
        '| B | **not confirmed as ended** | not read |',
      ]);
      expect(status).toBe(0);
      // GitHub itself says that the jobs of all organizations succeeded.
      expect(table({ gh, result: 'success' }).rows).toEqual([
        '| A | ended | not read |',
        '| B | ended | not read |',
      ]);
    });
  });

describe('end-sessions.yml', () => {
  const text = readFileSync(join(root, '.github/workflows/end-sessions.yml'), 'utf8');
  const { jobs, concurrency } = parse(text);

  test('has the names that the scripts know', () => {
    expect([jobs.check.name, jobs.summary.name]).toEqual(['Check the list', 'Summary']);
  });

  test('runs nothing but what stands at its own commit', () => {
    const used = [...text.matchAll(/\buses: (\S+)/g)].map(([, uses]) => uses);
    expect(new Set(used)).toEqual(new Set(['$/sweep/check', '$/session', '$/sweep/table']));
  });

  test('drops no sweep that waits', () => {
    expect(concurrency).toEqual({
      group: 'end-informatica-sessions',
      'cancel-in-progress': false,
      queue: 'max',
    });
  });
});
