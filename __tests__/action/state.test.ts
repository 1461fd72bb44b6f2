import { describe, expect, test } from '@jest/globals';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  errorTextV2,
  inputsToEnd,
  MODES,
  type Mode,
  mainAndPost,
  newJob,
  nightly,
  onlyMain,
  onlyPost,
  outcomeOf,
  pipeline,
  respondWith,
  scene,
  startCloud,
  until,
  unusedPort,
} from './support.ts';

test.each(MODES)('%s, when: job-end', async (mode) => {
  const stage = await scene(mode, { inputs: { when: 'job-end' } });
  const main = await onlyMain(stage);
  expect(main.log).toEqual([expect.stringMatching(/^Scheduled: /)]);
  expect(main).toMatchObject({ exitCode: 0, summary: '', annotations: [] });
  expect(main.outputs).toEqual({
    result: 'scheduled',
    attempts: '0',
    'status-code': '',
    'error-code': '',
    'error-message': '',
  });
  expect(stage.cloud.requests).toEqual([]);
  expect(stage.cloud.openSessions()).toHaveLength(1);
  const post = await onlyPost(stage.job);
  expect(post.log).toEqual([expect.stringMatching(/^Ended /)]);
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  expect(stage.cloud.openSessions()).toEqual([]);
});

test('allow-already-ended: true', async () => {
  const stage = await scene('logout', { inputs: { 'allow-already-ended': 'true' } });
  stage.cloud.endSession(stage.session.sessionId);
  const main = await onlyMain(stage);
  expect(main.log).toEqual([expect.stringMatching(/^Already ended: /)]);
  expect(main).toMatchObject({ exitCode: 0, annotations: [] });
  expect(main.outputs).toEqual({
    result: 'already-ended',
    attempts: '1',
    'status-code': '401',
    'error-code': 'AUTH_01',
    'error-message': 'Session ID is not valid or has expired.',
  });
});

test('allow-already-ended: true does not excuse refused credentials', async () => {
  const inputs = { 'allow-already-ended': 'true', password: 'not-the-real-password' };
  const stage = await scene('logoutall', { inputs });
  const main = await onlyMain(stage);
  expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed' } });
});

test.each(['error-401', 'auth-01-403', 'empty-401', 'error-200'] as const)(
  'an expired session, which the server calls %s, is good news in post',
  async (deadSession) => {
    const stage = await scene('logout', {
      inputs: { when: 'job-end' },
      cloud: { settings: { deadSession } },
    });
    stage.cloud.clock.advance(31 * 60_000);
    const { post } = await mainAndPost(stage);
    expect(post.log).toEqual([expect.stringMatching(/^Already ended: /)]);
    expect(post).toMatchObject({ exitCode: 0, annotations: [] });
  },
);

