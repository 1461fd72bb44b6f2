import { describe, expect, test } from '@jest/globals';
import { judge } from '../../proof/judge/judge.ts';
import { VARIABLES } from '../../proof/modes.ts';
import { type Encounter, type Form, PROPER, type Purpose } from '../../proof/responses/form.ts';
import type { SentRequest, StepRecord, Trial } from '../../proof/trial.ts';
import type { Effect } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { brokenBy, stepSaying } from './support.ts';

const ID = 'Q7xK2mZp9LwV4tRb';
const LOST_ID = 'another4711Session';
const PASSWORD = 'not-a-real-password';

function step(line: string, changed: Partial<StepRecord> = {}): StepRecord {
  const result = line.startsWith('Error') ? 'failed' : '';
  return stepSaying(line, { masks: [ID, PASSWORD], outputs: { result, 'status-code': '200' }, ...changed });
}

const SERVER_URL = 'https://pod.example/saas';
const HANDED_ON = { result: 'opened', 'session-id': ID, 'server-url': SERVER_URL, 'status-code': '200' };
const HANDED_ON_AS = { [VARIABLES.sessionId]: ID, [VARIABLES.serverUrl]: SERVER_URL };
const SAVED = { stateFile: `{"session-id":"${ID}"}` };
const OPENED = step('Opened a session', { outputs: HANDED_ON, env: HANDED_ON_AS, ...SAVED });
const OPENED_AND_PERHAPS = { ...OPENED, ...annotated('A session may be open until its time-out') };
const LOGGING_IN = { stateFile: '{"kind":"logging-in"}' };
const FAILED = step('Error: Not confirmed as opened: A session may be open until its time-out', LOGGING_IN);
const REFUSED = step('Error: Not opened', { stateFile: '{"kind":"settled"}' });
const POST_ENDED = step('Ended the session');
const QUIET = step('Nothing to clean up');
const WARNS = step(`Warning: ${UNCONFIRMED_END}: the session`);
const VERIFIED = step('Ended the session, verified: dead');
const STILL_VALID = step('Still valid: the session');

function annotated(message: string): Pick<StepRecord, 'annotations'> {
  return { annotations: [{ level: 'warning', message }] };
}

/** Without `effect` the request did not arrive. */
function sent(
  step: SentRequest['step'],
  purpose: Purpose,
  met: Encounter,
  effect?: Effect['kind'],
  more: Partial<SentRequest> = {},
): SentRequest {
  const opened = effect === 'session-opened' ? [ID] : [];
  const token = purpose === 'token-login' ? 'a token' : '';
  return { step, purpose, met, effect, token, opened, openThen: [], ...more };
}

const met = (name: string, form: Form): Encounter => ({ name, form });
const NOTHING = met('nothing', { kind: 'nothing' });
const TOO_MANY = met('429', { kind: 'other', status: 429 });
const NO = met('a refusal', { kind: 'error', about: 'account', status: 401, code: 'UI_10000' });
const USER_OBJECT = met('a user object', { kind: 'user-object', hasId: true });
const LOGIN = sent('main', 'login', PROPER, 'session-opened');
const LOST_LOGIN = sent('main', 'login', NOTHING, 'session-opened', { opened: [LOST_ID] });
const LOGOUT = sent('post', 'logout', PROPER, 'session-ended');
const LOST_LOGOUT = sent('post', 'logout', NOTHING, 'none');
const VALID = sent('post', 'validity', PROPER, 'none', { openThen: [ID] });
const IGNORED = sent('post', 'logout', PROPER, 'logout-ignored');

/** A login that has opened a session, and a post step that has ended it. */
function trial(changed: Partial<Trial> = {}): Trial {
  return {
    label: 'a trial',
    mode: 'login',
    when: 'now',
    allowAlreadyEnded: false,
    main: OPENED,
    post: POST_ENDED,
    sent: [LOGIN, LOGOUT],
    secrets: [ID, PASSWORD],
    accessTokens: [],
    credential: PASSWORD,
    openBefore: [],
    openAfterMain: [ID],
    openAfterPost: [],
    getsWell: true,
    interrupted: false,
    mayMissLast: false,
    saveFailed: false,
    unmasked: false,
    foreignConnections: 0,
    ...changed,
  };
}

