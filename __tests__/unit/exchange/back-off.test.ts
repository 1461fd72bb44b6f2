import { describe, expect, test } from '@jest/globals';
import { assert, double, integer, option, property } from 'fast-check';
import {
  type CredentialTiming,
  type NextAttempt,
  nextAttempt,
  nextCredentialAttempt,
  retryAfterMs,
} from '../../../src/exchange/retry-timing.ts';

const wait = (waitMs: number) => ({ kind: 'wait', waitMs }) as const;
const giveUp = (why: 'time-spent' | 'retry-after') => ({ kind: 'give-up', why }) as const;
const almostOne = 1 - Number.EPSILON;
const now = Date.parse('2026-02-03T04:05:06Z');

describe('the back-off', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
    [5, 8_000],
    [6, 8_000],
    [50, 8_000],
    [5_000, 8_000],
  ])('after attempt %i is drawn from 0 to %i ms, but not below 100', (attempt, ceilingMs) => {
    const drawn = (random: number) =>
      nextAttempt({ attempts: attempt, remainingMs: 60_000, retryAfterMs: undefined, random });
    expect(drawn(0)).toEqual(wait(100));
    expect(drawn(0.5)).toEqual(wait(ceilingMs / 2));
    expect(drawn(almostOne)).toEqual({ kind: 'wait', waitMs: expect.closeTo(ceilingMs, 6) });
  });

  test.each([
    ['fits', 60_000, 0.5, wait(4_000)],
    ['is cut, so that the last attempt has 500 ms', 3_000, 0.5, wait(2_500)],
    ['is cut to the least', 600, 0.5, wait(100)],
  ])('%s', (_, remainingMs, random, next) =>
    expect(nextAttempt({ attempts: 9, remainingMs, retryAfterMs: undefined, random })).toEqual(next),
  );

  test.each([599, 500, 1, 0, -4_000])('with %i ms left there is no further attempt', (remainingMs) =>
    expect(nextAttempt({ attempts: 1, remainingMs, retryAfterMs: undefined, random: 0 })).toEqual(
      giveUp('time-spent'),
    ),
  );
});

describe('the wait that the server requested', () => {
  test.each([
    ['is honoured without jitter', 60_000, 7_000, wait(7_000)],
    ['is honoured to the last moment', 7_500, 7_000, wait(7_000)],
    ['is too long by a hair', 7_499, 7_000, giveUp('retry-after')],
    ['is endless', 60_000, Number.POSITIVE_INFINITY, giveUp('retry-after')],
    ['is nothing: the back-off', 60_000, 0, wait(250)],
    ['comes when the time is spent', 500, 0, giveUp('time-spent')],
    ['comes when the time is spent, and is long', 500, 60_000, giveUp('time-spent')],
  ])('%s', (_, remainingMs, requestedMs, next) =>
    expect(nextAttempt({ attempts: 1, remainingMs, retryAfterMs: requestedMs, random: 0.5 })).toEqual(next),
  );

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['  ', undefined],
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['9'.repeat(400), Number.POSITIVE_INFINITY],
    ['-1', undefined],
    ['1.5', undefined],
    ['7s', undefined],
    ['soon', undefined],
    ['tomorrow at 7', undefined],
    ['2026-02-03T04:05:16Z', undefined],
    ['٣', undefined],
    ['Tue, 03 Feb 2026 04:05:16 GMT', 10_000],
    ['Tuesday, 03-Feb-26 04:05:16 GMT', 10_000],
    ['Tue, 03 Feb 2026 04:05:06 GMT', 0],
    ['Mon, 02 Feb 2026 04:05:06 GMT', 0],
    ['Wed, 04 Feb 2026 04:05:06 GMT', 86_400_000],
    ['Tue, 99 Foo 2026 99:99:99 GMT', undefined],
    // Read as local time, these would be hours off.
    ['Tue Feb  3 04:05:16 2026', undefined],
    ['Later 2099', undefined],
  ])('%j', (retryAfter, ms) => expect(retryAfterMs({ retryAfter, date: undefined }, now)).toBe(ms));

  test('is undefined without a Retry-After header', () =>
    expect(retryAfterMs(undefined, now)).toBeUndefined());

  const retryAfter = 'Tue, 03 Feb 2026 04:10:08 GMT';
  test.each([
    ["the server's clock is ahead", 'Tue, 03 Feb 2026 04:10:06 GMT', 2_000],
    ["the server's clock is behind", 'Tue, 03 Feb 2026 04:00:08 GMT', 600_000],
    ['the date is past by the same clock', 'Tue, 03 Feb 2026 04:20:00 GMT', 0],
    ['the response has no date', undefined, 302_000],
    ['the date of the response is invalid', 'yesterday', 302_000],
  ])('a date is measured from the date of the response: %s', (_, date, ms) =>
    expect(retryAfterMs({ retryAfter, date }, now)).toBe(ms),
  );

  test('seconds are seconds, whatever the clocks say', () => {
    expect(retryAfterMs({ retryAfter: '7', date: 'Tue, 03 Feb 2026 04:10:06 GMT' }, now)).toBe(7_000);
  });
});

