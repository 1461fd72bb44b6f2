import { describe, expect, test } from '@jest/globals';
import { type ApiVersion, readApiVersion } from '../../../src/inputs/choices.ts';
import { INPUT_NAMES, type InputName, inputValues } from '../../../src/inputs/values.ts';
import { validateInputs } from '../../../src/requests/validate-inputs.ts';
import {
  logoutallValues,
  logoutValues,
  PASSWORD,
  received,
  requestOf,
  SERVER_URL,
  SESSION_ID,
  v2Object,
  v3Object,
  validInputs,
  valuesOf,
} from '../support.ts';

const problems = (inputs: ReturnType<typeof valuesOf>) => {
  const validated = validateInputs(inputs);
  return validated.ok ? [] : validated.problems;
};

describe('the request', () => {
  test('logout, as the vendor page shows it', () => {
    const { http, maxCredentialUses, attemptTimeoutMs, urlInput, kind } = requestOf(logoutValues());
    expect(http).toEqual({
      method: 'POST',
      url: new URL('https://usw3.dm-us.informaticacloud.com/saas/api/v2/user/logout'),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', icSessionId: SESSION_ID },
      body: '',
    });
    expect({ maxCredentialUses, attemptTimeoutMs, urlInput }).toEqual({
      maxCredentialUses: Number.POSITIVE_INFINITY,
      attemptTimeoutMs: 15_000,
      urlInput: 'server-url',
    });
    expect(kind).toBe('logout');
  });

  test('logoutall, as the vendor page shows it', () => {
    const { http, maxCredentialUses, attemptTimeoutMs, urlInput, kind } = requestOf(logoutallValues());
    expect(http).toEqual({
      method: 'POST',
      url: new URL('https://dm-us.informaticacloud.com/ma/api/v2/user/logoutall'),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: `{"@type":"logout","username":"pipeline@example.com","password":"${PASSWORD}"}`,
    });
    // Giving up on a slow response means sending the password again, and accounts lock.
    expect({ maxCredentialUses, attemptTimeoutMs, urlInput }).toEqual({
      maxCredentialUses: 3,
      attemptTimeoutMs: Number.POSITIVE_INFINITY,
      urlInput: 'login-url',
    });
    expect(kind).toBe('logoutall');
  });

  test.each([
    ['logout', requestOf(logoutValues()), SESSION_ID],
    ['logoutall', requestOf(logoutallValues()), PASSWORD],
  ])('%s: a text that repeats its secret is withheld', (_, request, secret) => {
    const validation = JSON.stringify(
      request.classify(received(400, v2Object('X_1', 400, `What is ${secret}?`))),
    );
    expect(validation).toContain('withheld');
    expect(validation).not.toContain(secret);
  });

  test('the path of a trusted server stays', () => {
    const { url } = requestOf(logoutValues({ 'server-url': 'http://127.0.0.1:81/a/' })).http;
    expect(url.href).toBe('http://127.0.0.1:81/a/api/v2/user/logout');
  });

  test('the session id and the user name are trimmed, of the password only its line end', () => {
    const { headers } = requestOf(logoutValues({ 'session-id': `\n ${SESSION_ID}\t\n` })).http;
    expect(headers['icSessionId']).toBe(SESSION_ID);
    const { body } = requestOf(logoutallValues({ username: ' me ', password: ' pass"word \n' })).http;
    expect(JSON.parse(body)).toEqual({ '@type': 'logout', username: 'me', password: ' pass"word ' });
  });
});

