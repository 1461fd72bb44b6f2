import { describe, expect, test } from '@jest/globals';
import type { InputValues } from '../../../src/inputs/values.ts';
import type { PendingState } from '../../../src/state.ts';
import { postStep } from '../../../src/steps/post-step.ts';
import {
  deadSession,
  delivered,
  late,
  logoutallValues,
  logoutValues,
  notFound,
  orderOf,
  page,
  type Reply,
  refusedConnection,
  requestOf,
  ScriptedWorld,
  SERVER_URL,
  SESSION_ID,
  silence,
  undelivered,
  v3Object,
  valuesOf,
  wrongPassword,
} from '../support.ts';

interface Setting {
  readonly opened?: PendingState['opened'];
  readonly credentialUses?: number;
  readonly credentialRequests?: number;
  readonly isEnded?: boolean;
  readonly cancelAtMs?: number;
  readonly forEver?: boolean;
}

async function run(inputs: InputValues, script: readonly Reply[], setting: Setting = {}) {
  const { credentialUses = 0, credentialRequests = credentialUses, isEnded = false } = setting;
  const { cancelAtMs, forEver = false, opened } = setting;
  const world = new ScriptedWorld(script, { forEver });
  if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const lines: string[] = [];
  const step = postStep(
    { kind: 'pending', inputs, credentialUses, credentialRequests, isEnded, opened },
    (line) => lines.push(line),
    world,
  );
  const report = await world.clock.until(step);
  return { report, lines, calls: world.calls, sentMs: world.sentMs, endedMs: world.clock.elapsedMs() };
}

const WHOSE = { user: 'me', organization: 'Sales' };

describe('the post step', () => {
  test.each([
    ['logout', logoutValues({ when: 'job-end' })],
    ['logoutall', logoutallValues({ when: 'job-end' })],
  ])('sends what main checked: %s', async (_, values) => {
    const { forPost } = orderOf(values);
    const { report, calls, lines } = await run(forPost, [delivered(200)]);
    expect(calls).toEqual([requestOf(values).http]);
    expect(report).toMatchObject({ level: 'info', text: expect.stringMatching(/^Ended /), outputs: {} });
    expect(lines).toEqual([]);
  });

  test.each<[string, Reply[], string, RegExp]>([
    ['already ended is good news', [deadSession], 'info', /^Already ended: /],
    ['a bare 401 too', [delivered(401)], 'info', /^Already ended: /],
    ['already ended after a lost answer', [delivered(504), deadSession], 'info', /^Ended /],
    ['already ended after 503', [delivered(503), deadSession], 'info', /^Already ended/],
    [
      'already ended after a refused connection',
      [undelivered(refusedConnection, false), deadSession],
      'info',
      /^Already/,
    ],
    ['rejected', [delivered(404, v3Object('X_1'))], 'warning', /^Not ended: /],
    ['a sign-in page', [page(401), page(401)], 'warning', /^Not confirmed as ended: /],
    ['429, then a sign-in page', [page(429), page(401), page(401)], 'warning', /^Not confirmed as ended: /],
    ['a redirect', [delivered(302)], 'warning', /^Not confirmed as ended: /],
  ])('%s', async (_, script, level, text) => {
    const { report } = await run(logoutValues(), script);
    expect(report).toMatchObject({ level, text: expect.stringMatching(text) });
  });

  test.each([
    ['warn', 'warning'],
    ['fail', 'error'],
  ])('on-cleanup-failure: %s', async (onCleanupFailure, level) => {
    const values = logoutValues({ 'on-cleanup-failure': onCleanupFailure, 'timeout-seconds': '2' });
    const { report, lines, endedMs } = await run(values, [delivered(503)], { forEver: true });
    expect(report).toMatchObject({ level, text: expect.stringMatching(/^Not confirmed as ended: /) });
    expect(lines[0]).toMatch(/^Attempt 1: .* Retrying in /);
    expect(endedMs).toBeLessThanOrEqual(2_000);
  });

  test.each([
    ['warn', 'warning'],
    ['fail', 'error'],
  ])(
    'a proxy that cannot be used by then: as on-cleanup-failure says: %s',
    async (onCleanupFailure, level) => {
      const failure = {
        kind: 'proxy-settings',
        problem: 'https_proxy has a path.',
        cause: undefined,
      } as const;
      const values = logoutValues({ 'on-cleanup-failure': onCleanupFailure });
      const { report } = await run(values, [undelivered(failure, false)]);
      expect(report.level).toBe(level);
      expect(report.text).toMatch(/^Not confirmed as ended: .* https_proxy has a path\. /);
    },
  );

  test('is over within the time given, though nobody answers', async () => {
    const { endedMs } = await run(logoutValues({ 'timeout-seconds': '20' }), [silence], { forEver: true });
    expect(endedMs).toBe(20_000);
  });

  test('after a login names its session, and blames no input', async () => {
    const opened = {
      userName: '',
      serverUrl: SERVER_URL,
      control: 'not-due',
      owner: WHOSE,
      ifAlive: 'line',
    } as const;
    const ended = await run(logoutValues(), [delivered(200)], { opened });
    expect(ended.report.text).toMatch(/^Ended the session of me in organization Sales on /);
    const lost = await run(logoutValues(), [delivered(302)], { opened });
    expect(lost.report.text).toMatch(/^Not confirmed as ended: the session of me in organization Sales on /);
    expect(lost.report.text).not.toContain('server-url');
  });

  test('tries a host that does not exist for all its time', async () => {
    const { endedMs } = await run(logoutValues(), [undelivered(notFound, false)], { forEver: true });
    expect(endedMs).toBeGreaterThan(50_000);
  });

  test('a cancelled one hurries', async () => {
    const script = [delivered(503, '', { retryAfter: '40' }), delivered(200)];
    const { report, sentMs } = await run(logoutValues(), script, { cancelAtMs: 1_000 });
    expect(sentMs).toEqual([0, 1_000]);
    expect(report.level).toBe('info');
  });

  test('one that asks whether the session is dead keeps time to ask for its end again', async () => {
    const page = delivered(200, '<html>');
    const opened = {
      userName: 'me',
      serverUrl: SERVER_URL,
      control: 'valid',
      owner: WHOSE,
      ifAlive: 'line',
    } as const;
    const { report, calls } = await run(
      logoutValues({ 'timeout-seconds': '3' }),
      [page, silence, delivered(200)],
      { opened },
    );
    expect(calls).toHaveLength(3);
    expect(report.text).toMatch(/^Ended /);
  });

  test('a cancelled one asks whether the session is dead in what is left of its time', async () => {
    const busy = late(1_000, delivered(503, '', { retryAfter: '1' }));
    const script = [busy, delivered(200), silence];
    const opened = {
      userName: 'me',
      serverUrl: SERVER_URL,
      control: 'valid',
      owner: WHOSE,
      ifAlive: 'clean-up-failure',
    } as const;
    const { report, sentMs, endedMs } = await run(logoutValues(), script, { cancelAtMs: 500, opened });
    expect(sentMs).toEqual([0, 2_000, 2_000]);
    // The last two seconds are for logouts alone.
    expect(endedMs).toBe(3_500);
    expect(report.text).toMatch(/^Ended .* Not verified: validSessionId gave no clear answer\.$/);
  });
});