describe('refused credentials', () => {
  test.each(['now', 'job-end'])('are sent once, when: %s', async (when) => {
    const inputs = { when, password: 'not-the-real-password' };
    // One more failure would lock the account.
    const stage = await scene('logoutall', { inputs, cloud: { settings: { maxFailedLogins: 2 } } });
    const { main, post } = await mainAndPost(stage);
    expect(stage.cloud.requests.length).toBe(1);
    expect(outcomeOf(when === 'now' ? main : post)).toMatch(/^(Error|Warning): Not ended$/);
    await stage.job.run({ ...stage.inputs, when: 'now', ...pipeline });
    expect(stage.cloud.openSessions()).toEqual([]);
  });

  // The server may not have sent it, but it may have checked the password.
  test.each(['close', 'reset', 'stall'] as const)(
    'are sent once, though the body breaks off (%s)',
    async (ending) => {
      const stage = await scene('logoutall', {
        // Only a body that stops uses its time up.
        inputs: { 'timeout-seconds': ending === 'stall' ? '2' : '20' },
        faults: [{ kind: 'cut-body', effect: true, status: 401, ending }],
      });
      const { main, post } = await mainAndPost(stage);
      expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(main.outputs).toMatchObject({ result: 'failed', attempts: '1', 'status-code': '401' });
      expect(outcomeOf(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
      expect(stage.cloud.requests.length).toBe(1);
    },
  );
});

describe('on-cleanup-failure', () => {
  const refused = [respondWith(400, errorTextV2(400, 'X_1'))];
  const unsettled = [respondWith(503, '', { 'Retry-After': '3600' })];
  test.each([
    ['warn', 'refused', refused, 'Warning: Not ended'],
    ['fail', 'refused', refused, 'Error: Not ended'],
    ['warn', 'unknown', unsettled, `Warning: ${UNCONFIRMED_END}`],
    ['fail', 'unknown', unsettled, `Error: ${UNCONFIRMED_END}`],
  ])('%s, and the response is %s', async (choice, _name, faults, outcome) => {
    const inputs = { when: 'job-end', 'on-cleanup-failure': choice };
    const stage = await scene('logout', { inputs, faults });
    const { post } = await mainAndPost(stage);
    expect(post.log).toHaveLength(1);
    expect(outcomeOf(post)).toBe(outcome);
    expect(post.exitCode).toBe(choice === 'fail' ? 1 : 0);
    expect(post.annotations).toHaveLength(1);
  });

  test('fail changes nothing for good news', async () => {
    const inputs = { when: 'job-end', 'on-cleanup-failure': 'fail' };
    const stage = await scene('logout', { inputs, faults: [respondWith(401)] });
    expect((await mainAndPost(stage)).post).toMatchObject({ exitCode: 0, annotations: [] });
  });
});

describe('several steps in one job', () => {
  test('each post ends the session of its own step, the last step’s first', async () => {
    const cloud = await startCloud();
    const job = newJob();
    const sessions = [cloud.openSession(pipeline), cloud.openSession(nightly), cloud.openSession(pipeline)];
    for (const session of sessions) await job.run(inputsToEnd(session, cloud, { when: 'job-end' }));
    const posts = await job.posts();
    expect(posts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(cloud.requests.map(({ headers }) => headers['icsessionid'])).toEqual(
      sessions.map(({ sessionId }) => sessionId).reverse(),
    );
    expect(cloud.openSessions()).toEqual([]);
  });

  test('steps that run at the same time', async () => {
    const cloud = await startCloud();
    const job = newJob();
    const now = cloud.openSession(pipeline);
    const late = cloud.openSession(nightly);
    const steps = [inputsToEnd(now, cloud), inputsToEnd(late, cloud, { when: 'job-end' })];
    await Promise.all(steps.map((inputs) => job.run(inputs)));
    expect(cloud.openSessions()).toEqual([late]);
    await job.posts();
    expect(cloud.openSessions()).toEqual([]);
  });

  test('one server that is down does not keep the other session open', async () => {
    // Once it is down, no other server gets its port.
    const down = await startCloud({ port: await unusedPort() });
    const up = await startCloud();
    const job = newJob();
    await job.run(inputsToEnd(up.openSession(pipeline), up, { when: 'job-end' }));
    const briefly = { when: 'job-end', 'timeout-seconds': '1' };
    await job.run(inputsToEnd(down.openSession(pipeline), down, briefly));
    await down.close();
    const posts = await job.posts();
    expect(posts.map(outcomeOf)).toEqual([`Warning: ${UNCONFIRMED_END}`, 'Ended']);
    expect(up.openSessions()).toEqual([]);
  });
});

describe('the post step', () => {
  test('reads no input', async () => {
    const other = await startCloud();
    const stage = await scene('logout', { inputs: { when: 'job-end', 'on-cleanup-failure': 'warn' } });
    const step = stage.job.start(stage.inputs);
    await step.finished;
    const inputs = { ...inputsToEnd(other.openSession(pipeline), other), 'on-cleanup-failure': 'fail' };
    await stage.job.startPost(step, { inputs }).finished;
    expect(stage.cloud.openSessions()).toEqual([]);
    expect(other.requests).toEqual([]);
  });

  test('has nothing to do when main was killed before it began', async () => {
    const stage = await scene('logout');
    const step = stage.job.start(stage.inputs);
    step.signal('SIGKILL');
    await step.finished;
    const post = await onlyPost(stage.job);
    expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up/)]);
    expect(post.exitCode).toBe(0);
  });

  test('says so when it cannot read what was saved', async () => {
    const step = newJob();
    await step.run({}, { env: { STATE_session: '{"kind":"pend' } });
    const post = await onlyPost(step);
    expect(post.log).toEqual([expect.stringMatching(/^Warning: The saved state cannot be read/)]);
    expect(post.exitCode).toBe(0);
  });
});

test.each([
  ['logout', 'silent'],
  ['logout', 'cut-body'],
  ['logoutall', 'silent'],
] as const)('%s: main is killed while the server is %s; post ends the session', async (mode: Mode, kind) => {
  const stage = await scene(mode, { faults: [{ kind, effect: false, ending: 'stall' }] });
  const step = stage.job.start(stage.inputs);
  await until(() => stage.cloud.requests.length === 1);
  step.signal('SIGKILL');
  expect(await step.finished).toMatchObject({ signal: 'SIGKILL', failed: true });
  const post = await onlyPost(stage.job);
  expect(post.log).toEqual([expect.stringMatching(/^Ended /)]);
  expect(stage.cloud.openSessions()).toEqual([]);
});