const OPEN = { openAfterPost: [ID] };
const DEAD = met('dead', { kind: 'validity', isValid: false });
const SAYS_DEAD = sent('post', 'validity', DEAD);
const SAYS_VALID = sent('post', 'validity', met('valid', { kind: 'validity', isValid: true }));
const UNCLEAR = sent('post', 'logout', met('a page', { kind: 'other', status: 200 }));
const CONTROLLED = { ...OPENED, stateFile: `{"session-id":"${ID}","control":"valid"}` };
const REJECTED_AT_ONCE = sent(
  'main',
  'logout',
  met('an address', { kind: 'error', about: 'address', status: 403 }),
  'none',
);
/** Main had the signal, and says that the end of its session was not confirmed. */
const SHUT_DOWN = {
  ...OPEN,
  main: step('Error: Opened a session. Its end was not confirmed: the post step tries again.', {
    ...SAVED,
    cancelled: true,
  }),
  post: undefined,
};
const NOBODY = {
  main: FAILED,
  post: WARNS,
  sent: [LOST_LOGIN],
  openAfterMain: [LOST_ID],
  openAfterPost: [LOST_ID],
};

describe('the judge sees', () => {
  test.each<[string, Trial, readonly number[]]>([
    ['a session handed on that there is not', trial({ openAfterMain: [] }), [1]],
    ['a lost session that nobody tells of', trial({ ...NOBODY, main: REFUSED }), [1]],
    [
      'a second one that nobody tells of',
      trial({ ...NOBODY, sent: [LOST_LOGIN, LOST_LOGIN], openAfterPost: ['one', LOST_ID] }),
      [1],
    ],
    ['an alarm for nothing', trial({ main: OPENED_AND_PERHAPS }), [1]],
    ['a login that says opened and fails', trial({ main: { ...OPENED, exitCode: 1 } }), [1]],
    [
      'a green login that opened nothing',
      trial({
        main: step('?', LOGGING_IN),
        sent: [sent('main', 'login', NO, 'login-failed')],
        openAfterMain: [],
      }),
      [1],
    ],
    ['"ended" over a session that is open', trial({ ...OPEN, sent: [LOGIN, LOST_LOGOUT] }), [1, 2]],
    ['a quiet post over a session that is open', trial({ ...OPEN, post: QUIET, sent: [LOGIN] }), [1, 2]],
    [
      '"verified" that nobody said',
      trial({ post: VERIFIED, sent: [LOGIN, LOGOUT, sent('post', 'validity', NOTHING)] }),
      [1],
    ],
    [
      '"verified" of a session that is said to be valid',
      trial({
        ...OPEN,
        post: VERIFIED,
        sent: [LOGIN, IGNORED, sent('post', 'validity', PROPER, 'none', { openThen: [ID] })],
      }),
      [1],
    ],
    ['a session left', trial({ ...OPEN, post: WARNS, sent: [LOGIN, LOST_LOGOUT] }), [2]],
    [
      'a session left without a post, although the control said that it is dead',
      trial({ ...SHUT_DOWN, sent: [LOGIN, sent('main', 'validity', DEAD)] }),
      [2],
    ],
    ['a session handed on without a post', trial({ ...SHUT_DOWN, main: OPENED, sent: [LOGIN] }), [1, 2]],
    [
      'a rejected logout without a post that nobody tells of',
      trial({ ...SHUT_DOWN, main: step('Error: Opened a session', SAVED), sent: [LOGIN, REJECTED_AT_ONCE] }),
      [1],
    ],
    [
      'a response that was not saved',
      trial({
        main: { ...FAILED, ...annotated('A session may be open until') },
        ...OPEN,
        post: WARNS,
        sent: [LOGIN],
      }),
      [2],
    ],
    ['a login after its refusal', trial({ sent: [sent('main', 'login', NO), LOGIN, LOGOUT] }), [3]],
    ['a login after a good one', trial({ sent: [LOGIN, LOGIN, LOGOUT] }), [3]],
    [
      'a fourth login',
      trial({ ...NOBODY, sent: [LOST_LOGIN, ...Array(3).fill(sent('main', 'login', NOTHING))] }),
      [3],
    ],
    [
      'a token that is sent again',
      trial({
        main: OPENED_AND_PERHAPS,
        sent: [
          sent('main', 'token-login', NOTHING),
          sent('main', 'token-login', PROPER, 'session-opened'),
          LOGOUT,
        ],
      }),
      [3],
    ],
    ['a post that logs in', trial({ sent: [LOGIN, LOGOUT, sent('post', 'token-login', NO)] }), [3]],
    ['a second logout', trial({ sent: [LOGIN, LOGOUT, LOGOUT] }), [3]],
    [
      'a second verification in main',
      trial({ sent: [LOGIN, sent('main', 'validity', PROPER), sent('main', 'validity', PROPER), LOGOUT] }),
      [3],
    ],
    [
      'a logout after a verification that can be relied on',
      trial({ main: CONTROLLED, post: VERIFIED, sent: [LOGIN, UNCLEAR, SAYS_DEAD, LOGOUT] }),
      [3],
    ],
    [
      'the same, which said that it was valid before',
      trial({ post: VERIFIED, sent: [LOGIN, UNCLEAR, SAYS_VALID, SAYS_DEAD, LOGOUT] }),
      [3],
    ],
    [
      'a failed login that hands on',
      trial({ main: { ...FAILED, ...SAVED, env: { sessionId: ID } }, sent: [LOST_LOGIN, LOGOUT] }),
      [3, 4],
    ],
    ['a state with the password', trial({ main: { ...OPENED, stateFile: `${ID} ${PASSWORD}` } }), [4]],
    ['a session id in the log', trial({ main: { ...OPENED, stdout: ID } }), [4]],
    [
      'a session id in another output',
      trial({ main: { ...OPENED, outputs: { ...HANDED_ON, x: `${ID}.` } } }),
      [4],
    ],
    ['a session id that is not masked', trial({ main: { ...OPENED, masks: [PASSWORD] } }), [4]],
  ])('%s', (_what, played, broken) => {
    expect(brokenBy(judge(played))).toEqual(broken);
  });
});

