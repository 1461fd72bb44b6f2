import * as fc from 'fast-check';
import type { Delivery } from '../../src/exchange/delivery.ts';
import { judge, type ServerError, type Verdict } from '../../src/exchange/verdict.ts';
import { type InputValues, inputValues } from '../../src/inputs/values.ts';
import { readOrder } from '../../src/requests/modes.ts';
import { writeState } from '../../src/state.ts';
import { deliveryArbitrary, hostile } from './answer-arbitrary.ts';
import { echoes } from './echo-arbitrary.ts';
import { shows } from './leak.ts';
import { claimOf, type Mode, meanings, results } from './meaning.ts';
import { type Property, property } from './property.ts';
import { playMain, playPost } from './steps.ts';
import { harmless, tight, truthful } from './violation.ts';
import { VirtualWorld } from './virtual-world.ts';

const modes = fc.constantFrom<Mode[]>('logout', 'logoutall');
const deliveries = fc.array(deliveryArbitrary(hostile), { minLength: 1, maxLength: 4 });

export const answerProperties: readonly Property[] = [
  property(
    'cases of answers, held against the table',
    fc.record({ mode: modes, deliveries, allowed: fc.boolean() }),
    async ({ mode, deliveries, allowed }) => {
      const given = inputsOf(mode, 'fake-4711-Secret', allowed);
      for (const [delivery, { kind }] of judged(given, deliveries)) {
        const may = meanings(delivery, mode);
        truthful(may.includes(kind), `taken for ${kind}, and is ${may}`);
      }
      const { main, mainMet, post, postMet } = await playBoth(given, deliveries);
      const { level, outputs } = main.report;
      const may = results(mainMet, mode);
      const failed = may.some((means) => means === 'refused' || means === 'unknown');
      const fits = outputs.result === 'failed' ? failed : may.some((means) => means === outputs.result);
      truthful(fits, `main says ${outputs.result}, and it is ${may}`);
      const green = outputs.result === 'ended' || (outputs.result === 'already-ended' && allowed);
      truthful((level === 'info') === green, `${level} for ${outputs.result}`);
      const claim = claimOf(post.report.text);
      const mayPost = results(postMet, mode);
      truthful(claim !== undefined && mayPost.includes(claim), `post says ${claim}, and it is ${mayPost}`);
      const good = claim === 'ended' || claim === 'already-ended';
      truthful((post.report.level === 'info') === good, `${post.report.level} for ${claim}`);
    },
  ),
  property(
    'cases of hostile text in answers',
    fc.record({ mode: modes, deliveries }),
    async ({ mode, deliveries }) => {
      const given = inputsOf(mode, 'fake-4711-Secret', false);
      for (const [, verdict] of judged(given, deliveries)) {
        const longest = Math.max(...textsOf(verdict).map((text) => Array.from(text).length));
        tight(longest <= 500, `${longest} characters of the server's`);
      }
      const { main, post } = await playBoth(given, deliveries);
      for (const text of [...main.texts, ...post.texts]) {
        const live = /[\p{C}\p{Zl}\p{Zp}]|::|##\[/u.exec(text.replace(/\n\n$/, ''))?.[0];
        tight(live === undefined, `${JSON.stringify(live)} in ${JSON.stringify(text)}`);
      }
      for (const { summary } of [main.report, post.report]) {
        const inert = /^\*\*Informatica Cloud Session: [a-z ]+\.\*\* (?:[\p{L}\p{N} ]|&#\d+;)+\n\n$/u.test(
          summary,
        );
        tight(inert, `markup in ${JSON.stringify(summary)}`);
      }
    },
  ),
  property(
    'cases of secrets in answers',
    echoes.chain(({ mode, secret, text }) =>
      fc.record({
        mode: fc.constant(mode),
        secret: fc.constant(secret),
        delivery: deliveryArbitrary(fc.constant(text)),
      }),
    ),
    async ({ mode, secret, delivery }) => {
      const { main, mainMet, post } = await playBoth(inputsOf(mode, secret, false), [delivery]);
      harmless(mainMet.length > 0, 'nothing was sent');
      const shown = [...main.texts, ...post.texts].find((text) => shows(text, secret));
      tight(shown === undefined, `shown: ${JSON.stringify(shown)}`);
    },
  ),
];

function inputsOf(mode: Mode, secret: string, allowAlreadyEnded: boolean): InputValues {
  const given: Readonly<Record<string, string>> = {
    mode,
    'server-url': 'https://pod.informaticacloud.com/saas',
    'session-id': secret,
    'login-url': 'dm-us',
    username: 'someone@example.com',
    password: secret,
    'allow-already-ended': String(allowAlreadyEnded),
  };
  return inputValues((name) => given[name] ?? '');
}

function judged(given: InputValues, deliveries: readonly Delivery[]): (readonly [Delivery, Verdict])[] {
  const order = readOrder(given);
  return order.ok ? deliveries.map((delivery) => [delivery, judge(delivery, order.value.request)]) : [];
}

/** Whatever came before, it settles the matter and says nothing. */
const NO: Delivery = {
  kind: 'answer',
  statusCode: 400,
  location: undefined,
  retryAfter: undefined,
  body: { kind: 'complete', text: '' },
};

/** Main and post, each for itself, against the same answers. */
async function playBoth(given: InputValues, deliveries: readonly Delivery[]) {
  const script = [...deliveries, NO].map((delivery) => ({ delivery, tookMs: 0 }));
  const worlds = { main: new VirtualWorld(script), post: new VirtualWorld(script) };
  const main = await playMain(given, worlds.main);
  const post = await playPost(writeState({ kind: 'pending', inputs: given }), worlds.post);
  const met = ({ sent }: VirtualWorld) => sent.map(({ heard }) => heard);
  if (post === undefined) throw new Error('a pending state is not taken for one');
  return { main, mainMet: met(worlds.main), post, postMet: met(worlds.post) };
}

/** The texts in a verdict that the server wrote. */
function textsOf(verdict: Verdict): string[] {
  const said = (error: ServerError | undefined) =>
    error === undefined ? [] : [error.code, error.description];
  if (verdict.kind === 'ended') return [];
  if (verdict.kind === 'already-ended') return said(verdict.error);
  const { reason } = verdict;
  if (reason.kind === 'redirect') return [reason.host];
  return 'error' in reason ? said(reason.error) : [];
}
