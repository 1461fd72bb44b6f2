import { describe, expect, test } from '@jest/globals';
import { judge } from '../../proof/judge/judge.ts';
import { MODE_PROFILES, type Mode } from '../../proof/modes.ts';
import { type Encounter, type Form, PROPER } from '../../proof/responses/form.ts';
import type { SentRequest, StepRecord, Trial } from '../../proof/trial.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { brokenBy, stepSaying } from './support.ts';

const SECRET = 'Q7xK2mZp9LwV4tRb';

/** A step that said so, in its line and in its result. */
function step(line: string, result = ''): StepRecord {
  return stepSaying(line, {
    stateFile: '{"kind":"settled"}',
    masks: [SECRET],
    outputs: { result, 'status-code': '200' },
  });
}

const ENDED = step('Ended the session', 'ended');
const ALREADY = step('Error: Already ended: the session', 'already-ended');
const FAILED = step(`Error: ${UNCONFIRMED_END}: the session`, 'failed');
const QUIET = step('Nothing to clean up');
const WARNS = step(`Warning: ${UNCONFIRMED_END}: the session`);
const POST_ENDED = step('Ended the session');

type Changed = Partial<Trial> & { readonly metInMain?: number };

/** A trial with a session that stays open, one of main's requests, and a server that works again. */
function trial(
  main: StepRecord,
  post: StepRecord | undefined,
  met: readonly Encounter[],
  changed: Changed = {},
): Trial {
  const { metInMain = met.length, mode = 'logout', ...others } = changed;
  return {
    label: 'a trial',
    mode,
    when: 'now',
    allowAlreadyEnded: false,
    main,
    post,
    sent: met.map((one, index) => sent(mode, index < metInMain ? 'main' : 'post', one)),
    secrets: [SECRET],
    accessTokens: [],
    credential: SECRET,
    openBefore: [SECRET],
    openAfterMain: [SECRET],
    openAfterPost: [SECRET],
    getsWell: true,
    interrupted: false,
    mayMissLast: false,
    saveFailed: false,
    unmasked: false,
    foreignConnections: 0,
    ...others,
  };
}

function sent(mode: Mode, step: 'main' | 'post', met: Encounter): SentRequest {
  return {
    step,
    purpose: MODE_PROFILES[mode].purposes[step],
    met,
    effect: met === PROPER ? 'session-ended' : undefined,
    token: '',
    opened: [],
    openThen: [],
  };
}

const met = (name: string, form: Form): Encounter => ({ name, form, from: 'gateway' });
const PAGE = met('a page', { kind: 'other', status: 200 });
const SIGN_IN = met('401 with a page', { kind: 'other', status: 401 });
const NOT_FOUND = met('404 with a page', { kind: 'other', status: 404 });
const REDIRECT = met('a redirect', { kind: 'other', status: 302 });
const TOO_MANY = met('429', { kind: 'other', status: 429 });
const LOST = met('nothing', { kind: 'nothing' });
const SUCCESS = met('an empty 200', { kind: 'success' });
const BARE_401 = met('a bare 401', { kind: 'bare-401' });
const DEAD = met('AUTH_01', { kind: 'error', about: 'session', status: 401, code: 'AUTH_01' });
const REFUSED = met('a refusal', { kind: 'error', about: 'nothing', status: 400, code: 'APP_1' });
const ENDS = { openAfterMain: [], openAfterPost: [] };
const POST_ENDS = { openAfterPost: [] };
const ALL = { mode: 'logoutall' } as const;

