import { describe, expect, test } from '@jest/globals';
import { visible } from '../../runner/index.ts';
import {
  answer,
  type Mode,
  mainAndPost,
  NOTHING_SAVED,
  newJob,
  onlyPost,
  pipeline,
  printed,
  scene,
} from './support.ts';

const SERVER_FORM =
  'give the serverUrl (v2) or baseApiUrl (v3) that login returned, as in https://usw3.dm-us.informaticacloud.com/saas.';
const LOGIN_FORM =
  "give the organization's login host, as in dm-us, dm-us.informaticacloud.com or https://dm-us.informaticacloud.com.";
const ID_FORM = 'give the icSessionId (v2) or sessionId (v3) that login returned.';
const TRUSTED_FORM =
  'give exact names as in idmc.example.com, one a line or comma-separated, without https://, port, path or wildcard.';
const HTTPS_ONLY = 'does not start with https://: credentials go out encrypted, except to loopback.';
const NOT_TRUSTED =
  "names a host that is not one of Informatica's: credentials go only to informaticacloud.com, " +
  'informaticaondemand.com, informaticagovcloud.com, hosts below them, and the exact names in trusted-hosts.';
const SECONDS = 'timeout-seconds is not a whole number from 1 to 240.';

/** What the main step says is wrong, with everything else that a refused input must bring about. */
async function problemsWith(mode: Mode, inputs: Readonly<Record<string, string>>): Promise<string[]> {
  const stage = await scene(mode, { inputs });
  const main = await stage.job.run(stage.inputs);
  const [headline, ...problems] = main.log;
  expect(headline).toBe('Error: Wrong inputs, so nothing was sent:');
  expect(main).toMatchObject({ exitCode: 1, summary: '', state: {}, stateFile: '' });
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
    // What is shorter stands in the messages of its own accord.
    if (given.length > 8) expect(visible(main)).not.toContain(given);
  }
  return problems.map((problem) => problem.replace(/^- /, ''));
}

