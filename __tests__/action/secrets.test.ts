import { describe, expect, test } from '@jest/globals';
import { type StepResult, visible } from '../../runner/index.ts';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { ECHOES, PASSWORDS, spellingsIn } from '../secret-texts.ts';
import {
  errorTextV2,
  errorTextV3,
  inputsToEnd,
  MODES,
  type Mode,
  mainAndPost,
  newJob,
  onlyMain,
  onlyPost,
  outcomeOf,
  pipeline,
  printed,
  respondWith,
  type Scene,
  scene,
  startCloud,
  TEN_TIMES_AS_FAST,
} from './support.ts';

/** Fails if a step shows a secret, in any spelling that the action or the server uses. */
function expectHidden(result: StepResult, secret: string): void {
  expect(result.stderr).toBe('');
  expect(result.env).toEqual({});
  expect(spellingsIn(visible(result), secret)).toEqual([]);
}

type Reply = readonly ['now' | 'job-end', (text: string) => Fault];

/** Responses that show an error object in different ways, with the `when` of the step that meets them. */
const REPLIES: readonly [Reply, ...Reply[]] = [
  ['now', (text) => respondWith(400, errorTextV2(400, text, text))],
  ['now', (text) => respondWith(401, errorTextV3('AUTH_01', text))],
  ['job-end', (text) => respondWith(200, errorTextV2(200, text, text))],
  ['now', (text) => respondWith(503, errorTextV2(503, 'X_1', text), { 'Retry-After': '3600' })],
];

// `unit/steps/secrets.test.ts` has each form in each response of each mode, in process.
test.each(Object.entries(ECHOES).map((entry, index) => [...entry, index] as const))(
  'what the server repeats is not repeated: %s',
  async (_name, echo, index) => {
    // By turns, so that each response is met in both modes.
    const mode: Mode = index % 8 < 4 ? 'logout' : 'logoutall';
    const password = `N0t-a "real" p&ssword's % ${mode}`;
    const organizations = [{ name: 'O', users: [{ ...pipeline, password }] }];
    const [when, reply] = REPLIES[index % REPLIES.length] ?? REPLIES[0];
    const inputs = { when, ...(mode === 'logoutall' ? { password } : {}) };
    const stage = await scene(mode, { inputs, cloud: { organizations }, job: { debug: true } });
    const secret = mode === 'logout' ? stage.session.sessionId : password;
    stage.cloud.setFaults(() => reply(echo(secret)));
    const main = await onlyMain(stage);
    const step = when === 'now' ? main : await onlyPost(stage.job);
    expect(step.log.join('\n')).toContain('(withheld: the text repeated a secret)');
    expect(stage.cloud.requests).toHaveLength(1);
    for (const result of [main, step]) expectHidden(result, secret);
  },
);

test('a redirect to a host that has the secret in its name', async () => {
  const stage = await scene('logout');
  const { sessionId } = stage.session;
  stage.cloud.setFaults(() =>
    respondWith(302, '', { Location: `https://${sessionId}.example.com/${sessionId}` }),
  );
  const main = await onlyMain(stage);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
  expectHidden(main, sessionId);
});

// `unit/steps/secrets.test.ts` has each of them in main and in post, in process.
test.each(PASSWORDS.map((password, index) => [password, index % 2 === 0 ? 'now' : 'job-end'] as const))(
  'the password %j is sent as it is, and hidden, when: %s',
  async (password, when) => {
    const cloud = { organizations: [{ name: 'O', users: [{ ...pipeline, password }] }] };
    const stage = await scene('logoutall', { inputs: { password, when }, cloud, job: { debug: true } });
    const main = await onlyMain(stage);
    const post = when === 'now' ? main : await onlyPost(stage.job);
    expect(stage.cloud.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { '@type': 'logout', username: pipeline.username, password },
    ]);
    expect(stage.cloud.openSessions()).toEqual([]);
    // The second is its form in the saved state.
    expect(main.masks).toEqual(expect.arrayContaining([password, JSON.stringify(password).slice(1, -1)]));
    // The commands are those that mask and those of the debug log, though the password may look like another one.
    expect(new Set([...main.commands, ...post.commands].map(({ name }) => name))).toEqual(
      new Set(['add-mask', 'debug']),
    );
    for (const step of [main, post]) if (password.length > 5) expectHidden(step, password);
    if (when === 'now') expect(JSON.stringify(main.state)).not.toContain('password');
  },
);

