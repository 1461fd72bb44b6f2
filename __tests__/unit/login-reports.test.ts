import { describe, expect, test } from '@jest/globals';
import type { Outcome, UnknownEnding } from '../../src/exchange/outcome.ts';
import { type InputName, inputValues } from '../../src/inputs/values.ts';
import { idleReport } from '../../src/report/idle-report.ts';
import { openedOutputs } from '../../src/report/login-outputs.ts';
import {
  type Flaw,
  notExposedReport,
  openedReport,
  repeatedText,
  type SessionEnding,
} from '../../src/report/login-report.ts';
import { notOpenedReport } from '../../src/report/not-opened-report.ts';
import { postReport, type Verification } from '../../src/report/post-report.ts';
import { possiblyOpenText, sessionLifetimeText } from '../../src/report/session-lifetime.ts';
import {
  claimLines,
  type TokenFailure,
  tokenFailureText,
  tokenHints,
  tokenRetryText,
} from '../../src/report/token-text.ts';
import { idTokenRequest } from '../../src/requests/id-token.ts';
import { type ValidatedInputs, validateInputs } from '../../src/requests/validate-inputs.ts';
import type { ReportedRequest } from '../../src/responses/api-request.ts';
import type { LoginResponse, Session } from '../../src/responses/user-object.ts';

type NotDone = Exclude<Outcome<LoginResponse>, { kind: 'success' }>;
type Given = Partial<Record<InputName, string>>;

function validInputs(given: Given): ValidatedInputs {
  const inputs = validateInputs(inputValues((name) => given[name] ?? ''));
  if (!inputs.ok) throw new Error(inputs.problems.join('\n'));
  return inputs.value;
}

const LOGIN = { mode: 'login', 'login-url': 'dm-us' } as const;
const byPassword = validInputs({
  ...LOGIN,
  username: 'me',
  password: 'Zq7-kettle-93!',
  'organization-id': '0012ab',
});
const byToken = validInputs({ ...LOGIN, 'organization-id': '0012ab' });
const { settings } = byPassword;

function loginOf({ task }: ValidatedInputs) {
  if (task.kind !== 'open') throw new Error('no login');
  return task.login;
}
function requestOf(inputs: ValidatedInputs): ReportedRequest<LoginResponse> {
  const { authMethod } = loginOf(inputs);
  return authMethod.kind === 'github' ? authMethod.request('e30') : authMethod.request;
}

const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const EXPIRING = jwt({ exp: 1_900_000_000 });
const EXPIRY = '2030-03-17T17:46:40Z';
const TOKEN = jwt({ exp: 1_800_000_000 });
const TOKEN_EXPIRY = '2027-01-15T08:00:00Z';
const ID = 'Qm3ZtV8rXk5LwB1nYc7D';
const DEFAULT = '30 minutes unless the organization sets another';

const session = (sessionId: string): Session => ({
  sessionId,
  serverUrl: new URL('https://usw3.dm-us.informaticacloud.com/saas'),
  organizationIds: ['4HrTfPaU1bVdKq8wLmXz2C', '0012ab'],
  organizationName: '',
  userName: 'me',
});
const done = (sessionId: string) =>
  ({
    kind: 'success',
    attempts: 1,
    possibleSuccesses: 0,
    statusCode: 200,
    value: { kind: 'session', session: session(sessionId) },
  }) as const;
const opening = (alreadySet: readonly string[] = []) => ({ login: loginOf(byPassword), alreadySet });

const WHERE =
  'a session of me in organization 4HrTfPaU1bVdKq8wLmXz2C on dm-us.informaticacloud.com (HTTP 200, 1 attempt)';

