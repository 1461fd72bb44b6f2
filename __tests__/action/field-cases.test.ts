import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { HOST } from '../../proof/proxies/cases.ts';
import { type Credentials, startProxy } from '../../proof/proxies/proxy.ts';
import { type Inputs, type StepResult, visible } from '../../runner/index.ts';
import { privateAuthority } from '../../simulator/certificate.ts';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  afterwards,
  bytes,
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  inputsToEnd,
  MODES,
  type Mode,
  mainAndPost,
  markupOf,
  NO_SESSION,
  NTLM,
  newJob,
  onlyPost,
  outcomeLine,
  outcomeOf,
  pipeline,
  preloading,
  RESPONSE_LOST,
  respondWith,
  type Scene,
  SIGN_IN_PAGE,
  scene,
  startCloud,
} from './support.ts';

const hostsFile = fileURLToPath(new URL('../../proof/proxies/hosts-file.cjs', import.meta.url));
/** Job options of a machine that can resolve no name but `localhost`: nothing leaves it, whatever the action does. */
const SECLUDED = { nodeArguments: ['--require', hostsFile] };

// Inputs and responses from public reports and pipelines, by their numbers; after each case, more of its kind.

/** Fails unless main found this input wrong, sent nothing, kept nothing, showed nothing and masked only `masks`. */
async function expectWrong(
  mode: Mode,
  inputs: Inputs,
  problem: RegExp,
  masks?: readonly string[],
): Promise<void> {
  const stage = await scene(mode, { inputs: { when: 'job-end', ...inputs }, job: SECLUDED });
  const main = await stage.job.run(stage.inputs);
  const [name = ''] = Object.keys(inputs);
  expect(outcomeOf(main)).toBe('Error: Wrong inputs');
  expect(main.log.slice(1)).toEqual([expect.stringMatching(new RegExp(`^- ${name} `))]);
  expect(main.log[1]).toMatch(problem);
  expect(main).toMatchObject({ exitCode: 1, state: {}, outputs: { result: 'failed', attempts: '0' } });
  const post = await onlyPost(stage.job);
  expect(outcomeOf(post)).toBe('Nothing to clean up');
  expect(stage.cloud.requests).toEqual([]);
  if (masks !== undefined) expect([...new Set(main.masks)].sort()).toEqual([...masks].sort());
  // Shorter texts can occur in a message by chance.
  const values = Object.values(inputs).filter((value) => value.length > 8);
  for (const value of values) expect(visible(main) + visible(post)).not.toContain(value.trim());
}

describe('cases 1 and 2: a session id that is none', () => {
  test.each([
    ['case 1', 'None', /missing/],
    ['null', 'null', /missing/],
    ['undefined', 'undefined', /missing/],
    ['<nil>', '<nil>', /missing/],
    ['None and a line end', 'None\r\n', /missing/],
    ['case 2, ***', '***', /mask/],
    ['more stars', '**********************', /mask/],
    ['case 2, $SESSION_ID', '$SESSION_ID', /expanded/],
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
    ['case 2, Bearer <id>', `Bearer ${NO_SESSION}`, /header/],
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
      'case 2, the login response',
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
  ])('%s', async (name, value, problem) => {
    const masks = name.startsWith('INFA') ? undefined : [NO_SESSION];
    await expectWrong('logout', { 'session-id': value }, problem, masks);
    const debug = newJob({ debug: true });
    const main = await debug.run({
      mode: 'logout',
      'server-url': `https://${HOST}/saas`,
      'session-id': value,
    });
    if (masks !== undefined) expect(visible(main)).not.toContain(NO_SESSION);
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
  ])('taken: %s', async (_name, value) => {
    const stage = await scene('logout', { inputs: { 'session-id': value }, faults: [respondWith(204)] });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    const sent = stage.cloud.requests[0]?.headers['icsessionid'];
    expect(sent).toBe(value.replace(/[\s\ufeff]/g, ''));
    expect(main.masks).toContain(sent);
  });
});

