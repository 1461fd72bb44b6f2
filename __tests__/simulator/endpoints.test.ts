import { describe, expect, test } from '@jest/globals';
import { startSimulator } from '../../simulator/index.ts';
import {
  envelope,
  errorObject,
  isValid,
  login,
  loginV3,
  logout,
  logoutall,
  logoutV3,
  minute,
  nightly,
  openIds,
  parsed,
  pipeline,
  simulator,
  source,
  start,
  startWith,
  target,
  targetUser,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

describe('a session from login to logout', () => {
  test('version 2', async () => {
    await start();
    const response = await login(pipeline);
    const [session] = simulator.openSessions();
    expect(response.status).toBe(200);
    expect(parsed(response)).toMatchObject({
      icSessionId: session?.sessionId,
      serverUrl: simulator.serverUrl,
      orgId: expect.stringMatching(/^.{6}$/),
      name: pipeline.username,
    });
    expect(session).toMatchObject({ organization: source.name, username: pipeline.username, api: 'v2' });
    expect(await logout(session?.sessionId ?? '')).toMatchObject({ status: 200, body: '' });
    expect(openIds()).toEqual([]);
    expect(simulator.requests.map(({ effect, responseStatus }) => [effect, responseStatus])).toEqual([
      ['session-opened', 200],
      ['session-ended', 200],
    ]);
  });

  test('version 3', async () => {
    await start();
    const response = await loginV3(pipeline);
    const [sessionId = ''] = openIds();
    expect(parsed(response)).toMatchObject({
      products: [{ baseApiUrl: simulator.serverUrl }],
      userInfo: { sessionId, orgId: expect.stringMatching(/^.{22}$/), orgName: source.name },
    });
    expect(await logoutV3(sessionId)).toMatchObject({ status: 200 });
    expect(openIds()).toEqual([]);
  });

  test.each([
    ['ends', 200, 0],
    ['ignores', 200, 1],
    ['refuses', 401, 1],
  ] as const)('a version 2 logout of a version 3 session %s it', async (crossVersionLogout, status, left) => {
    await startWith({ crossVersionLogout });
    const { sessionId } = simulator.openSession(pipeline, 'v3');
    expect(await logout(sessionId)).toMatchObject({ status });
    expect(openIds()).toHaveLength(left);
  });

  test('JWT-sized, and with a fixed life', async () => {
    await start({ organizations: [{ ...source, sessionIds: { kind: 'jwt' } }] });
    await login(pipeline);
    const [sessionId = ''] = openIds();
    expect(sessionId).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/);
    expect(sessionId).toHaveLength(16_000);
    expect(await logout(sessionId)).toMatchObject({ status: 200 });
    expect(openIds()).toEqual([]);
    const again = simulator.openSession(pipeline).sessionId;
    simulator.clock.advance(29 * minute);
    await isValid(pipeline.username, again, { icSessionId: again });
    simulator.clock.advance(minute);
    expect(openIds()).toEqual([]);
  });

  test('a JWT that no logout can end', async () => {
    await start({
      organizations: [{ ...source, sessionIds: { kind: 'jwt', length: 400 } }],
      settings: { logoutEndsJwt: false },
    });
    const { sessionId } = simulator.openSession(pipeline);
    expect(await logout(sessionId)).toMatchObject({ status: 200 });
    expect(await logoutall(pipeline)).toMatchObject({ status: 200 });
    expect(openIds()).toEqual([sessionId]);
  });
});

