import { describe, expect, test } from '@jest/globals';
import type { Happening } from '../../../proof/responses/table.ts';
import type { TrialWithPost } from '../../../proof/trial.ts';
import { USER } from '../../../proof/virtual/vendor.ts';
import type { Inputs } from '../../../runner/index.ts';
import type { HttpRequest } from '../../../src/http.ts';
import {
  expectHidden,
  expectRed,
  LOGIN_V2,
  LOGIN_V3,
  LOGOUT_V2,
  NOT_CONFIRMED,
  NOT_OPENED,
  OPENED,
  WARNED,
} from '../../action/login-support.ts';
import { errorTextV2, errorTextV3, RETRY_LINE, SIGN_IN_PAGE } from '../../action/support.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import { at } from '../responses/rows.ts';
import { lost, noResponse, wire } from '../support.ts';
import { handedOver, response } from './happenings.ts';
import { ending, jobThatMeets, shown } from './table-job.ts';

// `action/login-responses.test.ts`, `attacker-cases.test.ts` and `response-forms.test.ts` play some of these with the bundles.

/** A login's main and its post: these one after the other, and then the vendor's own responses. */
function loginThatMeets(
  happenings: readonly Happening[] | ((index: number) => Happening | undefined),
  { inputs = {}, timeoutSeconds = 60 }: { readonly inputs?: Inputs; readonly timeoutSeconds?: number } = {},
) {
  const meets = typeof happenings === 'function' ? happenings : (index: number) => happenings[index];
  const mode = inputs['api-version'] === '3' ? 'login-v3' : 'login';
  const given = { verify: 'auto', summary: 'true', ...inputs };
  return jobThatMeets(mode, meets, { inputs: given, timeoutSeconds });
}

