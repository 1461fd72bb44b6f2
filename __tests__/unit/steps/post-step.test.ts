import { describe, expect, test } from '@jest/globals';
import type { InputValues } from '../../../src/inputs/values.ts';
import type { PendingState } from '../../../src/state.ts';
import { postStep } from '../../../src/steps/post-step.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import {
  deadSession,
  late,
  logoutallValues,
  logoutValues,
  noResponse,
  notFound,
  page,
  type Reply,
  received,
  refusedConnection,
  requestOf,
  ScriptedWorld,
  SERVER_URL,
  SESSION_ID,
  stalled,
  v3Object,
  validInputs,
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
    const { forPost } = validInputs(values);
    const { report, calls, lines } = await run(forPost, [received(200)]);
    expect(calls).toEqual([requestOf(values).http]);
    expect(report).toMatchObject({ level: 'info', text: expect.stringMatching(/^Ended /) });
    expect(report.outputs).toEqual({});
    expect(lines).toEqual([]);
  });

  test.each<[string, Reply[], string, RegExp]>([
    ['already ended is good news', [deadSession], 'info', /^Already ended: /],
    ['a bare 401 too', [received(401)], 'info', /^Already ended: /],
    ['already ended after a lost response', [received(504), deadSession], 'info', /^Ended /],
    ['already ended after 503', [received(503), deadSession], 'info', /^Already ended/],
    [
      'already ended after a refused connection',
      [noResponse(refusedConnection, false), deadSession],
      'info',
      /^Already/,
    ],
    ['rejected', [received(404, v3Object('X_1'))], 'warning', /^Not ended: /],
    ['a sign-in page', [page(401), page(401)], 'warning', new RegExp(`^${UNCONFIRMED_END}: `)],
    [
      '429, then a sign-in page',
      [page(429), page(401), page(401)],
      'warning',
      new RegExp(`^${UNCONFIRMED_END}: `),
    ],
    ['a redirect', [received(302)], 'warning', new RegExp(`^${UNCONFIRMED_END}: `)],
  ])('%s', async (_, script, level, text) => {
    const { report } = await run(logoutValues(), script);
    expect(report).toMatchObject({ level, text: expect.stringMatching(text) });
  });

  test.each([
    ['warn', 'warning'],
    ['fail', 'error'],
  ])('on-cleanup-failure: %s', async (onCleanupFailure, level) => {
    const values = logoutValues({ 'on-cleanup-failure': onCleanupFailure, 'timeout-seconds': '2' });
    const { report, lines, endedMs } = await run(values, [received(503)], { forEver: true });
    expect(report).toMatchObject({ level, text: expect.stringMatching(new RegExp(`^${UNCONFIRMED_END}: `)) });
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
      const { report } = await run(values, [noResponse(failure, false)]);
      expect(report.level).toBe(level);
      expect(report.text).toMatch(new RegExp(String.raw`^${UNCONFIRMED_END}: .* https_proxy has a path\. `));
    },
  );

  test('ends within the time given, though no response comes', async () => {
    const { endedMs } = await run(logoutValues({ 'timeout-seconds': '20' }), [stalled], { forEver: true });
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
    const ended = await run(logoutValues(), [received(200)], { opened });
    expect(ended.report.text).toMatch(/^Ended the session of me in organization Sales on /);
    const lost = await run(logoutValues(), [received(302)], { opened });
    expect(lost.report.text).toMatch(
      new RegExp(`^${UNCONFIRMED_END}: the session of me in organization Sales on `),
    );
    expect(lost.report.text).not.toContain('server-url');
  });

  test('tries a host that does not exist for all its time', async () => {
    const { endedMs } = await run(logoutValues(), [noResponse(notFound, false)], { forEver: true });
    expect(endedMs).toBeGreaterThan(50_000);
  });

  test('a cancelled one hurries', async () => {
    const script = [received(503, '', { retryAfter: '40' }), received(200)];
    const { report, sentMs } = await run(logoutValues(), script, { cancelAtMs: 1_000 });
    expect(sentMs).toEqual([0, 1_000]);
    expect(report.level).toBe('info');
  });

  test('one that verifies keeps time for another logout', async () => {
    const page = received(200, '<html>');
    const opened = {
      userName: 'me',
      serverUrl: SERVER_URL,
      control: 'valid',
      owner: WHOSE,
      ifAlive: 'line',
    } as const;
    const { report, calls } = await run(
      logoutValues({ 'timeout-seconds': '3' }),
      [page, stalled, received(200)],
      { opened },
    );
    expect(calls).toHaveLength(3);
    expect(report.text).toMatch(/^Ended /);
  });

  test('a cancelled one verifies in what is left of its time', async () => {
    const busy = late(1_000, received(503, '', { retryAfter: '1' }));
    const script = [busy, received(200), stalled];
    const opened = {
      userName: 'me',
      serverUrl: SERVER_URL,
      control: 'valid',
      owner: WHOSE,
      ifAlive: 'clean-up-failure',
    } as const;
    const { report, sentMs, endedMs } = await run(logoutValues(), script, { cancelAtMs: 500, opened });
    expect(sentMs).toEqual([0, 2_000, 2_000]);
    // The last two seconds are reserved for logouts.
    expect(endedMs).toBe(3_500);
    expect(report.text).toMatch(/^Ended .* Not verified: validSessionId gave no clear answer\.$/);
  });
});

