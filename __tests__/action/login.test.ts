import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  changed,
  ending,
  expectHidden,
  LOGIN_V2,
  LOGIN_V3,
  LOGOUT_V2,
  LOGOUT_V3,
  loginInputs,
  loginScene,
  nightly,
  OPENED,
  pipeline,
  played,
  promoter,
  SOURCE,
  sent,
  VALID,
} from './login-support.ts';
import { afterwards, newJob, onlyMain, preloading, startCloud } from './support.ts';

describe('a login opens one session, which the post step ends', () => {
  test.each([
    ['', 'v2', LOGIN_V2, LOGOUT_V2],
    ['V2', 'v2', LOGIN_V2, LOGOUT_V2],
    ['3', 'v3', LOGIN_V3, LOGOUT_V3],
  ])('api-version %j, by the version that opened it', async (version, api, login, logout) => {
    const stage = await loginScene({ inputs: { 'api-version': version } });
    const { cloud, job } = stage;
    const main = await onlyMain(stage);
    expect(main.exitCode).toBe(0);
    expect(sent(cloud)).toEqual([login]);
    const [session] = cloud.openSessions();
    expect(session).toMatchObject({ api, username: pipeline.username });
    expect(main.outputs).toEqual({
      result: 'opened',
      'session-id': session?.sessionId,
      'server-url': cloud.serverUrl,
      'organization-id': cloud.organizations[0]?.orgUuid,
      'expires-at': '',
      'access-token': '',
      'access-token-expires-at': '',
      attempts: '1',
      'status-code': '200',
      'error-code': '',
      'error-message': '',
    });
    expect(main.env).toEqual({});
    expect(ending(main)).toMatch(OPENED);

    const [post] = await job.posts();
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
    expect(post?.outputs).toEqual({});
    expect(post?.log).toEqual([
      expect.stringMatching(/^Ended the session of .* on .* \(HTTP 200, 1 attempt\)\.$/),
    ]);
    expect(sent(cloud)).toEqual([login, logout]);
    expect(cloud.openSessions()).toEqual([]);
    expect(cloud.openedInAll()).toBe(1);
  });

  test('version 3 is ended at the login host, though the server URL is another', async () => {
    const other = await startCloud();
    const products = () => [{ name: 'Integration Cloud', baseApiUrl: other.serverUrl }];
    const stage = await loginScene({ inputs: { 'api-version': '3' }, settings: { products } });
    const { main, cloud } = await played(stage);
    expect(main.outputs['server-url']).toBe(other.serverUrl);
    expect(sent(cloud)).toEqual([LOGIN_V3, LOGOUT_V3]);
    expect(other.requests).toEqual([]);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('version 2 is ended at the server URL', async () => {
    const stage = await loginScene();
    const other = await startCloud({ serverHost: 'localhost' });
    const { main } = await played({ ...stage, inputs: loginInputs(other) });
    expect(main.outputs['server-url']).toBe(other.serverUrl);
    expect(other.requests.map(({ headers }) => new URL(`http://${headers['host']}`).hostname)).toEqual([
      '127.0.0.1',
      'localhost',
    ]);
    expect(other.openSessions()).toEqual([]);
  });

  test('the request is the one that the vendor documents, and carries no session', async () => {
    const { cloud, job, inputs } = await loginScene({ inputs: { 'organization-id': '000001' } });
    await onlyMain({ job, inputs });
    expect(JSON.parse(cloud.requests[0]?.body ?? '')).toEqual({ '@type': 'login', ...pipeline });
    expect(cloud.requests[0]?.headers['icsessionid']).toBeUndefined();
  });

  test('and the job summary says so', async () => {
    const { main, post } = await played(await loginScene());
    expect(main.summary).toMatch(/^\*\*Informatica Cloud Session:\*\* `Opened a session of /);
    expect(post.summary).toContain('** `Ended the session of ');
    const quiet = await played(await loginScene({ inputs: { summary: 'false' } }));
    expect([quiet.main.summary, quiet.post.summary]).toEqual(['', '']);
  });
});

describe('whose session it is', () => {
  test.each(['2', '3'])(
    'version %s: main, post and the summary name user and organization',
    async (version) => {
      const { main, post, cloud } = await played(await loginScene({ inputs: { 'api-version': version } }));
      const organization = version === '3' ? SOURCE : cloud.organizations[0]?.orgUuid;
      const owner = `of ${pipeline.username} in organization ${organization} on `;
      expect(ending(main).startsWith(`Opened a session ${owner}`)).toBe(true);
      expect(ending(post).startsWith(`Ended the session ${owner}`)).toBe(true);
      expect([main.summary.includes(owner), post.summary.includes(owner)]).toEqual([true, true]);
    },
  );

  test('the user is named as given, and the server’s other spelling is masked', async () => {
    const spelling = pipeline.username.toUpperCase();
    const { main, post } = await played(await loginScene({ faults: [changed({ name: spelling })] }));
    expect(ending(post)).toContain(` of ${pipeline.username} in `);
    expect(main.masks).toContain(spelling);
    expectHidden([main, post], spelling);
  });

  test('a login that is rejected names the organization as given', async () => {
    const inputs = { 'organization-id': '000001', password: 'Wrong-Secret-77' };
    const main = await onlyMain(await loginScene({ inputs }));
    expect(ending(main)).toContain(`: a session of ${pipeline.username} in organization 000001 on `);
  });
});

test('two logins in one job, a source and a target: each post ends its own, the last one first', async () => {
  const cloud = await startCloud();
  const job = newJob();
  const variables = (which: string) => ({
    'session-id-variable': `${which}_SESSION`,
    'server-url-variable': `${which}_URL`,
  });
  const source = await job.run(loginInputs(cloud, { 'api-version': '3', ...variables('SOURCE') }));
  const target = await job.run(loginInputs(cloud, { ...promoter, ...variables('TARGET') }));
  const ids = cloud.openSessions().map(({ sessionId }) => sessionId);
  expect([source.env['SOURCE_SESSION'], target.env['TARGET_SESSION']]).toEqual(ids);
  expect([source.outputs['session-id'], target.outputs['session-id']]).toEqual(ids);
  const posts = await job.posts();
  expect(posts.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(sent(cloud).slice(2)).toEqual([LOGOUT_V2, LOGOUT_V3]);
  expect(cloud.openSessions()).toEqual([]);
});

describe('variables for the rest of the job', () => {
  const variables = { 'session-id-variable': 'sessionId', 'server-url-variable': 'IICS_POD_URL' };

  test('are set as they are written, and reach the next step', async () => {
    const { cloud, job, inputs } = await loginScene({ inputs: variables });
    const main = await onlyMain({ job, inputs });
    const [session] = cloud.openSessions();
    expect(main.env).toEqual({ sessionId: session?.sessionId, IICS_POD_URL: cloud.serverUrl });
    expect(main.log).toEqual([expect.stringMatching(OPENED)]);
  });

  test('replace a value that was there, with a plain line for each', async () => {
    const stage = await loginScene({ inputs: variables, job: { env: { IICS_POD_URL: 'https://old' } } });
    const first = await onlyMain(stage);
    expect(first.log[0]).toBe(
      'The variable IICS_POD_URL already has a value, which is replaced for the rest of the job.',
    );
    const second = await stage.job.run(loginInputs(stage.cloud, { ...nightly, ...variables }));
    expect(second.log.filter((line) => line.startsWith('The variable '))).toHaveLength(2);
    expect(second.annotations).toEqual([]);
    expect(second.env['sessionId']).toBe(stage.cloud.openSessions()[1]?.sessionId);
    await stage.job.posts();
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test('of an earlier login are named by one that fails, whatever it fails for', async () => {
    const { cloud, job, inputs } = await loginScene({ inputs: variables });
    await onlyMain({ job, inputs });
    const refused = await onlyMain({ job, inputs: { ...inputs, password: 'Wrong-Secret-77' } });
    const misled = await onlyMain({ job, inputs: { ...inputs, 'organization-id': '000002' } });
    for (const { log, env } of [refused, misled]) {
      expect(log.at(-1)).toMatch(/The variable sessionId still has .* The variable IICS_POD_URL still has /);
      expect(env).toEqual({});
    }
    await job.posts();
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('what is hidden', () => {
  test('the session id is masked before anything else has it: mask, state, outputs, variables', async () => {
    const journal = `import fs from 'node:fs';
      const { appendFileSync } = fs;
      const note = (text) => appendFileSync(process.env.JOURNAL, text + '\\n');
      fs.appendFileSync = (file, text, ...more) => {
        const key = Object.keys(process.env).find((name) => name.startsWith('GITHUB_') && process.env[name] === file);
        note(key + ' ' + /^[^<]*/.exec(text)[0] + (text.includes('logging-in') ? ' under way' : text.includes('pending') ? ' logout' : ''));
        return appendFileSync(file, text, ...more);
      };
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (text, ...more) => {
        note('stdout ' + String(text).split('::')[1]);
        return write(text, ...more);
      };`;
    const stage = await loginScene({ inputs: { 'session-id-variable': 'SESSION' } });
    const folder = mkdtempSync(join(tmpdir(), 'journal-'));
    afterwards(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'journal');
    const job = newJob({ env: { JOURNAL: file }, ...preloading(journal) });
    const main = await onlyMain({ job, inputs: stage.inputs });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(main.exitCode).toBe(0);
    const effects = lines.filter((line) => !line.startsWith('stdout undefined'));
    expect(effects.slice(0, 5)).toEqual([
      'stdout add-mask',
      'GITHUB_STATE session under way',
      'stdout add-mask',
      'GITHUB_STATE session logout',
      'GITHUB_OUTPUT attempts',
    ]);
    expect(effects.indexOf('GITHUB_ENV SESSION')).toBeGreaterThan(effects.indexOf('GITHUB_OUTPUT result'));
    expect(main.masks).toEqual([pipeline.password, main.outputs['session-id']]);
    await job.posts();
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test.each(['2', '3'])('only the outputs hold something of the response: version %s', async (version) => {
    const stage = await loginScene({ inputs: { 'api-version': version }, job: { debug: true } });
    const { main, post, cloud } = await played(stage);
    const secrets = [...cloud.privateTexts(pipeline), pipeline.password, 'CITY_OF_BIRTH'];
    expectHidden([main, post], ...secrets, main.outputs['session-id'] ?? '');
    for (const secret of secrets) expect(main.stateFile).not.toContain(secret);
    for (const secret of secrets) expect(Object.values(main.outputs).join('\n')).not.toContain(secret);
    expect(main.masks).toEqual([pipeline.password, main.outputs['session-id']]);
  });
});

test('a JWT of 16,000 characters says when it expires', async () => {
  const stage = await loginScene({
    sessionIds: { kind: 'jwt' },
    inputs: { 'session-id-variable': 'SESSION' },
  });
  const { job, cloud } = stage;
  const main = await onlyMain(stage);
  const [session] = cloud.openSessions();
  expect(main.outputs['session-id']).toHaveLength(16_000);
  expect(main.env['SESSION']).toBe(session?.sessionId);
  const expiresAt = main.outputs['expires-at'] ?? '';
  expect(expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Date.parse(expiresAt) - (session?.openedAtMs ?? 0)).toBeLessThanOrEqual(30 * 60_000);
  expect(Date.parse(expiresAt) - (session?.openedAtMs ?? 0)).toBeGreaterThan(29 * 60_000);
  expect(ending(main)).toContain(` It expires at ${expiresAt}.`);
  const [post] = await job.posts();
  expect(ending(post ?? main)).toMatch(/^Ended the session of .*, verified: /);
  expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID]);
  expect(cloud.openSessions()).toEqual([]);
});
