import { describe, expect, test } from '@jest/globals';
import { readAuthInputs } from '../../src/inputs/auth-method.ts';
import type { Checked } from '../../src/inputs/checked.ts';
import { isJwt, readOAuthToken, tokensIn } from '../../src/inputs/oauth-token.ts';
import { readAudience, readOrganizationId } from '../../src/inputs/organization.ts';
import { secretsIn } from '../../src/inputs/secrets.ts';
import { type InputName, type InputValues, inputValues } from '../../src/inputs/values.ts';
import { readVariableNames } from '../../src/inputs/variables.ts';
import { validateInputs } from '../../src/requests/validate-inputs.ts';
import { cpuMsOf } from './support.ts';

type Given = Partial<Record<InputName, string>>;
const values = (given: Given): InputValues => inputValues((name) => given[name] ?? '');
const LOGIN_URL = new URL('https://dm-us.informaticacloud.com');
const ORG = '4HrTfPaU1bVdKq8wLmXz2C';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLW9mLWl0';
const PASSWORD = { username: 'pipeline@example.com', password: 'Zq7-kettle-93!' };

function problems(checked: Checked<unknown>): string {
  return checked.ok ? '' : checked.problems.join('\n');
}

describe('which auth method is meant', () => {
  const authMethod = (given: Given, version: 2 | 3 = 2) => readAuthInputs(values(given), version, LOGIN_URL);

  test.each<[string, Given, 2 | 3, object]>([
    ['a password', PASSWORD, 2, { kind: 'password', ...PASSWORD, organizationId: '' }],
    ['a password, version 3', PASSWORD, 3, { kind: 'password', ...PASSWORD, organizationId: '' }],
    [
      'a password, and an organization to be in',
      { ...PASSWORD, 'organization-id': ' 0012ab\n' },
      2,
      { kind: 'password', ...PASSWORD, organizationId: '0012ab' },
    ],
    [
      'the same in version 3',
      { ...PASSWORD, 'organization-id': ORG },
      3,
      { kind: 'password', ...PASSWORD, organizationId: ORG },
    ],
    [
      'GitHub’s token',
      { 'organization-id': ORG },
      2,
      { kind: 'github', organizationId: ORG, audience: `https://dm-us.informaticacloud.com/${ORG}` },
    ],
    [
      'a token that is given',
      { 'organization-id': ORG, 'oauth-token': `${TOKEN}\n` },
      2,
      { kind: 'token', organizationId: ORG, token: TOKEN },
    ],
    [
      'blanks are nothing given',
      { 'organization-id': ORG, username: ' ', password: '\n' },
      2,
      { kind: 'github', organizationId: ORG, audience: `https://dm-us.informaticacloud.com/${ORG}` },
    ],
  ])('%s', (_name, given, version, expected) => {
    expect(authMethod(given, version)).toEqual({ ok: true, value: expected });
  });

  const REASONS =
    /no secret of that name exists here \(a misspelt name is empty\).*fork or from Dependabot.*environment.*reusable workflow.*secrets: inherit/;
  test.each<[string, Given, 2 | 3, RegExp]>([
    ['nothing', {}, 2, REASONS],
    ['nothing but an audience', { audience: 'x' }, 2, REASONS],
    ['a user name alone', { username: 'x' }, 2, /^password is missing: .*Give both/],
    ['the same, why', { username: 'x' }, 2, REASONS],
    ['a password alone', { password: 'x' }, 3, /^username is missing: .*Give both/],
    ['a token with a user name', { username: 'x', 'oauth-token': TOKEN }, 2, /^oauth-token is given with/],
    ['a token with a password', { password: 'x', 'oauth-token': TOKEN }, 2, /^oauth-token is given with/],
    [
      'a token without an organization',
      { 'oauth-token': TOKEN },
      2,
      /^organization-id is missing, although oauth-token/,
    ],
    ['a token in version 3', { 'oauth-token': TOKEN, 'organization-id': ORG }, 3, /no login by token/],
    ['GitHub’s token in version 3', { 'organization-id': ORG }, 3, /no login by token/],
    ['a short id in version 3', { ...PASSWORD, 'organization-id': '0012ab' }, 3, /22-character ID/],
    ['a mistaken id', { ...PASSWORD, 'organization-id': `\${ORG}` }, 2, /^organization-id is a variable/],
  ])('%s is wrong', (_name, given, version, problem) => {
    expect(problems(authMethod(given, version))).toMatch(problem);
  });

  test('no problem repeats a secret', () => {
    const secret = 'S3cret-S3cret';
    for (const given of [
      { password: secret },
      { username: 'x', 'oauth-token': secret },
      { 'oauth-token': secret },
    ]) {
      expect(problems(authMethod({ ...given, 'organization-id': ORG }))).not.toContain(secret);
    }
  });

  test('without a good login host the other problems show all the same', () => {
    const read = readAuthInputs(values({ 'organization-id': '"x"' }), 3, undefined);
    expect(problems(read).split('\n')).toHaveLength(2);
  });
});

