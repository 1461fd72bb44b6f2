import { describe, expect, test } from '@jest/globals';
import type { StepRecord } from '../../../proof/trial.ts';
import { VirtualClock } from '../../../proof/virtual/clock.ts';
import { recordOf } from '../../../proof/virtual/record.ts';
import { type MainRun, playMain, playPost, type StepRun } from '../../../proof/virtual/steps.ts';
import { VirtualWorld } from '../../../proof/virtual/world.ts';
import { visible } from '../../../runner/index.ts';
import { type InputName, inputValues } from '../../../src/inputs/values.ts';
import { pipeline } from '../../action/support.ts';
import { HOST_NAMES, HTTPS_ONLY, NOT_TRUSTED } from '../../message-patterns.ts';
import { LOGIN_HOST, SERVER_URL, SESSION_ID } from '../support.ts';

type Given = Partial<Record<InputName, string>>;
type Mode = 'login' | 'logout' | 'logoutall';

const RIGHT: Readonly<Record<Mode, Given>> = {
  login: { mode: 'login', 'login-url': LOGIN_HOST, ...pipeline },
  logout: { mode: 'logout', 'server-url': SERVER_URL, 'session-id': SESSION_ID },
  logoutall: { mode: 'logoutall', 'login-url': LOGIN_HOST, ...pipeline },
};

/** A login by a token of the user's, without a user name and a password. */
const BY_TOKEN: Given = {
  username: '',
  password: '',
  'organization-id': '000001',
  'oauth-token': 'eyJmYWtlIjoxfQ.eyJmYWtlIjoyfQ.ZmFrZS1zaWduYXR1cmU',
};

/** What a user sees of a step that is not cancelled. */
const seen = (run: StepRun | MainRun) => recordOf(run, Number.POSITIVE_INFINITY, 60_000);

/** A main step that may send nothing, and the state that it leaves. */
async function played(given: Given) {
  const meet = () => Promise.reject(new Error('A request was sent.'));
  const world = new VirtualWorld(new VirtualClock(), { meet });
  const run = await playMain(
    inputValues((name) => given[name] ?? ''),
    world,
  );
  expect(world.sent).toEqual([]);
  return { main: seen(run), state: run.state, world };
}

const lastLine = ({ log }: StepRecord) => log.at(-1) ?? '';

/** What the main step says is wrong, with everything else that a refused input must bring about. */
async function problemsWith(mode: Mode, inputs: Given): Promise<string[]> {
  const given = { ...RIGHT[mode], ...inputs };
  const { main, state, world } = await played(given);
  const post = seen(await playPost(state, world));
  expect(world.sent).toEqual([]);
  const [headline, ...problems] = lastLine(main).split('\n');
  expect(headline).toMatch(/^Wrong inputs, so nothing was sent/);
  expect(main).toMatchObject({ exitCode: 1, stateFile: '' });
  expect(main.env).toEqual({});
  expect(main.annotations).toEqual([expect.objectContaining({ level: 'error' })]);
  expect(main.summary).toContain(
    `\`Wrong inputs, so nothing was sent: ${problems.join(' ').replaceAll('`', "'")}\``,
  );
  const nothing = { 'status-code': '', 'error-code': '' };
  expect(main.outputs).toMatchObject({
    ...nothing,
    result: 'failed',
    attempts: '0',
    'error-message': [headline, ...problems].join('\n'),
  });
  expect(main.outputs['session-id'] ?? '').toBe('');
  expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up/)]);
  expect(post).toMatchObject({ exitCode: 0, annotations: [], summary: '' });
  for (const name of [
    'session-id',
    'password',
    'username',
    'oauth-token',
    'server-url',
    'login-url',
  ] as const) {
    const text = given[name]?.trim() ?? '';
    // Shorter texts and right hosts occur in the messages by chance.
    if (text.length > 8 && text !== LOGIN_HOST) expect(visible(main)).not.toContain(text);
  }
  return problems.map((problem) => problem.replace(/^- /, ''));
}

const FORM_OF_SERVER_URL = /serverUrl.*baseApiUrl.*\/saas/;
const FORM_OF_LOGIN_URL = /dm-us/;
const SECONDS = /whole number from 1 to 240/;