describe('opened', () => {
  test('all is well', () => {
    expect(openedReport(opening(), done(ID), session(ID), '')).toEqual({
      level: 'info',
      text: `Opened ${WHERE}. The post step ends it after all other steps.`,
      inSummary: true,
      outputs: {},
    });
  });

  test('a JWT says when it expires', () => {
    expect(openedReport(opening(), done(EXPIRING), session(EXPIRING), '').text).toBe(
      `Opened ${WHERE}. It expires at ${EXPIRY}. The post step ends it after all other steps.`,
    );
  });

  test('so does its access token', () => {
    expect(openedReport(opening(), done(ID), session(ID), TOKEN).text).toBe(
      `Opened ${WHERE}. Its access token expires at ${TOKEN_EXPIRY}. The post step ends it after all other steps.`,
    );
  });

  test.each([
    [1, 'A session may be open until'],
    [2, '2 sessions may be open, each until'],
  ])('after %i that may have reached the server', (sessions, text) => {
    expect(repeatedText(sessions)).toMatch(
      new RegExp(`^${text} its idle time-out, .*: a login was retried after one whose response was lost\\.$`),
    );
  });

  test('its outputs, the one that says "opened" last', () => {
    const outputs = openedOutputs(done(EXPIRING), session(EXPIRING), TOKEN);
    expect(outputs).toEqual({
      result: 'opened',
      'session-id': EXPIRING,
      'server-url': 'https://usw3.dm-us.informaticacloud.com/saas',
      'organization-id': '4HrTfPaU1bVdKq8wLmXz2C',
      'expires-at': EXPIRY,
      'access-token': TOKEN,
      'access-token-expires-at': TOKEN_EXPIRY,
      attempts: '1',
      'status-code': '200',
      'error-code': '',
      'error-message': '',
    });
    expect(Object.keys(outputs).at(-1)).toBe('result');
    expect(openedOutputs(done(ID), { ...session(ID), organizationIds: [] }, '')).toMatchObject({
      'organization-id': '',
      'expires-at': '',
      'access-token': '',
      'access-token-expires-at': '',
    });
  });
});

const BAD_GATEWAY = { kind: 'server-error', statusCode: 502, error: undefined } as const;
const WHY = 'HTTP 502 without an API error';

/** A flaw after two attempts to get an access token. */
function noToken(ending: UnknownEnding): Flaw {
  return {
    kind: 'no-access-token',
    outcome: {
      kind: 'unknown',
      wasSent: true,
      attempts: 2,
      credentialUses: 0,
      possibleSuccesses: 0,
      ...ending,
    },
    loginUrl: new URL('https://dm-us.informaticacloud.com'),
    sessionIdLength: 20,
  };
}

describe('opened, but not handed on', () => {
  const WHOSE = { user: 'me', organization: '4HrTfPaU1bVdKq8wLmXz2C' };
  const text = (flaw: Flaw, ending: SessionEnding, sessionId = ID, held: readonly string[] = []) =>
    notExposedReport(opening(held), done(sessionId), { sessionId, owner: WHOSE }, flaw, ending).text;

  test.each<[Flaw, string]>([
    [{ kind: 'field', field: 'serverUrl' }, 'serverUrl in the response is missing or invalid'],
    [
      { kind: 'organization', found: 'Sales (4HrTfPaU1bVdKq8wLmXz2C)' },
      'it is in organization Sales (4HrTfPaU1bVdKq8wLmXz2C), not 0012ab: check organization-id and the user',
    ],
    [
      { kind: 'organization', found: '' },
      'it is in an organization that the response does not name, not 0012ab: check organization-id and the user',
    ],
    [{ kind: 'not-saved' }, 'the state for the post step could not be saved'],
    [
      noToken({ gaveUp: 'time-spent', reason: BAD_GATEWAY }),
      `it got no access token in time (2 attempts): ${WHY}`,
    ],
    [
      noToken({ gaveUp: 'same-response', reason: BAD_GATEWAY }),
      `it got no access token (2 attempts): ${WHY}`,
    ],
    [
      noToken({ gaveUp: 'retry-after', reason: BAD_GATEWAY }),
      `it got no access token, because the server asks to wait for longer than the time left (2 attempts): ${WHY}`,
    ],
    [{ kind: 'not-handed-on' }, 'its outputs or variables could not be written'],
    [{ kind: 'cancelled' }, 'the step was cancelled'],
  ])('%j', (flaw, why) => {
    expect(text(flaw, 'ended')).toBe(`Opened ${WHERE}, but ${why}. It was ended at once.`);
  });

  test('in the wrong organization, by an id of digits alone: it may have lacked quotes', () => {
    const login = { ...loginOf(byPassword), organizationId: '123000' };
    const flaw = { kind: 'organization', found: 'Sales (0012ab)' } as const;
    const opened = { sessionId: ID, owner: { user: 'me', organization: '' } };
    const { text } = notExposedReport({ login, alreadySet: [] }, done(ID), opened, flaw, 'ended');
    expect(text).toBe(
      'Opened a session of me on dm-us.informaticacloud.com (HTTP 200, 1 attempt), but it is in organization Sales (0012ab), not 123000: ' +
        'check organization-id and the user; if the workflow has another ID, put it in quotes, because GitHub changes unquoted numbers. ' +
        'It was ended at once.',
    );
  });

  test.each<[SessionEnding, string, string]>([
    ['ended', ID, 'It was ended at once.'],
    ['left-to-post', ID, 'Its end was not confirmed: the post step tries again.'],
    ['may-be-open', ID, `Its end was not confirmed, so it may be open. ${sessionLifetimeText(ID)}`],
    [
      'may-be-open',
      EXPIRING,
      `it may be open. If it is still open, it expires at ${EXPIRY}, according to its ID, a JWT.`,
    ],
    ['cannot-be-ended', ID, `It is open, and nobody can end it without its ID. ${sessionLifetimeText('')}`],
  ])('%s', (ending, sessionId, said) => {
    expect(text({ kind: 'cancelled' }, ending, sessionId).endsWith(said)).toBe(true);
  });

  test('the outputs are those of the response without a token, and the attempts those of the login', () => {
    const flaw = noToken({ gaveUp: 'time-spent', reason: BAD_GATEWAY });
    expect(
      notExposedReport(opening(), done(ID), { sessionId: ID, owner: WHOSE }, flaw, 'ended').outputs,
    ).toMatchObject({
      attempts: '1',
      'status-code': '502',
      'error-code': '',
      'error-message': WHY,
    });
  });

  test('with what variables still hold', () => {
    expect(text({ kind: 'cancelled' }, 'ended', ID, ['A', 'B'])).toContain(
      'It was ended at once. The variable A still has the value that an earlier step set. The variable B still has',
    );
  });

  test('red, with all outputs of a session empty', () => {
    const report = notExposedReport(
      opening(),
      done(ID),
      { sessionId: ID, owner: WHOSE },
      { kind: 'cancelled' },
      'ended',
    );
    expect(report).toMatchObject({ level: 'error', inSummary: true });
    expect(report.outputs).toMatchObject({
      result: 'failed',
      'session-id': '',
      'server-url': '',
      'organization-id': '',
      'expires-at': '',
      'error-message': report.text,
    });
    expect(JSON.stringify(report)).not.toContain(ID);
  });
});

