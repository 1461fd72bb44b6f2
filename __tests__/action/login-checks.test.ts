import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import {
  BROKEN,
  changed,
  ending,
  expectHidden,
  expectRed,
  expectSettled,
  LEFT_TO_POST,
  LOGIN_V2,
  LOGIN_V3,
  LOGOUT_V2,
  LOGOUT_V3,
  loginInputs,
  loginScene,
  MAY_BE_OPEN,
  OPENED,
  pipeline,
  played,
  sent,
} from './login-support.ts';
import { errorTextV2, newJob, onlyMain, respondWith, startCloud } from './support.ts';

const down = respondWith(503, '', { 'Retry-After': '3600' });

describe('organization-id with a password', () => {
  const uuidOf = async (index: number) => (await startCloud()).organizations[index]?.orgUuid ?? '';

  test.each([
    ['2', 'the short id', async () => '000001'],
    ['2', 'the long id', () => uuidOf(0)],
    ['3', 'the long id', () => uuidOf(0)],
  ])('version %s, %s: the right organization', async (version, _name, id) => {
    const inputs = { 'api-version': version, 'organization-id': await id() };
    const { main, cloud } = await played(await loginScene({ inputs }));
    expect(ending(main)).toMatch(OPENED);
    expect(main.exitCode).toBe(0);
    expect(cloud.openSessions()).toEqual([]);
  });

  test.each([
    ['2', 'the short id', async () => '000002', LOGIN_V2, LOGOUT_V2],
    ['2', 'the long id', () => uuidOf(1), LOGIN_V2, LOGOUT_V2],
    ['2', 'one that nobody has', async () => 'xxxx', LOGIN_V2, LOGOUT_V2],
    ['3', 'the long id', () => uuidOf(1), LOGIN_V3, LOGOUT_V3],
  ])('version %s, %s of another one: ended at once, red', async (version, _name, id, login, logout) => {
    const inputs = {
      'api-version': version,
      'organization-id': await id(),
      'session-id-variable': 'SESSION',
    };
    const stage = await loginScene({ inputs });
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toMatch(BROKEN);
    expect(ending(main)).toContain(`, not ${inputs['organization-id']}: check organization-id and the user`);
    expect(ending(main)).toContain('It was ended at once.');
    expect(sent(stage.cloud)).toEqual([login, logout]);
    expect(stage.cloud.openSessions()).toEqual([]);
    expectSettled(main);
  });

  test('a response without an organization is not from another one', async () => {
    const faults = [changed({ orgId: undefined, orgUuid: undefined })];
    const inputs = { 'organization-id': '000001' };
    const { job, cloud, ...stage } = await loginScene({ faults, inputs });
    const main = await onlyMain({ job, inputs: stage.inputs });
    expectRed(main);
    expect(cloud.openSessions()).toEqual([]);
  });

  test('what cannot be ended at once is left to the post step', async () => {
    const inputs = { 'organization-id': '000002' };
    const stage = await loginScene({ inputs, faults: [undefined, down] });
    const { main, post, cloud } = await played(stage);
    expectRed(main);
    expect(ending(main)).toContain(LEFT_TO_POST);
    expect(post.exitCode).toBe(0);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(cloud.openSessions()).toEqual([]);
  });
});

