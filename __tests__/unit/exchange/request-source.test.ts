import { expect, test } from '@jest/globals';
import type { AttemptCounts } from '../../../src/exchange/attempt-counter.ts';
import { sendWithRetries } from '../../../src/exchange/exchange.ts';
import {
  DEFAULTS,
  type RequestSource,
  type RetryOptions,
  sameRequest,
} from '../../../src/exchange/retry-options.ts';
import { TimeLimit } from '../../../src/exchange/time-limit.ts';
import { logout, logoutall, page, type Reply, received, ScriptedWorld } from '../support.ts';

type Next = RequestSource<true>['next'];

/** Sends what a source gives, at most three times, in a main step that has a minute. */
async function exchange(
  next: (world: ScriptedWorld) => Next,
  script: readonly Reply[],
  more: Partial<RetryOptions<true>> = {},
) {
  const world = new ScriptedWorld(script);
  const { clock, calls } = world;
  const records: AttemptCounts[] = [];
  const options: RetryOptions<true> = {
    ...DEFAULTS,
    limit: new TimeLimit(clock.startedMs + 60_000, clock, world.cancelled),
    onCancel: 'stop',
    saveCounts: (progress) => {
      records.push(progress);
      return true;
    },
    ...more,
  };
  const outcome = await clock.until(
    sendWithRetries({ maxCredentialUses: 3, next: next(world) }, options, world),
  );
  return { outcome, calls, records };
}

test('the same request at each attempt keeps how often its credential may be used', async () => {
  for (const request of [logout, logoutall])
    expect(sameRequest(request).maxCredentialUses).toBe(request.maxCredentialUses);
});

test('each attempt has a request of its own', async () => {
  const calls = ['one', 'two', 'three'].map((body) => ({ ...logoutall.http, body }));
  const requests = calls.map((call) => ({ ...logoutall, http: call })).values();
  const next = () => () => Promise.resolve(requests.next().value);
  const ran = await exchange(next, [received(429), page(500), received(200)]);
  expect(ran.calls).toEqual(calls);
  expect(ran.outcome).toMatchObject({ kind: 'success', attempts: 3, possibleSuccesses: 1 });
});

test('without a request nothing is sent or saved', async () => {
  const { outcome, calls, records } = await exchange(() => () => Promise.resolve(undefined), []);
  expect(outcome).toMatchObject({
    gaveUp: 'no-request',
    attempts: 0,
    credentialUses: 0,
    possibleSuccesses: 0,
    reason: undefined,
  });
  expect([calls, records]).toEqual([[], []]);
});

test('once there is no further request, the reason of the last attempt stays', async () => {
  const requests = [logoutall].values();
  const { outcome } = await exchange(() => () => Promise.resolve(requests.next().value), [page(500)]);
  expect(outcome).toMatchObject({
    gaveUp: 'no-request',
    attempts: 1,
    credentialUses: 1,
    possibleSuccesses: 1,
    reason: { kind: 'server-error', statusCode: 500 },
  });
});

const cancelMeanwhile = (world: ScriptedWorld) => () => {
  world.cancel();
  return Promise.resolve(logoutall);
};

test('a step that is cancelled while a request is made sends nothing', async () => {
  const { outcome, calls, records } = await exchange(cancelMeanwhile, []);
  expect(outcome).toMatchObject({ gaveUp: 'cancelled', attempts: 0 });
  expect([calls, records]).toEqual([[], []]);
});

test('but a post step does, because none comes after it', async () => {
  const { outcome, calls } = await exchange(cancelMeanwhile, [received(200)], { onCancel: 'hurry' });
  expect(outcome).toMatchObject({ kind: 'success', attempts: 1 });
  expect(calls).toHaveLength(1);
});

test('once the credential is used up, no request is made', async () => {
  const next = () => () => Promise.reject(new Error('A request was made.'));
  const { outcome, calls } = await exchange(next, [], {
    credential: { ...DEFAULTS.credential, uses: 3 },
  });
  expect(outcome).toMatchObject({ gaveUp: 'credential-used-up', attempts: 0, credentialUses: 3 });
  expect(calls).toEqual([]);
});