describe('logoutall', () => {
  test('ends the version 2 sessions of the organization, whoever opened them', async () => {
    await start();
    simulator.openSession(pipeline);
    simulator.openSession(nightly);
    const v3 = simulator.openSession(pipeline, 'v3');
    const other = simulator.openSession(targetUser);
    const response = await logoutall(nightly);
    expect(parsed(response)).toEqual({ '@type': 'success' });
    expect(openIds()).toEqual([v3.sessionId, other.sessionId]);
  });

  test('counts a wrong password as a failed login, and a locked account is refused with the right one', async () => {
    await startWith({ maxFailedLogins: 2, badCredentialsStatus: 403 });
    const session = simulator.openSession(pipeline);
    const wrong = { ...pipeline, password: 'wrong' };
    expect(parsed(await logoutall(wrong))).toEqual(errorObject(403, 'UI_10000'));
    expect(parsed(await login(wrong))).toEqual(errorObject(403, 'UI_10000'));
    expect(await logoutall(pipeline)).toMatchObject({ status: 403, body: expect.stringContaining('locked') });
    expect(await loginV3(pipeline)).toMatchObject({ status: 403, body: expect.stringContaining('locked') });
    expect(openIds()).toEqual([session.sessionId]);
    expect(await logoutall(nightly)).toMatchObject({ status: 200 });
  });

  test('a login in between sets the count back', async () => {
    await startWith({ maxFailedLogins: 2 });
    const wrong = { ...pipeline, password: 'wrong' };
    for (const user of [wrong, pipeline, wrong]) await login(user);
    expect(await login(pipeline)).toMatchObject({ status: 200 });
  });

  test('bad credentials, version 3, and a user that nobody knows', async () => {
    await start();
    const response = await loginV3({ ...pipeline, password: 'wrong' });
    expect(response.status).toBe(401);
    expect(parsed(response)).toEqual(envelope('IDS_085'));
    expect(await login({ username: 'nobody@example.com', password: 'x' })).toMatchObject({ status: 401 });
  });
});

describe('a dead session', () => {
  test.each([
    ['error-401', 401, errorObject(401, 'AUTH_01'), envelope('AUTH_01')],
    ['auth-01-403', 403, errorObject(403, 'AUTH_01'), envelope('AUTH_01')],
    ['error-200', 200, errorObject(401, 'AUTH_01'), envelope('AUTH_01')],
  ] as const)('%s', async (deadSession, status, inV2, inV3) => {
    await startWith({ deadSession });
    const second = await logout('never-opened');
    expect([second.status, parsed(second)]).toEqual([status, inV2]);
    const third = await logoutV3('never-opened');
    expect([third.status, parsed(third)]).toEqual([status, inV3]);
  });

  test('a second logout, with an empty 401 or forgiven', async () => {
    await startWith({ deadSession: 'empty-401' });
    const { sessionId } = simulator.openSession(pipeline);
    simulator.endSession(sessionId);
    expect(await logout(sessionId)).toMatchObject({ status: 401, body: '' });
    await simulator.close();
    await startWith({ secondLogout: 'success', logoutSuccess: 'success-object' });
    const again = simulator.openSession(pipeline).sessionId;
    await logout(again);
    expect(await logout(again)).toMatchObject({ status: 200, body: '{"@type":"success"}' });
    expect(await logout('never-opened')).toMatchObject({ status: 401 });
  });

  test('dies of idleness, and a use prolongs it', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline);
    const validity = async (headers?: object) => parsed(await isValid(pipeline.username, sessionId, headers));
    simulator.clock.advance(25.5 * minute);
    expect(await validity({ icSessionId: sessionId })).toMatchObject({
      timeUntilExpire: 4,
      isValidToken: true,
    });
    simulator.clock.advance(29.5 * minute);
    expect(await validity()).toEqual({ '@type': 'validatedToken', timeUntilExpire: 0, isValidToken: true });
    expect(parsed(await isValid(nightly.username, sessionId))).toMatchObject({ isValidToken: false });
    simulator.clock.advance(0.5 * minute);
    expect(await validity()).toEqual({ '@type': 'validatedToken', timeUntilExpire: 0, isValidToken: false });
    expect(await logout(sessionId)).toMatchObject({ status: 401 });
  });

  test('after the time that the organization chose', async () => {
    await start({ organizations: [{ ...source, idleMinutes: 5 }] });
    simulator.openSession(pipeline);
    simulator.clock.advance(5 * minute);
    expect(openIds()).toEqual([]);
  });
});

