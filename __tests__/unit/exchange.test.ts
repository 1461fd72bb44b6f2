import { describe, expect, test } from '@jest/globals';
import type { NetworkFailure } from '../../src/exchange/delivery.ts';
import { exchange, type Terms } from '../../src/exchange/exchange.ts';
import type { SessionRequest } from '../../src/requests/session-request.ts';
import {
  answer,
  late,
  logout,
  logoutall,
  lost,
  never,
  noAnswer,
  type Reply,
  refusedConnection,
  ScriptedWorld,
  silence,
  timedOut,
  v2Error,
  v3Error,
} from './support.ts';

const almostOne = 1 - Number.EPSILON;
const busy = answer(503);
const gone = answer(401, v2Error('AUTH_01', 401));
const ok = answer(200);

interface Setting {
  readonly timeoutMs?: number;
  readonly onCancel?: Terms['onCancel'];
  readonly cancelAtMs?: number;
  readonly random?: number;
  readonly forEver?: boolean;
  readonly request?: SessionRequest;
}

/** Runs an exchange, and says how it ended, when, and when it sent what it sent. */
async function run(script: readonly Reply[], setting: Setting = {}) {
  const { timeoutMs = 60_000, onCancel = 'stop', cancelAtMs, request = logout, ...draws } = setting;
  const world = new ScriptedWorld(script, draws);
  if (cancelAtMs === 0) world.cancel();
  else if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const retries: unknown[][] = [];
  const onRetry: Terms['onRetry'] = (...retry) => retries.push(retry);
  const deadlineMs = world.clock.startedMs + timeoutMs;
  const outcome = await world.clock.until(exchange(request, { deadlineMs, onCancel, onRetry }, world));
  return { outcome, endedMs: world.clock.elapsedMs(), sentMs: world.sentMs, retries, calls: world.calls };
}

describe('a server that settles it', () => {
  test.each([
    ['ended', ok, { kind: 'ended', answerWasLost: false, statusCode: 200 }],
    ['already ended', gone, { kind: 'already-ended', statusCode: 401 }],
    ['refused', answer(403, v3Error('IDS_085')), { kind: 'refused', statusCode: 403 }],
    ['refused by a redirect', answer(307), { kind: 'refused', statusCode: 307 }],
  ])('%s: one request, no waiting', async (_, delivery, outcome) => {
    const ran = await run([delivery]);
    expect(ran).toMatchObject({ outcome: { ...outcome, attempts: 1 }, sentMs: [0], endedMs: 0, retries: [] });
    expect(ran.calls).toEqual([logout.call]);
  });

  test.each([logout, logoutall])('after unknown answers: the same request again (%#)', async (request) => {
    const ran = await run([busy, noAnswer(lost, true), answer(200, '<html>'), ok], { request });
    expect(ran.outcome).toEqual({ kind: 'ended', attempts: 4, statusCode: 200, answerWasLost: false });
    expect(ran.calls).toEqual(Array(4).fill(request.call));
  });

  test.each([
    ['401', answer(401)],
    ['401 with an error object', answer(401, v2Error('UI_10000', 401))],
    ['403', answer(403, v2Error('UI_10000', 403))],
    ['200 with an error object', answer(200, v2Error('UI_10000', 401))],
    ['401 that breaks off', answer(401, '', { body: { kind: 'broken', failure: lost } })],
  ])('a rejected password is sent once: %s', async (_, delivery) => {
    const { outcome, sentMs } = await run([delivery], { request: logoutall });
    expect(outcome.kind).toBe('refused');
    expect(sentMs).toEqual([0]);
  });

  test('a password rejected after an unknown answer is not sent again', async () => {
    const { outcome, sentMs } = await run([busy, answer(401)], { request: logoutall });
    expect(outcome).toMatchObject({ kind: 'refused', attempts: 2 });
    expect(sentMs).toHaveLength(2);
  });
});