/** What each request was, without the parts of its path that all have. */
function sentPaths({ calls }: { readonly calls: readonly HttpRequest[] }): readonly string[] {
  return calls.map(({ url }) => url.pathname.replace(/^\/(ma|saas)\/(api|public\/core)\//, ''));
}

function openedInAll({ sent }: TrialWithPost): number {
  return sent.flatMap(({ opened }) => opened).length;
}

const HTML = '<html><title>Sign in</title></html>';
const opens = { effect: true } as const;
const lostResponse = handedOver('a lost response', noResponse(lost, true), true);

describe('refused: red, once, and nothing is left for the post step', () => {
  test.each([
    ['2', 400, 'UI_10000', LOGIN_V2],
    ['2', 401, 'UI_10000', LOGIN_V2],
    ['2', 403, 'UI_10000', LOGIN_V2],
    ['3', 401, 'IDS_085', LOGIN_V3],
    ['3', 403, 'IDS_085', LOGIN_V3],
  ] as const)('version %s, HTTP %i', async (version, status, code, login) => {
    const message = 'User name or password is not valid.';
    const text = version === '2' ? errorTextV2(status, code, message) : errorTextV3(code, message);
    const inputs = { 'api-version': version, password: 'Wrong-Secret-77' };
    const trial = await loginThatMeets(() => response(status, text), { inputs });
    const { main, post } = trial;
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain(`${code} "${message}"`);
    expect(main.outputs).toMatchObject({
      attempts: '1',
      'status-code': String(status),
      'error-code': code,
      'error-message': message,
    });
    expect(sentPaths(trial)).toEqual([login]);
    expectHidden([main, post], 'Wrong-Secret-77');
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test.each([
    ['a locked account', response(403, errorTextV3('IDS_086', 'Locked.')), /don't run the job again/],
    ['an error object under 200', response(200, errorTextV2(500, 'X_1')), /X_1/],
    ['bad credentials under 500', response(500, errorTextV2(401, 'UI_10000')), /UI_10000/],
    ['a 404', response(404, errorTextV2(404, 'X_404')), /check login-url/],
  ])('%s', async (_name, happening, said) => {
    const { main, post, calls } = await loginThatMeets([happening]);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toMatch(said);
    expect(calls).toHaveLength(1);
    expect(post.annotations).toEqual([]);
  });

  test('text of the server that repeats the password is withheld', async () => {
    const text = errorTextV2(401, 'UI_10000', `No: ${USER.password}`);
    const { main, post } = await loginThatMeets([response(401, text)]);
    expectHidden([main, post], USER.password);
    expect(main.outputs['error-message']).toContain('withheld');
  });

  test('ordinary words that the password contains too are shown', async () => {
    const inputs = { password: 'Password1!' };
    const text = errorTextV2(401, 'UI_10000', 'User name or password is not valid.');
    const { main, post } = await loginThatMeets([response(401, text)], { inputs });
    expect(ending(main)).toContain('UI_10000 "User name or password is not valid."');
    expect(main.outputs).toMatchObject({ 'error-code': 'UI_10000' });
    expectHidden([main, post], inputs.password);
  });
});

describe('lost or unclear, though it may have reached the server', () => {
  test.each([
    ['RST', lostResponse],
    ['a body that breaks off', handedOver('a broken body', wire.brokenOff(200), true)],
    ['a gateway’s page', response(200, HTML, opens)],
    ['a gateway’s 502', response(502, HTML, opens)],
    ['a success object', response(200, '{"@type":"success"}', opens)],
    ['an empty 200', response(200, '', opens)],
    ['a bare 503', response(503, '', opens)],
    ['503 with Retry-After', response(503, '', { ...opens, headers: { 'Retry-After': '1' } })],
    ['408', response(408, HTML, opens)],
  ])('%s, then a session: green, with a warning', async (_name, happening) => {
    const trial = await loginThatMeets([happening], { timeoutSeconds: 10 });
    const { main, post, openAfterPost } = trial;
    expect(main).toMatchObject({ exitCode: 0, outputs: { result: 'opened', attempts: '2' } });
    expect(ending(main)).toMatch(OPENED);
    expect(main.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(WARNED) }]);
    expect(main.annotations[0]?.message).toMatch(/^A session /);
    expect(sentPaths(trial)).toEqual([LOGIN_V2, LOGIN_V2, LOGOUT_V2]);
    // The warning is about the session of the lost response. The other one is ended.
    expect(openAfterPost).toHaveLength(1);
    expect(openedInAll(trial)).toBe(2);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test('twice, then a session: two may be open', async () => {
    const { main, openAfterPost } = await loginThatMeets([lostResponse, lostResponse]);
    expect(main.exitCode).toBe(0);
    expect(main.annotations).toEqual([
      { level: 'warning', message: expect.stringMatching(/^2 sessions may be open/) },
    ]);
    expect(openAfterPost).toHaveLength(2);
  });

  test.each([
    ['warn', lostResponse],
    ['fail', lostResponse],
    ['warn', response(200, HTML, opens)],
    ['fail', response(200, HTML, opens)],
    ['warn', response(408, '', opens)],
    ['warn', response(408, errorTextV2(408, 'X_1'), opens)],
    ['fail', response(502, SIGN_IN_PAGE, opens)],
  ] as const)(
    'always, on-cleanup-failure: %s: red after three logins, and all of them are told (%#)',
    async (how, happening) => {
      const inputs = { 'on-cleanup-failure': how };
      const trial = await loginThatMeets(() => happening, { inputs });
      const { main, post, openAfterPost } = trial;
      expectRed(main);
      expect(ending(main)).toMatch(NOT_CONFIRMED);
      expect(ending(main)).toContain('3 sessions may be open');
      expect(sentPaths(trial)).toEqual([LOGIN_V2, LOGIN_V2, LOGIN_V2]);
      expect(ending(post)).toMatch(how === 'fail' ? /^Error: 3 sessions may/ : /^Warning: 3 sessions may/);
      expect(post.exitCode).toBe(how === 'fail' ? 1 : 0);
      expect(openAfterPost).toHaveLength(3);
    },
  );

  test('then a refusal: red, and the first is still told of', async () => {
    const refusal = response(403, errorTextV2(403, 'UI_10000'));
    const { main, post, calls } = await loginThatMeets([lostResponse, refusal]);
    expectRed(main);
    expect(ending(main)).toMatch(NOT_OPENED);
    expect(ending(main)).toContain(' A session may be open');
    expect(ending(post)).toMatch(
      /^Warning: A session may be open .*: the main step sent a login of .+ to dm-us\.informaticacloud\.com, /,
    );
    expect(calls).toHaveLength(2);
  });
});

describe('what has opened nothing leaves post nothing to say', () => {
  const elsewhere = { Location: 'https://login.example.com/' };
  test.each([
    ['a redirect', response(302, '', { headers: elsewhere }), 1, /to login\.example\.com/],
    ['an unclear 404', response(404, HTML), 2, /a web page \(HTTP 404, text\/html\)/],
    ['an empty 401', response(401), 1, /check username, password and login-url/],
    ['a 401 with a page', response(401, HTML), 1, /not retried in this job/],
    ['a 403 of a firewall', response(403, '{"blocked":true}'), 1, /not retried in this job/],
  ])('%s', async (_name, happening, requests, said) => {
    const trial = await loginThatMeets(() => happening);
    const { main, post } = trial;
    expectRed(main);
    expect(ending(main)).toMatch(NOT_CONFIRMED);
    expect(ending(main)).toMatch(said);
    expect(ending(main)).not.toContain('may be open');
    expect(sentPaths(trial)).toEqual(Array.from({ length: requests }, () => LOGIN_V2));
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  });

  test.each([
    ['429', 1, response(429, '', { headers: { 'Retry-After': '1' } })],
    ['503 with an error object', 1, response(503, errorTextV2(503, 'X_503'))],
    ['429, four times', 4, at(429)],
  ])('%s is "not now": again, as often as it takes, and no warning', async (_name, times, happening) => {
    const trial = await loginThatMeets((index) => (index < times ? happening : undefined));
    const { main, openAfterPost } = trial;
    expect(main.exitCode).toBe(0);
    expect(ending(main)).toMatch(OPENED);
    expect(main.annotations).toEqual([]);
    expect(main.log.filter((line) => RETRY_LINE.test(line))).toHaveLength(times);
    expect(main.log.join('\n')).not.toContain('may be open');
    expect(sentPaths(trial)).toEqual([...Array(times + 1).fill(LOGIN_V2), LOGOUT_V2]);
    expect(openAfterPost).toEqual([]);
    expect(openedInAll(trial)).toBe(1);
  });
});

describe('at most ten requests of a job carry a credential, seven of them in main', () => {
  const BUSY: readonly (readonly [string, Happening])[] = [
    ['429', response(429, errorTextV2(429, 'UI_2', 'Too many requests.'))],
    ['425', at(425)],
    ['503 with an error object', response(503, errorTextV2(503, 'X_1'))],
  ];

  test.each(BUSY)('login, %s always', async (_name, happening) => {
    const { main, post, calls, openAfterPost } = await loginThatMeets(() => happening, {
      timeoutSeconds: 240,
    });
    expectRed(main);
    expect(calls).toHaveLength(7);
    expect(post.annotations).toEqual([]);
    expect(openAfterPost).toEqual([]);
  });

  test.each(BUSY)('logoutall, %s always', async (_name, happening) => {
    const trial = await jobThatMeets('logoutall', () => happening, { timeoutSeconds: 240 });
    const { main, post, sent, openAfterPost } = trial;
    expect(shown(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(sent.filter(({ step }) => step === 'main')).toHaveLength(7);
    expect(shown(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
    expect(sent).toHaveLength(10);
    expect(openAfterPost).toHaveLength(1);
  });
});

describe('a session whose id is in hand is ended at once, whatever else the response says', () => {
  /** The login worked, and its true response comes under this status, with these fields beside. */
  const opening = (status: number, beside: object = {}): Happening => ({
    name: `a session under ${status}`,
    form: { kind: 'user-object', hasId: true, status },
    fault: () => ({
      kind: 'response',
      effect: true,
      status,
      body: (truth) => JSON.stringify({ ...JSON.parse(truth), ...beside }),
    }),
  });

  test.each([
    [
      'an error object beside it',
      opening(200, { code: 'USER_0', description: 'Beside.' }),
      /USER_0 "Beside\."/,
    ],
    ['202', opening(202), /status 202/],
    ['403', opening(403), /status 403/],
    ['500 with an error object', opening(500, { code: 'UI_10000', message: 'No.' }), /UI_10000/],
    ['302', opening(302), /status 302/],
  ])('%s', async (_name, happening, said) => {
    const trial = await loginThatMeets([happening]);
    const { main, post, openAfterPost } = trial;
    expectRed(main);
    expect(ending(main)).toMatch(/^Error: Opened a session of .* It was ended at once\.$/);
    expect(ending(main)).toMatch(said);
    expect(openAfterPost).toEqual([]);
    expect(openedInAll(trial)).toBe(1);
    expect(sentPaths(trial).filter((path) => path === LOGIN_V2)).toHaveLength(1);
    expect(post.annotations).toEqual([]);
  });
});
