import { describe, expect, test } from '@jest/globals';
import { INPUT_NAMES, type InputName, inputValues } from '../../src/inputs/values.ts';
import { readOrder } from '../../src/requests/modes.ts';
import { inputsOf, logoutallInputs, logoutInputs, orderOf, PASSWORD, SESSION_ID } from './support.ts';

const problems = (inputs: ReturnType<typeof inputsOf>) => {
  const order = readOrder(inputs);
  return order.ok ? [] : order.problems;
};

describe('the request', () => {
  test('logout, as the vendor page shows it', () => {
    expect(orderOf(logoutInputs()).request).toEqual({
      call: {
        url: 'https://usw3.dm-us.informaticacloud.com/saas/api/v2/user/logout',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          icSessionId: SESSION_ID,
        },
        body: '',
      },
      credential: 'session-id',
      secrets: [SESSION_ID],
      subject: 'the session',
      host: 'usw3.dm-us.informaticacloud.com',
      urlInput: 'server-url',
    });
  });

  test('logoutall, as the vendor page shows it', () => {
    expect(orderOf(logoutallInputs()).request).toEqual({
      call: {
        url: 'https://dm-us.informaticacloud.com/ma/api/v2/user/logoutall',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: `{"@type":"logout","username":"pipeline@example.com","password":"${PASSWORD}"}`,
      },
      credential: 'password',
      secrets: [PASSWORD],
      subject: 'every v2 session of the organization',
      host: 'dm-us.informaticacloud.com',
      urlInput: 'login-url',
    });
  });

  test('the session id and the user name are trimmed, the password is not', () => {
    const { headers } = orderOf(logoutInputs({ 'session-id': `\n ${SESSION_ID}\t\n` })).request.call;
    expect(headers['icSessionId']).toBe(SESSION_ID);
    const spaced = { username: ' me ', password: ' pass"word\n' };
    const { call, secrets } = orderOf(logoutallInputs(spaced)).request;
    expect(JSON.parse(call.body)).toEqual({ '@type': 'logout', username: 'me', password: ' pass"word\n' });
    expect(secrets).toEqual([' pass"word\n']);
  });

  test('a session id may have 16,000 characters, and those of Latin-1', () => {
    for (const id of ['j'.repeat(16_000), 'a b~!"{}', 'é\u00ff', '$ {{ x }}', '}}']) {
      expect(orderOf(logoutInputs({ 'session-id': id })).request.call.headers['icSessionId']).toBe(id);
    }
  });
});

