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
  apart,
  bytes,
  concurrentTest,
  errorTextV2,
  IMPATIENT,
  inputsToEnd,
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
  TEN_TIMES_AS_FAST,
} from './support.ts';

const hostsFile = fileURLToPath(new URL('../../proof/proxies/hosts-file.cjs', import.meta.url));
/** Job options of a machine that can resolve no name but `localhost`: nothing leaves it, whatever the action does. */
const SECLUDED = { nodeArguments: ['--require', hostsFile] };

// Inputs and responses from public reports and pipelines, by their numbers: one of each kind. `unit/steps/field-inputs.test.ts` and
// `unit/steps/field-responses.test.ts` play the others in process, and `unit/proxy.test.ts` reads proxies with passwords.

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
  expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '0' } });
  expect(main.state).toEqual({});
  const post = await onlyPost(stage.job);
  expect(outcomeOf(post)).toBe('Nothing to clean up');
  expect(stage.cloud.requests).toEqual([]);
  if (masks !== undefined) expect([...new Set(main.masks)].sort()).toEqual([...masks].sort());
  // Shorter texts can occur in a message by chance.
  const values = Object.values(inputs).filter((value) => value.length > 8);
  for (const value of values) expect(visible(main) + visible(post)).not.toContain(value.trim());
}

describe('cases 1 and 2: a session id that is none', () => {
  test('case 1', async () => {
    await expectWrong('logout', { 'session-id': 'None\r\n' }, /missing/, []);
  });

  test.each([
    ['case 2, Bearer <id>', `Bearer ${NO_SESSION}`, /header/],
    [
      'case 2, the login response',
      JSON.stringify({
        '@type': 'user',
        icSessionId: NO_SESSION,
        serverUrl: 'https://usw3.dm-us.informaticacloud.com/saas',
      }),
      /JSON/,
    ],
  ])('%s', async (_name, value, problem) => {
    await expectWrong('logout', { 'session-id': value }, problem, [NO_SESSION]);
    const debug = newJob({ debug: true });
    const main = await debug.run({
      mode: 'logout',
      'server-url': `https://${HOST}/saas`,
      'session-id': value,
    });
    expect(visible(main)).not.toContain(NO_SESSION);
  });

  test.each([
    ['16,000 characters', `j${'0'.repeat(15_999)}`],
    ['a byte order mark and line ends around it', `\ufeff \t${NO_SESSION}\r\n`],
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
    ['case 3, CR', '\r', 'job-end'],
    ['CR LF', '\r\n', 'now'],
  ])('%s', async (_name, ending, when) => {
    const stage = await scene('logoutall', { inputs: { when, password: `${pipeline.password}${ending}` } });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(when === 'now' ? main : post)).toBe('Ended');
    expect(stage.cloud.requests.map(({ body }) => JSON.parse(body).password)).toEqual([pipeline.password]);
    expect(stage.cloud.openSessions()).toEqual([]);
    // And it is logged, in a separate line.
    expect(main.log).toHaveLength(2);
    expect(main.log[0]).toMatch(/password.*line (end|break)/);
    expect(main.masks).toEqual(expect.arrayContaining([pipeline.password, `${pipeline.password}${ending}`]));
    for (const step of [main, post]) expect(visible(step)).not.toContain(pipeline.password);
  });

  test('an input error: CR inside', async () => {
    await expectWrong('logoutall', { password: 'not-a-real\rsecond-line\r\n' }, /line/);
  });

  test('kept as it is: blanks around it', async () => {
    const password = '  not a real password  ';
    const organizations = [{ name: 'O', users: [{ ...pipeline, password }] }];
    const stage = await scene('logoutall', { inputs: { password }, cloud: { organizations } });
    const main = await stage.job.run(stage.inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main.log).toHaveLength(1);
  });

  test('a username that is none', async () => {
    await expectWrong('logoutall', { username: '"me@example.com"' }, /quotes/);
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
    inputs: { 'timeout-seconds': '20', ...options.inputs },
    job: {
      ...SECLUDED,
      env: { ...trusting(), ...env(`127.0.0.1:${proxy.port}`) },
    },
  });
  return { ...stage, requests: proxy.requestedHosts };
}

