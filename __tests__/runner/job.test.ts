import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { RunningStep } from '../../runner/index.ts';
import { jobOf } from './fixture.ts';

/** Resolves when the step has printed a line. */
const printed = (step: RunningStep, text: string) =>
  new Promise<void>((resolve) => step.onOutput((line) => (line === text ? resolve() : undefined)));

describe('inputs and environment', () => {
  const tellEnv = { main: 'say(JSON.stringify(process.env))' };

  test('inputs given, defaults, and inputs that nobody declared', async () => {
    const result = await jobOf(tellEnv).run({ Flag: 'no', 'not-declared': 'x' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      'INPUT_A_BLANK-NAME': '60',
      INPUT_FLAG: 'no',
      INPUT_REQUIRED: '',
      'INPUT_NOT-DECLARED': 'x',
    });
    expect(result.annotations).toEqual([
      {
        level: 'warning',
        message: "Unexpected input(s) 'not-declared', valid inputs are ['a blank-name', 'flag', 'required']",
      },
    ]);
  });

  test('the environment is a clean machine’s and what the caller gives', async () => {
    process.env['https_proxy'] = 'http://127.0.0.1:1';
    const result = await jobOf(tellEnv, { env: { FROM_JOB: '1' }, debug: true }).run(
      {},
      { env: { FROM_STEP: '2' } },
    );
    delete process.env['https_proxy'];
    const env = JSON.parse(result.stdout);
    expect(env).toMatchObject({
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_DEBUG: '1',
      FROM_JOB: '1',
      FROM_STEP: '2',
    });
    expect(env).not.toHaveProperty('https_proxy');
  });

  test('GITHUB_ENV and GITHUB_PATH hold for later steps of the job', async () => {
    const job = jobOf({
      main: `appendFileSync(process.env.GITHUB_ENV, 'A=1\\nNODE_OPTIONS=--no-such\\n');
        appendFileSync(process.env.GITHUB_PATH, '/first\\n/second\\n');`,
      post: `say(process.env.A + ' ' + process.env.PATH)`,
    });
    const main = await job.run({});
    expect(main.env).toEqual({ A: '1' });
    expect(main.annotations).toHaveLength(1);
    const [post] = await job.posts();
    expect(post?.stdout).toMatch(/^1 \/second[:;]\/first[:;]/);
  });
});

