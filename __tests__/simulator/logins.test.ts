import { describe, expect, test } from '@jest/globals';
import { type Settings, sampleOrganizations } from '../../simulator/index.ts';
import {
  envelope,
  errorObject,
  isValid,
  login,
  loginV3,
  logout,
  logoutall,
  logoutV3,
  nightly,
  openIds,
  parsed,
  pipeline,
  post,
  simulator,
  source,
  start,
  startWith,
} from './api.ts';
import { call } from './client.ts';

const wrong = { ...pipeline, password: 'wrong' };
const jwts = [{ ...source, sessionIds: { kind: 'jwt', length: 600 } }] as const;

describe('what a login returns', () => {
  test('version 2 has fields that nobody may show', async () => {
    await start();
    const response = await login(pipeline);
    const [securityAnswer, password] = simulator.privateTexts(pipeline);
    expect(parsed(response)).toMatchObject({
      '@type': 'user',
      securityAnswer,
      password,
      orgId: expect.stringMatching(/^\w{6}$/),
      orgUuid: simulator.organizations[0]?.orgUuid,
    });
    expect(response.body).not.toContain(pipeline.password);
    expect(simulator.privateTexts(nightly)).not.toContain(securityAnswer);
  });

  test('version 3 has the requested products', async () => {
    const products: Settings['products'] = (serverUrl) => [
      { name: 'Data Marketplace', baseApiUrl: 'https://market.example/saas' },
      { name: 'Integration Cloud', baseApiUrl: serverUrl },
    ];
    await startWith({ products });
    expect(parsed(await loginV3(pipeline))).toMatchObject({
      products: products(simulator.serverUrl),
      userInfo: { name: pipeline.username, orgId: simulator.organizations[0]?.orgUuid },
    });
  });

  test('the server has its own host if the setting says so', async () => {
    await start({ serverHost: 'localhost' });
    expect(parsed(await login(pipeline))).toMatchObject({
      serverUrl: expect.stringMatching(/^http:\/\/localhost:\d+\/saas$/),
    });
    const [sessionId = ''] = openIds();
    await logout(sessionId);
    const hosts = simulator.requests.map(({ headers }) => headers['host']?.split(':')[0]);
    expect(hosts).toEqual(['127.0.0.1', 'localhost']);
    expect(openIds()).toEqual([]);
  });

  test('version 3 logs out at the login host as well', async () => {
    await start({ serverHost: 'localhost' });
    await loginV3(pipeline);
    const [sessionId = ''] = openIds();
    expect(await logoutV3(sessionId, `${simulator.loginUrl}/saas`)).toMatchObject({ status: 200 });
    expect(openIds()).toEqual([]);
  });
});

describe('a version 2 request without @type gets a page', () => {
  test.each([
    ['/ma/api/v2/user/login', pipeline],
    ['/ma/api/v2/user/logoutall', pipeline],
    ['/saas/api/v2/user/validSessionId', { userName: 'a', icToken: 'b' }],
  ])('%s', async (path, body) => {
    await start();
    expect(await post(path, body)).toMatchObject({
      status: 400,
      headers: expect.objectContaining({ 'content-type': 'text/html;charset=utf-8' }),
      body: expect.stringContaining('<h1>'),
    });
    expect(openIds()).toEqual([]);
  });
});

describe('names and passwords of 255 characters at most', () => {
  const long = 'x'.repeat(256);
  test.each([
    ['a user name', { ...pipeline, username: long }],
    ['a password', { ...pipeline, password: long }],
  ])('%s', async (_what, user) => {
    await start();
    expect(parsed(await login(user))).toEqual(errorObject(400, 'SIM_BAD_REQUEST'));
    expect(parsed(await loginV3(user))).toEqual(envelope('SIM_BAD_REQUEST'));
    expect(simulator.passwordUse(user.username).attempts).toBe(0);
  });

  test('the user name of validSessionId, which is needed too', async () => {
    await start();
    for (const name of [long, '']) expect(await isValid(name, 'some-id')).toMatchObject({ status: 400 });
  });
});

