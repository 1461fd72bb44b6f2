import { describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../runner/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  MODES,
  mainAndPost,
  markupOf,
  onlyPost,
  outcomeOf,
  respondWith,
  scene,
} from './support.ts';

/** What a server may say, by malice or mischance. */
const TEXTS = [
  '::error::not a command',
  'first line\n::add-mask::not a command',
  'first line\r::set-output name=result::not a command',
  '  ::stop-commands::not-a-command',
  'in the middle ##[add-mask]not a command',
  '##[error]not a command',
  '##[#[##[error]not a command',
  ':::error::not a command',
  '%0A::error::not a command',
  '\u001b[31mred\u001b[0m \u009b31m \u0007bell \u0000nul \u0008\u007f',
  'line\u2028paragraph\u2029next\u0085line\u000bvertical\u000cform',
  'right-to-left \u202eoverride\u2066 and zero\u200bwidth \ufeff',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '**bold** _it_ [link](https://evil.example) ![image](https://evil.example/x.png) `code` | cell |',
  '# heading\n\n- item\n\n---\n<!-- comment -->',
  'https://evil.example www.evil.example @somebody #1 :smile: $x$',
  '&lt;b&gt; &#60;b&#62; \\<b>',
  '{"@type":"error"}',
  'tr\u00e4nen \u2713 \ud835\udd32',
];
const LONG = 'x\u2713'.repeat(1500);

/** Characters that some readers treat as a line end, or that change a terminal's output. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** The text is in code spans, and nothing beside them can be markup. */
const PLAIN = /^\*\*Informatica Cloud Session:\*\* \n+$/;

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

describe.each([...TEXTS, LONG])('%j', (text) => {
  test('is neither a command nor markup', async () => {
    const refused = async () => {
      const stage = await scene('logout', { faults: [respondWith(400, errorTextV2(400, text, text))] });
      const main = await stage.job.run(stage.inputs);
      expectPlain(main);
      const { outputs } = main;
      for (const name of ['error-code', 'error-message']) {
        expect([...(outputs[name] ?? '')].length).toBeLessThanOrEqual(500);
      }
      expect(outputs['error-message']).not.toBe('');
      if (text === LONG) expect(outputs['error-message']).toMatch(/^(x\u2713)+x?…$/);
    };
    const retried = async () => {
      const stage = await scene('logoutall', { faults: [respondWith(500, errorTextV3(text, text))] });
      const main = await stage.job.run(stage.inputs);
      expect(main.log).toHaveLength(2);
      expectPlain(main);
    };
    await Promise.all([refused(), retried()]);
  });
});

test.each(TEXTS.slice(0, 9))('%j is no command in post', async (text) => {
  const faults = [respondWith(401, errorTextV2(401, 'AUTH_01', text))];
  const stage = await scene('logout', { inputs: { when: 'job-end' }, faults });
  const { post } = await mainAndPost(stage);
  expect(outcomeOf(post)).toBe('Already ended');
  expectPlain(post);
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
  const { main } = await mainAndPost(stage);
  expectPlain(main);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
});

test('a page is not shown', async () => {
  const page = '<html>Sign in to read the secret of the page</html>';
  for (const status of [200, 400, 500]) {
    const stage = await scene('logout', { inputs: { 'timeout-seconds': '2' }, job: IMPATIENT });
    stage.cloud.setFaults(() => respondWith(status, page));
    const { main } = await mainAndPost(stage);
    expect(main.stdout + main.summary + JSON.stringify(main.outputs)).not.toContain('Sign in');
  }
});

describe('the summary', () => {
  test.each(MODES)('%s: has the line of the log', async (mode) => {
    const stage = await scene(mode);
    const main = await stage.job.run(stage.inputs);
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
      const main = await stage.job.run(stage.inputs);
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
      const steps = [await mainAndPost(now), await mainAndPost(late)];
      expect(steps.map(({ main, post }) => main.summary + post.summary)).toEqual(['', '']);
    },
  );

  test('is written once for a session', async () => {
    const stage = await scene('logout');
    const { main, post } = await mainAndPost(stage);
    expect(main.summary).not.toBe('');
    expect(post.summary).toBe('');
  });
});