describe('refused', () => {
  test.each<[InputName, string, RegExp]>([
    ['mode', '', /missing.*logoutall/],
    ['mode', 'Logout', /logout or logoutall/],
    ['mode', 'logon', /logout or logoutall/],
    ['when', 'later', /now or job-end/],
    ['timeout-seconds', '0', SECONDS],
    ['timeout-seconds', '241', SECONDS],
    ['timeout-seconds', '1.5', SECONDS],
    ['timeout-seconds', '-1', SECONDS],
    ['timeout-seconds', '1e2', SECONDS],
    ['timeout-seconds', '60 s', SECONDS],
    ['allow-already-ended', 'yes', /true nor false/],
    ['on-cleanup-failure', 'ignore', /warn or fail/],
    ['summary', '1', /true nor false/],
    ['trusted-hosts', 'https://idmc.example.com', HOST_NAMES],
    ['trusted-hosts', 'a.example, *.example.com\nidmc.example.com:443\nb.example/path', HOST_NAMES],
    ['server-url', '', /missing/],
    ['server-url', 'null', FORM_OF_SERVER_URL],
    ['server-url', 'dm-em.informaticacloud.com', FORM_OF_SERVER_URL],
    ['server-url', 'https://dm-us.informaticacloud.com/sa as', FORM_OF_SERVER_URL],
    ['server-url', 'https://name:word@dm-us.informaticacloud.com/saas', /user name or password/],
    ['server-url', 'https://dm-us.informaticacloud.com/saas?query=1', /query/],
    ['server-url', 'https://dm-us.informaticacloud.com/saas#part', /fragment/],
    ['server-url', 'https://dm-us.informaticacloud.com/saas/api/v2/user/logout', FORM_OF_SERVER_URL],
    ['server-url', 'https://dm-us.informaticacloud.com/saas/public/core/v3/logout', FORM_OF_SERVER_URL],
    ['server-url', 'http://dm-us.informaticacloud.com/saas', HTTPS_ONLY],
    ['server-url', 'ftp://127.0.0.1/saas', HTTPS_ONLY],
    ['server-url', 'http://127.0.0.1.evil.example/saas', HTTPS_ONLY],
    ['server-url', 'http://localhost.evil.example/saas', HTTPS_ONLY],
    ['server-url', 'https://informaticacloud.com.evil.example/saas', NOT_TRUSTED],
    ['server-url', 'https://evilinformaticacloud.com/saas', NOT_TRUSTED],
    ['server-url', 'https://evil.example/.informaticacloud.com', NOT_TRUSTED],
    // field-inputs.test.ts has more texts that are not session ids.
    ['session-id', '', /missing.*icSessionId/],
    ['session-id', ' \n ', /missing/],
    ['session-id', 'not-real-at\nall-of-it', /icSessionId/],
    ['session-id', 'not-a-real-✓-id', /icSessionId/],
  ])('logout, %s: %j', async (name, value, problem) => {
    const [line, ...others] = await problemsWith('logout', { [name]: value });
    expect(line).toMatch(new RegExp(`^${name} `));
    expect(line).toMatch(problem);
    expect(others).toEqual([]);
  });

  test.each<[InputName, string, RegExp]>([
    ['login-url', '', /missing/],
    ['login-url', 'dm us', FORM_OF_LOGIN_URL],
    ['login-url', 'https://name:word@dm-us.informaticacloud.com', /user name or password/],
    ['login-url', 'http://dm-us.informaticacloud.com', HTTPS_ONLY],
    ['login-url', 'informaticacloud.com.evil.example', NOT_TRUSTED],
    ['login-url', 'https://evilinformaticacloud.com/ma/home', NOT_TRUSTED],
    ['username', ' ', /missing/],
    ['password', '', /missing/],
    ['password', '   ', /missing/],
  ])('logoutall, %s: %j', async (name, value, problem) => {
    const [line, ...others] = await problemsWith('logoutall', { [name]: value });
    expect(line).toMatch(new RegExp(`^${name} `));
    expect(line).toMatch(problem);
    expect(others).toEqual([]);
  });

  test.each<[Mode, Given, RegExp]>([
    [
      'login',
      { username: '' },
      /username is missing: probably no secret of that name exists here .*Give both username and password/,
    ],
    ['login', { password: '  ' }, /password is missing: .* environment.* secrets: inherit/],
    [
      'login',
      { username: '', password: '' },
      /username and password are missing: probably no secret .*fork.*Give both, or give organization-id/,
    ],
    [
      'login',
      { 'oauth-token': 'aaaaaaaa.bbbbbbbb.cccccccc' },
      /oauth-token is given with username or password/,
    ],
    ['login', { 'api-version': '4' }, /api-version is neither 2 nor 3/],
    [
      'login',
      { 'api-version': '3', 'organization-id': '000001' },
      /organization-id is not the 22-character ID/,
    ],
    ['login', { 'organization-id': '$ORG' }, /organization-id is a variable that was not expanded/],
    ['login', { 'session-id-variable': 'GITHUB_TOKEN' }, /session-id-variable is reserved for the runner/],
    ['login', { 'session-id-variable': 'A', 'server-url-variable': 'a' }, /give two different names/],
    ['login', { verify: 'sometimes' }, /verify is not one of the accepted words/],
    ['login', { 'login-url': '' }, /login-url is missing/],
    ['login', { 'access-token': 'yes' }, /access-token is neither true nor false/],
    [
      'login',
      { 'access-token': 'false', 'access-token-variable': 'A' },
      /is given without access-token: set access-token: true/,
    ],
    [
      'login',
      { 'access-token': 'true', 'access-token-variable': 'GITHUB_TOKEN' },
      /access-token-variable is reserved for the runner or the system/,
    ],
    [
      'login',
      { 'access-token': 'true', 'access-token-variable': 'a', 'server-url-variable': 'A' },
      /access-token-variable is the same name as server-url-variable/,
    ],
    ['login', { ...BY_TOKEN, 'oauth-token': 'abc' }, /oauth-token is not a JWT/],
    ['login', { ...BY_TOKEN, 'oauth-token': '$TOKEN' }, /oauth-token is a variable that was not expanded/],
    ['login', { ...BY_TOKEN, 'api-version': '3' }, /api-version 3 has no login by token/],
    [
      'login',
      { ...BY_TOKEN, 'organization-id': '' },
      /organization-id is missing, although oauth-token is given/,
    ],
    ['login', { ...BY_TOKEN, username: 'x' }, /oauth-token is given with username or password/],
    ['login', { ...BY_TOKEN, 'oauth-token': '', 'api-version': '3' }, /api-version 3 has no login by token/],
    ['login', { ...BY_TOKEN, 'oauth-token': '', audience: '"https://example.com"' }, /audience is in quotes/],
    [
      'login',
      { ...BY_TOKEN, 'oauth-token': '', audience: 'null' },
      /audience is what a missing field prints as/,
    ],
    ['logoutall', { 'api-version': '3' }, /api-version 3 has no logoutall/],
    ['logoutall', { verify: 'always' }, /verify cannot be always in mode: logoutall/],
    ['logout', { verify: 'always' }, /verify cannot be always in mode: logout/],
  ])('mode: %s, %j', async (mode, inputs, problem) => {
    expect((await problemsWith(mode, inputs)).join('\n')).toMatch(problem);
  });

  test.each(['1', '12345', '1230000', '1.23E+47', 'Infinity', '4779', '1.23456789012346E+21'])(
    'an organization-id that GitHub took for a number, as %s',
    async (id) => {
      const problems = await problemsWith('login', { 'organization-id': id });
      expect(problems).toEqual([expect.stringMatching(/^organization-id .*put it in quotes/)]);
    },
  );
});