/** Fails unless the session was ended only through the proxy. */
async function expectThrough(stage: Outside, when: 'now' | 'job-end' = 'now'): Promise<void> {
  const main = await stage.job.run({ ...stage.inputs, when });
  const step = when === 'now' ? main : await onlyPost(stage.job);
  expect(main.stderr + step.stderr).toBe('');
  expect(outcomeOf(step)).toBe('Ended');
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

  test('an encoded @ in a password', async () => {
    const env = (at: string) => ({ HTTPS_PROXY: `http://user:p%40ss@${at}` });
    await expectThrough(await behindProxy('logout', env, withPassword('p@ss')), 'job-end');
  });

  test('blanks around it, and a slash behind it', async () => {
    await expectThrough(await behindProxy('logout', (at) => ({ https_proxy: `  http://${at}/ \n` })));
  });

  const secret = 'not-a-real-proxy-password';
  test.each([
    ['case 19, SOCKS', 'https_proxy', `socks5h://user:${secret}@127.0.0.1:1080`],
    ['credentials and no host', 'HTTPS_PROXY', `http://user:${secret}@`],
  ])('an error before anything is sent: %s', async (_name, name, value) => {
    const stage = await behindProxy('logout', () => ({ [name]: value }), { inputs: { when: 'job-end' } });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Wrong inputs');
    expect(main.log[1]).toMatch(new RegExp(`^- ${name} `));
    expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', attempts: '0' } });
    expect(outcomeOf(post)).toBe('Nothing to clean up');
    for (const step of [main, post]) expect(visible(step)).not.toMatch(new RegExp(secret));
    expect(stage.requests).toEqual([]);
  });

  test('no_proxy still wins', async () => {
    const env = () => ({ https_proxy: 'socks5://127.0.0.1:1080', no_proxy: HOST, PROOF_HOSTS: HOST });
    const stage = await behindProxy('logout', env);
    expect(outcomeOf(await stage.job.run(stage.inputs))).toBe('Ended');
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.each(['warn', 'fail'])(
    'a proxy that a later step has broken, on-cleanup-failure: %s',
    async (choice) => {
      // As a step in between would, in GITHUB_ENV.
      const breaking = preloading(`if (Object.keys(process.env).some((name) => name.startsWith('STATE_')))
        process.env.https_proxy = 'socks5://127.0.0.1:1080';`);
      const stage = await scene('logout', {
        cloud: { tls: authority.issue({ host: HOST }), publicHost: HOST },
        inputs: { when: 'job-end', 'on-cleanup-failure': choice, 'timeout-seconds': '2' },
        job: { nodeArguments: [...SECLUDED.nodeArguments, ...breaking.nodeArguments] },
      });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe('Scheduled');
      expect(outcomeOf(post)).toMatch(new RegExp(`^(Error|Warning): ${UNCONFIRMED_END}$`));
      expect(post.exitCode).toBe(choice === 'fail' ? 1 : 0);
      // Nothing was tried.
      expect(post.log).toEqual([expect.stringContaining('https_proxy')]);
    },
  );
});

const page401 = respondWith(401, SIGN_IN_PAGE, NTLM);

/** Fails unless main and post say that the end is not confirmed. */
async function expectNotConfirmed(
  mode: Mode,
  choice: 'warn' | 'fail',
  faults: (index: number) => Fault,
): Promise<StepResult> {
  const inputs = { 'timeout-seconds': '20', 'on-cleanup-failure': choice };
  const stage = await scene(mode, { inputs, job: IMPATIENT });
  stage.cloud.setFaults((_request, index) => faults(index));
  const { main, post } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
  expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed' } });
  expect(outcomeOf(post)).toBe(`${choice === 'fail' ? 'Error' : 'Warning'}: ${UNCONFIRMED_END}`);
  expect(post.exitCode).toBe(choice === 'fail' ? 1 : 0);
  expect(stage.cloud.openSessions()).toEqual([stage.session]);
  return main;
}

// What waits overlaps. Jest overlaps the concurrent tests of one group, here those outside of every `describe`.
concurrentTest('not a response of the vendor: case 6', async () => {
  await expectNotConfirmed('logout', 'fail', () => page401);
  await expectNotConfirmed('logoutall', 'warn', () => page401);
});

concurrentTest('not a response of the vendor: case 6, after the session was scheduled', async () => {
  const inputs = { when: 'job-end', 'on-cleanup-failure': 'fail' };
  const stage = await scene('logout', { inputs, job: IMPATIENT, faults: [page401, page401] });
  const { post } = await mainAndPost(stage);
  expect(outcomeOf(post)).toBe(`Error: ${UNCONFIRMED_END}`);
  expect(stage.cloud.openSessions()).toHaveLength(1);
});

concurrentTest('not a response of the vendor: case 7', async () => {
  await expectNotConfirmed('logout', 'warn', (index) => (index === 0 ? respondWith(429) : page401));
});

concurrentTest('not a response of the vendor: case 7, after a lost response', async () => {
  const first = { ...RESPONSE_LOST, effect: false };
  await expectNotConfirmed('logout', 'fail', (index) => (index === 0 ? first : page401));
});

concurrentTest('not a response of the vendor: cases 9 and 14', async () => {
  await Promise.all([
    expectNotConfirmed('logout', 'fail', () => respondWith(200, '{"success":false}')),
    expectNotConfirmed('logout', 'warn', () => bytes('HTTP/1.1 200 OK\r\n\r\n')),
  ]);
});

concurrentTest(
  'not a response of the vendor: one without an end, over HTTP/1.0, and an empty 401',
  async () => {
    await Promise.all([
      expectNotConfirmed('logout', 'fail', () => bytes('HTTP/1.0 200 OK\r\nServer: x\r\n\r\n')),
      expectNotConfirmed('logout', 'warn', () => bytes('HTTP/1.1 401 Unauthorized\r\n\r\n')),
    ]);
  },
);

concurrentTest('not a response of the vendor: case 18', async () => {
  const blocked = respondWith(403, '<html>Blocked</html>');
  const main = await expectNotConfirmed('logout', 'fail', () => blocked);
  expect(outcomeLine(main)).toMatch(/web page \(HTTP 403, text\/html\)/);
  expect(outcomeLine(main)).toMatch(/proxy|gateway/);
  expect(outcomeLine(main)).not.toMatch(/trusted IP/);
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

  test('case 10', async () => {
    const body = '{"code":"AUTH_01","message":"Session expired","requestId":"x"}';
    const stage = await scene('logout', { faults: [respondWith(401, body)] });
    const { main, post } = await mainAndPost(stage);
    expect(outcomeOf(main)).toBe('Error: Already ended');
    expect(main.outputs).toMatchObject({ result: 'already-ended', 'error-message': 'Session expired' });
    expect(outcomeLine(main)).toContain('"Session expired"');
    expect(outcomeOf(post)).toBe('Nothing to clean up');
  });
});

test.each(['now', 'job-end'])('case 11: refused credentials are sent once, %s', async (when) => {
  const stage = await scene('logoutall', { inputs: { when }, job: IMPATIENT });
  stage.cloud.setFaults(() => respondWith(500, '{"@type":"error","code":"UI_10000","statusCode":500}'));
  const { main, post } = await mainAndPost(stage);
  expect(outcomeOf(when === 'now' ? main : post)).toMatch(/^(Error|Warning): Not ended$/);
  expect(stage.cloud.requests.length).toBe(1);
});

test('case 12: Retry-After by the server’s clock, five minutes ahead', async () => {
  const at = (ms: number) => new Date(Date.now() + ms).toUTCString();
  const stage = await scene('logout', { inputs: { 'timeout-seconds': '200' }, job: TEN_TIMES_AS_FAST });
  stage.cloud.setFaults((_request, index) => {
    const headers = { Date: at(5 * 60_000), 'Retry-After': at(5 * 60_000 + 2000) };
    return index === 0 ? respondWith(429, '', headers) : undefined;
  });
  const main = await stage.job.run(stage.inputs);
  expect(main.log[0]).toContain('Retrying in 2.0 s.');
  expect(outcomeOf(main)).toBe('Ended');
  expect(stage.cloud.openSessions()).toEqual([]);
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

test.concurrent.each([
  ['case 13, IPv4 late, IPv6 dead', '127.0.0.1', '::1', 300],
  ['the same, and later', '127.0.0.1', '::1', 900],
])(
  'a host with two addresses: %s',
  apart(async (_name, late, dead, lateMs) => {
    const cloud = await startCloud({ publicHost: 'localhost' });
    const session = cloud.openSession(pipeline);
    const job = newJob(preloading(dualStack('localhost', late, dead, lateMs)));
    const inputs = inputsToEnd(session, cloud, { 'timeout-seconds': '8' });
    const main = await job.run(inputs);
    expect(outcomeOf(main)).toBe('Ended');
    expect(main.stderr).toBe('');
    expect(cloud.openSessions()).toEqual([]);
  }),
);

concurrentTest('a host with two addresses: of the proxy', async () => {
  const proxy = await startProxy({ names: [HOST] });
  afterwards(() => proxy.close());
  const cloud = await startCloud({ tls: authority.issue({ host: HOST }), publicHost: HOST });
  const job = newJob({
    ...preloading(dualStack('proxy.example', '127.0.0.1', '::1', 300)),
    env: { https_proxy: `http://proxy.example:${proxy.port}`, ...trusting() },
  });
  const inputs = inputsToEnd(cloud.openSession(pipeline), cloud, { 'timeout-seconds': '8' });
  const main = await job.run(inputs);
  expect(outcomeOf(main)).toBe('Ended');
  expect(main.stderr).toBe('');
  expect(cloud.openSessions()).toEqual([]);
});

test('case 15: a text that repeats the session id in pieces', async () => {
  const id = 'S3ss10nIdAbCdEfGhIjKlMnOpQr';
  const body = errorTextV2(400, 'X_1', 'bad id: S3ss10nId then AbCdEfGhI then jKlMnOpQr');
  const stage = await scene('logout', { inputs: { 'session-id': id }, faults: [respondWith(400, body)] });
  const { main } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe('Error: Not ended');
  expect(visible(main)).toContain('withheld');
  expect(visible(main)).not.toMatch(/bad id|S3ss|MnOpQr/);
});

test('case 16: the summary shows text as text', async () => {
  const description = '``` evil@example.com ``` @somebody #1 <b>www.evil.example</b>';
  const stage = await scene('logout', { faults: [respondWith(400, errorTextV2(400, 'X_1', description))] });
  const main = await stage.job.run(stage.inputs);
  expect(main.summary).toContain('evil@example.com');
  expect(markupOf(main.summary)).not.toMatch(/@|:\/\/|www|#1|<b>/);
  expect(main.outputs['error-message']).toBe(description);
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
test.concurrent.each([
  ['case 19, a page', respondWithPage(403), 2, 'logout'],
  ['407', respondWithPage(407), 1, 'logoutall'],
  ['another 4xx', respondWithPage(404), 2, 'logoutall'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', undefined, 'logout'],
  ['nothing', '', undefined, 'logoutall'],
  ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: https://portal.example/\r\n\r\n', 1, 'logout'],
  ['5xx', respondWithPage(502), undefined, 'logoutall'],
] as const)(
  'the proxy is named: %s',
  apart(async (_name, response, timesInAStep, mode) => {
    const { at, requests } = await proxyThat(response);
    const stage = await scene(mode, {
      cloud: { tls: authority.issue({ host: HOST }), publicHost: HOST },
      inputs: { 'timeout-seconds': timesInAStep === undefined ? '2' : '20' },
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
  }),
);

describe('case 20: what is no login host', () => {
  test('case 20', async () => {
    await expectWrong('logoutall', { 'login-url': 'USW5' }, /pod|server/);
  });

  test('the vendor’s paths are dropped before anything is sent', async () => {
    const stage = await scene('logoutall');
    const loginUrl = `${stage.cloud.loginUrl}/identity-service/home?service=x`;
    expect(outcomeOf(await stage.job.run({ ...stage.inputs, 'login-url': loginUrl }))).toBe('Ended');
    expect(stage.cloud.requests.map(({ path }) => path)).toEqual(['/ma/api/v2/user/logoutall']);
  });

  test('server-url refused', async () => {
    const value = 'https://usw3.dm-us.informaticacloud.com/cloudUI/';
    await expectWrong('logout', { 'server-url': value }, /saas/);
  });

  test('server-url taken', async () => {
    const server = { 'server-url': 'https://idmc.example.com/any/path', 'trusted-hosts': 'idmc.example.com' };
    const stage = await scene('logout', { inputs: { when: 'job-end', ...server }, job: SECLUDED });
    expect(outcomeOf(await stage.job.run(stage.inputs))).toBe('Scheduled');
  });
});

test('case 21: a redirect in main', async () => {
  const faults = [respondWith(302, '', { Location: 'http://portal.example/login' })];
  const stage = await scene('logoutall', { faults });
  const { main, post } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
  expect(main.outputs).toMatchObject({ result: 'failed', attempts: '1', 'status-code': '302' });
  expect(outcomeOf(post)).toBe('Ended');
  expect(stage.cloud.requests.length).toBe(2);
  expect(stage.cloud.openSessions()).toEqual([]);
});