describe('organization-id', () => {
  test.each(['0012ab', 'abcd', ORG, 'a_b-', 'x'.repeat(64)])('%s', (id) => {
    expect(readOrganizationId(` ${id} `)).toEqual({ ok: true, value: id });
  });
  test('may be left out', () => expect(readOrganizationId(' ')).toEqual({ ok: true, value: '' }));
  test.each([
    'abc',
    'x'.repeat(65),
    'a.bcd',
    'ä1234',
    '$ORG',
    `\${{ vars.ORG }}`,
    '%ORG%',
    'null',
    'None',
    '"0012ab"',
    "0012ab'",
    '0012 ab',
    '***',
    '{"id":1}',
  ])('%j is wrong, and says how', (id) =>
    expect(problems(readOrganizationId(id))).toMatch(
      /^organization-id is .*: give the ID \(6 or 22 characters\)/,
    ),
  );
});

// What GitHub's runner passes on for an unquoted id: 000001, 012345, 0123E4, 0x12AB, 123E45, 12E456, 22 digits.
describe('organization-id that YAML made a number', () => {
  test.each([
    '1',
    '12345',
    '1230000',
    '4779',
    '-1',
    '0.5',
    '1.23E+47',
    '1E+100',
    '1E-100',
    'Infinity',
    '-Infinity',
    '1.23456789012346E+21',
    '1234567890',
  ])('%s belongs in quotes', (id) => {
    const problem = problems(readOrganizationId(` ${id}\n`));
    expect(problem).toMatch(/^organization-id is a number, not an ID: .*put it in quotes/);
    if (id.length > 2) expect(problem).not.toContain(id);
  });

  test.each(['000001', '123000', '12E456', '0x12AB', '1234567890123456789012', 'abcd'])(
    '%s is an id',
    (id) => {
      expect(readOrganizationId(id)).toEqual({ ok: true, value: id });
    },
  );
});

describe('audience', () => {
  const read = (given: string, url = LOGIN_URL) => readAudience(given, url, ORG);
  test('the host with its port, where it has one', () => {
    expect(read('')).toEqual({ ok: true, value: `https://dm-us.informaticacloud.com/${ORG}` });
    expect(read(' ', new URL('http://127.0.0.1:8080'))).toEqual({
      ok: true,
      value: `https://127.0.0.1:8080/${ORG}`,
    });
  });
  test.each(['api://dm-us.informaticacloud.com/0012ab/data', 'https://Host/', 'anything'])(
    '%s, as it is',
    (given) => {
      expect(read(given)).toEqual({ ok: true, value: given });
    },
  );
  test.each(['$AUDIENCE', `\${AUDIENCE}`, 'undefined', '"https://x"', "'x", '***'])(
    '%j is wrong',
    (given) => {
      expect(problems(read(given))).toMatch(/^audience is .*or leave it out/);
    },
  );
});

describe('variables', () => {
  const read = (sessionId: string, serverUrl = '', accessToken = '') =>
    readVariableNames(
      values({
        'session-id-variable': sessionId,
        'server-url-variable': serverUrl,
        'access-token-variable': accessToken,
      }),
      true,
    );

  test.each([
    'sessionId',
    'IICS_POD_URL',
    '_',
    'a1',
    'PROXY',
    'GITHUB',
    'MY_GITHUB_X',
    'PATHS',
    'HOMES',
    'ENVIRONMENT',
    'NODE',
  ])('%s, as written', (name) => {
    expect(read(name)).toEqual({ ok: true, value: { sessionId: name, serverUrl: '', accessToken: '' } });
    expect(read('', ` ${name} `)).toEqual({
      ok: true,
      value: { sessionId: '', serverUrl: name, accessToken: '' },
    });
    expect(read('', '', name)).toEqual({
      ok: true,
      value: { sessionId: '', serverUrl: '', accessToken: name },
    });
  });
  test.each(['1a', 'a-b', 'a.b', 'a b', 'ä', '$A', 'a=b', 'A\nB'])('%j is no name', (name) => {
    expect(problems(read(name))).toMatch(/^session-id-variable is not a valid variable name/);
  });
  test.each([
    'GITHUB_TOKEN',
    'github_x',
    'RUNNER_TEMP',
    'ACTIONS_STEP_DEBUG',
    'INPUT_MODE',
    'NODE_OPTIONS',
    'node_extra_ca_certs',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'HTTPS_PROXY',
    'no_proxy',
    'X_PROXY',
    'PATH',
    'Path',
    'HOME',
    'env',
    'BASH_ENV',
  ])('%s means something to others', (name) => {
    expect(problems(read('', name))).toMatch(/^server-url-variable is reserved for the runner/);
  });
  test('one name for both, in any case of letters', () => {
    expect(problems(read('IICS', 'iics'))).toMatch(
      /^server-url-variable is the same name as session-id-variable/,
    );
    expect(problems(read('IICS', 'x', 'iics'))).toMatch(
      /^access-token-variable is the same name as session-id-variable/,
    );
    expect(problems(read('', 'x', 'X'))).toMatch(
      /^access-token-variable is the same name as server-url-variable/,
    );
    expect(read('', '').ok).toBe(true);
  });
});