describe('an invalid field of the response', () => {
  const urls: readonly (readonly [string, unknown])[] = [
    ['a foreign host', 'https://iics.example.com/saas'],
    ['a look-alike', 'https://informaticacloud.com.example.com/saas'],
    ['plain http', 'http://usw3.dm-us.informaticacloud.com/saas'],
    ['no URL', 'usw3.dm-us.informaticacloud.com'],
    ['credentials in it', 'https://user:secret@usw3.dm-us.informaticacloud.com/saas'],
    ['an endpoint', 'https://usw3.dm-us.informaticacloud.com/saas/api/v2/user/logout'],
    ['a number', 42],
    ['nothing', undefined],
  ];
  test.each(urls)('serverUrl is %s: ended by version 3 at the login host', async (_name, serverUrl) => {
    const stage = await loginScene({ faults: [changed({ serverUrl })], job: { debug: true } });
    const { cloud } = stage;
    const main = await onlyMain(stage);
    expectRed(main);
    expect(ending(main)).toMatch(
      /, but serverUrl in the response is missing or invalid\. It was ended at once\.$/,
    );
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V3]);
    expect(cloud.openSessions()).toEqual([]);
    if (typeof serverUrl === 'string') expectHidden([main], serverUrl);
    const id = cloud.requests[1]?.headers['infa-session-id'] ?? '';
    expect(main.masks).toContain(id);
    expectHidden([main], id);
    expectSettled(main);
    expect(main.stateFile).not.toContain(id);
  });

  test('baseApiUrl of version 3 just so, be there no products at all', async () => {
    for (const products of [[], [{ name: 'Integration Cloud', baseApiUrl: 'https://example.com/saas' }]]) {
      const stage = await loginScene({
        inputs: { 'api-version': '3' },
        settings: { products: () => products },
      });
      const { cloud } = stage;
      const main = await onlyMain(stage);
      expectRed(main);
      expect(ending(main)).toContain(', but baseApiUrl in the response ');
      expect(sent(cloud)).toEqual([LOGIN_V3, LOGOUT_V3]);
      expect(cloud.openSessions()).toEqual([]);
    }
  });

  test('what cannot be ended at once, the post step ends with the same request', async () => {
    const faults = [
      changed({ serverUrl: 'https://example.com' }),
      respondWith(400, errorTextV2(400, 'X_1')),
      undefined,
    ];
    const { main, post, cloud } = await played(await loginScene({ faults }));
    expectRed(main);
    expect(ending(main)).toContain(LEFT_TO_POST);
    expect(post.log).toEqual([expect.stringMatching(/^Ended the session of /)]);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V3, LOGOUT_V3]);
    expect(cloud.openSessions()).toEqual([]);
  });

  test.each(['warn', 'fail'])(
    'an id that is none by shape can be ended by nobody, which post says: %s',
    async (how) => {
      const value = 'no id at all';
      const inputs = { 'on-cleanup-failure': how };
      const stage = await loginScene({
        inputs,
        faults: [changed({ icSessionId: value })],
        job: { debug: true },
      });
      const { main, post, cloud } = await played(stage);
      expectRed(main);
      expect(ending(main)).toContain(', but icSessionId in the response is missing or invalid. It is open,');
      expectHidden([main, post], value);
      // It is never repeated: it has opened a session.
      expect(sent(cloud)).toEqual([LOGIN_V2]);
      expect(ending(post)).toMatch(how === 'fail' ? /^Error: A session may be open / : MAY_BE_OPEN);
      expect(post.exitCode).toBe(how === 'fail' ? 1 : 0);
    },
  );

  test('an id between blanks is taken without them', async () => {
    const padded: Fault = {
      kind: 'response',
      effect: true,
      body: (truth) => truth.replace(/"icSessionId":"(.*?)"/, '"icSessionId":"\\ufeff $1\\n"'),
    };
    const { main, cloud } = await played(await loginScene({ faults: [padded] }));
    expect(main.exitCode).toBe(0);
    expect(main.outputs['session-id']).toBe(cloud.requests[1]?.headers['icsessionid']);
    expect(cloud.openSessions()).toEqual([]);
  });
});

test('of the products of version 3 the one named "Integration Cloud" counts', async () => {
  const products = (serverUrl: string) => [
    { name: 'API Manager', baseApiUrl: 'https://apim.example.com' },
    { name: 'Integration Cloud', baseApiUrl: serverUrl },
  ];
  const stage = await loginScene({ inputs: { 'api-version': '3' }, settings: { products } });
  const { main, cloud } = await played(stage);
  expect(main.outputs['server-url']).toBe(cloud.serverUrl);
  expect(cloud.openSessions()).toEqual([]);
});

test('nothing is sent anywhere, nothing is handed on, and post is quiet where inputs are wrong', async () => {
  // `unit/steps/inputs.test.ts` has the other rows, in process.
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { username: '', password: '' },
      /username and password are missing: probably no secret .*fork.*Give both, or give organization-id/,
    ],
    [{ 'session-id-variable': 'GITHUB_TOKEN' }, /session-id-variable is reserved for the runner/],
  ];
  const { cloud, job } = await loginScene();
  for (const [inputs, problem] of wrong) {
    const main = await onlyMain({ job, inputs: loginInputs(cloud, inputs) });
    expect(main.log.join('\n')).toMatch(problem);
    expect(main.log[0]).toMatch(/^Error: Wrong inputs/);
    expectRed(main);
    expectHidden([main], pipeline.password);
    expect(main.stateFile).toBe('');
  }
  for (const post of await job.posts()) expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(cloud.requests).toEqual([]);
});

test('api-version: v3 is version 3', async () => {
  const cloud = await startCloud();
  const session = cloud.openSession(pipeline, 'v3');
  const inputs = { mode: 'logout', 'session-id': session.sessionId, 'server-url': cloud.serverUrl };
  await newJob().run({ ...inputs, 'api-version': 'v3' });
  expect(sent(cloud)).toEqual([LOGOUT_V3]);
  expect(cloud.openSessions()).toEqual([]);
});

test('logout in version 3: of two hosts the login host is taken, and either will do', async () => {
  const [here, there] = await Promise.all([startCloud(), startCloud()]);
  const { job } = await loginScene();
  const { sessionId } = here.openSession(pipeline, 'v3');
  const inputs = { mode: 'logout', 'api-version': '3', 'session-id': sessionId };
  await job.run({ ...inputs, 'login-url': here.loginUrl, 'server-url': there.serverUrl });
  expect([sent(here), sent(there), here.openSessions()]).toEqual([[LOGOUT_V3], [], []]);
  const again = here.openSession(pipeline, 'v3');
  await job.run({ ...inputs, 'session-id': again.sessionId, 'server-url': here.serverUrl });
  expect(here.openSessions()).toEqual([]);
});

test('when and allow-already-ended have no effect on a login, which is said', async () => {
  const { job, inputs } = await loginScene({
    inputs: { when: 'job-end', 'allow-already-ended': 'true' },
  });
  const main = await onlyMain({ job, inputs });
  expect(main.log[0]).toBe('when, allow-already-ended: no effect in mode: login.');
  expect(ending(main)).toMatch(OPENED);
});