describe('a password, in the post step', () => {
  test('that is refused is sent once', async () => {
    const { report, calls } = await run(logoutallValues(), [wrongPassword]);
    expect(report).toMatchObject({ level: 'warning', text: expect.stringMatching(/^Not ended: /) });
    expect(calls).toHaveLength(1);
  });

  test.each([
    [0, 3],
    [1, 2],
    [2, 1],
    [3, 0],
  ])('that main had heard %i times is sent %i times', async (credentialUses, times) => {
    const { report, calls } = await run(logoutallValues(), [delivered(500)], {
      credentialUses,
      forEver: true,
    });
    expect(calls).toHaveLength(times);
    expect(report).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(/^Not confirmed as ended: /),
    });
  });

  test('that may not be sent: as on-cleanup-failure says', async () => {
    const values = logoutallValues({ 'on-cleanup-failure': 'fail' });
    const { report, calls } = await run(values, [], { credentialUses: 3 });
    expect(calls).toEqual([]);
    expect(report).toMatchObject({
      level: 'error',
      text: expect.stringMatching(/^Not confirmed as ended: /),
    });
  });
});

describe('a state that main cannot have written sends nothing', () => {
  test.each([
    ['nothing', valuesOf({})],
    ['a wrong host', logoutValues({ 'server-url': 'https://evil.example' })],
    ['no session id', logoutValues({ 'session-id': '' })],
  ])('%s', async (_, values) => {
    const { report, calls } = await run(values, []);
    expect(calls).toEqual([]);
    expect(report).toMatchObject({ level: 'warning', inSummary: true });
    expect(report.text).toMatch(/^The saved state cannot be read/);
    expect(report.text).not.toContain(SESSION_ID);
  });
});