describe('already ended, after an unknown attempt', () => {
  const none = (failure: NetworkFailure, reached: boolean) => noAnswer(failure, reached);
  const proxy: NetworkFailure = { kind: 'proxy', detail: 'HTTP 502', cause: undefined };
  const certificate: NetworkFailure = { kind: 'certificate', code: 'CERT_HAS_EXPIRED', cause: undefined };
  const unresolved: NetworkFailure = { kind: 'name-not-resolved', cause: undefined };

  test.each<[string, Reply[]]>([
    ['503', [busy]],
    ['408', [answer(408)]],
    ['429', [answer(429)]],
    ['a page', [answer(200, '<html>')]],
    ['too large a body', [answer(200, '', { body: { kind: 'too-large' } })]],
    ['a body that broke off', [answer(200, '', { body: { kind: 'broken', failure: lost } })]],
    ['a lost connection', [none(lost, true)]],
    ['no answer in time', [none(timedOut, true)]],
    ['a send that never settles', [never]],
    ['a lost connection and then a refused one', [none(lost, true), none(refusedConnection, false)]],
    ['a refused connection and then a lost one', [none(refusedConnection, false), none(lost, true)]],
  ])('%s: the answer was lost, so it is ended', async (_, script) => {
    const { outcome } = await run([...script, gone]);
    expect(outcome).toEqual({
      kind: 'ended',
      attempts: script.length + 1,
      statusCode: 401,
      answerWasLost: true,
    });
  });

  test.each<[string, Reply[]]>([
    ['no attempt', []],
    ['a name not resolved', [none(unresolved, false)]],
    ['a refused connection', [none(refusedConnection, false)]],
    ['an untrusted certificate', [none(certificate, false)]],
    ['a proxy that does not connect', [none(proxy, false)]],
    ['no connection in time', [none(timedOut, false)]],
    ['several of them', [none(unresolved, false), none(refusedConnection, false)]],
  ])('%s: it did not reach the server, so it is already ended', async (_, script) => {
    const { outcome } = await run([...script, gone]);
    expect(outcome).toMatchObject({ kind: 'already-ended', attempts: script.length + 1, statusCode: 401 });
  });

  test('refused stays refused', async () => {
    expect((await run([busy, answer(404)])).outcome).toMatchObject({ kind: 'refused', attempts: 2 });
  });

  test('ended stays ended, and its answer was not lost', async () => {
    expect((await run([noAnswer(lost, true), ok])).outcome).toMatchObject({
      kind: 'ended',
      answerWasLost: false,
    });
  });
});

describe('between attempts', () => {
  test('it backs off, and says so', async () => {
    const { sentMs, retries } = await run([busy, busy, busy, busy, busy, busy, ok], { random: almostOne });
    const expected = [0, 500, 1_500, 3_500, 7_500, 15_500, 23_500];
    expect(sentMs.map(Math.round)).toEqual(expected);
    expect(retries).toEqual(
      [500, 1_000, 2_000, 4_000, 8_000, 8_000].map((waitMs, index) => [
        index + 1,
        { kind: 'status', statusCode: 503, error: undefined },
        expect.closeTo(waitMs, 3),
      ]),
    );
  });

  test.each([
    ['seconds', '7', [0, 7_000]],
    ['a date', 'Tue, 03 Feb 2026 04:05:16 GMT', [0, 10_000]],
    ['a date that is past', 'Tue, 03 Feb 2026 04:05:00 GMT', [0, 250]],
    ['zero', '0', [0, 250]],
    ['garbage', 'in a while', [0, 250]],
    ['just what is left', '59', [0, 59_000]],
  ])('Retry-After as %s', async (_, retryAfter, sent) => {
    expect((await run([answer(429, '', { retryAfter }), ok])).sentMs).toEqual(sent);
  });

  test.each(['60', '3600', 'Tue, 03 Feb 2026 05:05:06 GMT'])(
    'Retry-After of %s is too long: it gives up at once',
    async (retryAfter) => {
      const { outcome, endedMs } = await run([answer(503, '', { retryAfter })]);
      expect(outcome).toMatchObject({ kind: 'unknown', attempts: 1, gaveUp: 'retry-after' });
      expect(endedMs).toBe(0);
    },
  );

  test('a date is compared with the time of the answer, not of the start', async () => {
    const retryAfter = 'Tue, 03 Feb 2026 04:05:16 GMT';
    const { sentMs } = await run([late(4_000, answer(503, '', { retryAfter })), ok]);
    expect(sentMs).toEqual([0, 10_000]);
  });
});