describe('a logout by version 3', () => {
  const v3 = (given: Partial<Record<InputName, string>>) =>
    valuesOf({ mode: 'logout', 'api-version': '3', 'session-id': SESSION_ID, ...given });
  const host = 'https://dm-us.informaticacloud.com';

  test.each<[string, Partial<Record<InputName, string>>, InputName, string]>([
    ['the login host', { 'login-url': host }, 'login-url', `${host}/saas/public/core/v3/logout`],
    ['its short name', { 'login-url': 'dm-us' }, 'login-url', `${host}/saas/public/core/v3/logout`],
    [
      'the base URL, where that alone is given',
      { 'server-url': SERVER_URL },
      'server-url',
      `${SERVER_URL}/public/core/v3/logout`,
    ],
    [
      'the base URL with a slash at its end',
      { 'server-url': `${SERVER_URL}/` },
      'server-url',
      `${SERVER_URL}/public/core/v3/logout`,
    ],
    [
      'the login host, where both are given',
      { 'login-url': host, 'server-url': SERVER_URL },
      'login-url',
      `${host}/saas/public/core/v3/logout`,
    ],
    [
      'the base URL, where the login host is blank',
      { 'login-url': ' \n', 'server-url': SERVER_URL },
      'server-url',
      `${SERVER_URL}/public/core/v3/logout`,
    ],
  ])('goes to %s', (_, given, urlInput, href) => {
    const request = requestOf(v3(given));
    expect(request.http).toEqual({
      method: 'POST',
      url: new URL(href),
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'INFA-SESSION-ID': SESSION_ID,
      },
      body: '',
    });
    // It is the input that a report says to check.
    expect(request).toMatchObject({ urlInput, kind: 'logout' });
  });

  test('is judged as the one of version 2, and as repeatable', () => {
    const { classify, maxCredentialUses, attemptTimeoutMs } = requestOf(v3({ 'login-url': host }));
    expect([maxCredentialUses, attemptTimeoutMs]).toEqual([Number.POSITIVE_INFINITY, 15_000]);
    expect(classify(received(200))).toMatchObject({ kind: 'success' });
    expect(classify(received(401, v3Object('AUTH_01')))).toMatchObject({ kind: 'session-gone' });
    expect(classify(received(403, v3Object('AUTH_02')))).toMatchObject({ kind: 'rejected' });
  });

  test.each<[string, Partial<Record<InputName, string>>, string]>([
    ['neither URL', {}, 'login-url is missing'],
    ['a wrong login host', { 'login-url': 'https://evil.example', 'server-url': SERVER_URL }, 'login-url '],
    ['a wrong base URL', { 'server-url': 'https://evil.example' }, 'server-url '],
    ['no session id', { 'login-url': host, 'session-id': '' }, 'session-id is missing'],
  ])('wants what it needs: %s', (_, given, text) => {
    expect(problems(v3(given))).toEqual([expect.stringMatching(`^${text}`)]);
  });

  test('its post step makes the same of what is kept', () => {
    for (const given of [{ 'login-url': host }, { 'server-url': SERVER_URL }]) {
      const values = v3({ ...given, password: PASSWORD });
      const { forPost } = validInputs(values);
      expect(forPost).toEqual({ ...values, password: '' });
      expect(requestOf(forPost).http).toEqual(requestOf(values).http);
    }
  });
});

describe('api-version', () => {
  test.each<[string, ApiVersion]>([
    ['', 2],
    [' \n', 2],
    ['2', 2],
    ['v2', 2],
    [' V2\n', 2],
    ['3', 3],
    ['v3', 3],
    ['V3 ', 3],
  ])('%j is %i', (given, value) => {
    expect(readApiVersion(valuesOf({ 'api-version': given }))).toEqual({ ok: true, value });
  });

  test.each(['1', '4', 'v', '2.0', '02', 'v 3', 'two', '23'])('%j is refused, in both modes', (given) => {
    const text = 'api-version is neither 2 nor 3: give 2 or 3.';
    expect(problems(logoutValues({ 'api-version': given }))).toEqual([text]);
    expect(problems(logoutallValues({ 'api-version': given }))).toEqual([text]);
  });

  test('version 3 has no logoutall', () => {
    const text = 'api-version 3 has no logoutall: leave api-version out, because only version 2 offers it.';
    expect(problems(logoutallValues({ 'api-version': 'v3' }))).toEqual([text]);
    expect(problems(logoutallValues({ 'api-version': 'v2' }))).toEqual([]);
  });
});

describe.each([
  ['logout', logoutValues],
  ['logoutall', logoutallValues],
])('checks that only a login can do, in %s', (mode, values) => {
  test('verify: always', () => {
    expect(problems(values({ verify: ' always' }))).toEqual([
      `verify cannot be always in mode: ${mode}, because the check needs the response to the login: ` +
        'give it to the step with mode: login, and leave it out here.',
    ]);
  });

  test('verify with other values', () => {
    const form = 'give auto, always or never.';
    expect(problems(values({ verify: 'AUTO' }))).toEqual([`verify is not written in lower case: ${form}`]);
    expect(problems(values({ verify: 'true' }))).toEqual([
      `verify is not one of the accepted words: ${form}`,
    ]);
  });

  test.each(['', ' ', 'auto', ' auto\n'])('verify: %j, the default, is left alone', (verify) => {
    expect(problems(values({ verify }))).toEqual([]);
    expect(validInputs(values({ verify })).notes).toEqual([]);
  });

  test('verify: never has no effect, so it is only a note', () => {
    expect(validInputs(values({ verify: 'never' })).notes).toEqual([`verify: no effect in mode: ${mode}.`]);
  });

  test.each(['0012ab', 'not an id'])('organization-id: %j', (id) => {
    expect(problems(values({ 'organization-id': id }))).toEqual([
      expect.stringMatching(
        `^organization-id cannot be checked in mode: ${mode}: .* step with mode: login.*leave .* out here\\.$`,
      ),
    ]);
    expect(problems(values({ 'organization-id': ' \n' }))).toEqual([]);
  });
});

