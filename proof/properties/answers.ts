import * as fc from 'fast-check';
import type { Settings } from '../../simulator/settings.ts';
import { inputValues } from '../../src/inputs/values.ts';
import { writeState } from '../../src/state.ts';
import { MODES, type Mode } from '../modes.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { type JobScript, playJob } from '../virtual/job.ts';
import { judge } from '../virtual/judge.ts';
import { playMain, playPost, type StepRun } from '../virtual/steps.ts';
import { VirtualWorld } from '../virtual/world.ts';
import { type Arrival, answerArbitrary, arrivalArbitrary, hostile } from './answer-arbitrary.ts';
import { oneOf, weighted } from './draw.ts';
import { echoes } from './echo-arbitrary.ts';
import { shows } from './leak.ts';
import { type Property, property } from './property.ts';
import { harmless, tight, Violation } from './violation.ts';

const modes = fc.constantFrom(...MODES);

/** What one request of a job meets. */
type Meeting =
  /** The vendor hears of it or not, and something else answers. */
  | ({ readonly kind: 'gateway'; readonly heard: boolean } & Arrival)
  /** The vendor answers, in one of its forms; the session may have ended by itself just before. */
  | { readonly kind: 'vendor'; readonly settings: Partial<Settings>; readonly isLate: boolean };

const meetings = fc.array(
  weighted<Meeting>(
    [
      6,
      fc.tuple(arrivalArbitrary(hostile), fc.nat(5)).map(([arrival, draw]) => ({
        kind: 'gateway',
        heard: draw === 0 && !arrival.met.unheard,
        ...arrival,
      })),
    ],
    [
      1,
      fc.record({
        kind: fc.constant('vendor' as const),
        isLate: fc.boolean(),
        settings: fc.record({
          deadSession: fc.constantFrom<Settings['deadSession'][]>('error-401', 'auth-01-403', 'empty-401'),
          logoutSuccess: fc.constantFrom<Settings['logoutSuccess'][]>('empty', 'success-object'),
          logoutallSuccess: fc.constantFrom<Settings['logoutallSuccess'][]>('empty', 'success-object'),
        }),
      }),
    ],
  ),
  { maxLength: 8 },
);
const setup = fc.record({
  mode: modes,
  when: oneOf('now now job-end').map((when) => (when === 'now' ? 'now' : 'job-end')),
  allowAlreadyEnded: fc.boolean(),
  timeoutSeconds: fc.constantFrom(1, 20, 60, 240),
});

export const answerProperties: readonly Property[] = [
  property(
    'cases of answers, judged by the ledger',
    fc.record({ setup, meetings }),
    async ({ setup, meetings }) => {
      const trial = await playJob(setup, scriptOf(meetings));
      const { problems, excused } = judge(trial);
      const [problem] = problems;
      if (problem !== undefined) throw new Violation(problem);
      return excused;
    },
  ),
  property(
    'cases of hostile text in answers',
    fc.record({ mode: modes, arrivals: fc.array(answerArbitrary(hostile), { minLength: 1, maxLength: 4 }) }),
    async ({ mode, arrivals }) => {
      for (const { texts, summary } of await playBoth(mode, SECRET, arrivals)) {
        for (const text of texts) {
          const dangerous = /[\p{C}\p{Zl}\p{Zp}]|::|##\[/u.exec(text.replace(/\n\n$/, ''))?.[0];
          tight(dangerous === undefined, `${JSON.stringify(dangerous)} in ${JSON.stringify(text)}`);
          tight(text.length < MOST_CHARACTERS, `${text.length} characters are shown`);
        }
        const inert = /^\*\*Informatica Cloud Session: [a-z ]+\.\*\* `[^`\n]*`\n\n$/.test(summary);
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
        arrival: answerArbitrary(fc.constant(text)),
      }),
    ),
    async ({ mode, secret, arrival }) => {
      const runs = await playBoth(mode, secret, [arrival]);
      const shown = runs.flatMap(({ texts }) => texts).find((text) => shows(text, secret));
      tight(shown === undefined, `shown: ${JSON.stringify(shown)}`);
    },
  ),
];

/** Three texts of 500 characters, in as many UTF-16 units as they may take, and the words around them. */
const MOST_CHARACTERS = 3 * 1_000 + 1_000;
const SECRET = 'fake-4711-Secret';

function scriptOf(meetings: readonly Meeting[]): JobScript {
  const left = [...meetings];
  return {
    meet: async (call, _, vendor) => {
      const meeting = left.shift();
      if (meeting?.kind === 'gateway') {
        if (meeting.heard) await vendor.answer(call);
        return meeting;
      }
      if (meeting?.isLate) vendor.endSessions();
      const delivery = await vendor.answer(call, meeting?.settings);
      return { met: { name: 'a proper answer', came: { kind: 'truth' } }, delivery };
    },
  };
}

/** Main and post, each for itself, against the same answers, and then nothing. */
async function playBoth(
  mode: Mode,
  secret: string,
  arrivals: readonly Arrival[],
): Promise<readonly StepRun[]> {
  const given: Readonly<Record<string, string>> = {
    mode,
    'server-url': 'https://pod.informaticacloud.com/saas',
    'session-id': secret,
    'login-url': 'dm-us',
    username: 'someone@example.com',
    password: secret,
  };
  const values = inputValues((name) => given[name] ?? '');
  const worldWith = () => {
    const left = [...arrivals];
    return new VirtualWorld(new VirtualClock(), {
      meet: async () => ({ delivery: left.shift()?.delivery }),
    });
  };
  const mainWorld = worldWith();
  const main = await playMain(values, mainWorld);
  harmless(mainWorld.sent.length > 0, 'nothing was sent');
  const post = await playPost(
    writeState({ kind: 'pending', inputs: values, heard: 0, opened: undefined }),
    worldWith(),
  );
  return [main, post];
}
