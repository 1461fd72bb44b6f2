import * as fc from 'fast-check';
import type { GaveUp } from '../../src/exchange/effects.ts';
import { sendWithRetries } from '../../src/exchange/exchange.ts';
import { DEFAULTS, type RequestSource, sameRequest } from '../../src/exchange/retry-options.ts';
import { TimeLimit } from '../../src/exchange/time-limit.ts';
import { credentialRequest, repeatableRequest } from '../../src/requests/build-request.ts';
import type { ClassificationRules } from '../../src/responses/api-request.ts';
import { readUserObject } from '../../src/responses/user-object.ts';
import {
  credentialOf,
  limitOf,
  MAX_CREDENTIAL_USES,
  opens,
  type Purpose,
  rejectsCredentials,
  saysNotNow,
  settles,
} from '../responses/form.ts';
import { START_MS, VirtualClock } from '../virtual/clock.ts';
import { type SentCall, VirtualWorld } from '../virtual/world.ts';
import { oneOf, weighted } from './draw.ts';
import { CASES_OF_MODES, type Property, property } from './property.ts';
import { type DrawnResult, resultArbitrary } from './response-arbitrary.ts';
import {
  allowsRetryAfter,
  type RetryAfter,
  retryAfterHeaders,
  retryAfters,
  waitUntilMs,
} from './retry-after.ts';
import { bounded, harmless, truthful } from './violation.ts';

const SLACK_MS = 200;
const ATTEMPT_MS = 15_000;
const CANCELLED_MS = 5_000;
const LAST_CHANCE_MS = 16_000;
/** Between two checks of a credential there is at least this, and behind the last one the time of the slowest, or this. */
const CHECK_GAP_MS = 1_200;
/** How many requests of main may carry a credential. */
const MAX_REQUESTS = 7;
const LAST_CHECK_MS = 5_000;
/** The time that the last attempt needs. A wait that leaves less is useless. */
const LAST_ATTEMPT_MS = 500;

const drawn = resultArbitrary(oneOf(' Not_now.'));
const tookMs = fc.oneof(fc.constantFrom(0, 0, 14_999, 15_000, 15_001), fc.nat(2_000), fc.nat(40_000));
interface Happening {
  readonly drawn: DrawnResult;
  readonly retryAfter: RetryAfter;
  readonly tookMs: number;
  readonly deaf: boolean;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  drawn,
  retryAfter: retryAfters,
  tookMs,
  deaf: fc.nat(9).map((draw) => draw === 0),
});
/** Milliseconds are fractions here, and dates have whole seconds. */
const ROUNDING_MS = 0.01;
const random = fc.oneof(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.constantFrom(0, 0.5, 1 - 2 ** -53),
);

/** A request with a password: its uses are limited, and one attempt may take all of the time. */
function isLimited(purpose: Purpose): boolean {
  return credentialOf(purpose) === 'password';
}

function source(purpose: Purpose): RequestSource<true> {
  const common = {
    http: {
      method: 'POST',
      url: new URL('https://pod.informaticacloud.com/saas/api/v2/user/logout'),
      headers: {},
      body: '',
    },
    secret: 'fake-4711-Secret',
    secretIsPassword: false,
  } as const;
  const rules: ClassificationRules<true> = opens(purpose)
    ? {
        ...common,
        call: 'login',
        read: (json, beside) =>
          readUserObject(json, beside, () => 'trusted') === undefined ? undefined : true,
      }
    : { ...common, call: isLimited(purpose) ? 'logoutall' : 'logout', read: (): true => true };
  return sameRequest<true>(
    isLimited(purpose) ? credentialRequest(rules, MAX_CREDENTIAL_USES) : repeatableRequest(rules),
  );
}

interface Example {
  readonly purpose: Purpose;
  readonly script: readonly Happening[];
  readonly randoms: readonly number[];
  readonly timeoutMs: number;
  readonly cancelAfterMs: number;
  readonly onCancel: 'stop' | 'hurry';
  readonly usesBefore: number;
  readonly wrongByMs: number;
}