describe('case 3: a line end behind the password', () => {
  test.each([
    ['case 3, CR', '\r'],
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['several', '\n\r\n'],
  ])('%s', async (_name, ending) => {
    for (const when of ['now', 'job-end']) {
      const stage = await scene('logoutall', { inputs: { when, password: `${pipeline.password}${ending}` } });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(when === 'now' ? main : post)).toBe('Ended');
      expect(stage.cloud.requests.map(({ body }) => JSON.parse(body).password)).toEqual([pipeline.password]);
      expect(stage.cloud.openSessions()).toEqual([]);
      // And it is logged, in a separate line.
      expect(main.log).toHaveLength(2);
      expect(main.log[0]).toMatch(/password.*line (end|break)/);
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
    const organizations = [{ name: 'O', users: [{ ...pipeline, password }] }];
    const stage = await scene('logoutall', { inputs: { password }, cloud: { organizations } });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main.log).toHaveLength(1);
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
});

// As in the proof's check of proxies: only the proxy resolves the name, and the certificate authority is private.
const authority = privateAuthority();

/** The variable that makes Node trust it. */
function trusting(): { readonly NODE_EXTRA_CA_CERTS: string } {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'authority.pem');
  writeFileSync(file, authority.cert);
  return { NODE_EXTRA_CA_CERTS: file };
}

interface Outside extends Scene {
  /** The hosts that the proxy was to connect to. */
  readonly requests: readonly string[];
}

/** A scene in which the server can be reached through a proxy only, and the variables that are made of its `host:port`. */
async function behindProxy(
  mode: Mode,
  env: (proxy: string) => Readonly<Record<string, string>>,
  options: {
    readonly credentials?: Credentials;
    readonly inputs?: Inputs;
    readonly names?: readonly string[];
  } = {},
): Promise<Outside> {
  const { credentials, names = [HOST] } = options;
  const proxy = await startProxy({ credentials, names });
  afterwards(() => proxy.close());
  const stage = await scene(mode, {
    cloud: { tls: authority.issue({ host: HOST }), publicHost: HOST },
    inputs: { 'timeout-seconds': '2', ...options.inputs },
    job: {
      ...SECLUDED,
      env: { ...trusting(), ...env(`127.0.0.1:${proxy.port}`) },
    },
  });
  return { ...stage, requests: proxy.requestedHosts };
}

/** Fails unless the session was ended only through the proxy. */
async function expectThrough(stage: Outside, when: 'now' | 'job-end' = 'now'): Promise<void> {
  const { main, post } = await mainAndPost({ ...stage, inputs: { ...stage.inputs, when } });
  expect(outcomeOf(when === 'now' ? main : post)).toBe('Ended');
  expect(stage.requests).toEqual([HOST]);
  expect(stage.cloud.openSessions()).toEqual([]);
}

