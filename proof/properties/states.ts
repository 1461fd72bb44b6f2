import * as fc from 'fast-check';
import { readState } from '../../src/state.ts';
import { deliveryArbitrary, hostile } from './answer-arbitrary.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { oneOf, weighted } from './draw.ts';
import { anyText, inputArbitrary, urls } from './input-arbitrary.ts';
import { claimOf, results } from './meaning.ts';
import { type Property, property } from './property.ts';
import { playPost } from './steps.ts';
import { harmless, tight, truthful } from './violation.ts';
import { START_MS, VirtualWorld } from './virtual-world.ts';

/** Anything at all that may stand in `STATE_session`: states, nearly states, other JSON, other text. */
export function stateArbitrary(url: fc.Arbitrary<string> = urls): fc.Arbitrary<string> {
  const inputs = inputArbitrary(url);
  const pending = inputs.map((given) => JSON.stringify({ kind: 'pending', inputs: given }));
  const mutated = fc
    .tuple(pending, fc.nat(400), fc.nat(3), fc.oneof(anyText, fc.constantFrom(...'"{}[],:\\')))
    .map(([text, at, less, more]) => text.slice(0, at) + more + text.slice(at + less));
  const known = oneOf('pending settled nothing unreadable ended already-ended refused');
  const odd = fc.oneof(inputs, fc.dictionary(oneOf('mode session-id __proto__ toString'), fc.jsonValue()));
  const shaped = fc
    .record(
      {
        kind: fc.oneof(known, known, fc.jsonValue()),
        outcome: fc.oneof(known, fc.jsonValue()),
        inputs: fc.oneof(odd, fc.jsonValue()),
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

const deliveries = fc.array(deliveryArbitrary(hostile), { minLength: 1, maxLength: 4 });
const SLACK_MS = 200;

export const stateProperties: readonly Property[] = [
  property(
    'cases of arbitrary state',
    fc.record({ text: stateArbitrary(), deliveries, tookMs: fc.constantFrom(0, 0, 900, 20_000) }),
    async ({ text, deliveries, tookMs }) => {
      const world = new VirtualWorld(deliveries.map((delivery) => ({ delivery, tookMs })));
      const run = await playPost(text, world);
      const state = readState(text);
      if (state.kind !== 'pending' || run === undefined) {
        harmless(
          world.sent.length === 0 && claimOf(run?.report.text ?? '') === undefined,
          'sent, or claimed',
        );
        return;
      }
      const { inputs } = state;
      for (const { call } of world.sent) harmless(mayGoTo(call.url, inputs), `it went to ${call.url}`);
      const given = Number(inputs['timeout-seconds'].trim() || '60') * 1000;
      harmless(!(world.nowMs - START_MS > given + SLACK_MS), `it took ${world.nowMs - START_MS} ms`);
      const claim = claimOf(run.report.text);
      const mode = inputs.mode.trim() === 'logout' ? 'logout' : 'logoutall';
      // An answer that takes longer than an attempt may is none.
      const met = world.sent.map(({ heard }) => heard);
      const may = world.sent.length === 0 ? [undefined] : results(met, mode);
      truthful(
        may.some((means) => means === claim),
        `it says ${claim}, and it is ${may}`,
      );
      const hosts = [inputs['server-url'], inputs['login-url']].flatMap(hostsNamed).join();
      // The other mode's is no secret to this one: main would not have saved it.
      const secret = inputs[mode === 'logout' ? 'session-id' : 'password'].trim();
      const shown = run.texts.some((told) => told.includes(secret)) && !hosts.includes(secret);
      tight(secret.length < 8 || !shown, `${secret} is shown`);
    },
  ),
];