const cases: fc.Arbitrary<Example> = fc.record({
  purpose: fc.constantFrom<Purpose[]>('logout', 'logoutall', 'login'),
  script: fc.array(happening, { minLength: 1, maxLength: 6 }),
  randoms: fc.array(random, { minLength: 1, maxLength: 6 }),
  timeoutMs: fc.oneof(fc.constantFrom(1_000, 60_000, 240_000), fc.integer({ min: 1, max: 60_000 })),
  cancelAfterMs: weighted(
    [2, fc.constant(Number.POSITIVE_INFINITY)],
    [1, fc.constant(0)],
    [1, fc.nat(60_000)],
  ),
  onCancel: fc.constantFrom<('stop' | 'hurry')[]>('stop', 'hurry'),
  usesBefore: weighted([4, fc.constant(0)], [1, fc.integer({ min: 1, max: 4 })]),
  wrongByMs: fc.constantFrom(0, 0, 300_000, -300_000),
});

export const timingProperties: readonly Property[] = [
  property(
    'cases of timing',
    cases,
    async (example) => {
      const { purpose, script, randoms, timeoutMs, cancelAfterMs, onCancel, usesBefore, wrongByMs } = example;
      const clock = new VirtualClock(wrongByMs);
      const untilMs: (number | undefined)[] = [];
      let draws = 0;
      const world = new VirtualWorld(clock, {
        random: () => randoms[draws++ % randoms.length] ?? 0,
        meet: async () => {
          const { drawn, retryAfter, ...reply } = next(script, untilMs.length);
          if (reply.deaf) {
            untilMs.push(undefined);
            return { result: undefined, deaf: true };
          }
          const respondedMs = clock.nowMs() + reply.tookMs;
          const { result } = drawn;
          const { headers, atMs } = retryAfterHeaders(
            retryAfter,
            clock.trueEpochMs() + reply.tookMs,
            respondedMs,
            wrongByMs,
          );
          untilMs.push(allowsRetryAfter(drawn.met.form) ? atMs : undefined);
          if (result.kind === 'no-response') return { ...reply, result };
          return { ...reply, result: { ...result, headers: { ...result.headers, ...headers } } };
        },
      });
      if (cancelAfterMs === 0) world.cancel();
      else if (Number.isFinite(cancelAfterMs)) clock.after(cancelAfterMs, () => world.cancel());
      const deadlineMs = START_MS + timeoutMs;
      const records: number[] = [];
      const outcome = await world.run(
        sendWithRetries(
          source(purpose),
          {
            ...DEFAULTS,
            limit: new TimeLimit(deadlineMs, clock, world.cancelled),
            onCancel,
            credential: { ...DEFAULTS.credential, uses: usesBefore },
            saveCounts: ({ credentialUses }) => records.push(credentialUses) > 0,
          },
          world,
        ),
      );
      if (outcome === 'killed') throw new Error('nobody kills it');
      const { sent } = world;
      const nowMs = clock.nowMs();
      const cancelMs = START_MS + cancelAfterMs;
      const endMs = Math.min(deadlineMs, cancelMs + CANCELLED_MS);
      bounded(nowMs - endMs <= SLACK_MS, `over ${nowMs - endMs} ms late`);
      truthful(outcome.attempts === sent.length, `${outcome.attempts} attempts of ${sent.length}`);
      const mayBeSilent = (cancelAfterMs === 0 && onCancel === 'stop') || usesBefore >= MAX_CREDENTIAL_USES;
      harmless(sent.length > 0 || mayBeSilent, 'no attempt');
      const met = sent.map((one, at) => encountered(one, next(script, at)));
      const run: Run = { ...example, sent, met, untilMs, nowMs, endMs, deadlineMs, cancelMs };
      for (const at of sent.keys()) expectInTime(run, at);
      expectLimits(run);
      if (outcome.kind === 'unknown') expectReason(run, outcome.gaveUp);
    },
    CASES_OF_MODES,
  ),
];

/** One exchange, and what was met at each attempt. */
interface Run extends Pick<Example, 'purpose' | 'onCancel' | 'usesBefore'> {
  readonly sent: readonly SentCall[];
  readonly met: readonly Encounter[];
  /** Until when each response requested to wait. */
  readonly untilMs: readonly (number | undefined)[];
  readonly nowMs: number;
  readonly endMs: number;
  readonly deadlineMs: number;
  readonly cancelMs: number;
}