describe('cases 4 and 5: a proxy as curl takes it', () => {
  const withPassword = (password: string) => ({ credentials: { username: 'user', password } });

  test('case 4', async () => {
    await expectThrough(
      await behindProxy(
        'logout',
        (at) => ({ https_proxy: `http://user:pa%ss@${at}` }),
        withPassword('pa%ss'),
      ),
    );
  });

  test('case 5', async () => {
    // A host name: with an IP address the text is not a URL, and older versions of the toolkit add the scheme.
    const named = (at: string) => ({ https_proxy: at.replace('127.0.0.1', 'localhost') });
    await expectThrough(await behindProxy('logout', named));
    await expectThrough(await behindProxy('logoutall', named), 'job-end');
  });

  test.each([
    ['100%', '100%'],
    ['%zz and %41', '%zz%41', '%zzA'],
    ['an encoded @', 'p%40ss', 'p@ss'],
  ])('in a password: %s', async (_name, written, meant = written) => {
    const env = (at: string) => ({ HTTPS_PROXY: `http://user:${written}@${at}` });
    await expectThrough(await behindProxy('logout', env, withPassword(meant)), 'job-end');
  });

  test.each([
    ['blanks around it', (at: string) => `  http://${at}/ \n`],
    ['a user and no scheme', (at: string) => `user:pa%ss@${at}`],
    ['a scheme in capitals', (at: string) => `HTTP://${at}`],
    ['a slash behind it', (at: string) => `${at}/`],
  ])('taken: %s', async (_name, value) => {
    await expectThrough(await behindProxy('logout', (at) => ({ https_proxy: value(at) })));
  });

  const secret = 'not-a-real-proxy-password';
  test.each([
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
    ['case 19, SOCKS', 'socks5://127.0.0.1:1080'],
    ['SOCKS with a name', `socks5h://user:${secret}@127.0.0.1:1080`],
    ['ftp', `ftp://user:${secret}@127.0.0.1:21`],
  ])('an error before anything is sent: %s', async (_name, value) => {
    for (const name of ['https_proxy', 'HTTPS_PROXY']) {
      const env = () => ({ [name]: value });
      const stage = await behindProxy('logout', env, { inputs: { when: 'job-end' } });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe('Error: Wrong inputs');
      expect(main.log[1]).toMatch(new RegExp(`^- ${name} `));
      expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '0' } });
      expect(outcomeOf(post)).toBe('Nothing to clean up');
      for (const step of [main, post]) expect(visible(step)).not.toMatch(new RegExp(secret));
      expect(stage.requests).toEqual([]);
    }
  });

  test.each(['*', HOST, 'informaticacloud.com'])('no_proxy still wins: %s', async (noProxy) => {
    const env = () => ({ https_proxy: 'socks5://127.0.0.1:1080', no_proxy: noProxy, PROOF_HOSTS: HOST });
    const stage = await behindProxy('logout', env);
    expect(outcomeOf(await stage.job.run(stage.inputs))).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.each(['warn', 'fail'])(
    'a proxy that a later step has broken, on-cleanup-failure: %s',
    async (choice) => {
      const stage = await scene('logout', {
        cloud: { tls: authority.issue({ host: HOST }), publicHost: HOST },
        inputs: { when: 'job-end', 'on-cleanup-failure': choice, 'timeout-seconds': '2' },
      });
      const step = stage.job.start(stage.inputs);
      await step.finished;
      // As a step in between would, in GITHUB_ENV.
      await stage.job.run({}, { env: {} });
      const broken = newJob({ ...SECLUDED, env: { https_proxy: 'socks5://127.0.0.1:1080' } });
      const { state } = await step.finished;
      const env = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
      await broken.run({}, { env });
      const post = (await broken.posts())[0];
      expect(post && outcomeOf(post)).toMatch(new RegExp(`^(Error|Warning): ${UNCONFIRMED_END}$`));
      expect(post?.exitCode).toBe(choice === 'fail' ? 1 : 0);
      // Nothing was tried.
      expect(post?.log).toEqual([expect.stringContaining('https_proxy')]);
    },
  );
});

const page401 = respondWith(401, SIGN_IN_PAGE, NTLM);

/** Fails unless main and post say that the end is not confirmed. */
async function expectNotConfirmed(mode: Mode, faults: (index: number) => Fault): Promise<StepResult> {
  const outcomes = MODES.map((_, index) => (index === 0 ? 'warn' : 'fail')).map(async (choice) => {
    const inputs = { 'timeout-seconds': '2', 'on-cleanup-failure': choice };
    const stage = await scene(mode, { inputs, job: IMPATIENT });
    stage.cloud.setFaults((_request, index) => faults(index));
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed' } });
    expect(outcomeOf(post)).toBe(`${choice === 'fail' ? 'Error' : 'Warning'}: ${UNCONFIRMED_END}`);
    expect(post.exitCode).toBe(choice === 'fail' ? 1 : 0);
    expect(stage.cloud.openSessions()).toEqual([stage.session]);
    return main;
  });
  const [main] = await Promise.all(outcomes);
  if (main === undefined) throw new Error('nothing was run');
  return main;
}

