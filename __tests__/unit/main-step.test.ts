import { describe, expect, test } from '@jest/globals';
import type { InputValues } from '../../src/inputs/values.ts';
import { mainStep } from '../../src/steps/main-step.ts';
import {
  answer,
  inputsOf,
  late,
  logoutallInputs,
  logoutInputs,
  noAnswer,
  orderOf,
  PASSWORD,
  type Reply,
  refusedConnection,
  runnerOf,
  ScriptedWorld,
  SESSION_ID,
  silence,
  v2Error,
} from './support.ts';

interface Setting {
  readonly canSave?: readonly boolean[];
  readonly cancelAtMs?: number;
  readonly forEver?: boolean;
}

async function run(inputs: InputValues, script: readonly Reply[], setting: Setting = {}) {
  const { canSave, cancelAtMs, forEver = false } = setting;
  const world = new ScriptedWorld(script, { forEver });
  if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const { runner, ...seen } = runnerOf(inputs, world.journal, canSave);
  const report = await world.clock.until(mainStep(runner, world));
  const { journal, calls, sentMs } = world;
  return { report, journal, calls, sentMs, endedMs: world.clock.elapsedMs(), ...seen };
}

const dead = answer(401, v2Error('AUTH_01', 401, 'The session is not valid.'));
const wrong = answer(403, v2Error('UI_10000', 403, 'User name or password is not valid.'));

describe('the order of things', () => {
  test('mask, save, send, settle', async () => {
    const { journal, saved, report } = await run(logoutInputs(), [answer(200)]);
    expect(journal).toEqual(['mask', 'save pending', 'send', 'save settled']);
    expect(saved).toEqual([
      { kind: 'pending', inputs: orderOf(logoutInputs()).kept },
      { kind: 'settled', outcome: 'ended' },
    ]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended', attempts: '1' } });
  });

  test('what settles nothing is announced and leaves the state pending', async () => {
    const { journal, saved, lines, report } = await run(
      logoutInputs({ 'timeout-seconds': '1' }),
      [answer(503)],
      {
        forEver: true,
      },
    );
    expect(journal.slice(0, 6)).toEqual(['mask', 'save pending', 'send', 'info', 'send', 'info']);
    expect(saved).toHaveLength(1);
    expect(lines[0]).toMatch(/^Attempt 1: the server answered HTTP 503\. Trying again in 0\.\d s\.$/);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', 'status-code': '503' } });
    expect(report.text).toContain('The post step will try again.');
  });

  test('the main step that never ends has saved before', async () => {
    const world = new ScriptedWorld([() => new Promise(() => {})]);
    const { runner, saved } = runnerOf(logoutInputs(), world.journal);
    const step = mainStep(runner, { ...world, clock: { ...world.clock, after: () => () => {} } });
    await Promise.race([step, new Promise((resolve) => setImmediate(resolve))]);
    expect(world.journal).toEqual(['mask', 'save pending', 'send']);
    expect(saved).toEqual([{ kind: 'pending', inputs: logoutInputs() }]);
  });

  test('the time counts from the first line on', async () => {
    const world = new ScriptedWorld([silence]);
    const { runner } = runnerOf(logoutInputs({ 'timeout-seconds': '2' }), world.journal);
    await world.clock.until(mainStep(runner, world));
    expect(world.clock.elapsedMs()).toBe(2_000);
  });
});

describe('what is masked', () => {
  test.each<[string, InputValues, string[]]>([
    ['the session id', logoutInputs(), [SESSION_ID]],
    ['the password', logoutallInputs(), [PASSWORD]],
    [
      'the session id as given and as sent',
      logoutInputs({ 'session-id': `${SESSION_ID}\n` }),
      [`${SESSION_ID}\n`, SESSION_ID, `${SESSION_ID}\\n`],
    ],
    [
      'the password as given and as it stands in the state',
      logoutallInputs({ password: 'a"b\\c' }),
      ['a"b\\c', 'a\\"b\\\\c'],
    ],
    ['both secrets, though the mode needs one', logoutInputs({ password: PASSWORD }), [SESSION_ID, PASSWORD]],
    [
      'secrets, though the inputs are wrong',
      inputsOf({ 'session-id': 'two\nlines' }),
      ['two\nlines', 'two\\nlines'],
    ],
  ])('%s', async (_, inputs, expected) => {
    const { masks, journal } = await run(inputs, [answer(200)]);
    expect(masks).toEqual(expect.arrayContaining(expected));
    expect(new Set(masks)).toEqual(new Set([...expected, ...expected.map((text) => text.trim())]));
    expect(journal.lastIndexOf('mask')).toBe(masks.length - 1);
  });

  test('nothing, where nothing was given: a blank mask draws a warning', async () => {
    const { masks } = await run(inputsOf({ 'session-id': '', password: ' \n' }), []);
    expect(masks).toEqual([]);
  });
});

describe('wrong inputs', () => {
  test('all problems in one failure: nothing sent, nothing saved', async () => {
    const inputs = logoutInputs({ 'session-id': 'two\nlines', when: 'later', 'timeout-seconds': '0' });
    const { report, calls, saved, lines } = await run(inputs, []);
    expect(report).toMatchObject({
      level: 'error',
      summary: '',
      outputs: { result: 'failed', attempts: '0' },
    });
    for (const input of ['session-id', 'when', 'timeout-seconds'])
      expect(report.text).toContain(`- ${input} `);
    expect([calls, saved, lines]).toEqual([[], [], []]);
  });

  test('and job-end: nothing is scheduled', async () => {
    const { report, saved } = await run(
      logoutInputs({ when: 'job-end', 'server-url': 'https://evil.example' }),
      [],
    );
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed' } });
    expect(saved).toEqual([]);
  });
});

describe('job-end', () => {
  const inputs = logoutInputs({ when: 'job-end' });

  test('is saved, and nothing is sent', async () => {
    const { report, journal, saved } = await run(inputs, []);
    expect(journal).toEqual(['mask', 'save pending']);
    expect(saved).toEqual([{ kind: 'pending', inputs }]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'scheduled', attempts: '0' } });
  });

  test('that cannot be saved is done now', async () => {
    const { report, journal, lines } = await run(inputs, [answer(200)], { canSave: [false, false] });
    expect(journal).toEqual(['mask', 'save pending', 'info', 'send', 'save settled']);
    expect(lines).toEqual(['The post step cannot be told what to do, so this step does it now.']);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended' } });
  });

  test('that cannot be saved or settled promises nothing', async () => {
    const unhappy = noAnswer(refusedConnection, false);
    const { report } = await run(inputs, [unhappy], { canSave: [false], forEver: true });
    expect(report.level).toBe('error');
    expect(report.text).toContain('The post step could not be told of it.');
  });
});

