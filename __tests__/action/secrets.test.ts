import { describe, expect, test } from '@jest/globals';
import { type StepResult, visible } from '../../runner/index.ts';
import type { Fault } from '../../simulator/index.ts';
import {
  answer,
  errorV2,
  errorV3,
  logoutInputs,
  MODES,
  type Mode,
  mainAndPost,
  newJob,
  onlyPost,
  pipeline,
  printed,
  scene,
  startCloud,
} from './support.ts';

const squeezed = (text: string) => text.replace(/\s/g, '').toLowerCase();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** The ways in which a careless server may repeat what it was sent. */
const ECHOES: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in the middle of a text': (secret) => `The token '${secret}' is not valid.`,
  'URI-encoded': encodeURIComponent,
  'percent-encoded, every byte': percent,
  'percent-encoded twice': (secret) => encodeURIComponent(percent(secret)),
  base64,
  'base64 of a longer text': (secret) => base64(`icSessionId: ${secret}`),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'JSON-escaped': (secret) => JSON.stringify(secret),
  'XML-escaped': (secret) => [...secret].map((character) => `&#${character.codePointAt(0)};`).join(''),
  'split over lines': (secret) => secret.replace(/.{6}/gsu, '$&\n'),
  'split by blanks': (secret) => secret.replace(/.{4}/gsu, '$&\t '),
  'in capitals': (secret) => secret.toUpperCase(),
  'the first half': (secret) => `${secret.slice(0, Math.ceil(secret.length / 2))}…`,
};

/** Fails if a step shows a secret in a spelling of its own or the server's. */
function expectHidden(result: StepResult, secret: string): void {
  expect(result.stderr).toBe('');
  expect(result.env).toEqual({});
  const seen = squeezed(visible(result));
  const spellings = [
    ...Object.values(ECHOES).map((echo) => echo(secret)),
    ...secret.split('\n'),
    secret.slice(0, 24),
    secret.slice(-24),
  ];
  const shown = spellings.map(squeezed).filter((spelling) => spelling.length > 5 && seen.includes(spelling));
  expect(shown).toEqual([]);
}

/** Answers that show an error object in different ways, with the `when` of the step that meets them. */
const REPLIES: readonly (readonly ['now' | 'job-end', (text: string) => Fault])[] = [
  ['now', (text) => answer(401, errorV3('X_1', text))],
  ['job-end', (text) => answer(200, errorV3(text, text))],
  ['now', (text) => answer(503, errorV2(503, 'X_1', text), { 'Retry-After': '3600' })],
];

describe.each(MODES)('%s: what the server repeats is not repeated', (mode) => {
  test.each(Object.entries(ECHOES).map((entry, index) => [...entry, index] as const))(
    '%s',
    async (_name, echo, index) => {
      const password = `N0t-a "real" p&ssword's % ${mode}`;
      const organizations = [{ name: 'O', users: [{ ...pipeline, password }] }];
      const meet = async (when: string, reply: (text: string) => Fault, debug: boolean) => {
        const inputs = { when, ...(mode === 'logoutall' ? { password } : {}) };
        const stage = await scene(mode, { inputs, cloud: { organizations }, job: { debug } });
        const secret = mode === 'logout' ? stage.session.sessionId : password;
        stage.cloud.setFaults(() => reply(echo(secret)));
        const main = await stage.job.run(stage.inputs);
        const step = when === 'now' ? main : await onlyPost(stage.job);
        expect(step.log.join('\n')).toContain('(withheld: the text repeated a secret)');
        expect(stage.cloud.requests).toHaveLength(1);
        for (const result of [main, step]) expectHidden(result, secret);
      };
      // Each way of repeating a secret in one place for sure, and in another one, turn and turn about.
      const [when, reply] = REPLIES[index % REPLIES.length] ?? REPLIES[0] ?? [];
      if (when === undefined || reply === undefined) throw new Error('there are no replies');
      await Promise.all([
        meet('now', (text) => answer(400, errorV2(400, text, text)), false),
        meet(when, reply, true),
      ]);
    },
  );
});

test('a redirect to a host that has the secret in its name', async () => {
  const stage = await scene('logout');
  const { sessionId } = stage.session;
  stage.cloud.setFaults(() => answer(302, '', { Location: `https://${sessionId}.example.com/${sessionId}` }));
  const { main } = await mainAndPost(stage);
  expect(main.log[0]).toContain('a redirect to (withheld');
  expectHidden(main, sessionId);
});

const PASSWORDS = [
  '  blanks at both ends of it  ',
  'with "double" and \'single\' quotes',
  'of two\nlines not real',
  'per%cent %0A %25 not real',
  'pässwörd ✓ 𝔲𝔫𝔦𝔠𝔬𝔡𝔢 not real',
  '::error::not a real password',
  '::add-mask::not-real',
  '##[warning]not a real password',
  'back\\slash \\n $(echo) `not` real',
  '<b>&amp;</b> *not* [real](x) {"@type":"x"}',
  'short',
  'not-real-'.repeat(29).slice(0, 255),
];

