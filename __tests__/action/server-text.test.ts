import { describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../runner/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { LONG, PLAIN, TEXTS, UNFIT } from '../hostile-texts.ts';
import {
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  MODES,
  mainAndPost,
  markupOf,
  onlyMain,
  onlyPost,
  outcomeOf,
  RETRY_LINE,
  respondWith,
  scene,
} from './support.ts';

/** One command of the action's own, if any, and nothing that looks like another one. */
function expectPlain(step: StepResult): void {
  const commands = step.commands.filter(({ name }) => name !== 'add-mask');
  expect(commands.map(({ name }) => name)).toEqual(step.annotations.map(({ level }) => level));
  expect(commands.every(({ properties }) => Object.keys(properties).length === 0)).toBe(true);
  const lines = step.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
  for (const line of [...lines, ...step.log, ...Object.values(step.outputs)]) {
    expect(line).not.toMatch(UNFIT);
    expect(line).not.toContain('##[');
  }
  for (const line of lines) expect(line).not.toMatch(/^\s*::(?!error::|warning::)/);
  // A later step may print an output at the start of a line.
  for (const output of Object.values(step.outputs)) expect(output).not.toContain('::');
  expect(step.log).toHaveLength(lines.length - 1);
  expect(markupOf(step.summary)).toMatch(PLAIN);
  expect(markupOf(step.summary)).not.toMatch(/:\/\/|www/);
  // A code span ends with its paragraph.
  expect(step.summary.trim()).not.toContain('\n');
}

test.each([...TEXTS, LONG])('%j is neither a command nor markup', async (text) => {
  const stage = await scene('logout', { faults: [respondWith(400, errorTextV2(400, text, text))] });
  const main = await onlyMain(stage);
  expectPlain(main);
  const { outputs } = main;
  for (const name of ['error-code', 'error-message']) {
    expect([...(outputs[name] ?? '')].length).toBeLessThanOrEqual(500);
  }
  expect(outputs['error-message']).not.toBe('');
  if (text === LONG) expect(outputs['error-message']).toMatch(/^(x\u2713)+x?…$/);
});

// `unit/steps/server-text.test.ts` has the outcome of a post step with each text.
test('all of them one after the other, in main and in post', async () => {
  const texts = [...TEXTS, LONG];
  const meet = async (when: string, outcome: string) => {
    const stage = await scene('logout', { inputs: { when }, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => {
      const text = texts[index];
      if (text === undefined) return respondWith(401, errorTextV2(401, 'AUTH_01', TEXTS[0]));
      return respondWith(503, index % 2 === 0 ? errorTextV3(text, text) : errorTextV2(503, text, text));
    });
    const main = await onlyMain(stage);
    const step = when === 'now' ? main : await onlyPost(stage.job);
    expect(step.log.slice(0, -1)).toEqual(texts.map(() => expect.stringMatching(RETRY_LINE)));
    expect(outcomeOf(step)).toBe(outcome);
    expectPlain(step);
  };
  await Promise.all([meet('now', 'Error: Already ended'), meet('job-end', 'Already ended')]);
});

test.each([
  'https://evil.example/::error::x',
  '//::error::x',
  'https://##[error]x/',
  'https://<b>.example/',
  'https://xn--a.example/',
  'javascript:alert(1)',
  'data:text/html,<b>',
])('a redirect to %j', async (location) => {
  const stage = await scene('logout', { faults: [respondWith(302, '', { Location: location })] });
  const main = await onlyMain(stage);
  expectPlain(main);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
});

test('a page is not shown', async () => {
  const page = '<html>Sign in to read the secret of the page</html>';
  const meet = async (status: number) => {
    const stage = await scene('logout', { inputs: { 'timeout-seconds': '2' }, job: IMPATIENT });
    stage.cloud.setFaults(() => respondWith(status, page));
    const main = await onlyMain(stage);
    expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(main.stdout + main.summary + JSON.stringify(main.outputs)).not.toContain('Sign in');
  };
  await Promise.all([200, 400, 500].map(meet));
});

describe('the summary', () => {
  test.each(MODES)('%s: has the line of the log', async (mode) => {
    const stage = await scene(mode);
    const main = await onlyMain(stage);
    expect(markupOf(main.summary)).toMatch(PLAIN);
    expect(main.summary.replaceAll('`', '')).toContain(main.log[0]);
  });

  test.each([
    [respondWith(200), 'Ended the session on '],
    [respondWith(401), 'Already ended: '],
    [respondWith(400, errorTextV2(400, 'X_1')), 'Not ended: '],
    [respondWith(503, '', { 'Retry-After': '3600' }), `${UNCONFIRMED_END}: `],
  ])('says how it ended, in main and in post (%#)', async (fault, firstWords) => {
    for (const when of ['now', 'job-end']) {
      const stage = await scene('logout', { inputs: { when }, faults: [fault] });
      const main = await onlyMain(stage);
      const step = when === 'now' ? main : await onlyPost(stage.job);
      expect(step.summary.startsWith(`**Informatica Cloud Session:** \`${firstWords}`)).toBe(true);
      // "Scheduled" is not an outcome yet.
      if (when === 'job-end') expect(main.summary).toBe('');
    }
  });

  test.each([respondWith(200), respondWith(400, errorTextV2(400, 'X_1'))])(
    'is not written with summary: false (%#)',
    async (fault) => {
      const inputs = { summary: 'false' };
      const now = await scene('logout', { inputs, faults: [fault] });
      const late = await scene('logout', { inputs: { ...inputs, when: 'job-end' }, faults: [fault] });
      const { main, post } = await mainAndPost(late);
      const steps = [await now.job.run(now.inputs), main, post];
      expect(steps.map(({ summary }) => summary)).toEqual(['', '', '']);
    },
  );

  test('is written once for a session', async () => {
    const stage = await scene('logout');
    const { main, post } = await mainAndPost(stage);
    expect(main.summary).not.toBe('');
    expect(post.summary).toBe('');
  });
});
