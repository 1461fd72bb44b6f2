import { describe, expect, test } from '@jest/globals';
import { AttemptCounter, type AttemptCounts } from '../../../src/exchange/attempt-counter.ts';
import type { Inconclusive } from '../../../src/responses/classification.ts';
import { logoutall, timedOut, undelivered } from '../support.ts';

const WITHOUT_LIMIT = Number.POSITIVE_INFINITY;

interface Setting {
  readonly maxUses?: number;
  readonly maxRequests?: number;
  readonly credentialUses?: number;
  readonly credentialRequests?: number;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
}

function tallyOf({
  maxUses = 3,
  maxRequests = 7,
  credentialUses = 0,
  credentialRequests = 0,
  canRecord = [],
}: Setting = {}) {
  const records: AttemptCounts[] = [];
  const tally = new AttemptCounter(
    { maxUses, maxRequests },
    { credentialUses, credentialRequests },
    (progress) => {
      records.push(progress);
      return canRecord[records.length - 1] ?? true;
    },
  );
  return { tally, records };
}

const lostAnswer = logoutall.classify(undelivered(timedOut, true));
if (lostAnswer.kind !== 'inconclusive') throw new Error('A lost answer settles nothing.');
const came = (more: Partial<Inconclusive> = {}): Inconclusive => ({ ...lostAnswer, ...more });
const NOT_SENT = { credentialUse: 'none', effect: 'none' } as const;
const NOT_NOW = {
  ...NOT_SENT,
  reason: { kind: 'server-error', statusCode: 429, error: undefined },
} as const;

describe('an attempt', () => {
  test('is written down before it is made, as heard and as perhaps done', () => {
    const { tally, records } = tallyOf({ credentialUses: 1, credentialRequests: 4 });
    expect(tally.begin()).toBe(true);
    const counts = { credentialUses: 2, credentialRequests: 5, possibleSuccesses: 1 };
    expect(records).toEqual([counts]);
    expect(tally).toMatchObject({ ...counts, possiblyByUs: false });
  });

  test('is not made where that fails, and does not count', () => {
    const { tally } = tallyOf({ canRecord: [false] });
    expect(tally.begin()).toBe(false);
    expect(tally).toMatchObject({ credentialUses: 0, credentialRequests: 0, possibleSuccesses: 0 });
  });

  test.each<[string, Partial<Inconclusive>, AttemptCounts | undefined, boolean]>([
    ['credentialUses, and perhaps done', { effect: 'possible' }, undefined, true],
    ['credentialUses, and hardly done', { effect: 'doubtful' }, undefined, false],
    [
      'credentialUses, and not done',
      { effect: 'none' },
      { credentialUses: 1, credentialRequests: 1, possibleSuccesses: 0 },
      false,
    ],
    ['not sent', NOT_SENT, { credentialUses: 0, credentialRequests: 0, possibleSuccesses: 0 }, false],
    ['"not now"', NOT_NOW, { credentialUses: 0, credentialRequests: 1, possibleSuccesses: 0 }, false],
    [
      'heard for the last time',
      { credentialUse: 'final', effect: 'none' },
      { credentialUses: 3, credentialRequests: 1, possibleSuccesses: 0 },
      false,
    ],
  ])('%s: only what changes is written down', (_, unsettled, record, possiblyByUs) => {
    const { tally, records } = tallyOf();
    tally.begin();
    tally.end(came(unsettled));
    expect(records.slice(1)).toEqual(record === undefined ? [] : [record]);
    expect(tally).toMatchObject({
      ...(record ?? { credentialUses: 1, credentialRequests: 1, possibleSuccesses: 1 }),
      possiblyByUs,
    });
  });

  test('that was perhaps ours stays so, whatever comes after it', () => {
    const { tally } = tallyOf();
    for (const unsettled of [came(), came(NOT_NOW)]) {
      tally.begin();
      tally.end(unsettled);
    }
    expect(tally).toMatchObject({
      credentialUses: 1,
      credentialRequests: 2,
      possibleSuccesses: 1,
      possiblyByUs: true,
    });
  });

  test('whose count cannot be taken back counts', () => {
    const { tally } = tallyOf({ canRecord: [true, false] });
    tally.begin();
    expect(tally.end(came(NOT_NOW))).toBeUndefined();
    expect(tally).toMatchObject({ credentialUses: 1, credentialRequests: 1, possibleSuccesses: 1 });
  });
});

describe('there is to be no further attempt', () => {
  test('once it was heard often enough', () => {
    const { tally } = tallyOf({ credentialUses: 1 });
    tally.begin();
    expect(tally.end(came())).toBeUndefined();
    expect(tally.usedUp).toBeUndefined();
    tally.begin();
    expect(tally.end(came())).toBe('credential-used-up');
    expect(tally.usedUp).toBe('credential-used-up');
  });

  test.each([true, false])('once it was perhaps refused, can that be recorded or not (%s)', (canRecord) => {
    const { tally } = tallyOf({ canRecord: [true, canRecord] });
    tally.begin();
    expect(tally.end(came({ credentialUse: 'final', effect: 'none' }))).toBe('credential-used-up');
  });

  test('once the same came back so often, by its name', () => {
    const { tally } = tallyOf({ maxUses: WITHOUT_LIMIT });
    const end = (name: string) => {
      tally.begin();
      return tally.end(came({ repeatLimit: { name, times: 2 } }));
    };
    expect(['a', 'b', 'a', 'c', 'b'].map(end)).toEqual([
      undefined,
      undefined,
      'same-response',
      undefined,
      'same-response',
    ]);
  });

  test('once as many requests were sent as may be, although the server checked none of them', () => {
    const { tally } = tallyOf({ maxRequests: 10, credentialRequests: 8 });
    tally.begin();
    expect(tally.end(came(NOT_NOW))).toBeUndefined();
    tally.begin();
    expect(tally.end(came(NOT_NOW))).toBe('request-limit');
    expect(tally.usedUp).toBe('request-limit');
  });

  test('heard often enough is the stronger reason: the post step has to keep still too', () => {
    const { tally } = tallyOf({ credentialUses: 2 });
    tally.begin();
    expect(tally.end(came({ repeatLimit: { name: 'a', times: 1 } }))).toBe('credential-used-up');
  });
});

test('what may be heard at will is not written down, but what may have worked is counted', () => {
  const { tally, records } = tallyOf({ maxUses: WITHOUT_LIMIT, canRecord: [false] });
  for (const unsettled of [came(), came(NOT_NOW), came({ credentialUse: 'final', effect: 'none' }), came()]) {
    expect(tally.begin()).toBe(true);
    expect(tally.end(unsettled)).toBeUndefined();
  }
  expect(records).toEqual([]);
  expect(tally).toMatchObject({
    credentialUses: 0,
    possibleSuccesses: 2,
    possiblyByUs: true,
    usedUp: undefined,
  });
});