describe('accepted', () => {
  // To be scheduled, the inputs have to be right, and nothing is sent.
  const scheduled = async (inputs: Given) => {
    const { main } = await played({ when: 'job-end', ...inputs });
    expect({ exitCode: main.exitCode, result: main.outputs['result'] }).toEqual({
      exitCode: 0,
      result: 'scheduled',
    });
    return lastLine(main);
  };
  const session = RIGHT.logout;

  test.each([
    ['https://usw3.dm-us.informaticacloud.com/saas', 'usw3.dm-us.informaticacloud.com'],
    [' https://INFORMATICACLOUD.com/saas/\n', 'informaticacloud.com'],
    ['https://a.informaticaondemand.com', 'a.informaticaondemand.com'],
    ['https://a.b.informaticagovcloud.com:8443/saas', 'a.b.informaticagovcloud.com:8443'],
    ['http://127.0.0.1:8080/saas', '127.0.0.1:8080'],
    ['http://127.255.0.9/saas', '127.255.0.9'],
    ['http://localhost/saas', 'localhost'],
    ['http://[::1]:8080/saas', '[::1]:8080'],
    ['https://localhost/saas', 'localhost'],
  ])('server-url: %j', async (url, host) => {
    const line = await scheduled({ ...session, 'server-url': url });
    expect(line).toContain(` ${host} `);
  });

  test.each([
    ['dm-us', 'dm-us.informaticacloud.com'],
    ['dm1-apau/', 'dm1-apau.informaticacloud.com'],
    [' dm-us.informaticacloud.com ', 'dm-us.informaticacloud.com'],
    ['https://dm-us.informaticacloud.com/', 'dm-us.informaticacloud.com'],
    ['https://dm-us.informaticacloud.com/ma/home?tab=1#part', 'dm-us.informaticacloud.com'],
    ['dm-us.informaticaondemand.com/ma', 'dm-us.informaticaondemand.com'],
  ])('login-url: %j', async (url, host) => {
    const line = await scheduled({ mode: 'logoutall', 'login-url': url, ...pipeline });
    expect(line).toContain(` ${host} `);
  });

  test.each(['idmc.example.com', 'a.example\n IDMC.example.com \n', 'a.example,idmc.example.com,'])(
    'trusted-hosts: %j',
    async (hosts) => {
      const url = 'https://idmc.example.com/saas';
      const line = await scheduled({ ...session, 'server-url': url, 'trusted-hosts': hosts });
      expect(line).toContain(' on idmc.example.com ');
    },
  );
});
