import { describe, expect, test } from '@jest/globals';
import { forOlderTools } from '../../scripts/lint/older-tools.ts';
import { problemsOf } from '../../scripts/lint/platform.ts';

const job = (more: string) => `jobs:\n  one:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n${more}`;

describe('what GitHub knows of workflows and actionlint does not', () => {
  test.each<[string, string, string]>([
    [
      'a job that may run for hours',
      'jobs:\n  one:\n    runs-on: x\n',
      'one: the job has no timeout-minutes',
    ],
    [
      'a queue of another size',
      job('    concurrency: { group: x, queue: maxx }\n'),
      'one: concurrency.queue is neither single nor max',
    ],
    [
      'a queue that cancels',
      job('concurrency: { group: x, queue: max, cancel-in-progress: true }\n'),
      'the workflow: GitHub takes no concurrency.queue of max together with cancel-in-progress',
    ],
    [
      'a self-reference to the root',
      job('    steps:\n      - uses: $/\n'),
      '$/ leads to no action and no workflow',
    ],
    [
      'a self-reference to nothing',
      job('    steps:\n      - uses: $/sessions\n'),
      '$/sessions leads to no action and no workflow',
    ],
  ])('finds %s', (_name, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('finds nothing in what is right', () => {
    const steps = '    steps:\n      - uses: $/session\n      - run: "true"\n';
    expect(
      problemsOf(job(`    concurrency: { group: x, queue: max, cancel-in-progress: false }\n${steps}`)),
    ).toEqual([]);
    expect(problemsOf('jobs:\n  one:\n    uses: $/.github/workflows/end-sessions.yml\n')).toEqual([]);
  });
});

test('older tools get the same lines, without what they do not know', () => {
  const text = 'concurrency:\n  group: x\n  queue: max\njobs:\n  - uses: $/sweep/table\n  - run: echo $/x\n';
  expect(forOlderTools(text, (folder) => `./${folder}`)).toBe(
    'concurrency:\n  group: x\n\njobs:\n  - uses: ./sweep/table\n  - run: echo $/x\n',
  );
});
