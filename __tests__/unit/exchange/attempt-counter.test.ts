import { describe, expect, test } from '@jest/globals';
import { type Progress, Tally } from '../../../src/exchange/attempt-counter.ts';
import type { Unsettled } from '../../../src/responses/inconclusive.ts';
import { logoutall, timedOut, undelivered } from '../support.ts';

const WITHOUT_LIMIT = Number.POSITIVE_INFINITY;

interface Setting {
  readonly mayBeHeard?: number;
  readonly heard?: number;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
}

function tallyOf({ mayBeHeard = 3, heard = 0, canRecord = [] }: Setting = {}) {
  const records: Progress[] = [];
  const tally = new Tally(mayBeHeard, heard, (progress) => {
    records.push(progress);
    return canRecord[records.length - 1] ?? true;
  });
  return { tally, records };
}

const lostAnswer = logoutall.judge(undelivered(timedOut, true));
if (lostAnswer.kind !== 'unsettled') throw new Error('A lost answer settles nothing.');
const came = (more: Partial<Unsettled> = {}): Unsettled => ({ ...lostAnswer, ...more });
const NOT_NOW = { heard: 'never', effect: 'none' } as const;

describe('an attempt', () => {
  test('is written down before it is made, as heard and as perhaps done', () => {
    const { tally, records } = tallyOf({ heard: 1 });
    expect(tally.begin()).toBeUndefined();
    expect(records).toEqual([{ heard: 2, perhapsDone: 1 }]);
    expect(tally).toMatchObject({ heard: 2, perhapsDone: 1, perhapsByUs: false });
  });

  test('is not made where that fails, and does not count', () => {
    const { tally } = tallyOf({ canRecord: [false] });
    expect(tally.begin()).toBe('not-recorded');
    expect(tally).toMatchObject({ heard: 0, perhapsDone: 0 });
  });

  test.each<[string, Partial<Unsettled>, Progress | undefined, boolean]>([
    ['heard, and perhaps done', { effect: 'possible' }, undefined, true],
    ['heard, and hardly done', { effect: 'doubtful' }, undefined, false],
    ['heard, and not done', { effect: 'none' }, { heard: 1, perhapsDone: 0 }, false],
    ['not heard', NOT_NOW, { heard: 0, perhapsDone: 0 }, false],
    ['heard for the last time', { heard: 'last', effect: 'none' }, { heard: 3, perhapsDone: 0 }, false],
  ])('%s: only what changes is written down', (_, unsettled, record, perhapsByUs) => {
    const { tally, records } = tallyOf();
    tally.begin();
    tally.end(came(unsettled));
    expect(records.slice(1)).toEqual(record === undefined ? [] : [record]);
    expect(tally).toMatchObject({ ...(record ?? { heard: 1, perhapsDone: 1 }), perhapsByUs });
  });

  test('that was perhaps ours stays so, whatever comes after it', () => {
    const { tally } = tallyOf();
    for (const unsettled of [came(), came(NOT_NOW)]) {
      tally.begin();
      tally.end(unsettled);
    }
    expect(tally).toMatchObject({ heard: 1, perhapsDone: 1, perhapsByUs: true });
  });

  test('whose count cannot be taken back counts', () => {
    const { tally } = tallyOf({ canRecord: [true, false] });
    tally.begin();
    expect(tally.end(came(NOT_NOW))).toBeUndefined();
    expect(tally).toMatchObject({ heard: 1, perhapsDone: 1 });
  });
});

describe('there is to be no further attempt', () => {
  test('once it was heard often enough', () => {
    const { tally } = tallyOf({ heard: 1 });
    tally.begin();
    expect(tally.end(came())).toBeUndefined();
    expect(tally.isHeardEnough).toBe(false);
    tally.begin();
    expect(tally.end(came())).toBe('heard-enough');
    expect(tally.isHeardEnough).toBe(true);
  });

  test.each([true, false])('once it was perhaps refused, can that be recorded or not (%s)', (canRecord) => {
    const { tally } = tallyOf({ canRecord: [true, canRecord] });
    tally.begin();
    expect(tally.end(came({ heard: 'last', effect: 'none' }))).toBe('heard-enough');
  });

  test('once the same came back so often, by its name', () => {
    const { tally } = tallyOf({ mayBeHeard: WITHOUT_LIMIT });
    const end = (name: string) => {
      tally.begin();
      return tally.end(came({ atMost: { name, times: 2 } }));
    };
    expect(['a', 'b', 'a', 'c', 'b'].map(end)).toEqual([
      undefined,
      undefined,
      'same-again',
      undefined,
      'same-again',
    ]);
  });

  test('heard often enough is the stronger reason: the post step has to keep still too', () => {
    const { tally } = tallyOf({ heard: 2 });
    tally.begin();
    expect(tally.end(came({ atMost: { name: 'a', times: 1 } }))).toBe('heard-enough');
  });
});

test('what may be heard at will is not written down, but what may have worked is counted', () => {
  const { tally, records } = tallyOf({ mayBeHeard: WITHOUT_LIMIT, canRecord: [false] });
  for (const unsettled of [came(), came(NOT_NOW), came({ heard: 'last', effect: 'none' }), came()]) {
    expect(tally.begin()).toBeUndefined();
    expect(tally.end(unsettled)).toBeUndefined();
  }
  expect(records).toEqual([]);
  expect(tally).toMatchObject({ heard: 0, perhapsDone: 2, perhapsByUs: true, isHeardEnough: false });
});
