import { describe, expect, test } from '@jest/globals';
import type { InputValues } from '../../../src/inputs/values.ts';
import { mainStep } from '../../../src/steps/main-step.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import {
  deadSession,
  late,
  logoutallValues,
  logoutValues,
  lost,
  noResponse,
  PASSWORD,
  page,
  type Reply,
  received,
  refusedConnection,
  runnerOf,
  ScriptedWorld,
  SESSION_ID,
  stalled,
  v2Object,
  validInputs,
  valuesOf,
  wrongPassword,
} from '../support.ts';

interface Setting {
  readonly canSave?: readonly boolean[];
  readonly canSetOutputs?: boolean;
  readonly proxyProblems?: readonly string[];
  readonly cancelAtMs?: number;
  readonly forEver?: boolean;
}

async function run(values: InputValues, script: readonly Reply[], setting: Setting = {}) {
  const { cancelAtMs, forEver = false, ...options } = setting;
  const world = new ScriptedWorld(script, { forEver });
  if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const { runner, ...seen } = runnerOf(values, world.journal, options);
  const report = await world.clock.until(mainStep(runner, world));
  const { journal, calls, sentMs } = world;
  return { report, journal, calls, sentMs, endedMs: world.clock.elapsedMs(), ...seen };
}

const counted = (credentialUses: number, credentialRequests = credentialUses) =>
  ({ kind: 'pending', credentialUses, credentialRequests, isEnded: false, opened: undefined }) as const;

describe('the order of events', () => {
  test('mask, save, send, settle', async () => {
    const { journal, saved, report } = await run(logoutValues(), [received(200)]);
    expect(journal).toEqual(['mask', 'save uses 0', 'send', 'save ended']);
    expect(saved).toEqual([
      { ...counted(0), inputs: validInputs(logoutValues()).forPost },
      { kind: 'settled', as: 'ended' },
    ]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended', attempts: '1' } });
  });

  test('a password: each use is saved before it is sent', async () => {
    const script = [noResponse(lost, true), received(429), received(200)];
    const { journal, saved } = await run(logoutallValues(), script);
    expect(journal).toEqual([
      'mask',
      'save uses 0',
      'save uses 1',
      'send',
      'info',
      'save uses 2',
      'send',
      'save uses 1',
      'info',
      'save uses 2',
      'send',
      'save ended',
    ]);
    const { forPost } = validInputs(logoutallValues());
    expect(saved.slice(1, -1)).toEqual(
      [counted(1), counted(2), counted(1, 2), counted(2, 3)].map((state) => ({ ...state, inputs: forPost })),
    );
  });

  test('all masks before anything else', async () => {
    const { journal, masks } = await run(logoutallValues({ password: `${PASSWORD}\n` }), [received(200)]);
    expect(journal.slice(0, masks.length + 2)).toEqual([...masks.map(() => 'mask'), 'info', 'save uses 0']);
    expect(new Set(masks)).toEqual(new Set([PASSWORD, `${PASSWORD}\n`, `${PASSWORD}\\n`]));
  });

  test('a session id is saved once, however often it is sent', async () => {
    const script = [received(503), noResponse(lost, true), received(200)];
    const { journal } = await run(logoutValues(), script);
    expect(journal.filter((entry) => entry.startsWith('save'))).toEqual(['save uses 0', 'save ended']);
  });

  test('what settles nothing is announced and leaves the state pending', async () => {
    const values = logoutValues({ 'timeout-seconds': '1' });
    const { journal, saved, lines, report } = await run(values, [received(503)], { forEver: true });
    expect(journal.slice(0, 6)).toEqual(['mask', 'save uses 0', 'send', 'info', 'send', 'info']);
    expect(saved).toHaveLength(1);
    expect(lines[0]).toMatch(/^Attempt 1: HTTP 503 .* Retrying in 0\.\d s\.$/);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', 'status-code': '503' } });
    expect(report.text).toMatch(
      new RegExp(String.raw`^${UNCONFIRMED_END}: .* The post step will try again\.$`),
    );
  });

  test('the main step that never ends has saved before', async () => {
    const world = new ScriptedWorld([() => new Promise(() => {})]);
    const { runner, saved } = runnerOf(logoutallValues(), world.journal);
    const step = mainStep(runner, { ...world, clock: { ...world.clock, after: () => () => {} } });
    await Promise.race([step, new Promise((resolve) => setImmediate(resolve))]);
    expect(world.journal).toEqual(['mask', 'save uses 0', 'save uses 1', 'send']);
    expect(saved.at(-1)).toEqual({ ...counted(1), inputs: logoutallValues() });
  });

  test('the time counts from the first line on', async () => {
    const { endedMs } = await run(logoutValues({ 'timeout-seconds': '2' }), [stalled]);
    expect(endedMs).toBe(2_000);
  });
});

describe('wrong inputs', () => {
  test('all problems in one failure: nothing sent, nothing saved', async () => {
    const values = logoutValues({ 'session-id': 'None', when: 'later', 'timeout-seconds': '0' });
    const { report, calls, saved, lines } = await run(values, []);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '0' } });
    expect(report.text).toMatch(/^Wrong inputs, so nothing was sent:/);
    for (const input of ['session-id', 'when', 'timeout-seconds']) {
      expect(report.text).toContain(`- ${input} `);
    }
    expect([calls, saved, lines]).toEqual([[], [], []]);
  });

  test.each([
    ['true', true],
    ['false', false],
    ['perhaps', true],
  ])('get a line in the summary, unless that is off: %s', async (summary, inSummary) => {
    const { report } = await run(logoutValues({ 'session-id': '', summary }), []);
    expect(report).toMatchObject({ level: 'error', inSummary });
  });

  test('secrets in them are masked all the same', async () => {
    const { journal, masks } = await run(
      valuesOf({ 'session-id': `Bearer ${SESSION_ID}`, password: 'a\nb' }),
      [],
    );
    expect(new Set(masks)).toEqual(new Set([SESSION_ID, 'a\nb', 'a\\nb']));
    expect(journal).toEqual(masks.map(() => 'mask'));
  });

  test.each(['now', 'job-end'])('the proxy settings, before anything is sent or saved: %s', async (when) => {
    const proxyProblems = ['https_proxy names a SOCKS proxy.'];
    const { report, calls, saved } = await run(logoutValues({ when }), [], { proxyProblems });
    expect(report.text).toMatch(/^Wrong inputs, .*\n- https_proxy names a SOCKS proxy\.$/);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '0' } });
    expect([calls, saved]).toEqual([[], []]);
  });

  test('and job-end: nothing is scheduled', async () => {
    const values = logoutValues({ when: 'job-end', 'session-id': 'None' });
    const { report, saved } = await run(values, []);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed' } });
    expect(saved).toEqual([]);
  });
});

