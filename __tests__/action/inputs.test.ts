import { describe, expect, test } from '@jest/globals';
import { visible } from '../../runner/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { HOST_NAMES, HTTPS_ONLY, NOT_TRUSTED } from '../message-patterns.ts';
import {
  errorTextV2,
  type Mode,
  mainAndPost,
  NO_SESSION,
  newJob,
  onlyPost,
  outcomeOf,
  pipeline,
  printed,
  respondWith,
  scene,
} from './support.ts';

/** What the main step says is wrong, with everything else that a refused input must bring about. */
async function problemsWith(mode: Mode, inputs: Readonly<Record<string, string>>): Promise<string[]> {
  const stage = await scene(mode, { inputs });
  const main = await stage.job.run(stage.inputs);
  const [headline, ...problems] = main.log;
  expect(headline).toMatch(/^Error: Wrong inputs, so nothing was sent/);
  expect(main).toMatchObject({ exitCode: 1, stateFile: '' });
  expect(main.state).toEqual({});
  expect(main.summary).toContain(
    `\`Wrong inputs, so nothing was sent: ${problems.join(' ').replaceAll('`', "'")}\``,
  );
  expect(main.outputs).toEqual({
    result: 'failed',
    attempts: '0',
    'status-code': '',
    'error-code': '',
    'error-message': main.log.join('\n').replace(/^Error: /, ''),
  });
  expect(stage.cloud.requests).toEqual([]);
  expect(stage.cloud.openSessions()).toHaveLength(1);
  for (const name of ['session-id', 'password', 'username', 'server-url', 'login-url']) {
    const given = stage.inputs[name]?.trim() ?? '';
    // Shorter texts occur in the messages by chance.
    if (given.length > 8) expect(visible(main)).not.toContain(given);
  }
  return problems.map((problem) => problem.replace(/^- /, ''));
}

describe('refused', () => {
  // `unit/steps/inputs.test.ts` has a row for each kind of mistake in each input, in process.
  test.each([
    ['mode', 'logon', /logout or logoutall/],
    ['when', 'later', /now or job-end/],
    ['trusted-hosts', 'a.example, *.example.com\nidmc.example.com:443\nb.example/path', HOST_NAMES],
    ['server-url', 'https://name:word@dm-us.informaticacloud.com/saas', /user name or password/],
    ['server-url', 'http://127.0.0.1.evil.example/saas', HTTPS_ONLY],
    ['session-id', 'not-real-at\nall-of-it', /icSessionId/],
    ['session-id', 'not-a-real-✓-id', /icSessionId/],
  ])('%s: %j', async (name, value, problem) => {
    const [line, ...others] = await problemsWith('logout', { [name]: value });
    expect(line).toMatch(new RegExp(`^${name} `));
    expect(line).toMatch(problem);
    expect(others).toEqual([]);
  });

  test.each([
    ['login-url', 'https://evilinformaticacloud.com/ma/home', NOT_TRUSTED],
    ['password', '   ', /missing/],
  ])('logoutall, %s: %j', async (name, value, problem) => {
    const [line, ...others] = await problemsWith('logoutall', { [name]: value });
    expect(line).toMatch(new RegExp(`^${name} `));
    expect(line).toMatch(problem);
    expect(others).toEqual([]);
  });

  test('an exact name in trusted-hosts is no more than that', async () => {
    const inputs = { 'trusted-hosts': 'example.com', 'server-url': 'https://idmc.example.com/saas' };
    expect(await problemsWith('logout', inputs)).toEqual([expect.stringMatching(NOT_TRUSTED)]);
  });

  test('and the post step has nothing to do', async () => {
    const { job, inputs, cloud } = await scene('logout', { inputs: { when: 'later' } });
    await job.run(inputs);
    const post = await onlyPost(job);
    expect(post.log).toEqual([expect.stringMatching(/^Nothing to clean up/)]);
    expect(post).toMatchObject({ exitCode: 0, annotations: [], summary: '' });
    expect(cloud.requests).toEqual([]);
  });

  test('no line in the summary with summary: false', async () => {
    const { job, inputs } = await scene('logout', { inputs: { when: 'later', summary: 'false' } });
    expect(await job.run(inputs)).toMatchObject({ exitCode: 1, summary: '' });
  });

  test('all problems at once', async () => {
    const wrong = {
      when: 'x',
      'timeout-seconds': 'x',
      'allow-already-ended': 'x',
      'on-cleanup-failure': 'x',
      summary: 'x',
      'trusted-hosts': 'x/y',
    };
    const ofSettings = [...Object.keys(wrong)];
    const names = (problems: string[]) => problems.map((problem) => problem.split(' ')[0]);
    const [session, all] = await Promise.all([
      problemsWith('logout', { ...wrong, 'server-url': 'x', 'session-id': '' }),
      problemsWith('logoutall', { ...wrong, 'login-url': 'x y', username: '', password: '' }),
    ]);
    expect(names(session).sort()).toEqual([...ofSettings, 'server-url', 'session-id'].sort());
    expect(names(all).sort()).toEqual([...ofSettings, 'login-url', 'username', 'password'].sort());
  });

  test('without any input', async () => {
    expect(await problemsWith('logout', { mode: '', 'server-url': '', 'session-id': '' })).toEqual([
      expect.stringMatching(/^mode is missing/),
    ]);
  });

  test('the secrets of both modes are masked all the same', async () => {
    const inputs = { mode: 'x', 'session-id': NO_SESSION, password: ' not-a-real-password ' };
    const { masks, stdout } = await newJob().run(inputs);
    expect(masks).toEqual(expect.arrayContaining([NO_SESSION, ' not-a-real-password ']));
    expect(stdout.replaceAll(/^::add-mask::.*\n/gm, '')).toMatch(/^::error::[^\n]*\n$/);
  });
});