describe('a wrong client', () => {
  const credentials = JSON.stringify({ '@type': 'logout', ...pipeline });
  const v2 = '/saas/api/v2/user/logout';
  const all = '/ma/api/v2/user/logoutall';
  const session = { ...jsonHeaders, icSessionId: 'some-id' };

  test.each([
    ['logout without a session id', v2, { headers: jsonHeaders }],
    ['logout with an empty session id', v2, { headers: { ...jsonHeaders, icSessionId: '' } }],
    ['logout with a body', v2, { headers: session, body: '{}' }],
    [
      'logout without a content type',
      v2,
      { headers: { Accept: 'application/json', icSessionId: 'some-id' } },
    ],
    ['logout that does not accept JSON', v2, { headers: { ...session, Accept: 'text/html' } }],
    ['logoutall with a session id', all, { headers: session, body: credentials }],
    ['logoutall with the wrong @type', all, { body: credentials.replace('logout', 'login') }],
    ['logoutall with a field too many', all, { body: credentials.replace('{', '{"x":1,') }],
    ['logoutall without a password', all, { body: credentials.replace('password', 'pass') }],
    [
      'logoutall as a form',
      all,
      { headers: { ...jsonHeaders, 'Content-Type': 'text/plain' }, body: credentials },
    ],
    ['logoutall without a body', all, {}],
    ['a user name of 256 characters', all, { body: credentials.replace(pipeline.username, 'u'.repeat(256)) }],
  ])('%s', async (_what, path, request) => {
    await start();
    simulator.openSession(pipeline);
    const response = await call(simulator.loginUrl + path, request);
    expect([response.status, parsed(response)]).toEqual([400, errorObject(400, 'SIM_BAD_REQUEST')]);
    expect(openIds()).toHaveLength(1);
  });

  test('version 3: a body, no session id, an @type', async () => {
    await start();
    const path = `${simulator.serverUrl}/public/core/v3/logout`;
    const withBody = await call(path, { headers: { 'INFA-SESSION-ID': 'some-id' }, body: '{}' });
    const responses = [
      withBody,
      await call(path, { headers: session }),
      await loginV3({ '@type': 'login', ...pipeline }),
    ];
    for (const response of responses)
      expect([response.status, parsed(response)]).toEqual([400, envelope('SIM_BAD_REQUEST')]);
  });

  test('wrong method and unknown path', async () => {
    await start();
    const get = await call(simulator.loginUrl + all, { method: 'GET' });
    expect([get.status, get.headers.allow, parsed(get)]).toEqual([
      405,
      'POST',
      errorObject(405, 'SIM_METHOD_NOT_ALLOWED'),
    ]);
    const unknown = await call(`${simulator.serverUrl}/api/v2/user/logout/`);
    expect([unknown.status, parsed(unknown)]).toEqual([404, errorObject(404, 'SIM_NOT_FOUND')]);
    const unknownV3 = await call(`${simulator.serverUrl}/public/core/v3/sessions`);
    expect([unknownV3.status, parsed(unknownV3)]).toEqual([404, envelope('SIM_NOT_FOUND')]);
    expect(await call(simulator.loginUrl)).toMatchObject({
      status: 404,
      body: expect.stringContaining('<h1>'),
    });
  });
});

test('the URLs carry the public host', async () => {
  await start({ publicHost: 'usw3.dm-us.example' });
  expect(simulator.serverUrl).toMatch(/^http:\/\/usw3\.dm-us\.example:\d+\/saas$/);
});

test('an organization or a user that is there twice is refused', async () => {
  await start();
  await expect(startSimulator({ organizations: [source, source] })).rejects.toThrow('there twice');
  await expect(
    startSimulator({ organizations: [source, { ...target, users: source.users }] }),
  ).rejects.toThrow('twice');
});