describe('when the time is spent', () => {
  test.each([1_000, 3_000, 20_000, 60_000, 240_000])(
    'of %i ms: the last attempt lies before the end',
    async (timeoutMs) => {
      const { outcome, sentMs, endedMs } = await run([busy], { timeoutMs, random: almostOne, forEver: true });
      expect(outcome).toEqual({
        kind: 'unknown',
        attempts: sentMs.length,
        gaveUp: 'time-spent',
        reason: { kind: 'status', statusCode: 503, error: undefined },
      });
      // A server that comes back late is still asked once.
      expect(sentMs.at(-1)).toBeCloseTo(timeoutMs - 500, 3);
      expect(endedMs).toBeLessThanOrEqual(timeoutMs);
    },
  );

  test('an attempt has 15 s, and the last one what is left', async () => {
    const { outcome, sentMs, endedMs } = await run([silence], { timeoutMs: 40_000, forEver: true });
    expect(sentMs).toEqual([0, 15_250, 30_750]);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      attempts: 3,
      reason: { kind: 'network', failure: timedOut },
    });
    expect(endedMs).toBe(40_000);
  });

  test('an answer after 14.9 s counts', async () => {
    expect((await run([late(14_900, ok)])).outcome).toMatchObject({ kind: 'ended', attempts: 1 });
  });

  test.each([1_000, 15_000, 60_000])(
    'a send that never settles does not hang it (%i ms)',
    async (timeoutMs) => {
      const { outcome, endedMs } = await run([never], { timeoutMs, forEver: true });
      expect(outcome).toMatchObject({
        kind: 'unknown',
        gaveUp: 'time-spent',
        reason: { kind: 'network', failure: { kind: 'timed-out' } },
      });
      expect(endedMs).toBeLessThanOrEqual(timeoutMs + 200);
    },
  );

  test('a send that was aborted may say what it knows', async () => {
    const slow = late(15_000, ok, false);
    const { outcome } = await run([slow, gone]);
    expect(outcome).toMatchObject({ kind: 'already-ended', attempts: 2 });
  });

  test('a request is aborted when its time is over, and not when it was answered', async () => {
    const signals: AbortSignal[] = [];
    const watched =
      (reply: Reply): Reply =>
      async (signal, clock) => {
        signals.push(signal);
        return typeof reply === 'function' ? await reply(signal, clock) : reply;
      };
    await run([watched(silence), watched(late(14_000, ok))]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  test('no timer is left behind', async () => {
    const world = new ScriptedWorld([busy, late(14_000, busy), silence, ok]);
    const deadlineMs = world.clock.startedMs + 240_000;
    await world.clock.until(exchange(logout, { deadlineMs, onCancel: 'stop', onRetry: () => {} }, world));
    expect(world.clock.alarms).toBe(0);
  });
});

describe('a cancelled main step', () => {
  test('sends nothing when it is cancelled before', async () => {
    const { outcome, sentMs } = await run([], { cancelAtMs: 0 });
    expect(outcome).toEqual({ kind: 'unknown', attempts: 0, gaveUp: 'cancelled', reason: undefined });
    expect(sentMs).toEqual([]);
  });

  test('starts no further attempt while it waits', async () => {
    const { outcome, endedMs } = await run([busy], { random: almostOne, cancelAtMs: 200 });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      attempts: 1,
      gaveUp: 'cancelled',
      reason: { statusCode: 503 },
    });
    expect(endedMs).toBe(200);
  });

  test('starts no further attempt when the one in flight settles nothing', async () => {
    const { outcome, endedMs, retries } = await run([late(3_000, busy)], { cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 1, gaveUp: 'cancelled' });
    // Nor does it wait for nothing, or promise another attempt.
    expect(endedMs).toBe(3_000);
    expect(retries).toEqual([]);
  });

  test.each([
    ['ended', ok],
    ['already-ended', gone],
    ['refused', answer(404)],
  ])('takes the answer that comes within 5 s: %s', async (kind, delivery) => {
    const { outcome, endedMs } = await run([late(5_900, delivery)], { cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind, attempts: 1 });
    expect(endedMs).toBe(5_900);
  });

  test.each([
    ['5 s', 1_000, 60_000, 6_000],
    ['what is left of the 15 s', 13_000, 60_000, 15_000],
    ['what is left of the time', 1_000, 3_000, 3_000],
  ])('gives the attempt in flight %s', async (_, cancelAtMs, timeoutMs, endMs) => {
    const { outcome, endedMs, retries } = await run([silence], { cancelAtMs, timeoutMs });
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 1, gaveUp: 'cancelled' });
    expect(endedMs).toBeGreaterThanOrEqual(endMs);
    // Never longer than 5 s after the signal: then the runner's next one is near.
    expect(endedMs).toBeLessThanOrEqual(cancelAtMs + 5_000);
    expect(retries).toEqual([]);
  });

  test('does not hang on a send that never settles', async () => {
    const { outcome, endedMs } = await run([never], { cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'cancelled' });
    expect(endedMs).toBeLessThanOrEqual(6_200);
  });
});

describe('a cancelled post step', () => {
  const hurry = { onCancel: 'hurry' } as const;

  test('that waits tries again at once', async () => {
    const { outcome, sentMs } = await run([answer(503, '', { retryAfter: '30' }), ok], {
      ...hurry,
      cancelAtMs: 2_000,
    });
    expect(outcome).toMatchObject({ kind: 'ended', attempts: 2 });
    expect(sentMs).toEqual([0, 2_000]);
  });

  test('goes on until the runner would kill it, and no longer', async () => {
    const { outcome, sentMs, endedMs } = await run([late(500, busy)], {
      ...hurry,
      cancelAtMs: 600,
      forEver: true,
    });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'cancelled', attempts: sentMs.length });
    expect(sentMs.length).toBeGreaterThan(3);
    expect(endedMs).toBeLessThanOrEqual(5_600);
    expect(sentMs.at(-1)).toBeGreaterThanOrEqual(4_500);
  });

  test('waits between its attempts all the same', async () => {
    const { sentMs } = await run([busy], { ...hurry, cancelAtMs: 0, random: 0, forEver: true });
    const pauses = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  });

  test('gives the attempt in flight 5 s', async () => {
    const { outcome, endedMs } = await run([silence], { ...hurry, cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'cancelled', attempts: 1 });
    expect(endedMs).toBe(6_000);
  });

  test('that was cancelled before it began still sends', async () => {
    const { outcome, sentMs } = await run([ok], { ...hurry, cancelAtMs: 0 });
    expect(outcome).toMatchObject({ kind: 'ended', attempts: 1 });
    expect(sentMs).toEqual([0]);
  });
});