describe('the end of a session that main opened is verified', () => {
  const valid = received(200, { '@type': 'validatedToken', isValidToken: true });
  const dead = received(200, { '@type': 'validatedToken', isValidToken: false });
  const ended = received(200);
  const whose = 'the session of me in organization Sales on usw3.dm-us.informaticacloud.com';
  const verified = `Ended ${whose}, verified: validSessionId reports it as invalid (1 attempt).`;
  const opened = (more: Partial<NonNullable<PendingState['opened']>> = {}) =>
    ({
      userName: 'me',
      serverUrl: SERVER_URL,
      control: 'valid',
      owner: WHOSE,
      ifAlive: 'clean-up-failure',
      ...more,
    }) as const;

  test.each<[string, Reply[], string]>([
    ['it is invalid', [ended, dead], verified],
    ['it is invalid a moment later', [ended, valid, dead], verified],
    ['the verification fails', [ended, received(500)], 'Not verified: validSessionId gave no clear answer.'],
    [
      'it is still valid',
      [ended, valid, valid],
      `Still valid: ${whose}: the logout was confirmed, but validSessionId reports the session as still valid. `,
    ],
    ['a response without meaning, and it is invalid', [page(200), dead], verified],
    ['an unclear rejection, and it is invalid', [page(401), dead], verified],
    ['a rejection, and it is invalid', [received(403, v3Object('X_1')), dead], `Already ended: ${whose}: `],
    [
      'already ended, but it is valid',
      [deadSession, valid, ended, dead],
      verified.replace('1 attempt', '2 attempts'),
    ],
    [
      'already ended, but it is valid, and again',
      [deadSession, valid, deadSession, valid],
      'but validSessionId reports the session as still valid',
    ],
  ])('%s', async (_, script, text) => {
    const { report, calls } = await run(logoutValues(), script, { opened: opened() });
    expect(calls).toHaveLength(script.length);
    expect(report.text).toContain(text);
  });

  test.each<[string, Partial<NonNullable<PendingState['opened']>>, Reply[], string]>([
    ['as a line', { ifAlive: 'line' }, [ended, valid, valid], 'info'],
    ['as on-cleanup-failure says', {}, [ended, valid, valid], 'error'],
    ['as a line, if it could not be verified', { ifAlive: 'line', control: 'dead' }, [ended], 'info'],
    [
      'as a warning, if it could not be verified',
      { control: 'no-user-name', userName: '' },
      [ended],
      'warning',
    ],
  ])('what is found is told %s', async (_, more, script, level) => {
    const values = logoutValues({ 'on-cleanup-failure': 'fail' });
    const { report } = await run(values, script, { opened: opened(more) });
    expect(report.level).toBe(level);
  });

  test.each<[string, Partial<NonNullable<PendingState['opened']>>, Reply, string]>([
    ['valid', { control: 'unclear' }, valid, 'validSessionId reports it as still valid.'],
    [
      'invalid',
      { control: 'unclear' },
      dead,
      'which cannot be relied on because it was never reported as valid.',
    ],
  ])('a rejected logout, without a control: %s', async (_, more, reply, text) => {
    const { report } = await run(logoutValues(), [received(403, v3Object('X_1')), reply], {
      opened: opened(more),
    });
    expect(report).toMatchObject({ level: 'warning', text: expect.stringContaining(text) });
    expect(report.text).toMatch(/^Not ended: /);
  });

  test('"valid" in between is the control', async () => {
    const script = [deadSession, valid, ended, dead];
    const { report } = await run(logoutValues(), script, { opened: opened({ control: 'unclear' }) });
    expect(report.text).toBe(verified.replace('1 attempt', '2 attempts'));
  });

  test('nothing is sent to a server URL that is not trusted', async () => {
    const serverUrl = 'https://evil.example/saas';
    const { report, calls } = await run(logoutValues(), [ended], { opened: opened({ serverUrl }) });
    expect(calls).toHaveLength(1);
    expect(report.text).toMatch(/^Ended /);
  });

  test.each<[string, Reply[], string, string]>([
    [
      'invalid',
      [dead],
      'info',
      'Nothing to clean up: the main step ended the session, verified: validSessionId reports it as invalid.',
    ],
    ['unclear', [received(500)], 'warning', 'Not verified: validSessionId gave no clear answer.'],
    ['still valid: it is ended', [valid, valid, ended, dead], 'info', verified],
  ])('although main ended it: %s', async (_, script, level, text) => {
    const { report, calls } = await run(logoutValues(), script, { opened: opened(), isEnded: true });
    expect(calls).toHaveLength(script.length);
    expect(report.level).toBe(level);
    expect(report.text).toContain(text);
  });

  test('if there is time to ask', async () => {
    const values = logoutValues({ 'timeout-seconds': '2' });
    const { report, calls } = await run(values, [late(500, ended)], { opened: opened() });
    expect(calls).toHaveLength(1);
    expect(report.text).toContain(
      'Not verified: there was no time left to ask validSessionId after the logout.',
    );
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
  ])('that main had used %i times is sent %i times', async (credentialUses, times) => {
    const { report, calls } = await run(logoutallValues(), [received(500)], {
      credentialUses,
      forEver: true,
    });
    expect(calls).toHaveLength(times);
    expect(report).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(new RegExp(`^${UNCONFIRMED_END}: `)),
    });
  });

  test('that may not be sent: as on-cleanup-failure says', async () => {
    const values = logoutallValues({ 'on-cleanup-failure': 'fail' });
    const { report, calls } = await run(values, [], { credentialUses: 3 });
    expect(calls).toEqual([]);
    expect(report).toMatchObject({
      level: 'error',
      text: expect.stringMatching(new RegExp(`^${UNCONFIRMED_END}: `)),
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