describe('the judge excuses, and counts', () => {
  test.each<[string, Trial]>([
    [
      'a forged user object',
      trial({ sent: [sent('main', 'login', USER_OBJECT, 'none'), LOGOUT], openAfterMain: [] }),
    ],
    [
      'a refusal that opened a session',
      trial({
        ...NOBODY,
        main: REFUSED,
        sent: [sent('main', 'login', NO, 'session-opened', { opened: [LOST_ID] })],
      }),
    ],
    [
      'a "not now" that opened one',
      trial({
        openAfterPost: [LOST_ID],
        sent: [sent('main', 'login', TOO_MANY, 'session-opened', { opened: [LOST_ID] }), LOGIN, LOGOUT],
      }),
    ],
    ['a logout that was confirmed and ended nothing', trial({ ...OPEN, sent: [LOGIN, IGNORED] })],
    [
      'a response that says dead of a session that is alive',
      trial({
        ...OPEN,
        main: CONTROLLED,
        post: VERIFIED,
        sent: [LOGIN, IGNORED, SAYS_DEAD],
      }),
    ],
  ])('%s', (_what, played) => {
    expect(judge(played)).toEqual({ problems: [], excused: true });
  });
});

describe('the judge lets pass', () => {
  test.each<[string, Trial]>([
    ['a session of its own', trial()],
    ['a lost session that main tells of', trial(NOBODY)],
    ['the same without a post', trial({ ...NOBODY, post: undefined })],
    ['a rejected logout without a post', trial({ ...SHUT_DOWN, sent: [LOGIN, REJECTED_AT_ONCE] })],
    [
      'a logout without a post that takes all of the time',
      trial({
        ...SHUT_DOWN,
        sent: [LOGIN, sent('main', 'logout', { ...NOTHING, takesAllTime: true }, 'none')],
      }),
    ],
    [
      'a lost session before a good one',
      trial({ main: OPENED_AND_PERHAPS, sent: [LOST_LOGIN, LOGIN, LOGOUT], openAfterPost: [LOST_ID] }),
    ],
    [
      'a main killed before it could save, with a post that tells',
      trial({
        ...NOBODY,
        main: step('', { exitCode: null, signal: 'SIGKILL', outputs: {}, ...LOGGING_IN }),
        post: step('Warning: A session may be open until'),
        sent: [LOGIN],
        interrupted: true,
        mayMissLast: true,
      }),
    ],
    [
      'a session that outlives its logout, and is told of',
      trial({ ...OPEN, post: STILL_VALID, sent: [LOGIN, IGNORED, VALID] }),
    ],
    [
      'three logins',
      trial({
        ...NOBODY,
        sent: [LOST_LOGIN, sent('main', 'login', NOTHING), sent('main', 'login', NOTHING)],
      }),
    ],
    [
      'a token after "not now"',
      trial({
        mode: 'login-token',
        sent: [
          sent('main', 'token-login', TOO_MANY),
          sent('main', 'token-login', PROPER, 'session-opened'),
          LOGOUT,
        ],
      }),
    ],
    [
      'a verification after the end',
      trial({ sent: [LOGIN, LOGOUT, sent('post', 'validity', NOTHING), sent('post', 'validity', PROPER)] }),
    ],
    [
      'a logout after "dead" that nothing was there to rely on, and "valid" after it',
      trial({
        post: VERIFIED,
        sent: [LOGIN, UNCLEAR, SAYS_DEAD, LOGOUT, SAYS_VALID, sent('post', 'validity', PROPER)],
      }),
    ],
    [
      "the end at once of another organization's session, which post finishes",
      trial({
        main: step('Error: Opened a session in another organization, The post step ends it', SAVED),
        sent: [LOGIN, sent('main', 'logout', NOTHING, 'none'), LOGOUT],
      }),
    ],
  ])('%s', (_what, played) => {
    expect(judge(played)).toEqual({ problems: [], excused: false });
  });
});