describe('main and post', () => {
  test('both know the id of their step; one is made where it has none', async () => {
    const tell = `say(process.env.GITHUB_ACTION)`;
    const job = jobOf({ main: tell, post: tell });
    const ids = ['__owner_repo', 'log-in', '__owner_repo_2'];
    const env = { GITHUB_ACTION: 'not this' };
    const mains = [await job.run({}), await job.run({}, { id: 'log-in', env }), await job.run({})];
    expect(mains.flatMap(({ log }) => log)).toEqual(ids);
    expect((await job.posts()).flatMap(({ log }) => log)).toEqual(ids.toReversed());
  });

  test('of a state that is saved several times, the last value counts', async () => {
    const job = jobOf({
      main: `save('S=one'); save('S<<E\\ntwo\\n2\\nE'); save('other=x'); save('S=three')`,
      post: `say(process.env.STATE_S)`,
    });
    expect((await job.run({})).state).toEqual({ S: 'three', other: 'x' });
    expect((await job.posts())[0]?.log).toEqual(['three']);
  });

  test('state saved before a kill reaches post, and a half-written pair fails the step', async () => {
    const job = jobOf({
      main: `save('Name=one'); save('name=two'); save('multi<<E\\n1\\n2\\nE'); save('half<<E\\nx'); say('saved');
        setInterval(() => {}, 1000)`,
      post: `say(JSON.stringify([process.env.STATE_Name, process.env.STATE_multi, process.env.STATE_half ?? null]))`,
    });
    const step = job.start({});
    await printed(step, 'saved');
    step.signal('SIGKILL');
    const main = await step.finished;
    expect(main).toMatchObject({ exitCode: null, signal: 'SIGKILL', failed: true });
    expect(main.log).toContain("Error: Unable to process file command 'state' successfully.");
    const [post] = await job.posts();
    expect(JSON.parse(post?.stdout ?? '')).toEqual(['two', '1\n2', null]);
  });

  test('posts run last-in first-out, once, with other inputs than main', async () => {
    const job = jobOf({
      main: `save('who=' + process.env.INPUT_REQUIRED)`,
      post: `say(process.env.STATE_who + '|' + process.env.INPUT_REQUIRED)`,
    });
    const steps = [job.start({ required: 'a' }), job.start({ required: 'b' }), job.start({ required: 'c' })];
    await Promise.all(steps.map(({ finished }) => finished));
    const early = await job.startPost(steps[1] ?? job.start({}), { inputs: { required: 'chosen' } }).finished;
    expect(early.stdout).toBe('b|chosen\n');
    const posts = await job.posts();
    expect(posts.map(({ log }) => log)).toEqual(
      ['c', 'a'].map((who) => [`${who}|not the required that main was given`]),
    );
    expect(await job.posts()).toEqual([]);
  });

  test('names of outputs and variables differ by more than case', async () => {
    const result = await jobOf({
      main: `appendFileSync(process.env.GITHUB_OUTPUT, 'Result=one\\nother=x\\nRESULT=two\\n');
        appendFileSync(process.env.GITHUB_ENV, 'Pod=one\\nPOD=two\\n'); say('::set-output name=result::three')`,
    }).run({});
    expect(result).toMatchObject({ outputs: { result: 'two', other: 'x' }, env: { Pod: 'two' } });
  });

  test.each([
    ['GITHUB_OUTPUT', 'output', { outputs: { a: '1' }, env: {} }],
    ['GITHUB_ENV', 'env', { outputs: {}, env: { a: '1' } }],
  ])('an empty name in %s fails a step that exits with 0', async (file, command, effects) => {
    const main = `appendFileSync(process.env.${file}, 'a=1\\n=x\\nb=2\\n')`;
    const result = await jobOf({ main }).run({});
    expect(result).toMatchObject({ exitCode: 0, failed: true, ...effects });
    expect(result.log[0]).toBe(`Error: Unable to process file command '${command}' successfully.`);
  });

  test('an empty name in GITHUB_STATE does no harm', async () => {
    expect(await jobOf({ main: `save('=x')` }).run({})).toMatchObject({ failed: false, state: { '': 'x' } });
  });

  test('a failing main fails its step; outputs and summary are there', async () => {
    const result = await jobOf({
      main: `appendFileSync(process.env.GITHUB_OUTPUT, 'result=first\\nresult=last\\n');
        appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Done'); process.exitCode = 3`,
    }).run({});
    expect(result).toMatchObject({
      exitCode: 3,
      failed: true,
      outputs: { result: 'last' },
      summary: '# Done',
    });
  });

  test('a post-if other than always() is refused', () => {
    expect(() => jobOf({ runs: '  post: post.cjs\n  post-if: failure()\n' })).toThrow('always()');
  });

  test('nothing is left of a job', async () => {
    const job = jobOf({ main: `say(process.env.RUNNER_TEMP); setInterval(() => {}, 1000)` });
    const step = job.start({});
    const folder = await new Promise<string>((resolve) => step.onOutput(resolve));
    expect(existsSync(folder)).toBe(true);
    await job.dispose();
    expect((await step.finished).signal).toBe('SIGKILL');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the log', () => {
  test('commands are executed, and everything is masked, in post too', async () => {
    const job = jobOf({
      main: `say('::add-mask::hunter2%0Asecond line'); say('pw hunter2'); say('::error title=x::no second line%0Anext');
        say('text ##[warning]careful'); process.stdout.write('a\\r::notice::n\\r\\nlast hunter2');
        process.stderr.write('err hunter2\\n::error::from stderr\\n'); say('::debug::hidden'); say('::add-mask:: ')`,
      post: `say('hunter2')`,
    });
    const main = await job.run({});
    const fromStderr = ['err ***', 'Error: from stderr'];
    expect(main.log.filter((line) => !fromStderr.includes(line))).toEqual([
      'pw ***',
      'Error: no ***',
      'next',
      'Warning: careful',
      'a',
      'Notice: n',
      'last ***::debug::hidden',
      "Warning: Can't add secret mask for empty string in ##[add-mask] command.",
    ]);
    expect(main.log).toEqual(expect.arrayContaining(fromStderr));
    expect(main.annotations).toContainEqual({ level: 'error', message: 'no ***\nnext' });
    expect(main.masks).toEqual(['hunter2\nsecond line']);
    expect(main.stderr).toBe('err hunter2\n::error::from stderr\n');
    expect((await job.posts())[0]?.log).toEqual(['***']);
  });

  test('a line break that arrives in two pieces is one', async () => {
    const main = `process.stdout.write('one\\r'); setTimeout(() => process.stdout.write('\\ntwo\\r'), 100)`;
    expect((await jobOf({ main }).run({})).log).toEqual(['one', 'two']);
  });

  test('debug mode shows debug lines and saved state, masked, and echoes masks without their value', async () => {
    const main = `say('::add-mask::hunter2'); say('::debug::one%0Atwo'); save('pw=hunter2')`;
    expect((await jobOf({ main }, { debug: true }).run({})).log).toEqual([
      '::add-mask::***',
      '##[debug]one',
      '##[debug]two',
      '##[debug]Save intra-action state pw = ***',
    ]);
    expect((await jobOf({ main }).run({})).log).toEqual([]);
  });

  test('stopped commands are plain text until the token comes; the token is masked', async () => {
    const result = await jobOf({
      main: `say('::stop-commands::my-token'); say('::error::not now'); say('::my-token::'); say('::error::now')`,
    }).run({});
    expect(result.log).toEqual(['::stop-commands::***', '::error::not now', '::***::', 'Error: now']);
    expect(result.commands.map(({ name }) => name)).toEqual(['stop-commands', 'error']);
  });

  test.each(['', 'pause-logging', 'Warning'])(
    "a token of stop-commands that cannot be, '%s', fails the step and ends its log",
    async (token) => {
      const result = await jobOf({ main: `say('::stop-commands::${token}'); say('more')` }).run({});
      expect(result).toMatchObject({
        exitCode: 0,
        failed: true,
        stdout: `::stop-commands::${token}\nmore\n`,
      });
      expect(result.log).toEqual([expect.stringMatching(/^Error: You cannot use a endToken/)]);
    },
  );

  test('a disabled command fails a step that exits with 0; a deprecated one is a warning', async () => {
    const job = jobOf({
      main: `say('::set-env name=A::1'); say('::save-state name=S::kept'); say('::group::G')`,
    });
    const result = await job.run({});
    expect(result).toMatchObject({ exitCode: 0, failed: true, state: { S: 'kept' } });
    expect(result.env).toEqual({});
    expect(result.annotations.map(({ level }) => level)).toEqual(['error', 'error', 'warning']);
    expect(result.log).toContain('##[group]G');
  });
});

const signalTeller = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => say(name)); say('ready');`;

test('a cancel sends no signal to a post step', async () => {
  const job = jobOf(
    { post: `${signalTeller} setTimeout(() => {}, 300)` },
    { cancelLadder: { sigtermAfterMs: 50, killAfterMs: 50 } },
  );
  const step = job.start({});
  await step.finished;
  const post = job.startPost(step);
  await printed(post, 'ready');
  post.cancel();
  expect(await post.finished).toMatchObject({ exitCode: 0, log: ['ready'] });
});

describe('when the runner is shut down', () => {
  // Long enough for a busy machine to print its output.
  const cancelLadder = { sigtermAfterMs: 500, killAfterMs: 500 };
  const goesOn = `${signalTeller} setInterval(() => {}, 1000)`;
  const killed = { signal: 'SIGKILL', log: ['ready', 'SIGINT', 'SIGTERM'] };

  test('the running steps get the signals, and no post step runs', async () => {
    const job = jobOf({ main: `save('S=kept'); ${goesOn}`, post: `say('post')` }, { cancelLadder });
    const steps = [job.start({}), job.start({})] as const;
    await Promise.all(steps.map((step) => printed(step, 'ready')));
    await job.shutDown();
    for (const step of steps) expect(await step.finished).toMatchObject({ ...killed, state: { S: 'kept' } });
    expect(await job.posts()).toEqual([]);
    expect(() => job.startPost(steps[0])).toThrow('shut down');
    expect(() => job.start({})).toThrow('shut down');
  });

  test('a running post step gets the signals, and those after it do not run', async () => {
    const job = jobOf({ post: goesOn }, { cancelLadder });
    await job.run({});
    const last = job.start({});
    await last.finished;
    const post = job.startPost(last);
    await printed(post, 'ready');
    const [, posts] = await Promise.all([job.shutDown(), job.posts()]);
    expect(await post.finished).toMatchObject(killed);
    expect(posts).toEqual([]);
  });
});

test('a cancelled step gets SIGINT, SIGTERM and SIGKILL, as long as it goes on', async () => {
  const stubborn = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { say(name); leave(name); });
    setInterval(() => {}, 1000); say('ready');`;
  const cancel = async (main: string) => {
    const step = jobOf({ main }, { cancelLadder: { sigtermAfterMs: 80, killAfterMs: 80 } }).start({});
    await printed(step, 'ready');
    step.cancel();
    step.cancel();
    return step.finished;
  };
  const [polite, late, never] = await Promise.all([
    cancel(`const leave = () => process.exit(1); ${stubborn}`),
    cancel(`const leave = (name) => name === 'SIGTERM' && process.exit(1); ${stubborn}`),
    cancel(`const leave = () => {}; ${stubborn}`),
  ]);
  expect(polite).toMatchObject({ exitCode: 1, log: ['ready', 'SIGINT'] });
  expect(late).toMatchObject({ exitCode: 1, log: ['ready', 'SIGINT', 'SIGTERM'] });
  expect(never).toMatchObject({ signal: 'SIGKILL', failed: true, log: ['ready', 'SIGINT', 'SIGTERM'] });
});