describe('cases 6, 7, 9, 14 and 18: not a response of the vendor', () => {
  test('case 6', async () => {
    await expectNotConfirmed('logout', () => page401);
    await expectNotConfirmed('logoutall', () => page401);
  });

  test('case 6, after the session was scheduled', async () => {
    const inputs = { when: 'job-end', 'on-cleanup-failure': 'fail' };
    const stage = await scene('logout', { inputs, job: IMPATIENT, faults: [page401, page401] });
    const { post } = await mainAndPost(stage);
    expect(outcomeOf(post)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(stage.cloud.openSessions()).toHaveLength(1);
  });

  test('case 7', async () => {
    await expectNotConfirmed('logout', (index) => (index === 0 ? respondWith(429) : page401));
  });

  test('case 7, after other responses', async () => {
    const before = [
      respondWith(500),
      respondWith(200, SIGN_IN_PAGE),
      { ...RESPONSE_LOST, effect: false },
      respondWith(408),
    ];
    await Promise.all(
      before.map((first) => expectNotConfirmed('logout', (index) => (index === 0 ? first : page401))),
    );
  });

  test.each([
    ['case 9', respondWith(200, '{"success":false}')],
    ['case 9', respondWith(200, '{"status":"maintenance"}')],
    ['case 9', respondWith(202)],
    ['202 with a job', respondWith(202, '{"jobId":"x"}')],
    ['Spring’s health', respondWith(200, '{"status":"DOWN","components":{}}')],
    ['case 14', bytes('HTTP/1.1 200 OK\r\n\r\n')],
    ['the same over HTTP/1.0', bytes('HTTP/1.0 200 OK\r\nServer: x\r\n\r\n')],
    ['an empty 401 without an end', bytes('HTTP/1.1 401 Unauthorized\r\n\r\n')],
    ['Google’s', respondWith(401, '{"error":{"code":401,"message":"x","status":"UNAUTHENTICATED"}}')],
    ['Azure’s', respondWith(401, '{"error":{"code":"AuthenticationFailed","message":"x"}}')],
    ['Spring’s', respondWith(401, '{"timestamp":"x","status":401,"error":"Unauthorized","path":"/saas"}')],
    ['an API gateway’s', respondWith(401, '{"statusCode":401,"message":"Access denied"}')],
    [
      'an identity provider’s',
      respondWith(401, '{"error":"invalid_token"}', { 'WWW-Authenticate': 'Bearer' }),
    ],
  ])('%s (%#)', async (_name, fault) => {
    await expectNotConfirmed('logout', () => fault);
  });

  test('case 18', async () => {
    const main = await expectNotConfirmed('logout', () => respondWith(403, '<html>Blocked</html>'));
    expect(outcomeLine(main)).toMatch(/web page \(HTTP 403, text\/html\)/);
    expect(outcomeLine(main)).toMatch(/proxy|gateway/);
    expect(outcomeLine(main)).not.toMatch(/trusted IP/);
  });
});

describe('cases 8 and 10: a response of the vendor', () => {
  test('case 8', async () => {
    const stage = await scene('logout', {
      inputs: { 'session-id': NO_SESSION },
      faults: [respondWith(503)],
      job: IMPATIENT,
    });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Already ended');
    expect(main.outputs).toMatchObject({ result: 'already-ended', attempts: '2' });
    expect(outcomeOf(post)).toBe('Nothing to clean up');
    expect(stage.cloud.openSessions()).toHaveLength(1);
  });

  test.each([
    ['case 10', '{"code":"AUTH_01","message":"Session expired","requestId":"x"}'],
    ['with a description', '{"code":"AUTH_01","description":"Session expired"}'],
    ['v3', '{"error":{"code":"AUTH_01","message":"Session expired","requestId":"x"}}'],
    ['v2', '{"@type":"error","description":"Session expired"}'],
  ])('%s', async (_name, body) => {
    const stage = await scene('logout', { faults: [respondWith(401, body)] });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Already ended');
    expect(main.outputs).toMatchObject({ result: 'already-ended', 'error-message': 'Session expired' });
    expect(outcomeLine(main)).toContain('"Session expired"');
    expect(outcomeOf(post)).toBe('Nothing to clean up');
  });
});

describe('case 11: refused credentials are sent once', () => {
  test.each([
    ['case 11', respondWith(500, '{"@type":"error","code":"UI_10000","statusCode":500}')],
    ['503 and v3', respondWith(503, errorTextV3('IDS_085'))],
    ['502 and a status in the object', respondWith(502, errorTextV2(401, 'X_1'))],
    ['200 and v2', respondWith(200, errorTextV2(403, 'UI_10000'))],
    ['429, locked', respondWith(429, errorTextV3('IDS_086'), { 'Retry-After': '1' })],
  ])('%s', async (_name, fault) => {
    for (const when of ['now', 'job-end']) {
      const stage = await scene('logoutall', { inputs: { when, 'timeout-seconds': '2' }, job: IMPATIENT });
      stage.cloud.setFaults(() => fault);
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(when === 'now' ? main : post)).toMatch(/^(Error|Warning): Not ended$/);
      expect(stage.cloud.requests.length).toBe(1);
    }
  });
});

