import { expect, test } from '@jest/globals';
import { BROKEN, ending, LOGIN_V2, LOGOUT_V2, loginScene, played, sent } from './login-support.ts';
import { mainAndPost, preloading, scene } from './support.ts';

/** Another program writes to the same step's files before the action does. */
const WRAPPED = preloading(`import fs from 'node:fs';
  if (process.env.STATE_session === undefined)
    for (const name of ['GITHUB_STATE', 'GITHUB_OUTPUT'])
      fs.appendFileSync(process.env[name], 'wrapper=kept\\n');
  else console.log('wrapper: ' + process.env.STATE_wrapper);`);

/** Writes to GITHUB_ENV fail, and those to GITHUB_OUTPUT from then on. */
const DISK_FULL = preloading(`import fs from 'node:fs';
  const { appendFileSync } = fs;
  let isFull = false;
  fs.appendFileSync = (path, ...more) => {
    isFull ||= path === process.env.GITHUB_ENV;
    if (isFull && (path === process.env.GITHUB_ENV || path === process.env.GITHUB_OUTPUT))
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    return appendFileSync(path, ...more);
  };`);

test('what a wrapper saved and set for the same step stays', async () => {
  const { job, inputs } = await scene('logout', { job: WRAPPED });
  const { main, post } = await mainAndPost({ job, inputs });
  expect(main.state).toMatchObject({ wrapper: 'kept', session: '{"kind":"settled","as":"ended"}' });
  expect(main.outputs).toMatchObject({ wrapper: 'kept', result: 'ended' });
  expect(post.log).toContain('wrapper: kept');
});

test('a session that could not be handed on is in no output, though the disk is full', async () => {
  const inputs = { 'session-id-variable': 'SOME_ID', 'server-url-variable': 'SOME_URL' };
  const { cloud, main } = await played(await loginScene({ inputs, job: DISK_FULL }));
  expect(ending(main)).toMatch(BROKEN);
  expect(main.outputs).toEqual({});
  expect(main.exitCode).toBe(1);
  expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2]);
  expect(cloud.openSessions()).toEqual([]);
});

test('entries of no_proxy that match no host are told once', async () => {
  // Nothing listens there.
  const env = { https_proxy: 'http://127.0.0.1:9', no_proxy: 'a.example b.example,*.example.com' };
  const { job, inputs } = await scene('logout', {
    inputs: { 'server-url': 'https://usw3.dm-us.informaticacloud.com/saas', 'timeout-seconds': '1' },
    job: { env },
  });
  const { main, post } = await mainAndPost({ job, inputs });
  const told = (log: readonly string[]) => log.filter((line) => line.startsWith('no_proxy has entries with'));
  expect(told(main.log)).toEqual([expect.stringContaining('a space and "*" and more, which have no effect')]);
  expect(told(post.log)).toEqual([]);
});
