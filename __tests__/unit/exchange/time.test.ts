import { describe, expect, test } from '@jest/globals';
import {
  deadSession,
  late,
  logout,
  logoutall,
  never,
  type Reply,
  received,
  stalled,
  timedOut,
  wrongPassword,
} from '../support.ts';
import { exchange as run } from './exchange-support.ts';

const almostOne = 1 - Number.EPSILON;
const busy = received(503);
const ok = received(200);

describe('between attempts', () => {
  test('it backs off, and says so', async () => {
    const { sentMs, retries } = await run([busy, busy, busy, busy, busy, busy, ok], { random: almostOne });
    const expected = [0, 500, 1_500, 3_500, 7_500, 15_500, 23_500];
    expect(sentMs.map(Math.round)).toEqual(expected);
    expect(retries).toEqual(
      [500, 1_000, 2_000, 4_000, 8_000, 8_000].map((waitMs, index) => [
        index + 1,
        { kind: 'server-error', statusCode: 503, error: undefined },
        expect.closeTo(waitMs, 3),
      ]),
    );
  });

  test.each([
    ['seconds', '7', [0, 7_000]],
    ['a date by the clock of the runner', 'Tue, 03 Feb 2026 04:05:16 GMT', [0, 10_000]],
    ['a date that is past', 'Tue, 03 Feb 2026 04:05:00 GMT', [0, 250]],
    ['zero', '0', [0, 250]],
    ['garbage', 'in a while', [0, 250]],
    ['just what is left', '59', [0, 59_000]],
  ])('Retry-After as %s', async (_, retryAfter, sent) => {
    expect((await run([received(429, '', { retryAfter }), ok])).sentMs).toEqual(sent);
  });

  test.each(['60', '3600', 'Tue, 03 Feb 2026 05:05:06 GMT'])(
    'Retry-After of %s is too long: it gives up at once',
    async (retryAfter) => {
      const { outcome, endedMs } = await run([received(503, '', { retryAfter })]);
      expect(outcome).toMatchObject({ kind: 'unknown', attempts: 1, gaveUp: 'retry-after' });
      expect(endedMs).toBe(0);
    },
  );

  test('Retry-After as a date is measured by the clock of the server', async () => {
    const date = 'Tue, 03 Feb 2026 04:10:06 GMT';
    const retryAfter = 'Tue, 03 Feb 2026 04:10:08 GMT';
    expect((await run([received(429, '', { retryAfter, date }), ok])).sentMs).toEqual([0, 2_000]);
  });

  test('a date is compared with the time of the response, not of the start', async () => {
    const retryAfter = 'Tue, 03 Feb 2026 04:05:16 GMT';
    const { sentMs } = await run([late(4_000, received(503, '', { retryAfter })), ok]);
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
        wasSent: true,
        attempts: sentMs.length,
        gaveUp: 'time-spent',
        credentialUses: 0,
        possibleSuccesses: 0,
        reason: { kind: 'server-error', statusCode: 503, error: undefined },
      });
      // A server that comes back late still gets one request.
      expect(sentMs.at(-1)).toBeCloseTo(timeoutMs - 500, 3);
      expect(endedMs).toBeLessThanOrEqual(timeoutMs);
    },
  );

  test('an attempt has 15 s, and the last one what is left', async () => {
    const { outcome, sentMs, endedMs } = await run([stalled], { timeoutMs: 40_000, forEver: true });
    expect(sentMs).toEqual([0, 15_250, 30_750]);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      attempts: 3,
      reason: { kind: 'network', failure: timedOut },
    });
    expect(endedMs).toBe(40_000);
  });

  test.each([
    ['a session id', logout],
    ['a password', logoutall],
  ])('a response after 14.9 s counts: to %s', async (_, request) => {
    expect((await run([late(14_900, ok)], { request })).outcome).toMatchObject({
      kind: 'success',
      attempts: 1,
    });
  });

  test('a request with a credential gets all the time that is left, because a slow response counts', async () => {
    const slow = await run([late(59_000, ok)], { request: logoutall });
    expect(slow).toMatchObject({ outcome: { kind: 'success', attempts: 1 }, sentMs: [0], endedMs: 59_000 });
    const silent = await run([stalled], { request: logoutall });
    expect(silent).toMatchObject({ outcome: { kind: 'unknown', attempts: 1 }, sentMs: [0], endedMs: 60_000 });
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
    const { outcome } = await run([slow, deadSession]);
    expect(outcome).toMatchObject({ kind: 'session-gone', attempts: 2 });
  });

  test('a request is aborted when its time is over, and not after its response', async () => {
    const signals: AbortSignal[] = [];
    const watched =
      (reply: Reply): Reply =>
      async (signal, clock) => {
        signals.push(signal);
        return typeof reply === 'function' ? await reply(signal, clock) : reply;
      };
    await run([watched(stalled), watched(late(14_000, ok))]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  test('no timer is left behind', async () => {
    const { clock } = await run([busy, late(14_000, busy), stalled, ok], { timeoutMs: 240_000 });
    expect(clock.alarms).toBe(0);
  });
});

describe('a cancelled main step', () => {
  test('sends nothing when it is cancelled before', async () => {
    const { outcome, sentMs } = await run([], { cancelAtMs: 0 });
    expect(outcome).toEqual({
      kind: 'unknown',
      wasSent: false,
      attempts: 0,
      gaveUp: 'cancelled',
      reason: undefined,
      credentialUses: 0,
      possibleSuccesses: 0,
    });
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
    // It neither waits in vain nor promises another attempt.
    expect(endedMs).toBe(3_000);
    expect(retries).toEqual([]);
  });

  test.each([
    ['success', ok],
    ['session-gone', deadSession],
    ['rejected', wrongPassword],
  ])('takes the response that comes within 5 s: %s', async (kind, result) => {
    const { outcome, endedMs } = await run([late(5_900, result)], { cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind, attempts: 1 });
    expect(endedMs).toBe(5_900);
  });

  test.each([
    ['5 s', 1_000, 60_000, 6_000],
    ['what is left of the 15 s', 13_000, 60_000, 15_000],
    ['what is left of the time', 1_000, 3_000, 3_000],
  ])('gives the attempt in flight %s', async (_, cancelAtMs, timeoutMs, endMs) => {
    const { outcome, endedMs, retries } = await run([stalled], { cancelAtMs, timeoutMs });
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
    const { outcome, sentMs } = await run([received(503, '', { retryAfter: '30' }), ok], {
      ...hurry,
      cancelAtMs: 2_000,
    });
    expect(outcome).toMatchObject({ kind: 'success', attempts: 2 });
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

  test('that was cancelled before it began has as long', async () => {
    const { outcome, endedMs } = await run([late(500, busy)], { ...hurry, cancelAtMs: 0, forEver: true });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'cancelled' });
    expect(endedMs).toBeGreaterThan(4_000);
    expect(endedMs).toBeLessThanOrEqual(5_000);
  });

  test('waits between its attempts all the same', async () => {
    const { sentMs } = await run([busy], { ...hurry, cancelAtMs: 0, random: 0, forEver: true });
    const pauses = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  });

  test('gives the attempt in flight 5 s', async () => {
    const { outcome, endedMs } = await run([stalled], { ...hurry, cancelAtMs: 1_000 });
    expect(outcome).toMatchObject({ kind: 'unknown', gaveUp: 'cancelled', attempts: 1 });
    expect(endedMs).toBe(6_000);
  });

  test('that was cancelled before it began still sends', async () => {
    const { outcome, sentMs } = await run([ok], { ...hurry, cancelAtMs: 0 });
    expect(outcome).toMatchObject({ kind: 'success', attempts: 1 });
    expect(sentMs).toEqual([0]);
  });
});