describe('the outputs', () => {
  test.each<[string, string, InputValues, readonly Reply[]]>([
    ['a success', 'ended', logoutValues(), [received(200)]],
    ['a failure', 'failed', logoutallValues(), [wrongPassword]],
    ['wrong inputs', 'failed', logoutValues({ 'session-id': 'None' }), []],
    ['what is scheduled', 'scheduled', logoutValues({ when: 'job-end' }), []],
  ])('are set once, of %s too: %s', async (_, result, values, script) => {
    const { report, outputs } = await run(values, script);
    expect(outputs).toEqual([report.outputs]);
    expect(report.outputs).toMatchObject({ result });
  });

  test('that cannot be set change nothing of how the session ended', async () => {
    const { report, saved } = await run(logoutValues(), [received(200)], { canSetOutputs: false });
    expect(report.level).toBe('info');
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });
});

describe('job-end', () => {
  const values = logoutValues({ when: 'job-end' });

  test('is saved, and nothing is sent', async () => {
    const { report, journal, saved } = await run(values, []);
    expect(journal).toEqual(['mask', 'save uses 0']);
    expect(saved).toEqual([{ ...counted(0), inputs: values }]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'scheduled', attempts: '0' } });
  });

  test('that cannot be saved is done now', async () => {
    const { report, journal, lines } = await run(values, [received(200)], { canSave: [false, false] });
    expect(journal).toEqual(['mask', 'save uses 0', 'info', 'send', 'save ended']);
    expect(lines).toEqual([
      'The state for the post step could not be saved, so this step ends the session now.',
    ]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended' } });
  });

  test('that cannot be saved or settled promises nothing', async () => {
    const unhappy = noResponse(refusedConnection, false);
    const { report } = await run(values, [unhappy], { canSave: [false], forEver: true });
    expect(report.level).toBe('error');
    expect(report.text).toMatch(/The post step cannot try again, because the state could not be saved\.$/);
  });
});