describe('the judge sees', () => {
  test.each<[string, Trial, readonly number[]]>([
    ['a page taken for the end', trial(ENDED, QUIET, [PAGE], { metInMain: 1 }), [1, 2]],
    ['a sign-in page taken for a dead session', trial(ALREADY, QUIET, [SIGN_IN]), [1, 2]],
    ['"ended" for a bare 401 behind a 429', trial(ENDED, QUIET, [TOO_MANY, BARE_401]), [1]],
    ['"already ended" for a success', trial(ALREADY, QUIET, [SUCCESS]), [1]],
    ['a green main that is not done', trial(step('?', 'failed'), WARNS, [PAGE]), [1, 2]],
    ['a quiet post behind a redirect', trial(FAILED, QUIET, [REDIRECT]), [1, 2]],
    ['"ended" of what was gone', trial(ENDED, QUIET, [TOO_MANY, DEAD], { ...ENDS, openBefore: [] }), [1]],
    [
      'a line that is not the result',
      trial({ ...ENDED, ...FAILED, log: ENDED.log }, WARNS, [LOST], ENDS),
      [1],
    ],
    ['a session left', trial(FAILED, WARNS, [NOT_FOUND]), [2]],
    ['a session left without a post', trial(FAILED, undefined, [NOT_FOUND]), [2]],
    [
      'a password that was never checked',
      trial({ ...FAILED, dueMs: 5_000 }, undefined, [TOO_MANY], ALL),
      [2],
    ],
    ['a green main without a post', trial(step('?', 'scheduled'), undefined, [REDIRECT]), [1]],
    ['"ended" without a post', trial(ENDED, undefined, [PAGE]), [1, 2]],
    [
      'a session left though post sent one request',
      trial(FAILED, WARNS, [NOT_FOUND, NOT_FOUND], { metInMain: 1 }),
      [2],
    ],
    ['a request after a refusal', trial(FAILED, WARNS, [REFUSED, REFUSED]), [3]],
    [
      'a request after a redirect',
      trial(FAILED, POST_ENDED, [REDIRECT, REDIRECT, PROPER], { ...POST_ENDS, metInMain: 2 }),
      [3],
    ],
    [
      'a third try of a 404',
      trial(FAILED, POST_ENDED, [...Array(3).fill(NOT_FOUND), PROPER], { ...POST_ENDS, metInMain: 3 }),
      [3],
    ],
    [
      'a seventh try of a page',
      trial(FAILED, POST_ENDED, [...Array(7).fill(PAGE), PROPER], { ...POST_ENDS, metInMain: 7 }),
      [3],
    ],
    ['a password after 401', trial(FAILED, WARNS, [SIGN_IN, PROPER], { ...ALL, ...ENDS, metInMain: 1 }), [3]],
    ['a fourth password', trial(FAILED, WARNS, Array(4).fill(LOST), { ...ALL, metInMain: 2 }), [3]],
    ['a foreign host', trial(ENDED, QUIET, [PROPER], { ...ENDS, foreignConnections: 1 }), [3]],
    ['a post that fails the job', trial(FAILED, FAILED, [LOST], ENDS), [3]],
    ['a secret in the log', trial({ ...ENDED, stdout: SECRET }, QUIET, [PROPER], ENDS), [4]],
    ['a link in the summary', trial({ ...ENDED, summary: '[x](y)' }, QUIET, [PROPER], ENDS), [4]],
    ['a secret that stays', trial({ ...ENDED, stateFile: SECRET }, QUIET, [PROPER], ENDS), [4]],
    [
      'a secret that is not masked',
      trial({ ...FAILED, stateFile: SECRET, masks: [] }, WARNS, [LOST], ENDS),
      [4],
    ],
    ['a step over its time', trial({ ...ENDED, durationMs: 4_500 }, QUIET, [PROPER], ENDS), [5]],
    ['a step over its memory', trial({ ...ENDED, memoryMiB: 101 }, QUIET, [PROPER], ENDS), [5]],
  ])('%s', (_what, played, broken) => {
    expect(brokenBy(judge(played))).toEqual(broken);
  });
});

describe('the judge excuses, and counts', () => {
  test.each<[string, Trial]>([
    ['an empty 200', trial(ENDED, QUIET, [SUCCESS])],
    ['a bare 401', trial(ALREADY, QUIET, [BARE_401])],
    ['the same without a post', trial(ALREADY, undefined, [BARE_401])],
    ['a bare 401 behind a lost attempt', trial(ENDED, QUIET, [LOST, BARE_401])],
    ["a gateway's error object", trial(FAILED, QUIET, [REFUSED])],
    ['the same in post', trial(FAILED, POST_ENDED, [PAGE, SUCCESS], { metInMain: 1 })],
  ])('%s', (_what, played) => {
    expect(judge(played)).toEqual({ problems: [], excused: true });
  });
});

describe('the judge lets pass', () => {
  test.each<[string, Trial]>([
    ['an end', trial(ENDED, QUIET, [PROPER], ENDS)],
    ['an end at the second try', trial(ENDED, QUIET, [PAGE, PROPER], ENDS)],
    ['an end in post', trial(FAILED, POST_ENDED, [REDIRECT, PROPER], { ...POST_ENDS, metInMain: 1 })],
    ['a redirect without a post', trial(FAILED, undefined, [REDIRECT])],
    ['a password that may have been checked', trial(FAILED, undefined, [LOST], ALL)],
    [
      'a password that could not be counted',
      trial(FAILED, undefined, [TOO_MANY], { ...ALL, saveFailed: true }),
    ],
    ['redirects all the way', trial(FAILED, WARNS, [REDIRECT, REDIRECT], { metInMain: 1 })],
    ['404 all the way', trial(FAILED, WARNS, Array(4).fill(NOT_FOUND), { metInMain: 2 })],
    ['the same page all the way', trial(FAILED, WARNS, Array(12).fill(PAGE), { metInMain: 6 })],
    ['three passwords', trial(FAILED, WARNS, Array(3).fill(LOST), { ...ALL, metInMain: 2 })],
    [
      'more passwords behind 429',
      trial(ENDED, QUIET, [...Array(5).fill(TOO_MANY), PROPER], { ...ALL, ...ENDS }),
    ],
    ['a password that met a sign-in page', trial(FAILED, WARNS, [SIGN_IN], ALL)],
    ['a refusal of the server', trial(FAILED, QUIET, [{ name: 'no', form: REFUSED.form }])],
    ['a server that never gets well', trial(FAILED, WARNS, [LOST], { getsWell: false })],
    ['a code span in the summary', trial({ ...ENDED, summary: 'It said `[x](y)`' }, QUIET, [PROPER], ENDS)],
  ])('%s', (_what, played) => {
    expect(judge(played)).toEqual({ problems: [], excused: false });
  });
});