test.each(['now', 'job-end'])('a session id of 16,000 characters, when: %s', async (when) => {
  const organizations = [{ name: 'O', users: [pipeline], sessionIds: { kind: 'jwt' } as const }];
  const cloud = await startCloud({ organizations });
  const session = cloud.openSession(pipeline);
  expect(session.sessionId).toHaveLength(16_000);
  const job = newJob({ debug: true });
  const { main, post } = await mainAndPost({ job, inputs: inputsToEnd(session, cloud, { when }) });
  expect(cloud.openSessions()).toEqual([]);
  for (const step of [main, post]) expectHidden(step, session.sessionId);
});

test('a session id of 16,000 characters that the server repeats', async () => {
  const organizations = [{ name: 'O', users: [pipeline], sessionIds: { kind: 'jwt' } as const }];
  const cloud = await startCloud({ organizations });
  const { sessionId } = cloud.openSession(pipeline);
  const inputs = { mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': sessionId };
  // The second one is but the end of it.
  for (const text of [sessionId, sessionId.slice(-200), sessionId.replace(/.{76}/g, '$&\n')]) {
    cloud.setFaults(() => respondWith(400, errorTextV2(400, 'X_1', text)));
    const main = await newJob({ debug: true }).run(inputs);
    expect(main.outputs['result']).toBe('failed');
    expectHidden(main, sessionId);
  }
});

test.each(['A1.b_C~d+E/f-', 'abc+/DEF0123456789==', '0f8fad5b-d9cb-469f-a165-70867728950e'])(
  'the session id %s is sent as it is, and hidden in a debug log',
  async (sessionId) => {
    const stage = await scene('logout', {
      inputs: { 'session-id': sessionId, when: 'job-end' },
      job: { debug: true },
    });
    const { main, post } = await mainAndPost(stage);
    expect(stage.cloud.requests[0]?.headers['icsessionid']).toBe(sessionId);
    expect(main.log.join('\n')).toContain('Save intra-action state');
    for (const step of [main, post]) expectHidden(step, sessionId);
  },
);

describe('the order of events', () => {
  test('secrets are masked before anything else is printed', async () => {
    const stage = await scene('logout', { faults: [respondWith(503)] });
    const { stdout } = await onlyMain({
      ...stage,
      inputs: { ...stage.inputs, password: 'not-a-real-password' },
    });
    const isMask = stdout.split('\n').map((line) => line.startsWith('::add-mask::'));
    expect(isMask.slice(isMask.indexOf(false))).not.toContain(true);
    expect(isMask.indexOf(false)).toBeGreaterThanOrEqual(2);
  });

  test('no state is printed when there is no file for it', async () => {
    const preload = `data:text/javascript,${encodeURIComponent('delete process.env.GITHUB_STATE')}`;
    const stage = await scene('logout', {
      inputs: { when: 'job-end' },
      job: { nodeArguments: ['--import', preload] },
    });
    const main = await onlyMain(stage);
    expect(outcomeOf(main)).toBe('Ended');
    expectHidden(main, stage.session.sessionId);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

test.each(MODES)('%s: the state has the secret until all is settled, and not after', async (mode: Mode) => {
  const secretOf = ({ session }: Scene) => (mode === 'logout' ? session.sessionId : pipeline.password);
  const later = [respondWith(503, '', { 'Retry-After': '2' })];
  const killed = await scene(mode, { faults: later });
  const stopped = killed.job.start(killed.inputs);
  await printed(stopped, 'Retrying');
  stopped.signal('SIGKILL');
  expect((await stopped.finished).stateFile).toContain(secretOf(killed));

  const stage = await scene(mode, { faults: later, job: TEN_TIMES_AS_FAST });
  const { stateFile } = await onlyMain(stage);
  expect(stateFile).not.toContain(secretOf(stage));
  expect(outcomeOf(await onlyPost(stage.job))).toBe('Nothing to clean up');
});

test('the state of one mode has nothing of the other’s', async () => {
  const inputs = { when: 'job-end', password: 'not-a-real-password', username: 'not.real@example.com' };
  const stage = await scene('logout', { inputs });
  const { stateFile } = await onlyMain(stage);
  expect(stateFile).toContain(stage.session.sessionId);
  expect(stateFile).not.toMatch(/not-a-real|not\.real/);
});