describe('a password whose count cannot be saved', () => {
  test('is sent where the post step knows of nothing', async () => {
    const { report, journal } = await run(logoutallValues(), [received(200)], { canSave: [false] });
    expect(journal).toEqual(['mask', 'save uses 0', 'send', 'save ended']);
    expect(report.level).toBe('info');
  });

  test('is not sent where it does', async () => {
    const { report, calls } = await run(logoutallValues(), [], { canSave: [true, false] });
    expect(calls).toEqual([]);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '0' } });
    expect(report.text).toMatch(/The post step will try again\.$/);
  });

  test('nor a second time', async () => {
    const { calls } = await run(logoutallValues(), [received(500)], { canSave: [true, true, false] });
    expect(calls).toHaveLength(1);
  });
});

describe('what is settled drops the secrets', () => {
  test.each<[string, string, InputValues, Reply]>([
    ['success', 'ended', logoutValues(), received(200)],
    ['a dead session', 'already-ended', logoutValues(), deadSession],
    ['one that is allowed', 'already-ended', logoutValues({ 'allow-already-ended': 'true' }), deadSession],
    ['a refused session id', 'refused', logoutValues(), wrongPassword],
    ['a refused password', 'refused', logoutallValues(), wrongPassword],
  ])('%s: %s', async (_, as, values, reply) => {
    const { saved, calls } = await run(values, [reply]);
    expect(saved.at(-1)).toEqual({ kind: 'settled', as });
    expect(calls).toHaveLength(1);
  });
});

describe('what is not settled stays pending, and says what is left to the post step', () => {
  const again = new RegExp(String.raw`^${UNCONFIRMED_END}: .* The post step will try again\.$`);
  const nothingMore = new RegExp(
    String.raw`^${UNCONFIRMED_END}: .* The post step will not send the password again\.$`,
  );
  test.each<[string, InputValues, Reply, number, number, RegExp]>([
    ['logout, a page', logoutValues(), page(200), 6, 0, again],
    ['logout, a sign-in page', logoutValues(), page(401), 2, 0, again],
    ['logout, a redirect', logoutValues(), received(302), 1, 0, again],
    ['logoutall, a redirect', logoutallValues(), received(302), 1, 1, again],
    ['logoutall, an unclear 404', logoutallValues(), page(404), 2, 2, again],
    ['logoutall, an unclear 403', logoutallValues(), page(403), 1, 3, nothingMore],
    ['logoutall, 500', logoutallValues(), received(500), 3, 3, nothingMore],
  ])('%s', async (_, values, reply, sent, credentialUses, text) => {
    const { report, saved, calls } = await run(values, [reply], { forEver: true });
    expect(calls).toHaveLength(sent);
    expect(saved.at(-1)).toMatchObject({ kind: 'pending', credentialUses });
    expect(report.level).toBe('error');
    expect(report.text).toMatch(text);
  });
});

describe('already ended', () => {
  test.each<[string, string, Reply, string]>([
    ['false', 'an error object', deadSession, 'error'],
    ['true', 'an error object', deadSession, 'info'],
    ['false', 'a bare 401', received(401), 'error'],
    ['true', 'a bare 401', received(401), 'info'],
  ])('allow-already-ended: %s, %s', async (allowed, _, reply, level) => {
    const { report } = await run(logoutValues({ 'allow-already-ended': allowed }), [reply]);
    expect(report).toMatchObject({ level, outputs: { result: 'already-ended' } });
  });

  test('after a lost response it is ended', async () => {
    const { report, saved } = await run(logoutValues(), [received(504), deadSession]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended', attempts: '2' } });
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });

  test.each<[string, Reply]>([
    ['503', received(503)],
    ['a refused connection', noResponse(refusedConnection, false)],
  ])('after %s it is not', async (_, reply) => {
    const { report } = await run(logoutValues(), [reply, deadSession]);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'already-ended', attempts: '2' } });
  });
});