test('a variable for a token that nobody wants', () => {
  const given = values({ 'access-token-variable': 'TOKEN' });
  expect(problems(readVariableNames(given, false))).toMatch(/^access-token-variable is given without/);
});

describe('oauth-token', () => {
  test('a JWT, without the line end of a file', () => {
    expect(readOAuthToken(` ${TOKEN}\r\n`)).toEqual({ ok: true, value: TOKEN });
  });
  test.each([
    'abc',
    'a.b.c',
    '1.2.3',
    'abcdefgh.abcdefgh',
    `${TOKEN}.x`,
    `${TOKEN} ${TOKEN}`,
    `Bearer ${TOKEN}`,
    `"${TOKEN}"`,
    '$TOKEN',
    'null',
    '',
  ])('%j is none, and is not repeated', (given) => {
    const problem = problems(readOAuthToken(given));
    expect(problem).toMatch(/^oauth-token is /);
    expect(problem).not.toContain(TOKEN);
  });
  test('whatever is taken for one would be masked, and what hides in something else is', () => {
    expect(tokensIn(TOKEN)).toEqual([TOKEN]);
    expect(isJwt(TOKEN)).toBe(true);
    for (const given of [`Bearer ${TOKEN}`, `{"access_token":"${TOKEN}"}`, `"${TOKEN}"`]) {
      expect(secretsIn(values({ 'oauth-token': given }))).toContain(TOKEN);
    }
    for (const given of ['null', '1.2.3', '{', '']) expect(tokensIn(given)).toEqual([]);
  });
  test('a long text that is none takes no time', () => {
    expect(cpuMsOf(() => tokensIn('x'.repeat(100_000)))).toBeLessThan(2_000);
  });
});

describe('the validated inputs', () => {
  const read = (given: Given) =>
    validateInputs(values({ mode: 'login', 'login-url': 'dm-us', ...PASSWORD, ...given }));

  test('all problems at once', () => {
    const text = problems(
      read({
        'login-url': 'usw3',
        password: '',
        verify: 'x',
        'session-id-variable': 'PATH',
        'timeout-seconds': '0',
      }),
    );
    for (const name of ['login-url', 'password', 'verify', 'session-id-variable', 'timeout-seconds']) {
      expect(text).toMatch(new RegExp(`^${name} `, 'm'));
    }
  });

  test.each(['', '2', 'v2', 'V2', ' 2 '])('api-version %j is version 2, %#', (version) => {
    const inputs = read({ 'api-version': version });
    expect(
      inputs.ok && inputs.value.task.kind === 'open' && inputs.value.task.login.authMethod,
    ).toMatchObject({
      request: { http: { url: new URL('https://dm-us.informaticacloud.com/ma/api/v2/user/login') } },
    });
  });

  const logoutOf = (given: Given, serverUrl: URL | undefined): InputValues => {
    const inputs = read(given);
    if (!inputs.ok || inputs.value.task.kind !== 'open') throw new Error(problems(inputs));
    return inputs.value.task.login.logoutOf('Qm3ZtV8rXk5LwB1nYc7D', serverUrl).inputs;
  };
  const SERVER = new URL('https://usw3.dm-us.informaticacloud.com/saas');

  test.each<[string, Given, URL | undefined, string, string]>([
    ['version 2', {}, SERVER, `${SERVER.href}/api/v2/user/logout`, 'icSessionId'],
    [
      'version 3',
      { 'api-version': '3' },
      SERVER,
      'https://dm-us.informaticacloud.com/saas/public/core/v3/logout',
      'INFA-SESSION-ID',
    ],
    [
      'version 2 without a server URL',
      {},
      undefined,
      'https://dm-us.informaticacloud.com/saas/public/core/v3/logout',
      'INFA-SESSION-ID',
    ],
  ])('the logout that ends its session: %s', (_name, given, serverUrl, url, header) => {
    const inputs = validateInputs(logoutOf({ ...given, 'trusted-hosts': 'idmc.example.com' }, serverUrl));
    if (!inputs.ok || inputs.value.task.kind !== 'end') throw new Error(problems(inputs));
    expect(inputs.value.task.request.http.url.href).toBe(url);
    expect(inputs.value.task.request.http.headers[header]).toBe('Qm3ZtV8rXk5LwB1nYc7D');
  });

  test('it holds no password and no token, and keeps what the post step goes by', () => {
    const kept = logoutOf({ 'on-cleanup-failure': 'fail', summary: 'false', 'timeout-seconds': '7' }, SERVER);
    expect(kept).toMatchObject({
      'on-cleanup-failure': 'fail',
      summary: 'false',
      'timeout-seconds': '7',
      when: 'now',
    });
    expect(JSON.stringify(kept)).not.toContain(PASSWORD.password);
    expect(kept.username).toBe('');
  });
});
