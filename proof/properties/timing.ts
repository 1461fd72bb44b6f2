import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  double,
  integer,
  nat,
  oneof,
  record,
} from 'fast-check';
import type { Delivery } from '../../src/exchange/delivery.ts';
import { exchange } from '../../src/exchange/exchange.ts';
import type { SessionRequest } from '../../src/requests/session-request.ts';
import { deliveryArbitrary } from './answer-arbitrary.ts';
import { meanings, results } from './meaning.ts';
import { type Property, property } from './property.ts';
import { expect } from './violation.ts';
import { EPOCH_MS, type Met, type Sent, START_MS, VirtualWorld } from './virtual-world.ts';

const SLACK_MS = 200;
const ATTEMPT_MS = 15_000;
const CANCELLED_MS = 5_000;
const LAST_CHANCE_MS = 16_000;
const LEAST_WAIT_MS = 100;
/** What the last attempt has to be left with: to wait until less is left would be to wait for nothing. */
const LAST_ATTEMPT_MS = 500;

/** A `Retry-After` header, and until when it asks to wait after an answer at `atMs`: undefined when it asks nothing. */
interface Asked {
  readonly header: string | undefined;
  readonly untilMs: (atMs: number) => number | undefined;
}
const inSeconds = (seconds: number): Asked => ({
  header: String(seconds),
  untilMs: (atMs) => atMs + seconds * 1000,
});
const atDate = (seconds: number): Asked => {
  const at = START_MS + seconds * 1000;
  return { header: new Date(EPOCH_MS + at).toUTCString(), untilMs: () => at };
};
const nothing = (header: string | undefined): Asked => ({ header, untilMs: () => undefined });
const seconds = oneof({ weight: 4, arbitrary: nat(20) }, nat(300), constantFrom(3_600, 1e15));
const asked: Arbitrary<Asked> = oneof(
  { weight: 5, arbitrary: constant(nothing(undefined)) },
  { weight: 3, arbitrary: seconds.map(inSeconds) },
  { weight: 2, arbitrary: integer({ min: -100, max: 300 }).map(atDate) },
  {
    weight: 1,
    arbitrary: constantFrom('', 'soon', '-1', '1.5', '1e3', '0x10', '5, 5', 'Mon', 'Xyz, 99').map(nothing),
  },
);

const settlesNothing = deliveryArbitrary(constant('Not now.')).filter(
  (it) => meanings(it, 'logout')[0] === 'unknown',
);
const delivery = oneof({ weight: 12, arbitrary: settlesNothing }, deliveryArbitrary(constant('No.')));
const tookMs = oneof(constantFrom(0, 0, 14_999, 15_000, 15_001), nat(2_000), nat(40_000));
const met = record({ delivery, asked, tookMs, deaf: nat(9).map((draw) => draw === 0) });
type Script = Omit<Met, 'delivery'> & { readonly delivery: Delivery; readonly asked: Asked };
/** Milliseconds are fractions here. */
const ROUNDING_MS = 0.01;
const random = oneof(
  double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  constantFrom(0, 0.5, 1 - 2 ** -53),
);

const REQUEST: SessionRequest = {
  call: { url: 'https://pod.informaticacloud.com/saas/api/v2/user/logout', headers: {}, body: '' },
  credential: 'session-id',
  secrets: [],
  subject: 'the session',
  host: 'pod.informaticacloud.com',
  urlInput: 'server-url',
};

const cases = record({
  script: array(met, { minLength: 1, maxLength: 6 }),
  randoms: array(random, { minLength: 1, maxLength: 6 }),
  timeoutMs: oneof(constantFrom(1_000, 60_000, 240_000), integer({ min: 1, max: 60_000 })),
  cancelAfterMs: oneof(
    { weight: 2, arbitrary: constant(Number.POSITIVE_INFINITY) },
    constant(0),
    nat(60_000),
  ),
  onCancel: constantFrom<('stop' | 'hurry')[]>('stop', 'hurry'),
});

export const timingProperties: readonly Property[] = [
  property('cases of timing', cases, async ({ script, randoms, timeoutMs, cancelAfterMs, onCancel }) => {
    const world = new VirtualWorld(script.map(asking), randoms, cancelAfterMs);
    const deadlineMs = START_MS + timeoutMs;
    const terms = { deadlineMs, onCancel, onRetry: () => {} };
    const outcome = await world.finish(exchange(REQUEST, terms, world.world));
    const { sent, nowMs } = world;
    const cancelMs = START_MS + cancelAfterMs;
    const lateMs = nowMs - Math.min(deadlineMs, cancelMs + CANCELLED_MS);
    expect(lateMs <= SLACK_MS, 'otherHarm', `over ${lateMs} ms late`);
    expect(outcome.attempts === sent.length, 'falseClaims', `${outcome.attempts} attempts of ${sent.length}`);
    expect(sent.length > 0 || (cancelAfterMs === 0 && onCancel === 'stop'), 'otherHarm', 'no attempt');
    const longestMs = Math.max(0, ...sent.map(({ atMs, overMs }) => Math.min(overMs, nowMs) - atMs));
    expect(
      longestMs <= ATTEMPT_MS + SLACK_MS || sent.some(({ met }) => met.deaf),
      'otherHarm',
      `${longestMs} ms`,
    );
    const may = results(
      sent.map(({ heard }) => heard),
      'logout',
    );
    expect(may.includes(outcome.kind), 'falseClaims', `ended as ${outcome.kind}, and it is ${may}`);

    const last = sent.at(-1);
    const untilMs = sent.map((one, at) => waitUntilMs(one, script[at % script.length]?.asked));
    for (const [at, { atMs }] of sent.entries()) {
      expect(onCancel === 'hurry' || atMs <= cancelMs, 'otherHarm', 'sent after it was cancelled');
      const overMs = sent[at - 1]?.overMs ?? atMs;
      const woken = cancelMs >= overMs && cancelMs <= atMs;
      expect(
        at === 0 || woken || atMs >= (untilMs[at - 1] ?? 0) - ROUNDING_MS,
        'otherHarm',
        `${atMs} ms is too early`,
      );
    }
    if (outcome.kind !== 'unknown' || last === undefined) return;
    expect(
      (outcome.gaveUp === 'cancelled') === cancelMs <= nowMs,
      'falseClaims',
      `it gave up: ${outcome.gaveUp}`,
    );
    const asksTooMuch = (untilMs.at(-1) ?? 0) > deadlineMs - LAST_ATTEMPT_MS - ROUNDING_MS;
    const inTime = last.atMs >= deadlineMs - LAST_CHANCE_MS;
    const why = { cancelled: true, 'retry-after': asksTooMuch, 'time-spent': inTime };
    expect(
      why[outcome.gaveUp],
      'otherHarm',
      `the last attempt was at ${last.atMs} ms of ${deadlineMs}: ${outcome.gaveUp}`,
    );
  }),
];

function asking({ delivery, asked, ...met }: Script): Met {
  return {
    ...met,
    delivery: delivery.kind === 'answer' ? { ...delivery, retryAfter: asked.header } : delivery,
  };
}

/** The moment before which the next attempt must not come: what was asked for, else the least back-off. */
function waitUntilMs({ heard, overMs }: Sent, asked: Asked | undefined): number {
  const untilMs = heard.kind === 'answer' ? asked?.untilMs(overMs) : undefined;
  if (untilMs !== undefined && untilMs > overMs) return untilMs;
  // An attempt that nothing ended has no end to count from.
  return Number.isFinite(overMs) ? overMs + LEAST_WAIT_MS : 0;
}