describe('accepted', () => {
  // To be scheduled, the inputs have to be right, and nothing is sent.
  const scheduled = async (inputs: Readonly<Record<string, string>>) => {
    const { log, exitCode, outputs } = await newJob().run({ when: 'job-end', ...inputs });
    expect({ exitCode, result: outputs['result'] }).toEqual({ exitCode: 0, result: 'scheduled' });
    return log;
  };
  const session = { mode: 'logout', 'session-id': NO_SESSION };

  test.each([
    [' https://INFORMATICACLOUD.com/saas/\n', 'informaticacloud.com'],
    ['http://[::1]:8080/saas', '[::1]:8080'],
  ])('server-url: %j', async (url, host) => {
    const [line] = await scheduled({ ...session, 'server-url': url });
    expect(line).toContain(` ${host} `);
  });

  test('a short name in login-url', async () => {
    const [line] = await scheduled({ mode: 'logoutall', 'login-url': 'dm1-apau/', ...pipeline });
    expect(line).toContain(' dm1-apau.informaticacloud.com ');
  });

  test('several lines in trusted-hosts', async () => {
    const hosts = 'a.example\n IDMC.example.com \n';
    const url = 'https://idmc.example.com/saas';
    const [line] = await scheduled({ ...session, 'server-url': url, 'trusted-hosts': hosts });
    expect(line).toContain(' on idmc.example.com ');
  });

  test('settings, however they are written', async () => {
    const url = { 'server-url': 'https://dm-us.informaticacloud.com' };
    const one = { 'timeout-seconds': '1', 'allow-already-ended': 'TRUE', summary: ' False ' };
    const other = { mode: ' logout ', 'timeout-seconds': ' 240 ', 'on-cleanup-failure': 'fail\n' };
    await scheduled({ ...session, ...url, ...one });
    await scheduled({ ...session, ...url, ...other, when: ' job-end ' });
  });

  test('the session id is trimmed', async () => {
    const stage = await scene('logout');
    const result = await stage.job.run({ ...stage.inputs, 'session-id': `\n ${stage.session.sessionId} \n` });
    expect(result.exitCode).toBe(0);
    expect(stage.cloud.requests[0]?.headers['icsessionid']).toBe(stage.session.sessionId);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

// As action.yml says them, and as empty expressions make them.
describe.each([
  ['not given', {}],
  [
    'empty',
    {
      when: '',
      'timeout-seconds': '',
      'allow-already-ended': '',
      'on-cleanup-failure': '',
      'trusted-hosts': '',
      summary: '',
    },
  ],
])('defaults, %s', (_name, inputs) => {
  test('when: now, summary: true', async () => {
    const { job, inputs: all, cloud } = await scene('logout', { inputs });
    const main = await job.run(all);
    expect(main.outputs['result']).toBe('ended');
    expect(main.summary).toContain('Ended');
    expect(cloud.openSessions()).toEqual([]);
  });

  test('allow-already-ended: false', async () => {
    const { job, inputs: all } = await scene('logout', { inputs, faults: [respondWith(401)] });
    expect(await job.run(all)).toMatchObject({ exitCode: 1, outputs: { result: 'already-ended' } });
  });

  test('on-cleanup-failure: warn', async () => {
    const stage = await scene('logout', {
      inputs: { ...inputs, when: 'job-end' },
      faults: [respondWith(400, errorTextV2(400, 'X_1'))],
    });
    const { post } = await mainAndPost(stage);
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([expect.objectContaining({ level: 'warning' })]);
  });

  test('timeout-seconds: 60', async () => {
    const long = await scene('logout', { inputs, faults: [respondWith(503, '', { 'Retry-After': '61' })] });
    expect(outcomeOf(await long.job.run(long.inputs))).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(long.cloud.requests.length).toBe(1);
    const short = await scene('logout', { inputs, faults: [respondWith(503, '', { 'Retry-After': '50' })] });
    const step = short.job.start(short.inputs);
    await printed(step, 'Retrying in 50.0 s.');
    step.signal('SIGKILL');
    await step.finished;
  });
});
