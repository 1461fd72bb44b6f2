import * as fc from 'fast-check';
import { visible } from '../../runner/index.ts';
import { judge } from '../judge/judge.ts';
import { playJob } from '../virtual/job.ts';
import { playBoth, type StepKind } from './both.ts';
import { weighted } from './draw.ts';
import { echoes } from './echo-arbitrary.ts';
import { issues, jobScript, meetings, setups, TOKEN_SERVICE } from './jobs.ts';
import { shows, showsPassword } from './leak.ts';
import { CASES_OF_MODES, type Property, property } from './property.ts';
import { hostile, responseArbitrary } from './response-arbitrary.ts';
import { tight, Violation } from './violation.ts';

/** logout and logoutall are each as frequent as all logins together. */
const stepKinds = weighted<StepKind>(
  [4, fc.constant('session-id')],
  [4, fc.constant('password')],
  [4, fc.constantFrom<StepKind[]>('login', 'login-v3', 'token', 'issued-token', 'bearer')],
);

export const responseProperties: readonly Property[] = [
  property(
    'cases of responses, judged by the ledger',
    fc.record({ setup: setups, meetings, issues: fc.option(issues, { nil: undefined }) }),
    async ({ setup, meetings, issues }) => {
      const trial = await playJob(setup, jobScript(meetings, issues));
      const { problems, excused } = judge(trial);
      const [problem] = problems;
      if (problem !== undefined) throw new Violation(problem);
      tight(!visible(trial.main).includes(TOKEN_SERVICE.bearer), 'what the token service wants is shown');
      return excused;
    },
    CASES_OF_MODES,
  ),
  property(
    'cases of hostile text in responses',
    fc.record({
      kind: stepKinds,
      results: fc.array(responseArbitrary(hostile), { minLength: 1, maxLength: 4 }),
    }),
    async ({ kind, results }) => {
      for (const {
        run: { texts, summary },
      } of await playBoth(kind, SECRETS[kind], results)) {
        for (const text of new Set(texts)) {
          const dangerous = /[\p{C}\p{Zl}\p{Zp}]|::|##\[/u.exec(text.replace(/\n\n$/, ''))?.[0];
          tight(dangerous === undefined, `${JSON.stringify(dangerous)} in ${JSON.stringify(text)}`);
          tight(text.length < MOST_CHARACTERS, `${text.length} characters are shown`);
        }
        const inert = /^(\*\*Informatica Cloud Session:\*\* `[^`\n]*`\n\n)?$/.test(summary);
        tight(inert, `markup in ${JSON.stringify(summary)}`);
      }
    },
    CASES_OF_MODES,
  ),
  property(
    'cases of secrets in responses',
    echoes.chain(({ kind, secret, text }) =>
      fc.record({
        kind: fc.constant(kind),
        secret: fc.constant(secret),
        result: responseArbitrary(fc.constant(text)),
      }),
    ),
    async ({ kind, secret, result }) => {
      const knowing = (await playBoth(kind, secret, [result])).filter(({ knows }) => knows);
      const shown = knowing
        .map(({ run, isPassword }) => {
          const showsIt = isPassword ? showsPassword : shows;
          return [...new Set(run.texts)].find((text) => showsIt(text, secret));
        })
        .find((text) => text !== undefined);
      tight(shown === undefined, `shown: ${JSON.stringify(shown)}`);
    },
    CASES_OF_MODES,
  ),
];

/** Three texts of 500 characters in UTF-16 units, and the text around them. */
const MOST_CHARACTERS = 3 * 1_000 + 1_000;
const SECRET = 'fake-4711-Secret';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lb25lIn0.c2lnbmF0dXJlNDcxMQ';
const SECRETS: Readonly<Record<StepKind, string>> = {
  'session-id': SECRET,
  password: SECRET,
  login: SECRET,
  'login-v3': SECRET,
  token: TOKEN,
  'issued-token': TOKEN,
  bearer: SECRET,
};
