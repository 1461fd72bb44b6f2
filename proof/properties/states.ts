import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  dictionary,
  json,
  jsonValue,
  nat,
  oneof,
  record,
  tuple,
} from 'fast-check';
import { SECRET_INPUTS } from '../../src/inputs/values.ts';
import { readState } from '../../src/state.ts';
import { deliveryArbitrary, hostile } from './answer-arbitrary.ts';
import { hostsNamed, mayGoTo } from './destination.ts';
import { anyText, inputArbitrary, urls } from './input-arbitrary.ts';
import { claimOf, results } from './meaning.ts';
import { type Property, property } from './property.ts';
import { playPost } from './steps.ts';
import { expect } from './violation.ts';
import { START_MS, VirtualWorld } from './virtual-world.ts';

/** Anything at all that may stand in `STATE_session`: states, nearly states, other JSON, other text. */
export function stateArbitrary(url: Arbitrary<string> = urls): Arbitrary<string> {
  const inputs = inputArbitrary(url);
  const pending = inputs.map((given) => JSON.stringify({ kind: 'pending', inputs: given }));
  const mutated = tuple(pending, nat(400), nat(3), oneof(anyText, constantFrom(...'"{}[],:\\'))).map(
    ([text, at, less, more]) => text.slice(0, at) + more + text.slice(at + less),
  );
  const known = constantFrom(
    'pending',
    'settled',
    'nothing',
    'unreadable',
    'ended',
    'already-ended',
    'refused',
  );
  const odd = oneof(
    inputs,
    dictionary(constantFrom('mode', 'session-id', '__proto__', 'toString'), jsonValue()),
  );
  const shaped = record(
    {
      kind: oneof(known, known, jsonValue()),
      outcome: oneof(known, jsonValue()),
      inputs: oneof(odd, jsonValue()),
    },
    { requiredKeys: [] },
  ).map((state) => JSON.stringify(state));
  return oneof(
    { weight: 6, arbitrary: pending },
    { weight: 3, arbitrary: mutated },
    shaped,
    json(),
    anyText,
    constant(''),
  );
}

const deliveries = array(deliveryArbitrary(hostile), { minLength: 1, maxLength: 4 });
const SLACK_MS = 200;

export const stateProperties: readonly Property[] = [
  property(
    'cases of arbitrary state',
    record({ text: stateArbitrary(), deliveries, tookMs: constantFrom(0, 0, 900, 20_000) }),
    async ({ text, deliveries, tookMs }) => {
      const world = new VirtualWorld(deliveries.map((delivery) => ({ delivery, tookMs })));
      const run = await playPost(text, world);
      const state = readState(text);
      if (state.kind !== 'pending' || run === undefined) {
        expect(
          world.sent.length === 0 && claimOf(run?.report.text ?? '') === undefined,
          'otherHarm',
          'sent, or claimed',
        );
        return;
      }
      const { inputs } = state;
      for (const { call } of world.sent)
        expect(mayGoTo(call.url, inputs), 'otherHarm', `it went to ${call.url}`);
      const given = Number(inputs['timeout-seconds'].trim() || '60') * 1000;
      expect(
        !(world.nowMs - START_MS > given + SLACK_MS),
        'otherHarm',
        `it took ${world.nowMs - START_MS} ms`,
      );
      const claim = claimOf(run.report.text);
      const mode = inputs.mode.trim() === 'logout' ? 'logout' : 'logoutall';
      // An answer that takes longer than an attempt may is none.
      const met = world.sent.map(({ heard }) => heard);
      const may = world.sent.length === 0 ? [undefined] : results(met, mode);
      expect(
        may.some((means) => means === claim),
        'falseClaims',
        `it says ${claim}, and it is ${may}`,
      );
      const hosts = [inputs['server-url'], inputs['login-url']].flatMap(hostsNamed).join();
      for (const secret of SECRET_INPUTS.map((name) => inputs[name].trim()).filter(
        ({ length }) => length >= 8,
      )) {
        const shown = run.texts.some((told) => told.includes(secret)) && !hosts.includes(secret);
        expect(!shown, 'leaks', `${secret} is shown`);
      }
    },
  ),
];
