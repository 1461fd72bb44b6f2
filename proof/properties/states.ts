import * as fc from 'fast-check';
import { readState } from '../../src/state.ts';
import { mayHaveHadEffect } from '../met.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { playPost } from '../virtual/steps.ts';
import { VirtualWorld } from '../virtual/world.ts';
import { arrivalArbitrary, hostile } from './answer-arbitrary.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf, weighted } from './draw.ts';
import { anyText, inputArbitrary, urls } from './input-arbitrary.ts';
import { type Property, property } from './property.ts';
import { bounded, harmless, tight, truthful } from './violation.ts';

const counts = weighted<unknown>(
  [6, fc.nat(4)],
  [1, fc.constantFrom<unknown[]>(-1, -100, 0.5, 1e9, null, '1')],
);

/** Anything at all that may stand in `STATE_session`: states, nearly states, other JSON, other text. */
export function stateArbitrary(url: fc.Arbitrary<string> = urls): fc.Arbitrary<string> {
  const inputs = inputArbitrary(url);
  const pending = fc
    .tuple(inputs, counts)
    .map(([given, heard]) => JSON.stringify({ kind: 'pending', inputs: given, heard }));
  const mutated = fc
    .tuple(pending, fc.nat(400), fc.nat(3), fc.oneof(anyText, fc.constantFrom(...'"{}[],:\\')))
    .map(([text, at, less, more]) => text.slice(0, at) + more + text.slice(at + less));
  const known = oneOf('pending settled nothing unreadable ended already-ended refused');
  const odd = fc.oneof(inputs, fc.dictionary(oneOf('mode session-id __proto__ toString'), fc.jsonValue()));
  const shaped = fc
    .record(
      {
        kind: fc.oneof(known, known, fc.jsonValue()),
        as: fc.oneof(known, fc.jsonValue()),
        inputs: fc.oneof(odd, fc.jsonValue()),
        heard: fc.oneof(counts, fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    .map((state) => JSON.stringify(state));
  return weighted(
    [6, pending],
    [3, mutated],
    [3, shaped],
    [1, fc.json()],
    [1, anyText],
    [1, fc.constant('')],
  );
}

const arrivals = fc.array(arrivalArbitrary(hostile), { minLength: 1, maxLength: 4 });
const SLACK_MS = 200;
const MOST_HEARD = 3;

export const stateProperties: readonly Property[] = [
  property(
    'cases of arbitrary state',
    fc.record({ text: stateArbitrary(), arrivals, tookMs: fc.constantFrom(0, 0, 900, 20_000) }),
    async ({ text, arrivals, tookMs }) => {
      let next = 0;
      const world = new VirtualWorld(new VirtualClock(), {
        meet: async () => ({ delivery: arrivals[next++ % arrivals.length]?.delivery, tookMs }),
      });
      const { report, texts, startedMs, endedMs } = await playPost(text, world);
      const claim = report === 'killed' ? report : report.text;
      const claims = /^(Ended|Already ended)/.test(claim);
      const heard = world.sent.map((sent) => arrivals.find(({ delivery }) => delivery === sent.heard)?.met);
      const words = heard.filter((met) => ['success', 'bare-401', 'error'].includes(met?.came.kind ?? ''));
      truthful(!claims || words.length > 0, `it says ${claim}, and nobody has said so`);
      const earlier = heard.slice(0, -1).some((met) => met === undefined || mayHaveHadEffect(met));
      const last = heard.at(-1)?.came.kind;
      truthful(!claim.startsWith('Ended') || last === 'success' || earlier, `it says ${claim}`);
      const state = readState(text);
      if (state.kind !== 'pending') {
        harmless(world.sent.length === 0, 'something was sent');
        return;
      }
      const { inputs } = state;
      for (const { call } of world.sent) harmless(mayGoTo(call.url, inputs), `it went to ${call.url}`);
      const isPassword = inputs.mode.trim() === 'logoutall';
      const notNow = heard.filter((met) => met?.unheard || isNotNow(met?.came)).length;
      const most = MOST_HEARD - Math.max(0, state.heard);
      harmless(
        !isPassword || world.sent.length - notNow <= Math.max(0, most),
        `heard more than ${most} times`,
      );
      const given = Number(inputs['timeout-seconds'].trim() || '60') * 1000;
      bounded(!(endedMs - startedMs > given + SLACK_MS), `it took ${endedMs - startedMs} ms`);
      const hosts = [inputs['server-url'], inputs['login-url']].flatMap(hostsNamed).join();
      // The other mode's is no secret to this one: main would not have saved it.
      const secret = inputs[isPassword ? 'password' : 'session-id'].trim();
      const shown = texts.some((told) => told.includes(secret)) && !hosts.includes(secret);
      tight(secret.length < 8 || !shown, `${secret} is shown`);
    },
  ),
];

function isNotNow(came: { readonly kind: string } | undefined): boolean {
  return came !== undefined && 'status' in came && [408, 425, 429, 503].includes(Number(came.status));
}
