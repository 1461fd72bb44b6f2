import { describe, expect, test } from '@jest/globals';
import { AttemptCounter, type AttemptCounts } from '../../../src/exchange/attempt-counter.ts';
import type { Inconclusive } from '../../../src/responses/classification.ts';
import { logoutall, noResponse, timedOut } from '../support.ts';

const WITHOUT_LIMIT = Number.POSITIVE_INFINITY;

interface Setting {
  readonly maxUses?: number;
  readonly maxRequests?: number;
  readonly credentialUses?: number;
  readonly credentialRequests?: number;
  /** Whether the first, the second, … record works; the later ones do. */
  readonly canRecord?: readonly boolean[];
}

function counterWith({
  maxUses = 3,
  maxRequests = 7,
  credentialUses = 0,
  credentialRequests = 0,
  canRecord = [],
}: Setting = {}) {
  const records: AttemptCounts[] = [];
  const counter = new AttemptCounter(
    { maxUses, maxRequests },
    { credentialUses, credentialRequests },
    (progress) => {
      records.push(progress);
      return canRecord[records.length - 1] ?? true;
    },
  );
  return { counter, records };
}

const lostResponse = logoutall.classify(noResponse(timedOut, true));
if (lostResponse.kind !== 'inconclusive') throw new Error('A lost response settles nothing.');
const came = (more: Partial<Inconclusive> = {}): Inconclusive => ({ ...lostResponse, ...more });
const NOT_SENT = { credentialUse: 'none', effect: 'none' } as const;
const NOT_NOW = {
  ...NOT_SENT,
  reason: { kind: 'server-error', statusCode: 429, error: undefined },
} as const;

describe('an attempt', () => {
  test('is saved before it is made, as a credential use and a possible success', () => {
    const { counter, records } = counterWith({ credentialUses: 1, credentialRequests: 4 });
    expect(counter.begin()).toBe(true);
    const counts = { credentialUses: 2, credentialRequests: 5, possibleSuccesses: 1 };
    expect(records).toEqual([counts]);
    expect(counter).toMatchObject({ ...counts, possiblyByUs: false });
  });

  test('is not made if saving fails, and does not count', () => {
    const { counter } = counterWith({ canRecord: [false] });
    expect(counter.begin()).toBe(false);
    expect(counter).toMatchObject({ credentialUses: 0, credentialRequests: 0, possibleSuccesses: 0 });
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
      'the last credential use',
      { credentialUse: 'final', effect: 'none' },
      { credentialUses: 3, credentialRequests: 1, possibleSuccesses: 0 },
      false,
    ],
  ])('%s: only what changes is written down', (_, unsettled, record, possiblyByUs) => {
    const { counter, records } = counterWith();
    counter.begin();
    counter.end(came(unsettled));
    expect(records.slice(1)).toEqual(record === undefined ? [] : [record]);
    expect(counter).toMatchObject({
      ...(record ?? { credentialUses: 1, credentialRequests: 1, possibleSuccesses: 1 }),
      possiblyByUs,
    });
  });

  test('that was perhaps ours stays so, whatever comes after it', () => {
    const { counter } = counterWith();
    for (const unsettled of [came(), came(NOT_NOW)]) {
      counter.begin();
      counter.end(unsettled);
    }
    expect(counter).toMatchObject({
      credentialUses: 1,
      credentialRequests: 2,
      possibleSuccesses: 1,
      possiblyByUs: true,
    });
  });

  test('whose count cannot be taken back counts', () => {
    const { counter } = counterWith({ canRecord: [true, false] });
    counter.begin();
    expect(counter.end(came(NOT_NOW))).toBeUndefined();
    expect(counter).toMatchObject({ credentialUses: 1, credentialRequests: 1, possibleSuccesses: 1 });
  });
});

describe('there is to be no further attempt', () => {
  test('once the credential is used up', () => {
    const { counter } = counterWith({ credentialUses: 1 });
    counter.begin();
    expect(counter.end(came())).toBeUndefined();
    expect(counter.usedUp).toBeUndefined();
    counter.begin();
    expect(counter.end(came())).toBe('credential-used-up');
    expect(counter.usedUp).toBe('credential-used-up');
  });

  test.each([true, false])('once it was perhaps refused, can that be recorded or not (%s)', (canRecord) => {
    const { counter } = counterWith({ canRecord: [true, canRecord] });
    counter.begin();
    expect(counter.end(came({ credentialUse: 'final', effect: 'none' }))).toBe('credential-used-up');
  });

  test('once the same came back so often, by its name', () => {
    const { counter } = counterWith({ maxUses: WITHOUT_LIMIT });
    const end = (name: string) => {
      counter.begin();
      return counter.end(came({ repeatLimit: { name, times: 2 } }));
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
    const { counter } = counterWith({ maxRequests: 10, credentialRequests: 8 });
    counter.begin();
    expect(counter.end(came(NOT_NOW))).toBeUndefined();
    counter.begin();
    expect(counter.end(came(NOT_NOW))).toBe('request-limit');
    expect(counter.usedUp).toBe('request-limit');
  });

  test('a used-up credential is the stronger reason: the post step must not send it either', () => {
    const { counter } = counterWith({ credentialUses: 2 });
    counter.begin();
    expect(counter.end(came({ repeatLimit: { name: 'a', times: 1 } }))).toBe('credential-used-up');
  });
});

test('uses without a limit are not saved, but possible successes are counted', () => {
  const { counter, records } = counterWith({ maxUses: WITHOUT_LIMIT, canRecord: [false] });
  for (const unsettled of [came(), came(NOT_NOW), came({ credentialUse: 'final', effect: 'none' }), came()]) {
    expect(counter.begin()).toBe(true);
    expect(counter.end(unsettled)).toBeUndefined();
  }
  expect(records).toEqual([]);
  expect(counter).toMatchObject({
    credentialUses: 0,
    possibleSuccesses: 2,
    possiblyByUs: true,
    usedUp: undefined,
  });
});