describe('a cancelled job', () => {
  test('the attempt in flight gets 5 s; the post step is left the rest', async () => {
    const { report, saved, endedMs } = await run(logoutValues(), [stalled], { cancelAtMs: 2_000 });
    expect(endedMs).toBe(7_000);
    expect(saved).toHaveLength(1);
    expect(report.level).toBe('error');
    expect(report.text).toMatch(
      new RegExp(String.raw`^${UNCONFIRMED_END}: .*cancelled.* The post step will try again\.$`),
    );
  });

  test('the attempt in flight may still settle it', async () => {
    const reply = late(4_000, received(200));
    const { report, saved } = await run(logoutValues(), [reply], { cancelAtMs: 2_000 });
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended' } });
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });

  test('a logout goes on at once, for no post step may follow', async () => {
    const busy = received(503, '', { retryAfter: '20' });
    const { report, sentMs, endedMs, saved } = await run(logoutValues(), [busy, received(200)], {
      cancelAtMs: 3_000,
    });
    expect([sentMs, endedMs]).toEqual([[0, 3_000], 3_000]);
    expect(report).toMatchObject({ level: 'info', outputs: { result: 'ended', attempts: '2' } });
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'ended' });
  });

  test('a logout goes on for five seconds, and is left to the post step then', async () => {
    const { report, sentMs, endedMs, saved } = await run(logoutValues(), [received(503)], {
      cancelAtMs: 3_000,
      forEver: true,
    });
    expect(endedMs).toBeLessThanOrEqual(8_000);
    expect(Math.max(...sentMs)).toBeGreaterThan(7_000);
    expect(report.text).toMatch(
      new RegExp(String.raw`^${UNCONFIRMED_END}: .*cancelled.* The post step will try again\.$`),
    );
    expect(saved).toHaveLength(1);
  });

  test('a logout that is rejected then is left to the post step, and said so', async () => {
    const script = [received(503, '', { retryAfter: '20' }), received(403, v2Object('X_1', 403))];
    const { report, saved } = await run(logoutValues(), script, { cancelAtMs: 3_000 });
    expect(report.text).toMatch(/^Not ended: .* The post step will try again\.$/);
    expect(saved.at(-1)).toMatchObject({ kind: 'pending' });
  });

  test('no further attempt is started with a password that may have been checked', async () => {
    const { report, sentMs, endedMs } = await run(logoutallValues(), [received(503)], { cancelAtMs: 2_000 });
    expect([sentMs, endedMs]).toEqual([[0], 2_000]);
    expect(report).toMatchObject({ level: 'error', outputs: { result: 'failed', attempts: '1' } });
  });

  test('a password that nobody has looked at is sent again, until somebody may have', async () => {
    const busy = received(429, '', { retryAfter: '20' });
    const { sentMs, saved } = await run(logoutallValues(), [busy, received(503)], { cancelAtMs: 3_000 });
    expect(sentMs).toEqual([0, 3_000]);
    expect(saved.at(-1)).toMatchObject({ kind: 'pending', credentialUses: 1 });
  });
});

describe('a secret that the server repeats appears nowhere', () => {
  const echo = (secret: string) => v2Object(secret, undefined, `What is ${encodeURIComponent(secret)}?`);
  test.each<[string, InputValues, string, number]>([
    ['rejected', logoutValues(), SESSION_ID, 403],
    ['not settled', logoutValues(), SESSION_ID, 503],
    ['already ended', logoutValues(), SESSION_ID, 401],
    ['a refused password', logoutallValues(), PASSWORD, 403],
    ['a password, not settled', logoutallValues(), PASSWORD, 503],
  ])('%s', async (_, values, secret, status) => {
    const { report, lines } = await run(values, [received(status, echo(secret))], { forEver: true });
    const said = JSON.stringify([report, lines]);
    expect(said).not.toContain(secret);
    expect(said).not.toContain(encodeURIComponent(secret));
    expect(said).toContain('withheld');
  });
});
