import * as fc from 'fast-check';
import { type LoggingInState, type PendingState, readState } from '../../src/state.ts';
import type { Encounter } from '../responses/form.ts';
import { MAX_CREDENTIAL_USES, mayHaveHadEffect } from '../responses/form.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { playPost, type StepRun } from '../virtual/steps.ts';
import { VirtualWorld } from '../virtual/world.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf, weighted } from './draw.ts';
import { anyText, inputArbitrary, urls } from './input-arbitrary.ts';
import { CASES_OF_MODES, type Property, property } from './property.ts';
import { hostile, resultArbitrary } from './response-arbitrary.ts';
import { bounded, harmless, tight, truthful } from './violation.ts';

const counts = weighted<unknown>(
  [6, fc.nat(4)],
  [1, fc.constantFrom<unknown[]>(-1, -100, 0.5, 1e9, null, '1')],
);

const SERVER_URL = 'https://usw3.dm-us.informaticacloud.com/saas';

/**
 * Anything at all that may stand in `STATE_session`: states, nearly states, other JSON, other text. `serverUrl` is the one that
 * a login's response named, which main has checked.
 */
export function stateArbitrary(
  url: fc.Arbitrary<string> = urls,
  serverUrl = SERVER_URL,
): fc.Arbitrary<string> {
  const inputs = inputArbitrary(url);
  const opened = fc.record({
    userName: weighted([3, oneOf(' me someone@example.com')], [1, anyText]),
    serverUrl: weighted([3, fc.constant(serverUrl)], [1, oneOf(' saas http:// /saas')]),
    ifAlive: oneOf('line clean-up-failure clean-up-failure fail'),
  });
  const pending = fc
    .tuple(inputs, counts, weighted<unknown>([2, fc.constant(undefined)], [2, opened], [1, fc.jsonValue()]))
    .map(([given, uses, about]) =>
      JSON.stringify({ kind: 'pending', inputs: given, credentialUses: uses, opened: about }),
    );
  const loggingIn = fc
    .record({
      kind: fc.constant('logging-in'),
      host: weighted([3, fc.constant('dm-us.informaticacloud.com')], [1, anyText]),
      sessions: counts,
      onCleanupFailure: fc.oneof(oneOf('warn fail ignore'), fc.jsonValue()),
    })
    .map((state) => JSON.stringify(state));
  const mutated = fc
    .tuple(pending, fc.nat(400), fc.nat(3), fc.oneof(anyText, fc.constantFrom(...'"{}[],:\\')))
    .map(([text, at, less, more]) => text.slice(0, at) + more + text.slice(at + less));
  const known = oneOf('pending settled logging-in nothing unreadable ended already-ended refused not-opened');
  const odd = fc.oneof(inputs, fc.dictionary(oneOf('mode session-id __proto__ toString'), fc.jsonValue()));
  const shaped = fc
    .record(
      {
        kind: fc.oneof(known, known, fc.jsonValue()),
        as: fc.oneof(known, fc.jsonValue()),
        inputs: fc.oneof(odd, fc.jsonValue()),
        credentialUses: fc.oneof(counts, fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    .map((state) => JSON.stringify(state));
  return weighted(
    [6, pending],
    [2, loggingIn],
    [3, mutated],
    [3, shaped],
    [1, fc.json()],
    [1, anyText],
    [1, fc.constant('')],
  );
}

const results = fc.array(resultArbitrary(hostile), { minLength: 1, maxLength: 4 });
const SLACK_MS = 200;

export const stateProperties: readonly Property[] = [
  property(
    'cases of arbitrary state',
    fc.record({ text: stateArbitrary(), results, tookMs: fc.constantFrom(0, 0, 900, 20_000) }),
    async ({ text, results, tookMs }) => {
      let next = 0;
      const world = new VirtualWorld(new VirtualClock(), {
        meet: async () => ({ result: results[next++ % results.length]?.result, tookMs }),
      });
      const run = await playPost(text, world);
      const exchanges = world.sent.map(({ call, result }) => ({
        isVerification: call.url.pathname.endsWith('/validSessionId'),
        met: results.find((drawn) => drawn.result === result)?.met,
      }));
      const claim = run.report === 'killed' ? run.report : run.report.text;
      expectSupported(claim, exchanges);
      const state = readState(text);
      if (state.kind !== 'pending') {
        harmless(world.sent.length === 0, 'something was sent');
        if (state.kind === 'logging-in') expectAlarm(run, state);
        return;
      }
      for (const { call } of world.sent) {
        harmless(mayGoTo(call.url, state.inputs) || mayVerifyAt(call.url, state), `it went to ${call.url}`);
      }
      expectLimits(run, state, exchanges);
    },
    CASES_OF_MODES,
  ),
];

interface Exchange {
  /** It is a request to validSessionId. */
  readonly isVerification: boolean;
  readonly met: Encounter | undefined;
}

/** The step may claim an end only if a response said so. */
function expectSupported(claim: string, exchanges: readonly Exchange[]): void {
  const ending = exchanges.filter(({ isVerification }) => !isVerification).map(({ met }) => met);
  const isDead = exchanges.some(
    ({ isVerification, met }) => isVerification && met?.form.kind === 'validity' && !met.form.isValid,
  );
  const conclusive = ending.filter((met) => ['success', 'bare-401', 'error'].includes(met?.form.kind ?? ''));
  const claims = /^(Ended|Already ended)/.test(claim);
  truthful(!claims || conclusive.length > 0 || isDead, `it says ${claim}, and nobody has said so`);
  truthful(
    !/^Ended .*verified/.test(claim) || isDead,
    `it says ${claim}, and nobody has said that it is dead`,
  );
  const earlier = ending.slice(0, -1).some((met) => met === undefined || mayHaveHadEffect(met));
  const last = ending.at(-1)?.form.kind;
  truthful(!claim.startsWith('Ended') || last === 'success' || earlier || isDead, `it says ${claim}`);
}

/** A login was pending: post can only warn. */
function expectAlarm({ report }: StepRun, { sessions, onCleanupFailure }: LoggingInState): void {
  if (report === 'killed') throw new Error('nobody kills it');
  const says = sessions === 1 ? /^A session may be open / : /^\S+ sessions may be open\b/;
  truthful(says.test(report.text), `it says ${report.text}`);
  harmless(report.level === (onCleanupFailure === 'fail' ? 'error' : 'warning'), `as ${report.level}`);
}

/** Only the server that the login's response names may verify the session. */
function mayVerifyAt(url: URL, { opened }: PendingState): boolean {
  const canVerify =
    opened !== undefined && opened.userName !== '' && url.pathname.endsWith('/api/v2/user/validSessionId');
  return canVerify && hostsNamed(opened.serverUrl).includes(url.host);
}

function expectLimits(
  { texts, startedMs, endedMs }: StepRun,
  { inputs, credentialUses: before }: PendingState,
  exchanges: readonly Exchange[],
): void {
  const isPassword = inputs.mode.trim() === 'logoutall';
  const ending = exchanges.filter(({ isVerification }) => !isVerification);
  const notNow = ending.filter(({ met }) => met?.neverSent || isNotNow(met?.form)).length;
  const most = MAX_CREDENTIAL_USES - Math.max(0, before);
  harmless(
    !isPassword || ending.length - notNow <= Math.max(0, most),
    `credential used more than ${most} times`,
  );
  const given = Number(inputs['timeout-seconds'].trim() || '60') * 1000;
  bounded(!(endedMs - startedMs > given + SLACK_MS), `it took ${endedMs - startedMs} ms`);
  const hosts = [inputs['server-url'], inputs['login-url']].flatMap(hostsNamed).join();
  // The secret of the other mode does not count, because main would not have saved it.
  const secret = inputs[isPassword ? 'password' : 'session-id'].trim();
  const shown = texts.some((told) => told.includes(secret)) && !hosts.includes(secret);
  tight(secret.length < 8 || !shown, `${secret} is shown`);
}

function isNotNow(form: { readonly kind: string } | undefined): boolean {
  return form !== undefined && 'status' in form && [408, 425, 429, 503].includes(Number(form.status));
}
