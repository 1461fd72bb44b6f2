import { describe, expect, test } from '@jest/globals';
import { assert, double, integer, option, property } from 'fast-check';
import { nextAttempt, retryAfterMs } from '../../../src/exchange/retry-timing.ts';

const wait = (waitMs: number) => ({ kind: 'wait', waitMs });
const giveUp = (why: string) => ({ kind: 'give-up', why });
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

describe('what the server asked for', () => {
  test.each([
    ['is honoured without jitter', 60_000, 7_000, wait(7_000)],
    ['is honoured to the last moment', 7_500, 7_000, wait(7_000)],
    ['is too long by a hair', 7_499, 7_000, giveUp('retry-after')],
    ['is endless', 60_000, Number.POSITIVE_INFINITY, giveUp('retry-after')],
    ['is nothing: the back-off', 60_000, 0, wait(250)],
    ['comes when the time is spent', 500, 0, giveUp('time-spent')],
    ['comes when the time is spent, and is long', 500, 60_000, giveUp('time-spent')],
  ])('%s', (_, remainingMs, askedMs, next) =>
    expect(nextAttempt({ attempts: 1, remainingMs, retryAfterMs: askedMs, random: 0.5 })).toEqual(next),
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

  test('is nothing where the answer cannot ask', () => expect(retryAfterMs(undefined, now)).toBeUndefined());

  const retryAfter = 'Tue, 03 Feb 2026 04:10:08 GMT';
  test.each([
    ["the server's clock is ahead", 'Tue, 03 Feb 2026 04:10:06 GMT', 2_000],
    ["the server's clock is behind", 'Tue, 03 Feb 2026 04:00:08 GMT', 600_000],
    ['the date is past by the same clock', 'Tue, 03 Feb 2026 04:20:00 GMT', 0],
    ['the answer has no date', undefined, 302_000],
    ['the date of the answer is none', 'yesterday', 302_000],
  ])('a date is measured from the date of the answer: %s', (_, date, ms) =>
    expect(retryAfterMs({ retryAfter, date }, now)).toBe(ms),
  );

  test('seconds are seconds, whatever the clocks say', () => {
    expect(retryAfterMs({ retryAfter: '7', date: 'Tue, 03 Feb 2026 04:10:06 GMT' }, now)).toBe(7_000);
  });
});

const attempts = integer({ min: 1, max: 500 });
const remaining = integer({ min: -10_000, max: 240_000 });
const asked = option(integer({ min: 0, max: 300_000 }), { nil: undefined });
const draws = double({ min: 0, max: 0.999, noNaN: true });

test('whatever happened, a further attempt waits a little and has 500 ms before the deadline', () =>
  assert(
    property(attempts, remaining, asked, draws, (attempt, remainingMs, askedMs, random) => {
      const next = nextAttempt({ attempts: attempt, remainingMs, retryAfterMs: askedMs, random });
      if (next.kind === 'give-up') return;
      expect(next.waitMs).toBeLessThanOrEqual(remainingMs - 500);
      expect(next.waitMs).toBeGreaterThanOrEqual(Math.min(100, askedMs || 100));
    }),
  ));