describe('what a client does with credentials', () => {
  test('is counted: checked, rejected, and sent again after a rejection', async () => {
    await startWith({ maxFailedLogins: 3 });
    await login(pipeline);
    await login(wrong);
    await logoutall({ ...pipeline, password: 'wrong too' });
    expect(simulator.passwordUse(pipeline.username)).toEqual({ attempts: 3, rejected: 2, rejectedAgain: 0 });
    await loginV3(wrong);
    expect(simulator.passwordUse(pipeline.username)).toEqual({ attempts: 4, rejected: 3, rejectedAgain: 1 });
    // The account is locked by now, so the right password is rejected as well.
    await login(pipeline);
    await login(pipeline);
    expect(simulator.passwordUse(pipeline.username)).toEqual({ attempts: 6, rejected: 5, rejectedAgain: 2 });
    expect(simulator.passwordUse(nightly.username)).toEqual({ attempts: 0, rejected: 0, rejectedAgain: 0 });
  });

  test('is not counted where it had no effect', async () => {
    await start();
    simulator.setFaults(() => ({ kind: 'response', effect: false, status: 503 }));
    await login(wrong);
    expect(simulator.passwordUse(pipeline.username).attempts).toBe(0);
    simulator.setFaults(() => ({ kind: 'response', effect: true, status: 503 }));
    await login(wrong);
    expect(simulator.passwordUse(pipeline.username).attempts).toBe(1);
  });

  test('locks an account, which each version says with a code of its own', async () => {
    await startWith({ maxFailedLogins: 1, badCredentialsStatus: 400 });
    expect(await login(wrong)).toMatchObject({ status: 400 });
    expect(parsed(await loginV3(pipeline))).toEqual(envelope('IDS_086'));
    expect(parsed(await login(pipeline))).toEqual(errorObject(400, 'UI_10000'));
    expect(openIds()).toEqual([]);
  });
});

describe('the forms of a success', () => {
  test.each([
    ['empty', 200, ''],
    ['empty-204', 204, ''],
    ['success-object', 200, '{"@type":"success"}'],
  ] as const)('%s', async (form, status, body) => {
    await startWith({ logoutSuccess: form, logoutallSuccess: form });
    const { sessionId } = simulator.openSession(pipeline);
    const v3 = simulator.openSession(pipeline, 'v3');
    const responses = [await logout(sessionId), await logoutV3(v3.sessionId), await logoutall(pipeline)];
    for (const response of responses) expect(response).toMatchObject({ status, body, end: 'complete' });
    expect(openIds()).toEqual([]);
  });
});

describe('after a logout validSessionId', () => {
  const valid = { isValidToken: true, timeUntilExpire: 29 };
  const dead = { isValidToken: false, timeUntilExpire: 0 };
  const validateAfter = async (settings: Partial<Settings>) => {
    await start({ organizations: jwts, settings });
    const { sessionId } = simulator.openSession(pipeline);
    simulator.clock.advance(1000);
    expect(await logout(sessionId)).toMatchObject({ status: 200 });
    return { sessionId, response: await isValid(pipeline.username, sessionId) };
  };

  test.each([
    ['truth', true, 0, dead],
    ['truth', false, 1, valid],
    ['says-dead', false, 1, dead],
    ['says-valid', true, 0, valid],
  ] as const)('%s, where logout ends a JWT: %s', async (validAfterLogout, logoutEndsJwt, left, said) => {
    const { response } = await validateAfter({ validAfterLogout, logoutEndsJwt });
    expect(parsed(response)).toMatchObject({ '@type': 'validatedToken', ...said });
    expect(openIds()).toHaveLength(left);
  });

  test('error', async () => {
    const { response } = await validateAfter({ validAfterLogout: 'error' });
    expect([response.status, parsed(response)]).toEqual([401, errorObject(401, 'AUTH_01')]);
  });

  test('says dead of every session that has expired, and to another user', async () => {
    const { sessionId } = await validateAfter({ validAfterLogout: 'says-valid' });
    expect(parsed(await isValid(nightly.username, sessionId))).toMatchObject(dead);
    simulator.clock.advance(30 * 60_000);
    expect(parsed(await isValid(pipeline.username, sessionId))).toMatchObject(dead);
  });
});

test('a JWT of a session says when it expires', async () => {
  await start({ organizations: jwts });
  const { sessionId } = simulator.openSession(pipeline);
  const payload = JSON.parse(Buffer.from(sessionId.split('.')[1] ?? '', 'base64url').toString());
  simulator.clock.advance(payload.exp * 1000 - simulator.clock.nowMs() - 1500);
  expect(openIds()).toEqual([sessionId]);
  simulator.clock.advance(3000);
  expect(openIds()).toEqual([]);
});

test('another process learns which sessions are open, without their ids, unseen by a script', async () => {
  await start();
  simulator.setFaults(() => ({ kind: 'response', effect: false, status: 500 }));
  const { sessionId } = simulator.openSession(pipeline);
  simulator.openSession(nightly, 'v3');
  simulator.endSession(sessionId);
  const response = await call(`${simulator.loginUrl}/simulator/sessions`, { method: 'GET' });
  expect([response.status, parsed(response)]).toEqual([
    200,
    { open: [{ organization: source.name, username: nightly.username, api: 'v3' }], openedInAll: 2 },
  ]);
  expect(simulator.requests).toEqual([]);
});

test('no built-in password contains a word that a message about passwords repeats', () => {
  const passwords = sampleOrganizations.flatMap(({ users }) => users.map(({ password }) => password));
  expect(passwords).toHaveLength(3);
  for (const password of passwords) expect(password).not.toMatch(/password/i);
});