function expectInTime({ purpose, onCancel, sent, met, untilMs, nowMs, endMs, cancelMs }: Run, at: number) {
  const one = next(sent, at);
  const tookMs = Math.min(one.overMs, nowMs) - one.atMs;
  const longestMs = isLimited(purpose) ? Number.POSITIVE_INFINITY : ATTEMPT_MS;
  bounded(tookMs <= longestMs + SLACK_MS || one.result === undefined, `an attempt took ${tookMs} ms`);
  const isCut = one.result?.kind === 'no-response' && met[at] === undefined;
  const leastMs = Math.min(longestMs, endMs - one.atMs);
  harmless(!isCut || tookMs >= leastMs - ROUNDING_MS, `an attempt was given up after ${tookMs} ms`);
  harmless(onCancel === 'hurry' || one.atMs <= cancelMs, 'sent after it was cancelled');
  const before = sent[at - 1];
  if (before === undefined || (cancelMs >= before.overMs && cancelMs <= one.atMs)) return;
  const fromMs = waitUntilMs(before, met[at - 1] && untilMs[at - 1]);
  harmless(one.atMs >= fromMs - ROUNDING_MS, `${one.atMs} ms is too early`);
}

function expectLimits({ purpose, met, usesBefore }: Run): void {
  // An ambiguous response allows both to stop and to go on.
  const earlier = met.slice(0, -1).filter((it) => !it?.ambiguous);
  harmless(!isAtLimit(earlier, purpose), 'tried again, though such a response rarely changes');
  harmless(
    earlier.every((it) => it === undefined || !settles(it.form, purpose)),
    'tried again, though it was settled',
  );
  const isBarred = isLimited(purpose) && met.length > 0 && usedUp(earlier, usesBefore);
  harmless(!isBarred, 'credential used too often');
}

function expectReason(run: Run, gaveUp: GaveUp): void {
  const { purpose, sent, met, untilMs, nowMs, deadlineMs, cancelMs, usesBefore } = run;
  truthful((gaveUp === 'cancelled') === cancelMs <= nowMs, `it gave up: ${gaveUp}`);
  const lastMs = sent.at(-1)?.atMs ?? deadlineMs;
  const keptMs = isLimited(purpose) ? Math.max(LAST_CHECK_MS, nowMs - START_MS) : LAST_ATTEMPT_MS;
  const why: Readonly<Record<GaveUp, boolean>> = {
    cancelled: true,
    'retry-after': (untilMs.at(-1) ?? 0) > deadlineMs - keptMs - ROUNDING_MS,
    'time-spent':
      lastMs >= deadlineMs - LAST_CHANCE_MS ||
      (isLimited(purpose) && deadlineMs - nowMs < CHECK_GAP_MS + keptMs),
    'same-response': isAtLimit(met, purpose),
    'credential-used-up': isLimited(purpose) && usedUp(met, usesBefore),
    'request-limit': isLimited(purpose) && met.filter((it) => !it?.neverSent).length >= MAX_REQUESTS,
    'not-saved': false,
    'no-request': false,
    'already-done': false,
  };
  harmless(why[gaveUp], `the last attempt was at ${lastMs} ms of ${deadlineMs}: ${gaveUp}`);
}

type Encounter = DrawnResult['met'] | undefined;

function next<T>(script: readonly T[], at: number): T {
  const one = script[at % script.length];
  if (one === undefined) throw new Error('a script has something in it');
  return one;
}

/** What came back; undefined where the time of the attempt was over before. */
function encountered({ result }: SentCall, { drawn, retryAfter }: Happening): Encounter {
  const { met } = drawn;
  if (result === undefined || result.kind !== drawn.result.kind) return undefined;
  if (result.kind === 'no-response' && result !== drawn.result) return undefined;
  if (met.form.kind !== 'other') return met;
  const hasRetryAfter = retryAfter.kind !== 'nothing' || retryAfter.header !== undefined;
  return { ...met, form: { ...met.form, retryAfter: hasRetryAfter } };
}

function isAtLimit(met: readonly Encounter[], purpose: Purpose): boolean {
  const limits = met.flatMap((it) => (it === undefined ? [] : [limitOf(it, purpose)]));
  const kindOf = (limit: (typeof limits)[number]) => limit?.kind.replace(/^an? /, '');
  return limits.some(
    (limit) =>
      limit !== undefined && limits.filter((other) => kindOf(other) === kindOf(limit)).length >= limit.times,
  );
}

/** Must not be sent again: used up, or rejected. */
function usedUp(met: readonly Encounter[], usesBefore: number): boolean {
  const uses = met.filter((it) => it === undefined || !(it.neverSent || saysNotNow(it.form))).length;
  return (
    usesBefore + uses >= MAX_CREDENTIAL_USES ||
    met.some((it) => it !== undefined && rejectsCredentials(it.form))
  );
}