describe('refused', () => {
  test.each([
    ['mode', '', 'mode is missing: give logout or logoutall.'],
    ['mode', 'Logout', 'mode is none of the accepted words: give logout or logoutall.'],
    ['mode', 'login', 'mode is none of the accepted words: give logout or logoutall.'],
    ['when', 'later', 'when is none of the accepted words: give now or job-end.'],
    ['timeout-seconds', '0', SECONDS],
    ['timeout-seconds', '241', SECONDS],
    ['timeout-seconds', '1.5', SECONDS],
    ['timeout-seconds', '-1', SECONDS],
    ['timeout-seconds', '1e2', SECONDS],
    ['timeout-seconds', '60 s', SECONDS],
    ['allow-already-ended', 'yes', 'allow-already-ended is neither true nor false: give one of the two.'],
    ['on-cleanup-failure', 'ignore', 'on-cleanup-failure is none of the accepted words: give warn or fail.'],
    ['summary', '1', 'summary is neither true nor false: give one of the two.'],
    [
      'trusted-hosts',
      'https://idmc.example.com',
      `trusted-hosts has an entry that is not a host name: ${TRUSTED_FORM}`,
    ],
    [
      'trusted-hosts',
      'a.example, *.example.com\nidmc.example.com:443\nb.example/path',
      `trusted-hosts has an entry that is not a host name: ${TRUSTED_FORM}`,
    ],
    ['server-url', '', `server-url is missing: ${SERVER_FORM}`],
    ['server-url', 'dm-em.informaticacloud.com', `server-url is not a URL: ${SERVER_FORM}`],
    ['server-url', 'https://dm-us.informaticacloud.com/sa as', `server-url is not a URL: ${SERVER_FORM}`],
    [
      'server-url',
      'https://name:word@dm-us.informaticacloud.com/saas',
      `server-url has a user name or password in it: ${SERVER_FORM}`,
    ],
    [
      'server-url',
      'https://dm-us.informaticacloud.com/saas?query=1',
      `server-url has a query or a fragment: ${SERVER_FORM}`,
    ],
    [
      'server-url',
      'https://dm-us.informaticacloud.com/saas#part',
      `server-url has a query or a fragment: ${SERVER_FORM}`,
    ],
    [
      'server-url',
      'https://dm-us.informaticacloud.com/saas/api/v2/user/logout',
      `server-url is the URL of an endpoint, not of the server: ${SERVER_FORM}`,
    ],
    [
      'server-url',
      'https://dm-us.informaticacloud.com/saas/public/core/v3/logout',
      `server-url is the URL of an endpoint, not of the server: ${SERVER_FORM}`,
    ],
    ['server-url', 'http://dm-us.informaticacloud.com/saas', `server-url ${HTTPS_ONLY}`],
    ['server-url', 'ftp://127.0.0.1/saas', `server-url ${HTTPS_ONLY}`],
    ['server-url', 'http://127.0.0.1.evil.example/saas', `server-url ${HTTPS_ONLY}`],
    ['server-url', 'http://localhost.evil.example/saas', `server-url ${HTTPS_ONLY}`],
    ['server-url', 'https://informaticacloud.com.evil.example/saas', `server-url ${NOT_TRUSTED}`],
    ['server-url', 'https://evilinformaticacloud.com/saas', `server-url ${NOT_TRUSTED}`],
    ['server-url', 'https://evil.example/.informaticacloud.com', `server-url ${NOT_TRUSTED}`],
    ['session-id', '', `session-id is missing: ${ID_FORM}`],
    ['session-id', ' \n ', `session-id is missing: ${ID_FORM}`],
    ['session-id', 'null', `session-id is in quotes, or is what a missing field prints as: ${ID_FORM}`],
    [
      'session-id',
      '$' + '{{ steps.login.outputs.id }}',
      `session-id still holds an unexpanded expression ("\${{"): ${ID_FORM}`,
    ],
    [
      'session-id',
      'not-real-at\nall-of-it',
      `session-id has characters that no HTTP header can carry, such as a line break: ${ID_FORM}`,
    ],
    [
      'session-id',
      'not-a-real-✓-id',
      `session-id has characters that no HTTP header can carry, such as a line break: ${ID_FORM}`,
    ],
  ])('%s: %j', async (name, value, problem) => {
    expect(await problemsWith('logout', { [name]: value })).toEqual([problem]);
  });

  test.each([
    ['login-url', '', `login-url is missing: ${LOGIN_FORM}`],
    ['login-url', 'dm us', `login-url is neither a host nor a URL: ${LOGIN_FORM}`],
    [
      'login-url',
      'https://name:word@dm-us.informaticacloud.com',
      `login-url has a user name or password in it: ${LOGIN_FORM}`,
    ],
    [
      'login-url',
      'https://dm-us.informaticacloud.com/saas',
      `login-url has a path that is not /ma/...: ${LOGIN_FORM}`,
    ],
    ['login-url', 'http://dm-us.informaticacloud.com', `login-url ${HTTPS_ONLY}`],
    ['login-url', 'informaticacloud.com.evil.example', `login-url ${NOT_TRUSTED}`],
    ['login-url', 'https://evilinformaticacloud.com/ma/home', `login-url ${NOT_TRUSTED}`],
    ['username', ' ', 'username is missing: give the Informatica Intelligent Cloud Services username.'],
    ['password', '', 'password is missing: give the Informatica Intelligent Cloud Services password.'],
    ['password', '   ', 'password is missing: give the Informatica Intelligent Cloud Services password.'],
  ])('logoutall, %s: %j', async (name, value, problem) => {
    expect(await problemsWith('logoutall', { [name]: value })).toEqual([problem]);
  });

  test('an exact name in trusted-hosts is no more than that', async () => {
    const inputs = { 'trusted-hosts': 'example.com', 'server-url': 'https://idmc.example.com/saas' };
    expect(await problemsWith('logout', inputs)).toEqual([`server-url ${NOT_TRUSTED}`]);
  });

  test('and the post step has nothing to do', async () => {
    const { job, inputs, cloud } = await scene('logout', { inputs: { when: 'later' } });
    await job.run(inputs);
    const post = await onlyPost(job);
    expect(post.log).toEqual([NOTHING_SAVED]);
    expect(post).toMatchObject({ exitCode: 0, annotations: [], summary: '' });
    expect(cloud.requests).toEqual([]);
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
      'mode is missing: give logout or logoutall.',
    ]);
  });

  test('the secrets of both modes are masked all the same', async () => {
    const inputs = { mode: 'x', 'session-id': 'not-a-real-session-id', password: ' not-a-real-password ' };
    const { masks, stdout } = await newJob().run(inputs);
    expect(masks).toEqual(expect.arrayContaining(['not-a-real-session-id', ' not-a-real-password ']));
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
  const session = { mode: 'logout', 'session-id': 'not-a-real-session-id' };

  test.each([
    ['https://usw3.dm-us.informaticacloud.com/saas', 'usw3.dm-us.informaticacloud.com'],
    [' https://INFORMATICACLOUD.com/saas/\n', 'informaticacloud.com'],
    ['https://a.informaticaondemand.com', 'a.informaticaondemand.com'],
    ['https://a.b.informaticagovcloud.com:8443/saas', 'a.b.informaticagovcloud.com:8443'],
    ['http://127.0.0.1:8080/saas', '127.0.0.1:8080'],
    ['http://127.255.0.9/saas', '127.255.0.9'],
    ['http://localhost/saas', 'localhost'],
    ['http://[::1]:8080/saas', '[::1]:8080'],
    ['https://localhost/saas', 'localhost'],
  ])('server-url: %j', async (url, host) => {
    expect(await scheduled({ ...session, 'server-url': url })).toEqual([
      `Scheduled: the post step will end the session on ${host} after all other steps.`,
    ]);
  });

  test.each([
    ['dm-us', 'dm-us.informaticacloud.com'],
    ['dm1-apau/', 'dm1-apau.informaticacloud.com'],
    [' dm-us.informaticacloud.com ', 'dm-us.informaticacloud.com'],
    ['https://dm-us.informaticacloud.com/', 'dm-us.informaticacloud.com'],
    ['https://dm-us.informaticacloud.com/ma/home?tab=1#part', 'dm-us.informaticacloud.com'],
    ['dm-us.informaticaondemand.com/ma', 'dm-us.informaticaondemand.com'],
  ])('login-url: %j', async (url, host) => {
    expect(await scheduled({ mode: 'logoutall', 'login-url': url, ...pipeline })).toEqual([
      `Scheduled: the post step will end every v2 session of the organization on ${host} after all other steps.`,
    ]);
  });

  test.each(['idmc.example.com', 'a.example\n IDMC.example.com \n', 'a.example,idmc.example.com,'])(
    'trusted-hosts: %j',
    async (hosts) => {
      const url = 'https://idmc.example.com/saas';
      const log = await scheduled({ ...session, 'server-url': url, 'trusted-hosts': hosts });
      expect(log[0]).toContain(' on idmc.example.com ');
    },
  );

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
    expect(main.summary).toContain('ended');
    expect(cloud.openSessions()).toEqual([]);
  });

  test('allow-already-ended: false', async () => {
    const { job, inputs: all } = await scene('logout', { inputs, faults: [answer(401)] });
    expect(await job.run(all)).toMatchObject({ exitCode: 1, outputs: { result: 'already-ended' } });
  });

  test('on-cleanup-failure: warn', async () => {
    const stage = await scene('logout', {
      inputs: { ...inputs, when: 'job-end' },
      faults: [answer(400)],
    });
    const { post } = await mainAndPost(stage);
    expect(post.exitCode).toBe(0);
    expect(post.annotations).toEqual([expect.objectContaining({ level: 'warning' })]);
  });

  test('timeout-seconds: 60', async () => {
    const long = await scene('logout', { inputs, faults: [answer(503, '', { 'Retry-After': '61' })] });
    expect((await long.job.run(long.inputs)).log[0]).toContain(
      'asked to wait for longer than the time given',
    );
    const short = await scene('logout', { inputs, faults: [answer(503, '', { 'Retry-After': '50' })] });
    const step = short.job.start(short.inputs);
    await printed(step, 'Trying again in 50.0 s.');
    step.signal('SIGKILL');
    await step.finished;
  });
});
