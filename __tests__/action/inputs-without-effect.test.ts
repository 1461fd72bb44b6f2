import { describe, expect, test } from '@jest/globals';
import { type Inputs, visible } from '../../runner/index.ts';
import {
  type Mode,
  mainAndPost,
  newJob,
  onlyPost,
  outcomeOf,
  pipeline,
  scene,
  startCloud,
} from './support.ts';

/** Fails unless the step stopped before anything was sent; returns its problems. */
async function problemsOf(mode: Mode, inputs: Inputs): Promise<readonly string[]> {
  const stage = await scene(mode, { inputs });
  const main = await stage.job.run(stage.inputs);
  expect(outcomeOf(main)).toBe('Error: Wrong inputs');
  expect(main).toMatchObject({ exitCode: 1, stateFile: '' });
  expect(outcomeOf(await onlyPost(stage.job))).toBe('Nothing to clean up');
  expect(stage.cloud.requests).toEqual([]);
  expect(stage.cloud.openSessions()).toHaveLength(1);
  return main.log.slice(1).map((line) => line.replace(/^- /, ''));
}

describe('a safety check that the mode cannot do is an input error', () => {
  test('logoutall: organization-id and verify, beside all other problems', async () => {
    const wrong = { 'organization-id': '000002', verify: 'always', 'timeout-seconds': '0' };
    const problems = await problemsOf('logoutall', wrong);
    expect(problems).toEqual([
      expect.stringMatching(
        /^organization-id cannot be checked in mode: logoutall: add a step with mode: login, organization-id and verify: always before/,
      ),
      expect.stringMatching(/^verify cannot be always in mode: logoutall/),
      expect.stringMatching(/^timeout-seconds /),
    ]);
  });

  test('logout: organization-id', async () => {
    const problems = await problemsOf('logout', { 'organization-id': '000001' });
    expect(problems).toEqual([
      expect.stringMatching(/^organization-id cannot be checked in mode: logout: .*step with mode: login/),
    ]);
  });

  // What the problem says to do, first with the wrong organization, then with the right one.
  test.each([
    ['000002', 1],
    ['000001', 0],
  ])('the recipe, organization-id: %j', async (organization, exitCode) => {
    const cloud = await startCloud();
    const others = cloud.openSession(pipeline);
    const job = newJob();
    const login = { 'login-url': cloud.loginUrl, ...pipeline };
    const first = await job.run({
      ...login,
      mode: 'login',
      'organization-id': organization,
      verify: 'always',
    });
    expect(first.exitCode).toBe(exitCode);
    if (exitCode !== 0) {
      expect(cloud.openSessions()).toEqual([others]);
      return;
    }
    expect(outcomeOf(await job.run({ ...login, mode: 'logoutall' }))).toBe('Ended');
    expect(cloud.openSessions()).toEqual([]);
    const posts = await job.posts();
    expect(posts.map((post) => [post.exitCode, post.annotations])).toEqual([
      [0, []],
      [0, []],
    ]);
  });
});

// `unit/steps/inputs.test.ts` has more such numbers, in process.
test.each(['1', '1.23456789012346E+21'])(
  'an organization-id that GitHub took for a number, as %s',
  async (id) => {
    const cloud = await startCloud();
    const main = await newJob().run({
      mode: 'login',
      'login-url': cloud.loginUrl,
      ...pipeline,
      'organization-id': id,
    });
    expect(outcomeOf(main)).toBe('Error: Wrong inputs');
    expect(main.log.slice(1)).toEqual([expect.stringMatching(/^- organization-id .*put it in quotes/)]);
    expect(cloud.requests).toEqual([]);
  },
);

describe('an input without effect is told in one line, without its value', () => {
  test('logout with user name and password', async () => {
    const stage = await scene('logout', { inputs: { ...pipeline, 'allow-already-ended': 'false' } });
    const { main, post } = await mainAndPost(stage);
    expect(main.log).toEqual([
      'username, password: no effect in mode: logout.',
      expect.stringMatching(/^Ended /),
    ]);
    expect(main).toMatchObject({ exitCode: 0, annotations: [] });
    expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up/)]);
    expect(visible(main)).not.toContain(pipeline.username);
  });

  test('logoutall with what is for logout', async () => {
    const session = { 'server-url': 'https://zqx.example', 'session-id': 'zqx' };
    const { job, inputs } = await scene('logoutall', {
      inputs: { ...session, when: 'job-end', 'allow-already-ended': 'true' },
    });
    const { main, post } = await mainAndPost({ job, inputs });
    expect(main.log).toEqual([
      'server-url, session-id, allow-already-ended: no effect in mode: logoutall.',
      expect.stringMatching(/^Scheduled/),
    ]);
    expect(visible(main)).not.toContain('zqx');
    expect(post.log).toEqual([expect.stringMatching(/^Ended /)]);
  });

  test('the URL of another version', async () => {
    const { job, inputs } = await scene('logout', { inputs: { 'login-url': 'dm-us' } });
    expect((await job.run(inputs)).log[0]).toBe('login-url: no effect with api-version: 2.');
  });
});

test('a mode in other letters is named together with all other problems', async () => {
  const main = await newJob().run({ mode: 'Login', 'login-url': 'usw3', summary: 'x' });
  expect(main.exitCode).toBe(1);
  expect(main.log.slice(1)).toEqual([
    '- mode is not written in lower case: give login, logout or logoutall.',
    expect.stringMatching(/^- login-url /),
    expect.stringMatching(
      /^- username and password are missing: probably no secret of that name exists here/,
    ),
    expect.stringMatching(/^- summary /),
  ]);
});