describe('case 12: Retry-After by the server’s clock', () => {
  const at = (ms: number) => new Date(Date.now() + ms).toUTCString();
  test.each([
    ['case 12, five minutes ahead', 5 * 60_000, 429],
    ['five minutes behind', -5 * 60_000, 429],
    ['a year ahead', 365 * 86_400_000, 503],
  ])('%s', async (_name, skewMs, status) => {
    const stage = await scene('logout', { inputs: { 'timeout-seconds': '20' } });
    stage.cloud.setFaults((_request, index) => {
      const headers = { Date: at(skewMs), 'Retry-After': at(skewMs + 2000) };
      return index === 0 ? respondWith(status, '', headers) : undefined;
    });
    const main = await stage.job.run(stage.inputs);
    expect(main.log[0]).toContain('Retrying in 2.0 s.');
    expect(outcomeOf(main)).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

/**
 * In the action's process: `name` has the two addresses, and a connection to the late one is begun `lateMs` later than
 * it is asked for, while one to the other is never made. What is simulated is the time of a handshake, as the client
 * sees it; which address is tried when, and for how long, is Node's own doing.
 */
function dualStack(name: string, late: string, dead: string, lateMs: number): string {
  return `import dns from 'node:dns';
    import net from 'node:net';
    import { createRequire } from 'node:module';
    const { lookup } = dns;
    const family = (address) => (address.includes(':') ? 6 : 4);
    const addresses = ['${late}', '${dead}'].map((address) => ({ address, family: family(address) }));
    dns.lookup = (asked, options, done) => {
      if (asked !== '${name}') return lookup(asked, options, done);
      const { all } = typeof options === 'object' ? options : {};
      process.nextTick(() => (all ? done(null, addresses) : done(null, addresses[0].address, addresses[0].family)));
    };
    const { TCP } = process.binding('tcp_wrap');
    const { connect, connect6 } = TCP.prototype;
    const patched = (original) => function (request, address, ...more) {
      if (address === '${dead}') return 0;
      if (address !== '${late}') return original.call(this, request, address, ...more);
      setTimeout(() => {
        const error = original.call(this, request, address, ...more);
        if (error) request.oncomplete(error, this, request, false, false);
      }, ${lateMs});
      return 0;
    };
    TCP.prototype.connect = patched(connect);
    TCP.prototype.connect6 = patched(connect6);`;
}

describe('case 13: a host with two addresses', () => {
  test.each([
    ['case 13, IPv4 late, IPv6 dead', '127.0.0.1', '::1', 300],
    ['the same, and later', '127.0.0.1', '::1', 900],
  ])('%s', async (_name, late, dead, lateMs) => {
    const cloud = await startCloud({ publicHost: 'localhost' });
    const session = cloud.openSession(pipeline);
    const job = newJob(preloading(dualStack('localhost', late, dead, lateMs)));
    const inputs = inputsToEnd(session, cloud, { 'timeout-seconds': '8' });
    const { main } = await mainAndPost({ job, inputs });
    expect(outcomeOf(main)).toBe('Ended');
    expect(cloud.openSessions()).toEqual([]);
  });

  test('of the proxy', async () => {
    const proxy = await startProxy({ names: [HOST] });
    afterwards(() => proxy.close());
    const cloud = await startCloud({ tls: authority.issue({ host: HOST }), publicHost: HOST });
    const job = newJob({
      ...preloading(dualStack('proxy.example', '127.0.0.1', '::1', 300)),
      env: { https_proxy: `http://proxy.example:${proxy.port}`, ...trusting() },
    });
    const inputs = inputsToEnd(cloud.openSession(pipeline), cloud, { 'timeout-seconds': '8' });
    const { main } = await mainAndPost({ job, inputs });
    expect(outcomeOf(main)).toBe('Ended');
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('case 15: a text that repeats the session id in pieces', () => {
  const id = 'S3ss10nIdAbCdEfGhIjKlMnOpQr';
  test.each([
    ['case 15', 'bad id: S3ss10nId then AbCdEfGhI then jKlMnOpQr'],
    ['whole', `bad id: ${id}`],
    ['its beginning', 'bad id: S3ss10nI…'],
    ['its end', 'bad id: …KlMnOpQr'],
    ['split by blanks', 'bad id: S3ss 10nI dAbC'],
    ['percent-encoded', `bad id: ${[...id].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`],
    ['XML entities', `bad id: ${[...id].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join('')}`],
    ['JSON escapes', `bad id: ${[...id].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}`],
  ])('%s', async (_name, description) => {
    for (const body of [errorTextV2(400, 'X_1', description), errorTextV3('X_1', description)]) {
      const stage = await scene('logout', {
        inputs: { 'session-id': id },
        faults: [respondWith(400, body)],
      });
      const { main } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe('Error: Not ended');
      expect(visible(main)).toContain('withheld');
      expect(visible(main)).not.toMatch(/bad id|S3ss|MnOpQr/);
    }
  });

  test('what only looks like it is shown', async () => {
    const description = 'Session S3ss10n, or AbCdEfG, is unknown.';
    const faults = [respondWith(400, errorTextV2(400, 'X_1', description))];
    const stage = await scene('logout', { inputs: { 'session-id': id }, faults });
    const main = await stage.job.run(stage.inputs);
    expect(main.outputs['error-message']).toBe(description);
  });
});

describe('case 16: the summary shows text as text', () => {
  test.each([
    'evil@example.com',
    'https://evil.example',
    'www.evil.example',
    '`evil@example.com`',
    '``` evil@example.com ```',
    '`` ` evil@example.com',
    '\\`evil@example.com',
    '@somebody #1 GH-1',
    '<b>evil@example.com</b>',
  ])('%s', async (description) => {
    const faults = [respondWith(400, errorTextV2(400, 'X_1', description))];
    const stage = await scene('logout', { faults });
    const { summary } = await stage.job.run(stage.inputs);
    expect(summary).toContain(description.replaceAll('`', '').trim().slice(-8));
    expect(markupOf(summary)).not.toMatch(/@|:\/\/|www|#1|GH-1|<b>/);
  });
});

describe('case 17: NODE_DEBUG', () => {
  test.each([
    ['case 17', 'https', 'logout'],
    ['http', 'http', 'logout'],
    ['all that there is', 'http,https,net,tls,stream,timer,module,child_process', 'logout'],
    ['a password', 'http,https', 'logoutall'],
  ] as const)('%s', async (_name, sections, mode) => {
    const organizations = [{ name: 'O', users: [pipeline], sessionIds: { kind: 'jwt' } as const }];
    const stage = await scene(mode, {
      cloud: { organizations, tls: authority.issue(), publicHost: 'localhost' },
      job: { env: { ...trusting(), NODE_DEBUG: sections } },
    });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    const { sessionId } = stage.session;
    for (const piece of [sessionId.slice(0, 100), sessionId.slice(5_000, 5_100), sessionId.slice(-100)]) {
      expect(visible(main)).not.toContain(piece);
    }
    expect(visible(main)).not.toContain(pipeline.password);
  });

  test('of a proxy’s credentials', async () => {
    const credentials = { username: 'user', password: 'not-a-real-proxy-password' };
    const env = (at: string) => ({
      https_proxy: `http://user:${credentials.password}@${at}`,
      NODE_DEBUG: 'http,https,net,tls',
    });
    const stage = await behindProxy('logout', env, { credentials });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(visible(main)).not.toContain(credentials.password);
    expect(visible(main)).not.toContain(Buffer.from(`user:${credentials.password}`).toString('base64'));
  });
});

describe('case 19: the proxy is named', () => {
  /** A proxy that answers every CONNECT with these bytes, and the number of them. */
  async function proxyThat(response: string) {
    const requests: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        requests.push(String(data));
        socket.end(response);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    afterwards(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return { at: `127.0.0.1:${address.port}`, requests };
  }

  const respondWithPage = (status: number) =>
    `HTTP/1.1 ${status} X\r\nContent-Type: text/html\r\nContent-Length: ${SIGN_IN_PAGE.length}\r\n\r\n${SIGN_IN_PAGE}`;
  test.each([
    ['case 19, a page', respondWithPage(403), 2],
    ['407', respondWithPage(407), 1],
    ['another 4xx', respondWithPage(404), 2],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', undefined],
    ['nothing', '', undefined],
    ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: https://portal.example/\r\n\r\n', 1],
    ['5xx', respondWithPage(502), undefined],
  ])('%s', async (_name, response, timesInAStep) => {
    const meet = async (mode: Mode) => {
      const { at, requests } = await proxyThat(response);
      const stage = await scene(mode, {
        cloud: { tls: authority.issue({ host: HOST }), publicHost: HOST },
        inputs: { 'timeout-seconds': timesInAStep === undefined ? '1' : '5' },
        job: {
          nodeArguments: [...IMPATIENT.nodeArguments, ...SECLUDED.nodeArguments],
          env: { https_proxy: at },
        },
      });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
      for (const step of [main, post]) {
        expect(outcomeLine(step)).toContain(at);
        expect(outcomeLine(step)).not.toMatch(/check (server|login)-url/);
        expect(outcomeLine(step)).not.toContain('Sign in');
      }
      // It did not reach the server, so logoutall has as many attempts.
      if (timesInAStep !== undefined) expect(requests.length).toBe(2 * timesInAStep);
      else expect(requests.length).toBeGreaterThan(2);
    };
    await Promise.all(MODES.map(meet));
  });
});

describe('case 20: what is no login host', () => {
  test.each([
    ['case 20', 'USW5', /pod|server/],
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
    const inputs = { when: 'job-end', 'login-url': value };
    const stage = await scene('logoutall', { inputs, job: SECLUDED });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Scheduled');
    expect(outcomeLine(main)).toContain(` ${region}.informaticacloud.com `);
  });

  test('the vendor’s paths are dropped before anything is sent', async () => {
    const paths = [
      '/ma/home',
      '/saas/public/core/v3/login',
      '/identity-service/home?service=x',
      '/ma/api/v2/user/login',
    ];
    const requests = paths.map(async (path) => {
      const stage = await scene('logoutall');
      const loginUrl = `${stage.cloud.loginUrl}${path}`;
      expect(outcomeOf(await stage.job.run({ ...stage.inputs, 'login-url': loginUrl }))).toBe('Ended');
      return stage.cloud.requests[0]?.path;
    });
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['/ma/api/v2/user/logoutall']));
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
    const inputs = { when: 'job-end', 'server-url': value, 'trusted-hosts': trusted };
    const stage = await scene('logout', { inputs, job: SECLUDED });
    expect(outcomeOf(await stage.job.run(stage.inputs))).toBe('Scheduled');
  });
});

describe('case 21: a redirect in main', () => {
  test.each([
    ['case 21', 302, 'http://portal.example/login'],
    ['303', 303, 'https://portal.example/'],
    ['307 to the same server', 307, '/saas/api/v2/user/logout'],
    ['301 to nowhere', 301, ''],
  ])('%s', async (_name, status, location) => {
    for (const mode of MODES) {
      const headers: Record<string, string> = location === '' ? {} : { Location: location };
      const stage = await scene(mode, { faults: [respondWith(status, '', headers)] });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(main.outputs).toMatchObject({ result: 'failed', attempts: '1', 'status-code': String(status) });
      expect(outcomeOf(post)).toBe('Ended');
      expect(stage.cloud.requests.length).toBe(2);
      expect(stage.cloud.openSessions()).toEqual([]);
    }
  });
});