describe('not opened', () => {
  const error = { code: 'UI_10000', description: 'No.', requestId: '' };
  const refused = (more = {}) =>
    ({
      kind: 'rejected',
      attempts: 1,
      possibleSuccesses: 0,
      statusCode: 401,
      error,
      postMayRetry: false,
      likelyCauses: ['credentials', 'address'],
      date: undefined,
      ...more,
    }) as const;
  const attempt = (inputs: ValidatedInputs, token?: string, failure?: TokenFailure) => ({
    request: requestOf(inputs),
    token,
    failure,
  });
  const PASSWORD_REASONS =
    /check username, password and login-url; .*region, an expired password, a SAML user, .*second factor/;

  test('a password is refused, for the reasons that people meet', () => {
    const report = notOpenedReport(refused(), attempt(byPassword), ['A']);
    expect(report).toMatchObject({ level: 'error', inSummary: true });
    expect(report.outputs).toEqual({
      result: 'failed',
      attempts: '1',
      'status-code': '401',
      'error-code': 'UI_10000',
      'error-message': 'No.',
    });
    expect(report.text).toMatch(
      /^Not opened: a session of me in organization 0012ab on dm-us\.informaticacloud\.com\. The server says UI_10000 "No\." /,
    );
    expect(report.text).toMatch(PASSWORD_REASONS);
    expect(report.text).toMatch(/ The variable A still has the value that an earlier step set\.$/);
  });

  test('a token is rejected: what the vendor requires, and nothing about a password', () => {
    const { text } = notOpenedReport(refused(), attempt(byToken, EXPIRING), []);
    expect(text).toContain('check organization-id and login-url;');
    expect(text).not.toMatch(/password|SAML/);
    expect(text).toMatch(
      /Informatica requires a token to have an issuer that is registered .*the right audience, and the registered claim with the value of a user/,
    );
  });

  test('after one that may have reached the server', () => {
    const { text } = notOpenedReport(refused({ possibleSuccesses: 1 }), attempt(byPassword), []);
    expect(text).toMatch(/\. A session may be open .*: no response said otherwise\.$/);
  });

  test.each([byPassword, byToken])('that it is not sent again, and why, %#', (inputs) => {
    const reason = { kind: 'server-error', statusCode: 502, error: undefined } as const;
    const outcome: NotDone = {
      kind: 'unknown',
      wasSent: true,
      attempts: 3,
      possibleSuccesses: 3,
      credentialUses: 3,
      gaveUp: 'credential-used-up',
      reason,
    };
    const { text } = notOpenedReport(outcome, attempt(inputs), []);
    expect(text).toMatch(/^Not confirmed as opened: /);
    const why =
      inputs === byToken
        ? 'the server may have checked the token, and a token works only once'
        : 'another attempt could lock the account';
    expect(text).toContain(`; not retried in this job, because ${why}; last error: `);
    expect(text).toMatch(/3 sessions may be open, .*: no response said otherwise\.$/);
  });

  test('no token, before and after a first attempt', () => {
    const failure = { kind: 'no-permission' } as const;
    const none = {
      kind: 'unknown',
      wasSent: false,
      attempts: 0,
      possibleSuccesses: 0,
      credentialUses: 0,
      gaveUp: 'no-request',
      reason: undefined,
    } as const;
    const first = notOpenedReport(none, attempt(byToken, undefined, failure), []);
    expect(first.text).toBe(
      `Not opened: a session in organization 0012ab on dm-us.informaticacloud.com. ${tokenFailureText(failure)}`,
    );
    expect(first.outputs).toMatchObject({ attempts: '0', 'error-message': first.text });
    const reason = { kind: 'server-error', statusCode: 429, error: undefined } as const;
    const second = notOpenedReport(
      { ...none, wasSent: true, attempts: 1, reason },
      attempt(byToken, undefined, failure),
      [],
    );
    expect(second.text).toMatch(/^Not confirmed as opened: .*HTTP 429.* GitHub gives this job no ID token/);
  });
});

