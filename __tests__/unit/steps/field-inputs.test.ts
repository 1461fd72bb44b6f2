import { describe, expect, test } from '@jest/globals';
import { type Inputs, visible } from '../../../runner/index.ts';
import { proxyFor } from '../../../src/edge/proxy-settings.ts';
import { type Mode, NO_SESSION, pipeline } from '../../action/support.ts';
import { withoutProxyVariables } from '../proxy-variables.ts';
import { at } from '../responses/rows.ts';
import { jobThatMeets, shown } from './table-job.ts';

// Inputs from public reports and pipelines. `action/field-cases.test.ts` has their numbers, and plays one of each kind with the bundles.

/** Fails unless main found this input wrong, sent nothing, kept nothing, showed nothing and masked only `masks`. */
async function expectWrong(
  mode: Mode | 'login',
  inputs: Inputs,
  problem: RegExp,
  masks?: readonly string[],
): Promise<void> {
  const given = { summary: 'true', ...inputs };
  const { main, post, calls } = await jobThatMeets(mode, () => undefined, { when: 'job-end', inputs: given });
  const [name = ''] = Object.keys(inputs);
  expect(shown(main)).toBe('Error: Wrong inputs');
  const lines = main.annotations.flatMap(({ message }) => message.split('\n'));
  expect(lines.slice(1)).toEqual([expect.stringMatching(new RegExp(`^- ${name} `))]);
  expect(lines[1]).toMatch(problem);
  expect(main).toMatchObject({ exitCode: 1, stateFile: '', outputs: { result: 'failed', attempts: '0' } });
  expect(shown(post)).toBe('Nothing to clean up');
  expect(calls).toEqual([]);
  if (masks !== undefined) expect([...main.masks].sort()).toEqual([...masks].sort());
  // Shorter texts can occur in a message by chance.
  const values = Object.values(inputs).filter((value) => value.length > 8);
  for (const value of values) expect(visible(main) + visible(post)).not.toContain(value.trim());
}

describe('a session id that is none', () => {
  test.each([
    ['None', 'None', /missing/],
    ['null', 'null', /missing/],
    ['undefined', 'undefined', /missing/],
    ['<nil>', '<nil>', /missing/],
    ['None and a line end', 'None\r\n', /missing/],
    ['***', '***', /mask/],
    ['more stars', '**********************', /mask/],
    ['$SESSION_ID', '$SESSION_ID', /expanded/],
    ['SESSION_ID in braces', '$' + '{SESSION_ID}', /expanded/],
    ['$env:SESSION_ID', '$env:SESSION_ID', /expanded/],
    ['%SESSION_ID%', '%SESSION_ID%', /expanded/],
    ['an expression', '$' + '{{ steps.login.outputs.session-id }}', /expanded/],
    ['an expression with a brace too few', '$' + '{ steps.login.outputs.session-id }', /expanded/],
    ['quotes', `"${NO_SESSION}"`, /quotes/],
    ['single quotes', `'${NO_SESSION}'`, /quotes/],
    ['several words', 'command not found here', /words|blank/],
    ['two ids', `${NO_SESSION} ${NO_SESSION}`, /words|blank/],
    ['two lines', `${NO_SESSION}\n${NO_SESSION}`, /words|blank|line/],
    ['too short', 'a1B2c3D4e5F', /./],
    ['letters without a digit or capital', 'not-a-real-session-id', /./],
    ['true', 'true', /./],
    ['characters of no id', `${NO_SESSION};rm`, /./],
    ['too long', `j${'0'.repeat(16_000)}`, /./],
  ])('%s', async (_name, value, problem) => {
    // An id in quotes may be masked: it hides nothing else.
    const masks = value.includes(NO_SESSION) ? undefined : [];
    await expectWrong('logout', { 'session-id': value }, problem, masks);
  });

  test.each([
    ['Bearer <id>', `Bearer ${NO_SESSION}`, /header/],
    ['bearer', `bearer ${NO_SESSION}`, /header/],
    ['Authorization: Bearer', `Authorization: Bearer ${NO_SESSION}`, /header/],
    ['icSessionId: <id>', `icSessionId: ${NO_SESSION}`, /header/],
    ['icSessionId:<id>', `icSessionId:${NO_SESSION}`, /header/],
    [
      'INFA-SESSION-ID: …, whose <id> follows no known word',
      `INFA-SESSION-ID: ${NO_SESSION}`,
      /header|words/,
    ],
    [
      'the login response',
      JSON.stringify({
        '@type': 'user',
        icSessionId: NO_SESSION,
        serverUrl: 'https://usw3.dm-us.informaticacloud.com/saas',
      }),
      /JSON/,
    ],
    ['the login response of v3', JSON.stringify({ userInfo: { id: 'x', sessionId: NO_SESSION } }), /JSON/],
    [
      'the same, with blanks',
      JSON.stringify({ userInfo: { sessionId: NO_SESSION } }, null, 1).replaceAll('\n', ' '),
      /JSON/,
    ],
  ])('%s: the id in it is masked and not shown', async (name, value, problem) => {
    const masks = name.startsWith('INFA') ? undefined : [NO_SESSION];
    await expectWrong('logout', { 'session-id': value }, problem, masks);
  });
});