test.each(PASSWORDS)('the password %j is sent as it is, and hidden', async (password) => {
  const cloud = { organizations: [{ name: 'O', users: [{ ...pipeline, password }] }] };
  const meet = async (when: string, debug: boolean) => {
    const stage = await scene('logoutall', { inputs: { password, when }, cloud, job: { debug } });
    const main = await stage.job.run(stage.inputs);
    const post = when === 'now' ? main : await onlyPost(stage.job);
    expect(stage.cloud.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { '@type': 'logout', username: pipeline.username, password },
    ]);
    expect(stage.cloud.openSessions()).toEqual([]);
    // The second is how it stands in the saved state.
    expect(main.masks).toEqual(expect.arrayContaining([password, JSON.stringify(password).slice(1, -1)]));
    // The commands are those that mask, though the password may look like another one.
    expect(new Set([...main.commands, ...post.commands].map(({ name }) => name))).toEqual(
      new Set(['add-mask']),
    );
    for (const step of [main, post]) if (password.length > 5) expectHidden(step, password);
    if (when === 'now') expect(JSON.stringify(main.state)).not.toContain('password');
  };
  await Promise.all([meet('now', false), meet('job-end', true)]);
});

test.each(['now', 'job-end'])('a session id of 16,000 characters, when: %s', async (when) => {
  const organizations = [{ name: 'O', users: [pipeline], sessionIds: { kind: 'jwt' } as const }];
  const cloud = await startCloud({ organizations });
  const session = cloud.openSession(pipeline);
  expect(session.sessionId).toHaveLength(16_000);
  const job = newJob({ debug: true });
  const { main, post } = await mainAndPost({ job, inputs: logoutInputs(cloud, session, { when }) });
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
    cloud.setFaults(() => answer(400, errorV2(400, 'X_1', text)));
    const { main, post } = await mainAndPost({ job: newJob({ debug: true }), inputs });
    expect(main.outputs['result']).toBe('failed');
    for (const step of [main, post]) expectHidden(step, sessionId);
  }
});

test.each(['quote"d-not-real', 'back\\slash-not-real', '"', 'not real, with blanks'])(
  'the session id %j is sent as it is, and hidden in a debug log',
  async (sessionId) => {
    const stage = await scene('logout', {
      inputs: { 'session-id': sessionId, when: 'job-end' },
      job: { debug: true },
    });
    const { main, post } = await mainAndPost(stage);
    expect(stage.cloud.requests[0]?.headers['icsessionid']).toBe(sessionId);
    expect(main.log.join('\n')).toContain('Save intra-action state');
    if (sessionId.length > 1) for (const step of [main, post]) expectHidden(step, sessionId);
  },
);

describe('the order of things', () => {
  test('secrets are masked before anything else is printed', async () => {
    const stage = await scene('logout', { faults: [answer(503)] });
    const { stdout } = await stage.job.run({ ...stage.inputs, password: 'not-a-real-password' });
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => line.startsWith('::add-mask::'));
    expect(kinds).toEqual([true, true, false, false]);
  });

  test('no state is printed when there is no file for it', async () => {
    const preload = `data:text/javascript,${encodeURIComponent('delete process.env.GITHUB_STATE')}`;
    const stage = await scene('logout', {
      inputs: { when: 'job-end' },
      job: { nodeArguments: ['--import', preload] },
    });
    const main = await stage.job.run(stage.inputs);
    expect(main.log).toEqual([
      'The post step cannot be told what to do, so this step does it now.',
      `Ended ${stage.where} (HTTP 200, 1 attempt).`,
    ]);
    expectHidden(main, stage.session.sessionId);
    expect(stage.cloud.openSessions()).toEqual([]);
  });
});

test.each(MODES)('%s: the state has the secret until all is settled, and not after', async (mode: Mode) => {
  const stage = await scene(mode, { faults: [answer(503, '', { 'Retry-After': '2' })] });
  const secret = mode === 'logout' ? stage.session.sessionId : pipeline.password;
  const step = stage.job.start(stage.inputs);
  await printed(step, 'Trying again');
  const { stateFile } = await step.finished;
  expect(stateFile).not.toContain(secret);
  expect(stateFile.match(/\{.*\}/g)).toEqual(['{"kind":"settled","outcome":"ended"}']);
  expect((await onlyPost(stage.job)).log).toEqual([
    'Nothing to clean up: the main step has settled it (ended).',
  ]);
});

test('the state of one mode has nothing of the other’s', async () => {
  const inputs = { when: 'job-end', password: 'not-a-real-password', username: 'not.real@example.com' };
  const stage = await scene('logout', { inputs });
  const { stateFile } = await stage.job.run(stage.inputs);
  expect(stateFile).toContain(stage.session.sessionId);
  expect(stateFile).not.toMatch(/not-a-real|not\.real/);
});
