import * as fc from 'fast-check';
import type { Delivery } from '../../src/exchange/delivery.ts';
import { exchange } from '../../src/exchange/exchange.ts';
import type { SessionRequest } from '../../src/requests/session-request.ts';
import { deliveryArbitrary } from './answer-arbitrary.ts';
import { oneOf, weighted } from './draw.ts';
import { meanings, results } from './meaning.ts';
import { type Property, property } from './property.ts';
import { harmless, truthful } from './violation.ts';
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
const seconds = weighted([4, fc.nat(20)], [1, fc.nat(300)], [1, fc.constantFrom(3_600, 1e15)]);
const asked = weighted<Asked>(
  [5, fc.constant(nothing(undefined))],
  [3, seconds.map(inSeconds)],
  [2, fc.integer({ min: -100, max: 300 }).map(atDate)],
  [1, oneOf(' soon -1 1.5 1e3 0x10 5,5 Mon Xyz,\t99').map(nothing)],
);

const settlesNothing = deliveryArbitrary(fc.constant('Not now.')).filter(
  (it) => meanings(it, 'logout')[0] === 'unknown',
);
const delivery = weighted([12, settlesNothing], [1, deliveryArbitrary(fc.constant('No.'))]);
const tookMs = fc.oneof(fc.constantFrom(0, 0, 14_999, 15_000, 15_001), fc.nat(2_000), fc.nat(40_000));
const met = fc.record({ delivery, asked, tookMs, deaf: fc.nat(9).map((draw) => draw === 0) });
type Script = Omit<Met, 'delivery'> & { readonly delivery: Delivery; readonly asked: Asked };
/** Milliseconds are fractions here. */
const ROUNDING_MS = 0.01;
const random = fc.oneof(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.constantFrom(0, 0.5, 1 - 2 ** -53),
);

const REQUEST: SessionRequest = {
  call: { url: 'https://pod.informaticacloud.com/saas/api/v2/user/logout', headers: {}, body: '' },
  credential: 'session-id',
  secrets: [],
  subject: 'the session',
  host: 'pod.informaticacloud.com',
  urlInput: 'server-url',
};

const cases = fc.record({
  script: fc.array(met, { minLength: 1, maxLength: 6 }),
  randoms: fc.array(random, { minLength: 1, maxLength: 6 }),
  timeoutMs: fc.oneof(fc.constantFrom(1_000, 60_000, 240_000), fc.integer({ min: 1, max: 60_000 })),
  cancelAfterMs: weighted(
    [2, fc.constant(Number.POSITIVE_INFINITY)],
    [1, fc.constant(0)],
    [1, fc.nat(60_000)],
  ),
  onCancel: fc.constantFrom<('stop' | 'hurry')[]>('stop', 'hurry'),
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
    harmless(lateMs <= SLACK_MS, `over ${lateMs} ms late`);
    truthful(outcome.attempts === sent.length, `${outcome.attempts} attempts of ${sent.length}`);
    harmless(sent.length > 0 || (cancelAfterMs === 0 && onCancel === 'stop'), 'no attempt');
    const longestMs = Math.max(0, ...sent.map(({ atMs, overMs }) => Math.min(overMs, nowMs) - atMs));
    harmless(longestMs <= ATTEMPT_MS + SLACK_MS || sent.some(({ met }) => met.deaf), `${longestMs} ms`);
    const may = results(
      sent.map(({ heard }) => heard),
      'logout',
    );
    truthful(may.includes(outcome.kind), `ended as ${outcome.kind}, and it is ${may}`);

    const last = sent.at(-1);
    const untilMs = sent.map((one, at) => waitUntilMs(one, script[at % script.length]?.asked));
    for (const [at, { atMs }] of sent.entries()) {
      harmless(onCancel === 'hurry' || atMs <= cancelMs, 'sent after it was cancelled');
      const overMs = sent[at - 1]?.overMs ?? atMs;
      const woken = cancelMs >= overMs && cancelMs <= atMs;
      harmless(at === 0 || woken || atMs >= (untilMs[at - 1] ?? 0) - ROUNDING_MS, `${atMs} ms is too early`);
    }
    if (outcome.kind !== 'unknown' || last === undefined) return;
    truthful((outcome.gaveUp === 'cancelled') === cancelMs <= nowMs, `it gave up: ${outcome.gaveUp}`);
    const asksTooMuch = (untilMs.at(-1) ?? 0) > deadlineMs - LAST_ATTEMPT_MS - ROUNDING_MS;
    const inTime = last.atMs >= deadlineMs - LAST_CHANCE_MS;
    const why = { cancelled: true, 'retry-after': asksTooMuch, 'time-spent': inTime };
    harmless(
      why[outcome.gaveUp],
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