describe('the settings', () => {
  const settings = (given: Partial<Record<InputName, string>>) => orderOf(logoutInputs(given)).settings;
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

describe('each problem, in a sentence that names the input', () => {
  test.each<[InputName, string, string]>([
    ['mode', '', 'mode is missing: give logout or logoutall.'],
    ['mode', ' ', 'mode is missing: give logout or logoutall.'],
    ['mode', 'Logout', 'mode is none of the accepted words: give logout or logoutall.'],
    ['mode', 'constructor', 'mode is none of the accepted words: give logout or logoutall.'],
    ['when', 'later', 'when is none of the accepted words: give now or job-end.'],
    ['timeout-seconds', '0', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '241', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '-1', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '1.5', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '1e2', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '0x10', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '60s', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['timeout-seconds', '0060', 'timeout-seconds is not a whole number from 1 to 240.'],
    ['allow-already-ended', 'yes', 'allow-already-ended is neither true nor false: give one of the two.'],
    ['on-cleanup-failure', 'error', 'on-cleanup-failure is none of the accepted words: give warn or fail.'],
    ['summary', '1', 'summary is neither true nor false: give one of the two.'],
    ['session-id', '', 'session-id is missing'],
    ['session-id', ' \n', 'session-id is missing'],
    [
      'session-id',
      `\${{ steps.login.outputs.id }}`,
      'session-id still holds an unexpanded expression ("${{")',
    ],
    ['session-id', 'null', 'session-id is in quotes, or is what a missing field prints as'],
    ['session-id', 'undefined', 'session-id is in quotes, or is what a missing field prints as'],
    ['session-id', '"7hFake"', 'session-id is in quotes, or is what a missing field prints as'],
    ['session-id', "'7hFake'", 'session-id is in quotes, or is what a missing field prints as'],
    ['session-id', 'abc${{', 'session-id still holds an unexpanded expression ("${{")'],
    ['session-id', 'two\nlines', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a\r\nicSessionId: b', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a\tb', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a\u0000b', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a\u007fb', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a€b', 'session-id has characters that no HTTP header can carry'],
    ['session-id', 'a😀b', 'session-id has characters that no HTTP header can carry'],
  ])('%s: %j', (name, value, text) => {
    expect(problems(logoutInputs({ [name]: value }))).toEqual([expect.stringContaining(text)]);
  });

  test.each<[InputName, string, string]>([
    ['username', '', 'username is missing: give the Informatica Intelligent Cloud Services username.'],
    ['username', '  ', 'username is missing'],
    ['password', '', 'password is missing: give the Informatica Intelligent Cloud Services password.'],
    ['password', ' \n ', 'password is missing'],
    ['login-url', '', 'login-url is missing'],
  ])('logoutall, %s: %j', (name, value, text) => {
    expect(problems(logoutallInputs({ [name]: value }))).toEqual([expect.stringContaining(text)]);
  });
});

describe('all problems at once', () => {
  const named = (inputs: ReturnType<typeof inputsOf>) =>
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
    const inputs = { ...marked, mode: 'logout', 'session-id': 'zqx\nzqx' };
    expect(named(inputs)).toEqual([...settings, 'server-url', 'session-id']);
  });

  test('logoutall', () => {
    const inputs = { ...marked, mode: 'logoutall', username: '', password: '' };
    expect(named(inputs)).toEqual([...settings, 'login-url', 'username', 'password']);
  });

  test('without a mode, those of the other inputs', () => {
    expect(named(marked)).toEqual(['mode', ...settings]);
  });

  test('wrong trusted hosts do not hide or make a problem', () => {
    const hosts = { 'trusted-hosts': '*.example.com' };
    expect(named(logoutInputs({ ...hosts, 'server-url': 'https://a.example.com' }))).toEqual([
      'trusted-hosts',
    ]);
    expect(named(logoutInputs({ ...hosts, 'session-id': '' }))).toEqual(['trusted-hosts', 'session-id']);
  });

  test.each(['logout', 'logoutall', 'zqx'])('none repeats what was given (%s)', (mode) => {
    const wrongUrls = [
      'https://zqx.example',
      'http://zqx.example',
      'https://zqx@x.example',
      'https://x.example?zqx',
    ];
    for (const url of ['zqx zqx', 'https://x.informaticacloud.com/zqx/api/v2', ...wrongUrls]) {
      for (const id of ['zqx\nzqx', `zqx\${{ zqx }}`]) {
        const inputs = { ...marked, mode, 'server-url': url, 'login-url': url, 'session-id': id };
        expect(problems(inputs).length).toBeGreaterThan(5);
        expect(problems(inputs).join()).not.toContain('zqx');
      }
    }
  });
});

describe('what is kept for the post step', () => {
  const full = inputValues((name) => inputsOf({})[name] || `other ${name}`);

  test('logout: nothing of logoutall, neither its password', () => {
    const given = { ...full, ...logoutInputs({ 'trusted-hosts': 'a.example' }), password: PASSWORD };
    const { kept } = orderOf(given);
    expect(kept).toEqual({ ...given, 'login-url': '', username: '', password: '' });
    expect(Object.keys(kept)).toEqual([...INPUT_NAMES]);
  });

  test('logoutall: nothing of logout, neither its session id', () => {
    const given = { ...full, ...logoutallInputs({ 'trusted-hosts': 'a.example' }), 'session-id': SESSION_ID };
    expect(orderOf(given).kept).toEqual({ ...given, 'server-url': '', 'session-id': '' });
  });

  test.each([
    ['logout', logoutInputs({ 'timeout-seconds': '7', 'on-cleanup-failure': 'fail', summary: 'false' })],
    [
      'logoutall',
      logoutallInputs({ 'login-url': 'a.example', 'trusted-hosts': 'a.example', password: ' p ' }),
    ],
  ])('%s: it makes the same order', (_, inputs) => {
    const order = orderOf(inputs);
    expect(orderOf(order.kept)).toEqual(order);
  });
});