const attempts = integer({ min: 1, max: 500 });
const remaining = integer({ min: -10_000, max: 240_000 });
const requestedMs = option(integer({ min: 0, max: 300_000 }), { nil: undefined });
const draws = double({ min: 0, max: 0.999, noNaN: true });

test('whatever happened, a further attempt waits a little and has 500 ms before the deadline', () =>
  assert(
    property(attempts, remaining, requestedMs, draws, (attempt, remainingMs, requestedMs, random) => {
      const next = nextAttempt({ attempts: attempt, remainingMs, retryAfterMs: requestedMs, random });
      if (next.kind === 'give-up') return;
      expect(next.waitMs).toBeLessThanOrEqual(remainingMs - 500);
      expect(next.waitMs).toBeGreaterThanOrEqual(Math.min(100, requestedMs || 100));
    }),
  ));

describe('a request with a credential', () => {
  const minute = {
    attempts: 1,
    retryAfterMs: undefined,
    random: 0.5,
    lengthMs: 60_000,
    slowestMs: 0,
  } as const;
  const checked = (times: number) => ({ kind: 'possibly-checked', times }) as const;
  const notNow = (times: number) => ({ kind: 'not-now', times }) as const;
  const at = (elapsedMs: number, more: Partial<CredentialTiming> = {}) => {
    const { lengthMs = minute.lengthMs } = more;
    const remainingMs = lengthMs - elapsedMs;
    const next = nextCredentialAttempt({ ...minute, last: checked(1), elapsedMs, remainingMs, ...more });
    return next.kind === 'wait' ? wait(Math.round(next.waitMs)) : next;
  };

  test.each<[string, NextAttempt, NextAttempt]>([
    ['the second, 3 s after the first has ended', at(0), wait(3_000)],
    ['the same after a slow first', at(10_000), wait(3_000)],
    ['below 30 s, a tenth of the time', at(0, { lengthMs: 20_000 }), wait(2_000)],
    ['but 1 s at least', at(0, { lengthMs: 5_000 }), wait(1_000)],
    ['jittered by a fifth at most, down', at(0, { random: 0 }), wait(2_400)],
    ['jittered by a fifth at most, up', at(0, { random: 1 }), wait(3_600)],
    ['the jitter goes not below 1 s', at(0, { lengthMs: 10_000, random: 0 }), wait(1_000)],
    ['the third, at half the time', at(4_000, { last: checked(2) }), wait(26_000)],
    ['or 1 s after the second has ended', at(40_000, { last: checked(2) }), wait(1_000)],
    ['"not now", 2 s', at(0, { last: notNow(1) }), wait(2_000)],
    ['doubling', at(0, { last: notNow(3) }), wait(8_000)],
    ['longer than Retry-After', at(0, { last: notNow(3), retryAfterMs: 3_000 }), wait(8_000)],
    ['shorter than Retry-After', at(0, { last: notNow(1), retryAfterMs: 9_000 }), wait(9_000)],
    ['its own last wait is cut so that one more fits', at(50_000, { last: notNow(4) }), wait(5_000)],
    ['Retry-After is not cut', at(50_000, { last: notNow(1), retryAfterMs: 6_000 }), giveUp('retry-after')],
    ['none with less than 5 s left', at(54_500), giveUp('time-spent')],
    ['or a third of the time', at(3_500, { lengthMs: 6_000 }), giveUp('time-spent')],
    ['or what the slowest response took', at(30_000, { slowestMs: 29_500 }), giveUp('time-spent')],
    ['what was not sent is retried at will', at(0, { last: { kind: 'not-sent' } }), wait(250)],
  ])('%s', (_, next, expected) => expect(next).toEqual(expected));
});
