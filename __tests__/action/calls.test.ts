import { describe, expect, test } from '@jest/globals';
import {
  type Mode,
  mainAndPost,
  NO_SESSION,
  newJob,
  outcomeOf,
  pipeline,
  scene,
  startCloud,
} from './support.ts';

/** What every request has. */
const COMMON = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': expect.stringMatching(/^informatica-cloud-session\/\d+\.\d+\.\d+$/),
  host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  connection: 'close',
};

// The post step sends what the main step would have sent.
describe.each(['now', 'job-end'])('the call, when: %s', (when) => {
  test('logout', async () => {
    const stage = await scene('logout', { inputs: { when } });
    await mainAndPost(stage);
    expect(stage.cloud.requests).toEqual([
      {
        method: 'POST',
        path: '/saas/api/v2/user/logout',
        headers: { ...COMMON, icsessionid: stage.session.sessionId, 'content-length': '0' },
        body: '',
        rawHeaders: expect.anything(),
        effect: 'session-ended',
        responseStatus: 200,
      },
    ]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  test('logoutall', async () => {
    const stage = await scene('logoutall', { inputs: { when } });
    await mainAndPost(stage);
    const body = JSON.stringify({ '@type': 'logout', ...pipeline });
    expect(stage.cloud.requests).toEqual([
      {
        method: 'POST',
        path: '/ma/api/v2/user/logoutall',
        headers: { ...COMMON, 'content-length': String(Buffer.byteLength(body)) },
        body,
        rawHeaders: expect.anything(),
        effect: 'sessions-ended',
        responseStatus: 200,
      },
    ]);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

/** The path of the request when the URL input is what `change` makes of the simulator's origin. */
async function pathFor(mode: Mode, change: (origin: string) => string): Promise<string | undefined> {
  const { cloud, job, inputs } = await scene(mode);
  const name = mode === 'logout' ? 'server-url' : 'login-url';
  await job.run({ ...inputs, [name]: change(cloud.loginUrl) });
  return cloud.requests[0]?.path;
}

test.each(['', '/', '/saas', '/saas/', '/saas//'])('server-url ending in %j', async (ending) => {
  expect(await pathFor('logout', (origin) => origin + ending)).toBe('/saas/api/v2/user/logout');
});

test('server-url with another path', async () => {
  const path = await pathFor('logout', (origin) => `${origin}/pod/saas/`);
  expect(path).toBe('/pod/saas/api/v2/user/logout');
});

test.each([
  '',
  '/',
  '/ma',
  '/ma/home?tab=1#part',
  '/saas/public/core/v3/login',
  '/identity-service/home?service=x',
])('login-url ending in %j', async (ending) => {
  expect(await pathFor('logoutall', (origin) => origin + ending)).toBe('/ma/api/v2/user/logoutall');
});

test('what belongs to the other mode is not sent', async () => {
  const other = { username: 'not.a.user@example.com', password: 'not-a-real-password' };
  const logout = await scene('logout', { inputs: { ...other, 'login-url': 'dm-us' } });
  await logout.job.run(logout.inputs);
  expect(JSON.stringify(logout.cloud.requests)).not.toMatch(/not\.a\.user|not-a-real/);
  const logoutall = await scene('logoutall', { inputs: { 'session-id': NO_SESSION } });
  await logoutall.job.run(logoutall.inputs);
  expect(JSON.stringify(logoutall.cloud.requests)).not.toContain(NO_SESSION);
});

test('the session that a v3 login opened', async () => {
  const cloud = await startCloud();
  const session = cloud.openSession(pipeline, 'v3');
  const inputs = { mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': session.sessionId };
  expect((await newJob().run(inputs)).outputs['result']).toBe('ended');
  expect(cloud.openSessions()).toEqual([]);
});

test('the user name is trimmed', async () => {
  const { cloud, job, inputs } = await scene('logoutall');
  await job.run({ ...inputs, username: ` ${pipeline.username}\n` });
  expect(cloud.openSessions()).toEqual([]);
});

test('IPv6 loopback', async () => {
  const cloud = await startCloud({ host: '::1' }).catch(() => undefined);
  // Not every machine has IPv6.
  if (cloud === undefined) return;
  const session = cloud.openSession(pipeline);
  const inputs = { mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': session.sessionId };
  expect(outcomeOf(await newJob().run(inputs))).toBe('Ended');
  expect(cloud.openSessions()).toEqual([]);
});