test('logoutall: the problem with organization-id names the recipe', () => {
  expect(problems(logoutallValues({ 'organization-id': '0012ab' }))).toEqual([
    'organization-id cannot be checked in mode: logoutall: add a step with mode: login, organization-id and verify: always ' +
      'before this one (it fails if the organization is another one), and leave organization-id out here.',
  ]);
});

describe('the notes', () => {
  test('none, as a rule', () => {
    expect([validInputs(logoutValues()).notes, validInputs(logoutallValues()).notes]).toEqual([[], []]);
  });

  test('that the password loses its line end; not where it is not sent', () => {
    const password = `${PASSWORD}\r\n`;
    expect(validInputs(logoutallValues({ password })).notes).toEqual([expect.stringContaining('line break')]);
    expect(validInputs(logoutValues({ password })).notes).toEqual(['password: no effect in mode: logout.']);
  });

  const loginValues = (given: Partial<Record<InputName, string>>) =>
    valuesOf({ mode: 'login', 'login-url': 'dm-us', ...given });
  const USER = { username: 'me', password: PASSWORD };
  const ORG = { 'organization-id': '0012ab' };
  const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
  const V3 = { 'api-version': 'v3', 'server-url': '' };

  test.each<[string, ReturnType<typeof valuesOf>, string]>([
    [
      'of other modes, in one line',
      logoutValues({ ...USER, audience: 'x', 'session-id-variable': 'PATH' }),
      'username, password, audience, session-id-variable: no effect in mode: logout.',
    ],
    [
      'the login URL in version 2',
      logoutValues({ 'login-url': 'dm-us' }),
      'login-url: no effect with api-version: 2.',
    ],
    [
      'of another mode and of another version',
      logoutValues({ username: 'x', 'login-url': 'x' }),
      'login-url: no effect with api-version: 2; username: no effect in mode: logout.',
    ],
    [
      'the server URL beside the login URL',
      logoutValues({ 'api-version': '3', 'login-url': 'dm-us' }),
      'server-url: no effect with login-url.',
    ],
    [
      'of logout in logoutall',
      logoutallValues({ 'server-url': '*', 'session-id': 'x', 'allow-already-ended': ' TRUE' }),
      'server-url, session-id, allow-already-ended: no effect in mode: logoutall.',
    ],
    [
      'of what ends a session in login',
      loginValues({ ...USER, when: 'job-end', 'allow-already-ended': 'true' }),
      'when, allow-already-ended: no effect in mode: login.',
    ],
    [
      'an audience beside a password',
      loginValues({ ...USER, audience: 'x' }),
      'audience: no effect with username and password.',
    ],
    [
      'an audience beside a token',
      loginValues({ ...ORG, 'oauth-token': TOKEN, audience: 'x' }),
      'audience: no effect with oauth-token.',
    ],
  ])('inputs without effect: %s', (_, inputs, note) => {
    expect(validInputs(inputs).notes).toEqual([note]);
  });

  test.each<[string, ReturnType<typeof valuesOf>]>([
    ['the defaults', loginValues({ ...USER, 'allow-already-ended': 'False', when: ' now' })],
    ['an audience for GitHub’s token', loginValues({ ...ORG, audience: 'x' })],
    ['the login URL in version 3', logoutValues({ ...V3, 'login-url': 'dm-us' })],
    ['the server URL in version 3', logoutValues({ 'api-version': '3' })],
    ['blanks', logoutValues({ username: ' ', password: '\n', 'login-url': ' ' })],
    [
      'what has an effect in each mode',
      logoutallValues({ 'timeout-seconds': '7', 'on-cleanup-failure': 'fail' }),
    ],
    [
      'what a logout is told',
      logoutValues({ when: 'job-end', 'allow-already-ended': 'true', summary: 'false' }),
    ],
  ])('nothing on %s', (_, inputs) => {
    expect(validInputs(inputs).notes).toEqual([]);
  });
});