describe('what is settled drops the secrets', () => {
  test.each([
    ['ended', logoutInputs(), answer(200)],
    ['already-ended', logoutInputs(), dead],
    ['already-ended', logoutInputs({ 'allow-already-ended': 'true' }), dead],
    ['refused', logoutInputs(), answer(404)],
    ['refused', logoutInputs(), answer(307, '', { location: 'https://evil.example' })],
    ['refused', logoutallInputs(), wrong],
    ['refused', logoutallInputs(), answer(401)],
  ])('%s (%#)', async (outcome, inputs, delivery) => {
    const { saved, calls } = await run(inputs, [delivery]);
    expect(saved.at(-1)).toEqual({ kind: 'settled', outcome });
    expect(calls).toHaveLength(1);
  });
});

describe('already ended', () => {
  test.each([
    ['false', dead, 'error'],
    ['true', dead, 'info'],
    ['false', answer(401), 'error'],
    ['true', answer(401), 'info'],
  ])('allow-already-ended: %s (%#)', async (allowed, delivery, level) => {
    const { report } = await run(logoutInputs({ 'allow-already-ended': allowed }), [delivery]);
    expect(report).toMatchObject({ level, outputs: { result: 'already-ended' } });
  });

  test('after an answer that was lost it is a success', async () => {
    const { report, saved } = await run(logoutInputs(), [answer(504), dead]);
    expect(report).toMatchObject({
      level: 'info',
      outputs: { result: 'ended', attempts: '2', 'status-code': '401' },
    });
    expect(saved.at(-1)).toEqual({ kind: 'settled', outcome: 'ended' });
  });

  test('after a refused connection it is not', async () => {
    const { report } = await run(logoutInputs(), [noAnswer(refusedConnection, false), dead]);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'already-ended', attempts: '2' } });
  });
});

describe('a cancelled job', () => {
  test('the attempt in flight gets 5 s; the post step is left the rest', async () => {
    const { report, saved, endedMs } = await run(logoutInputs(), [silence], { cancelAtMs: 2_000 });
    expect(endedMs).toBe(7_000);
    expect(saved).toHaveLength(1);
    expect(report.level).toBe('error');
    expect(report.text).toContain('The step was cancelled');
    expect(report.text).toContain('The post step will try again.');
  });

  test('the attempt in flight may still settle it', async () => {
    const { report, saved } = await run(logoutInputs(), [late(4_000, answer(200))], { cancelAtMs: 2_000 });
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended' } });
    expect(saved.at(-1)).toEqual({ kind: 'settled', outcome: 'ended' });
  });

  test('no further attempt is started', async () => {
    const busy = answer(503, '', { retryAfter: '20' });
    const { report, sentMs, endedMs } = await run(logoutInputs(), [busy], { cancelAtMs: 3_000 });
    expect([sentMs, endedMs]).toEqual([[0], 3_000]);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '1' } });
  });
});

describe('secrets that the server repeats', () => {
  const echo = (secret: string) => v2Error(secret, 403, `What is ${encodeURIComponent(secret)}?`);
  test.each([
    ['refused', logoutInputs(), SESSION_ID, 403],
    ['unknown', logoutInputs(), SESSION_ID, 503],
    ['already ended', logoutInputs(), SESSION_ID, 401],
    ['refused', logoutallInputs(), PASSWORD, 403],
    ['unknown', logoutallInputs(), PASSWORD, 503],
  ])('%s: appear nowhere (%#)', async (_, inputs, secret, status) => {
    const { report, lines } = await run(inputs, [answer(status, echo(secret))], { forEver: true });
    const said = decodeURIComponent(JSON.stringify([report, lines]).replaceAll('%', '%25'));
    expect(said).not.toContain(secret);
    expect(said).toContain('withheld');
    expect(report.summary).toContain('withheld');
  });
});