describe('of a token', () => {
  const request = idTokenRequest({ url: 'https://ids.example/x', bearer: 'B' }, 'a');
  if (request === undefined) throw new Error('no request');
  const serverError = (statusCode: number) =>
    ({ kind: 'server-error', statusCode, error: undefined }) as const;
  const unknown = {
    kind: 'unknown',
    wasSent: true,
    attempts: 2,
    possibleSuccesses: 0,
    credentialUses: 0,
    gaveUp: 'time-spent',
  } as const;

  test('why there is none', () => {
    expect(tokenFailureText({ kind: 'no-permission' })).toMatch(
      /`id-token: write` to the permissions of the job that runs this step \(they replace those of the workflow\), and of the calling job .*reusable workflow\. A pull request from a fork gets no token\. .*username and password were empty\.$/,
    );
    expect(tokenFailureText({ kind: 'no-service' })).toMatch(/neither https nor on loopback/);
    const had = (outcome: Exclude<Outcome<string>, { kind: 'success' }>) =>
      tokenFailureText({ kind: 'not-had', outcome, request });
    expect(had({ ...unknown, reason: serverError(500) })).toBe(
      'Could not get an ID token from GitHub (2 attempts): ids.example answered HTTP 500.',
    );
    expect(had({ ...unknown, reason: serverError(200) })).toMatch(/answered HTTP 200 without a token\.$/);
    expect(
      had({
        kind: 'rejected',
        attempts: 1,
        possibleSuccesses: 0,
        statusCode: 401,
        error: undefined,
        postMayRetry: false,
        likelyCauses: [],
        date: undefined,
      }),
    ).toBe('Could not get an ID token from GitHub (1 attempt): ids.example answered HTTP 401.');
    const failure = { kind: 'connection-refused', cause: undefined } as const;
    expect(had({ ...unknown, reason: { kind: 'network', failure } })).toMatch(
      /refused the connection: check ACTIONS_ID_TOKEN_REQUEST_URL, or the runner's firewall\.$/,
    );
  });

  test('that it is requested again', () => {
    expect(tokenRetryText(request, 2, serverError(403), 1_250)).toBe(
      "Attempt 2 to get GitHub's ID token: ids.example answered HTTP 403. Retrying in 1.3 s.",
    );
  });

  test('the claims that decide, in one order, a line each, and no other', () => {
    expect(
      claimLines(
        jwt({
          actor: 'x',
          iat: 1,
          exp: 1_900_000_000,
          sub: 'a\n::b::\u2028##[c]',
          aud: ['p', 'q'],
          iss: 'i',
          nbf: '2',
        }),
      ),
    ).toEqual([
      'iss: i',
      'aud: ["p","q"]',
      'sub: a : :b: : ## [c]',
      'exp: 1900000000 (2030-03-17T17:46:40.000Z)',
      'nbf: 2',
      'iat: 1 (1970-01-01T00:00:01.000Z)',
    ]);
    expect(claimLines(jwt({ sub: 's'.repeat(5_000), exp: 1e300 }))[0]).toHaveLength(505);
    expect(claimLines('not.a.token')).toEqual([]);
  });

  const NOW = 'Wed, 04 Nov 2026 10:00:00 GMT';
  const now = Date.parse(NOW) / 1000;
  test.each<[object, string | undefined, RegExp | undefined]>([
    [{ exp: now - 1 }, NOW, /^the token had expired according to the server's clock$/],
    [{ exp: now - 1 }, undefined, undefined],
    [{ exp: now - 1 }, 'soon', undefined],
    [{ exp: now + 1, nbf: now - 1 }, NOW, undefined],
    [{ nbf: now + 1 }, NOW, /^the token was not yet valid/],
    [{ iss: 'https://token.actions.githubusercontent.com' }, NOW, undefined],
    [
      { iss: 'https://token.actions.githubusercontent.com/acme' },
      NOW,
      /^its issuer belongs to an enterprise/,
    ],
    [{ iss: 'https://ghes.example/_services/token' }, NOW, undefined],
  ])('what can be seen of %j at %s', (claims, date, hint) => {
    const hints = tokenHints(jwt(claims), date);
    expect(hints).toEqual(hint === undefined ? [] : [expect.stringMatching(hint)]);
  });
});

describe('how long what was not ended lives', () => {
  test('by default, or as a JWT says', () => {
    expect(sessionLifetimeText(ID)).toContain(
      `until its idle time-out, ${DEFAULT}, or until it expires if its ID is a JWT.`,
    );
    expect(sessionLifetimeText(EXPIRING)).toContain(EXPIRY);
    expect(possiblyOpenText(1)).toBe(
      `A session may be open until its idle time-out, ${DEFAULT}, or until it expires if its ID is a JWT`,
    );
    expect(possiblyOpenText(3)).toMatch(/^3 sessions may/);
    expect(possiblyOpenText(4)).toMatch(/^4 sessions may be open, each until /);
  });
});

describe('the post step of a login', () => {
  const ending = validInputs({
    mode: 'logout',
    'server-url': 'https://x.informaticacloud.com/saas',
    'session-id': ID,
  });
  if (ending.task.kind !== 'end') throw new Error('no logout');
  const { request } = ending.task;
  const outcome = {
    kind: 'success',
    attempts: 1,
    possibleSuccesses: 0,
    statusCode: 200,
    value: true,
  } as const;
  const report = (
    verification: Verification,
    ifAlive: 'line' | 'clean-up-failure',
    how: 'warn' | 'fail' = 'warn',
  ) =>
    postReport(
      { outcome, verification, said: undefined, ifAlive },
      request,
      { ...settings, onCleanupFailure: how },
      EXPIRING,
    );

  test('ended, verified', () => {
    expect(report({ kind: 'verified' }, 'line')).toEqual({
      level: 'info',
      text: 'Ended the session on x.informaticacloud.com, verified: validSessionId reports it as invalid (1 attempt).',
      inSummary: true,
      outputs: {},
    });
    expect(report({ kind: 'not-due' }, 'line').text).toBe(
      'Ended the session on x.informaticacloud.com (HTTP 200, 1 attempt).',
    );
  });

  test.each([
    ['line', 'warn', 'info'],
    ['line', 'fail', 'info'],
    ['clean-up-failure', 'warn', 'warning'],
    ['clean-up-failure', 'fail', 'error'],
  ] as const)('still valid: %s, %s', (ifAlive, how, level) => {
    const { text, ...rest } = report({ kind: 'still-valid' }, ifAlive, how);
    expect(rest).toEqual({ level, inSummary: true, outputs: {} });
    expect(text).toMatch(
      /^Still valid: the session on .*An administrator can shorten the lifetime of .*JWT sessions/,
    );
    expect(text).toContain(EXPIRY);
    expect(text).not.toContain('Ended');
  });

  test.each([
    [
      'warn',
      1,
      'warning',
      /^A session may be open .*: the main step sent a login of me in organization Sales to dm-us, /,
    ],
    ['fail', 2, 'error', /^2 sessions may be open, /],
  ] as const)('a pending login: %s', (onCleanupFailure, sessions, level, said) => {
    const found = idleReport({
      kind: 'logging-in',
      host: 'dm-us',
      owner: { user: 'me', organization: 'Sales' },
      sessions,
      onCleanupFailure,
    });
    expect(found.level).toBe(level);
    expect(found.text).toMatch(said);
  });

  test('one that opened nothing', () => {
    expect(idleReport({ kind: 'settled', as: 'not-opened' })).toMatchObject({
      level: 'info',
      inSummary: false,
    });
  });
});