test.each([
  ['18 characters', 'a1B2c3D4e5F6g7H8i9'],
  ['12 characters', 'a1b2c3d4e5f6'],
  ['a UUID', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['base64', 'abc+/DEF0123456789=='],
  ['a JWT', `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.${'A-_z'.repeat(3_900)}`],
  ['16,000 characters', `j${'0'.repeat(15_999)}`],
  ['a byte order mark and line ends around it', `\ufeff \t${NO_SESSION}\r\n`],
  ['no digit', 'onlyLettersAndACapital'],
  ['all of the characters', 'A1.b_C~d+E/f-'],
])('a session id that is taken: %s', async (_name, value) => {
  const { main, calls } = await jobThatMeets('logout', () => at(204), { inputs: { 'session-id': value } });
  expect(shown(main)).toBe('Ended');
  const sent = calls[0]?.headers['icSessionId'];
  expect(sent).toBe(value.replace(/[\s\ufeff]/g, ''));
  expect(main.masks).toContain(sent);
});

describe('a line end behind the password', () => {
  test.each([
    ['CR', '\r'],
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['several', '\n\r\n'],
  ])('%s', async (_name, ending) => {
    for (const when of ['now', 'job-end'] as const) {
      const inputs = { summary: 'true', password: `${pipeline.password}${ending}` };
      const trial = await jobThatMeets('logoutall', () => undefined, { when, inputs });
      const { main, post, calls, openAfterPost } = trial;
      expect(shown(when === 'now' ? main : post)).toBe('Ended');
      expect(calls.map(({ body }) => JSON.parse(body).password)).toEqual([pipeline.password]);
      expect(openAfterPost).toEqual([]);
      // And it is logged, in a separate line.
      expect(main.log.filter((line) => /password.*line (end|break)/.test(line))).toHaveLength(1);
      expect(main.masks).toEqual(
        expect.arrayContaining([pipeline.password, `${pipeline.password}${ending}`]),
      );
      for (const step of [main, post]) expect(visible(step)).not.toContain(pipeline.password);
    }
  });

  test.each([
    ['a line break inside', 'not-a-real\nsecond-line', /line/],
    ['CR inside', 'not-a-real\rsecond-line\r\n', /line/],
    ['an expression', '$' + '{{ secrets.IICS_PASSWORD }}', /expanded|\$\{\{/],
    ['line ends alone', '\r\n', /missing/],
  ])('an input error: %s', async (_name, password, problem) => {
    await expectWrong('logoutall', { password }, problem);
  });

  test.each([
    '  not a real password  ',
    '\tnot-a-real-password',
    '$not-a-real-password',
    '"not-a-real-password"',
  ])('kept as it is: %j', async (password) => {
    const { main, calls } = await jobThatMeets('logoutall', () => at(200), { inputs: { password } });
    expect(shown(main)).toBe('Ended');
    expect(calls.map(({ body }) => JSON.parse(body).password)).toEqual([password]);
    expect(main.log.join('\n')).not.toMatch(/password/i);
  });
});

test.each([
  ['None', /./],
  ['null', /./],
  ['$IICS_USERNAME', /expanded/],
  ['$' + '{IICS_USERNAME}', /expanded/],
  ['%IICS_USERNAME%', /expanded/],
  ['$' + '{{ secrets.IICS_USERNAME }}', /expanded/],
  ['"me@example.com"', /quotes/],
  ["'me@example.com'", /quotes/],
])('a username that is none: %s', async (username, problem) => {
  await expectWrong('logoutall', { username }, problem);
});

describe('what is no login host', () => {
  test.each([
    ['USW5', 'USW5', /pod|server/],
    ['usw3', 'usw3', /pod|server/],
    ['USE4', 'USE4', /pod|server/],
    ['NA1', 'NA1', /./],
    ['null', 'null', /./],
    ['None', 'None', /./],
    ['undefined', 'undefined', /./],
    ['us', 'us', /./],
    ['no label before the domain', '.informaticacloud.com', /./],
    ['the same as a URL', 'https://.informaticacloud.com/ma/home', /./],
    ['an empty label', 'dm-us..informaticacloud.com', /./],
    ['a semicolon', 'a;.informaticacloud.com', /./],
    ['an asterisk', '*.informaticacloud.com', /./],
    ['an underscore', 'dm_us.informaticacloud.com', /./],
    ['a label that begins with a hyphen', '-dm-us.informaticacloud.com', /./],
    ['a label that ends with a hyphen', 'dm-us-.informaticacloud.com', /./],
    ['a label of 64 characters', `${'a'.repeat(64)}.informaticacloud.com`, /./],
    ['a hyphen alone', '-', /./],
    ['another path', 'https://dm-us.informaticacloud.com/secret', /path/],
  ])('%s', async (_name, value, problem) => {
    await expectWrong('logoutall', { 'login-url': value }, problem);
  });

  test('a pod, of a login', async () => {
    await expectWrong('login', { 'login-url': 'USW3-1' }, /names a pod/);
  });

  test.each([
    ['dm-us', 'dm-us'],
    ['DM-US', 'dm-us'],
    ['dm1-apau/', 'dm1-apau'],
    ['dm-us.informaticacloud.com/ma/home', 'dm-us'],
    ['https://dm-us.informaticacloud.com/ma/api/v2/user/login', 'dm-us'],
    ['https://dm-us.informaticacloud.com/saas/public/core/v3/login', 'dm-us'],
    ['https://dm-us.informaticacloud.com/saas/', 'dm-us'],
    ['https://dm-us.informaticacloud.com/identity-service/home?service=x&y=%2F', 'dm-us'],
    ['https://dm-us.informaticacloud.com/identity-service/acceptLoginV2#x', 'dm-us'],
    ['https://dm-us.informaticacloud.com/?tab=1', 'dm-us'],
  ])('taken: %s', async (value, region) => {
    const inputs = { 'login-url': value };
    const { main, calls } = await jobThatMeets('logoutall', () => undefined, { when: 'job-end', inputs });
    expect(shown(main)).toBe('Scheduled');
    expect(main.log.at(-1)).toContain(` ${region}.informaticacloud.com `);
    // The vendor's paths are dropped before anything is sent.
    expect(calls.map(({ url }) => url.href)).toEqual([
      `https://${region}.informaticacloud.com/ma/api/v2/user/logoutall`,
    ]);
  });

  test.each([
    'https://usw3.dm-us.informaticacloud.com/diUI/products/integrationDesign/main',
    'https://usw3.dm-us.informaticacloud.com/saas/v2',
    'https://usw3.dm-us.informaticacloud.com/ma',
    'https://usw3.dm-us.informaticacloud.com/cloudUI/',
    'https://usw3.dm-us.informaticagovcloud.com/active-bpel',
    'https://.informaticacloud.com/saas',
    'https://a;.informaticacloud.com/saas',
    'null',
    'None',
  ])('server-url refused: %s', async (value) => {
    const isHost = /:\/\/(\.|a;)/.test(value);
    await expectWrong('logout', { 'server-url': value }, isHost ? /host/ : /saas/);
  });

  test.each([
    ['https://usw3.dm-us.informaticacloud.com/saas/', ''],
    ['https://usw3.dm-us.informaticacloud.com', ''],
    ['https://idmc.example.com/any/path', 'idmc.example.com'],
    ['http://127.0.0.1:1/any/path', ''],
  ])('server-url taken: %s', async (value, trusted) => {
    const inputs = { 'server-url': value, 'trusted-hosts': trusted };
    const { main } = await jobThatMeets('logout', () => undefined, { when: 'job-end', inputs });
    expect(shown(main)).toBe('Scheduled');
  });
});

describe('a proxy variable', () => {
  withoutProxyVariables();

  /** A logout in a job with these variables. */
  const jobWith = (env: Readonly<Record<string, string>>, when: 'now' | 'job-end') => {
    Object.assign(process.env, env);
    const proxyProblems = (url: URL) => {
      const proxy = proxyFor(url);
      return proxy.ok ? [] : proxy.problems;
    };
    const inputs = { summary: 'true' };
    return jobThatMeets('logout', () => undefined, { when, inputs, proxyProblems });
  };

  const secret = 'not-a-real-proxy-password';
  const WRONG = [
    ['no URL', 'not a URL'],
    ['no host', 'http://'],
    ['a bracket', 'http://[::1'],
    ['credentials and no host', `http://user:${secret}@`],
    ['a # in the password', `http://user:${secret}#1@127.0.0.1:9`],
    ['a ? in the password', `http://user:${secret}?1@127.0.0.1:9`],
    ['a / in the password', `http://user:${secret}/1@127.0.0.1:9`],
    ['an @ in the path', `http://127.0.0.1:9/${secret}@x`],
    ['a path', `http://127.0.0.1:9/${secret}`],
    ['a query', `http://127.0.0.1:9?${secret}`],
    ['a port that is none', `http://user:${secret}@127.0.0.1:99999`],
    ['SOCKS', 'socks5://127.0.0.1:1080'],
    ['SOCKS with a name', `socks5h://user:${secret}@127.0.0.1:1080`],
    ['ftp', `ftp://user:${secret}@127.0.0.1:21`],
  ] as const;
  test.each(
    ['https_proxy', 'HTTPS_PROXY'].flatMap((name) =>
      WRONG.map(([what, value]) => [name, what, value] as const),
    ),
  )('%s, an error before anything is sent: %s', async (name, _what, value) => {
    const { main, post, calls } = await jobWith({ [name]: value }, 'job-end');
    expect(shown(main)).toBe('Error: Wrong inputs');
    const lines = main.annotations.flatMap(({ message }) => message.split('\n'));
    expect(lines[1]).toMatch(new RegExp(`^- ${name} `));
    expect(main).toMatchObject({ exitCode: 1, stateFile: '', outputs: { result: 'failed', attempts: '0' } });
    expect(shown(post)).toBe('Nothing to clean up');
    for (const step of [main, post]) expect(visible(step)).not.toMatch(new RegExp(secret));
    expect(calls).toEqual([]);
  });

  test.each(['*', 'usw3.dm-us.informaticacloud.com', 'informaticacloud.com'])(
    'does not matter if no_proxy is %s',
    async (noProxy) => {
      const env = { https_proxy: 'socks5://127.0.0.1:1080', no_proxy: noProxy };
      const { main, openAfterPost } = await jobWith(env, 'now');
      expect(shown(main)).toBe('Ended');
      expect(openAfterPost).toEqual([]);
    },
  );
});
