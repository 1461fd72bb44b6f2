import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { afterwards, answer, MODES, mainAndPost, scene } from './support.ts';

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
test.each([301, 302, 303, 307, 308])('a %d is not followed', async (status) => {
  const { host, connections } = await lure();
  const meet = async (mode: (typeof MODES)[number], when: string) => {
    const path = mode === 'logout' ? '/saas/api/v2/user/logout' : '/ma/api/v2/user/logoutall';
    const faults = [answer(status, '', { Location: `http://${host}${path}` })];
    const stage = await scene(mode, { inputs: { when }, faults });
    const { main, post } = await mainAndPost(stage);
    const [text] = (when === 'now' ? main : post).log;
    expect(text).toContain(
      `HTTP ${status}, a redirect to ${host}; it was not followed, and nothing was sent there`,
    );
    expect(stage.cloud.requests).toHaveLength(1);
  };
  await Promise.all(MODES.flatMap((mode) => [meet(mode, 'now'), meet(mode, 'job-end')]));
  expect(connections()).toBe(0);
});

test('a redirect to the same server is not followed either', async () => {
  const faults = [answer(307, '', { Location: '/saas/api/v2/user/logout' })];
  const stage = await scene('logout', { faults });
  const { main } = await mainAndPost(stage);
  expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed', 'status-code': '307' } });
  expect(stage.cloud.requests).toHaveLength(1);
  expect(stage.cloud.openSessions()).toHaveLength(1);
});
