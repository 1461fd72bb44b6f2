import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { UNCONFIRMED_END } from '../first-words.ts';
import { afterwards, mainAndPost, outcomeOf, respondWith, scene } from './support.ts';

/** A server that only counts who connects. */
async function lure() {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterwards(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: `127.0.0.1:${address.port}`, connections: () => connections };
}

// The toolkit's client would send the password and every header but `authorization` to the new place.
test.each([
  [301, 'logout'],
  [302, 'logoutall'],
  [303, 'logout'],
  [307, 'logoutall'],
  [308, 'logout'],
] as const)('a %d is not followed: %s', async (status, mode) => {
  const { host, connections } = await lure();
  const path = mode === 'logout' ? '/saas/api/v2/user/logout' : '/ma/api/v2/user/logoutall';
  const faults = [respondWith(status, '', { Location: `http://${host}${path}` })];
  const stage = await scene(mode, { faults });
  const { main, post } = await mainAndPost(stage);
  // The redirect ends the tries of the step; after that of main, there is one more step.
  expect([outcomeOf(main), outcomeOf(post)]).toEqual([`Error: ${UNCONFIRMED_END}`, 'Ended']);
  expect(stage.cloud.requests.length).toBe(2);
  expect(connections()).toBe(0);
});

test.each([
  [308, 'logoutall'],
  [302, 'logout'],
] as const)('a %d is not followed in post: %s', async (status, mode) => {
  const { host, connections } = await lure();
  const faults = [respondWith(status, '', { Location: `http://${host}/` })];
  const stage = await scene(mode, { inputs: { when: 'job-end' }, faults });
  const { main, post } = await mainAndPost(stage);
  expect([outcomeOf(main), outcomeOf(post)]).toEqual(['Scheduled', `Warning: ${UNCONFIRMED_END}`]);
  expect(stage.cloud.requests.length).toBe(1);
  expect(connections()).toBe(0);
});

test('a redirect to the same server is not followed either', async () => {
  const faults = [respondWith(307, '', { Location: '/saas/api/v2/user/logout' })];
  const stage = await scene('logout', { faults });
  const main = await stage.job.run(stage.inputs);
  expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', 'status-code': '307' } });
  expect(stage.cloud.requests.length).toBe(1);
  expect(stage.cloud.openSessions()).toHaveLength(1);
});