describe('the settings', () => {
  const settings = (given: Partial<Record<InputName, string>>) => validInputs(logoutValues(given)).settings;
  const defaults = {
    when: 'now',
    timeoutMs: 60_000,
    allowAlreadyEnded: false,
    onCleanupFailure: 'warn',
    summary: true,
  };

  test('the defaults, also where an expression came out empty', () => {
    expect(settings({})).toEqual(defaults);
    const empty = {
      when: '',
      'timeout-seconds': ' ',
      'allow-already-ended': '',
      'on-cleanup-failure': '\n',
      summary: '',
    };
    expect(settings(empty)).toEqual(defaults);
  });

  test.each<[InputName, string, object]>([
    ['when', 'now', { when: 'now' }],
    ['when', ' job-end\n', { when: 'job-end' }],
    ['timeout-seconds', '1', { timeoutMs: 1_000 }],
    ['timeout-seconds', ' 240 ', { timeoutMs: 240_000 }],
    ['timeout-seconds', '007', { timeoutMs: 7_000 }],
    ['allow-already-ended', 'true', { allowAlreadyEnded: true }],
    ['allow-already-ended', ' TRUE ', { allowAlreadyEnded: true }],
    ['allow-already-ended', 'False', { allowAlreadyEnded: false }],
    ['on-cleanup-failure', 'warn', { onCleanupFailure: 'warn' }],
    ['on-cleanup-failure', 'fail', { onCleanupFailure: 'fail' }],
    ['summary', 'false', { summary: false }],
    ['summary', 'true', { summary: true }],
  ])('%s: %j', (name, value, changed) => {
    expect(settings({ [name]: value })).toEqual({ ...defaults, ...changed });
  });
});

const MODE_NAMES = 'login, logout or logoutall';

describe('each problem, in a sentence that names the input', () => {
  test.each<[InputName, string, string]>([
    ['mode', '', `mode is missing: give ${MODE_NAMES}.`],
    ['mode', ' ', `mode is missing: give ${MODE_NAMES}.`],
    ['mode', 'Logout', `mode is not written in lower case: give ${MODE_NAMES}.`],
    ['mode', 'constructor', `mode is not one of the accepted words: give ${MODE_NAMES}.`],
    ['when', 'later', 'when is not one of the accepted words: give now or job-end.'],
    ['when', 'Job-End', 'when is not written in lower case: give now or job-end.'],
    ['timeout-seconds', '0', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '241', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '-1', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '1.5', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '1e2', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '0x10', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '60s', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '0060', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['allow-already-ended', 'yes', 'allow-already-ended is neither true nor false: give true or false.'],
    [
      'on-cleanup-failure',
      'error',
      'on-cleanup-failure is not one of the accepted words: give warn or fail.',
    ],
    ['summary', '1', 'summary is neither true nor false: give true or false.'],
    ['session-id', '', 'session-id is missing'],
    ['session-id', 'None', 'session-id looks like'],
    ['server-url', '', 'server-url is missing'],
    ['trusted-hosts', '*.example.com', 'trusted-hosts has an entry that is not a host name'],
  ])('%s: %j', (name, value, text) => {
    expect(problems(logoutValues({ [name]: value }))).toEqual([expect.stringContaining(text)]);
  });

  test.each<[InputName, string, string]>([
    [
      'username',
      '',
      'username is missing: probably no secret of that name exists here (a misspelt name is empty).',
    ],
    ['username', '  ', 'Give the user name of Informatica Intelligent Cloud Services.'],
    [
      'password',
      '',
      'password is missing: probably no secret of that name exists here (a misspelt name is empty).',
    ],
    ['password', ' \n ', 'Give the password of Informatica Intelligent Cloud Services.'],
    ['password', 'a\nb', 'password contains a line break'],
    ['login-url', '', 'login-url is missing'],
    ['login-url', 'USW5', 'login-url names a pod'],
  ])('logoutall, %s: %j', (name, value, text) => {
    expect(problems(logoutallValues({ [name]: value }))).toEqual([expect.stringContaining(text)]);
  });
});

describe('all problems at once', () => {
  const named = (inputs: ReturnType<typeof valuesOf>) =>
    problems(inputs).map((text) => /^[\w-]+/.exec(text)?.[0]);
  // Every value is marked, to be found again if a message should repeat it.
  const marked = inputValues((name) => `zqx ${name} zqx`);
  const settings = [
    'when',
    'timeout-seconds',
    'allow-already-ended',
    'on-cleanup-failure',
    'summary',
    'trusted-hosts',
  ];

  test('logout', () => {
    const inputs = { ...marked, mode: 'logout' };
    expect(named(inputs)).toEqual([
      'api-version',
      'server-url',
      'session-id',
      'organization-id',
      'verify',
      ...settings,
    ]);
  });

  test('logoutall', () => {
    const inputs = { ...marked, mode: 'logoutall', username: '', password: '' };
    expect(named(inputs)).toEqual([
      'login-url',
      'username',
      'password',
      'api-version',
      'organization-id',
      'verify',
      ...settings,
    ]);
  });

  test.each([
    ['Logout', ['mode', 'api-version', 'server-url', 'session-id', 'organization-id', 'verify']],
    [' LogoutAll', ['mode', 'login-url', 'username', 'password', 'api-version', 'organization-id', 'verify']],
    ['LOGIN', ['mode', 'api-version', 'login-url', 'oauth-token', 'session-id-variable', 'verify']],
  ])('a mode in other letters: %s', (mode, names) => {
    const inputs = { ...marked, mode, username: '"', password: '\n' };
    expect(named(inputs)).toEqual(expect.arrayContaining([...names, ...settings]));
    expect(problems(inputs)[0]).toBe(`mode is not written in lower case: give ${MODE_NAMES}.`);
  });

  test('without a mode, those of the other inputs', () => {
    expect(named(marked)).toEqual(['mode', ...settings]);
  });

  test('wrong trusted hosts do not hide or make a problem', () => {
    const hosts = { 'trusted-hosts': '*.example.com' };
    expect(named(logoutValues({ ...hosts, 'server-url': 'https://a.example.com' }))).toEqual([
      'trusted-hosts',
    ]);
    expect(named(logoutValues({ ...hosts, 'server-url': 'http://127.0.0.1:80' }))).toEqual(['trusted-hosts']);
    expect(named(logoutValues({ ...hosts, 'session-id': '' }))).toEqual(['session-id', 'trusted-hosts']);
  });

  test.each(['logout', 'logoutall', 'zqx'])('none repeats what was given (%s)', (mode) => {
    const wrongUrls = [
      'https://zqx.example',
      'http://zqx.example',
      'https://zqx@x.example',
      'https://x.example?zqx',
    ];
    for (const url of ['zqx zqx', 'https://x.informaticacloud.com/zqx/api/v2', ...wrongUrls]) {
      for (const id of ['zqx\nzqx', `zqx\${{ zqx }}`, 'Bearer zqx', '"zqx"', '{"zqx":1}', 'zqx']) {
        const inputs = {
          ...marked,
          mode,
          'server-url': url,
          'login-url': url,
          'session-id': id,
          username: `"${id}"`,
          password: `zqx\n${id}`,
        };
        expect(problems(inputs).length).toBeGreaterThan(5);
        expect(problems(inputs).join()).not.toContain('zqx');
      }
    }
  });
});

describe('what is kept for the post step', () => {
  /** To give them in another mode is an input error. */
  const LOGIN_CHECKS: Partial<Record<InputName, string>> = { verify: 'auto', 'organization-id': ' ' };
  /** What of all inputs a mode does not keep. */
  const dropped = (values: ReturnType<typeof valuesOf>) => {
    const given = inputValues((name) => values[name] || (LOGIN_CHECKS[name] ?? `other ${name}`));
    const { forPost } = validInputs({ ...given, 'api-version': '2', 'trusted-hosts': 'a.example' });
    expect(Object.keys(forPost)).toEqual([...INPUT_NAMES]);
    return INPUT_NAMES.filter((name) => forPost[name] === '');
  };
  const ofLogin = [
    'organization-id',
    'oauth-token',
    'audience',
    'session-id-variable',
    'server-url-variable',
    'access-token',
    'access-token-variable',
    'verify',
  ];

  test('logout: nothing of another mode, neither its password nor its token', () => {
    expect(dropped(logoutValues())).toEqual(['username', 'password', ...ofLogin]);
  });

  test('logoutall: nothing of another mode, neither its session id nor its token', () => {
    expect(dropped(logoutallValues())).toEqual(['server-url', 'session-id', ...ofLogin]);
  });

  test('what is kept is as it was given', () => {
    const values = logoutValues({ 'trusted-hosts': ' a.example\n', password: PASSWORD });
    expect(validInputs(values).forPost).toEqual({ ...values, password: '' });
  });

  test.each([
    ['logout', logoutValues({ 'timeout-seconds': '7', 'on-cleanup-failure': 'fail', summary: 'false' })],
    [
      'logoutall',
      logoutallValues({ 'login-url': 'a.example', 'trusted-hosts': 'a.example', password: ' p ' }),
    ],
  ])('%s: its inputs for post make the same request', (_, inputs) => {
    const validated = validInputs(inputs);
    // Functions are made anew each time.
    const request = { ...requestOf(inputs), classify: expect.any(Function) };
    expect(validInputs(validated.forPost)).toEqual({
      ...validated,
      notes: [],
      task: { kind: 'end', request },
      trusted: expect.any(Function),
    });
  });
});
