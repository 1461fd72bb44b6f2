import '../one-realm.ts';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mainRunner } from '../../../src/edge/main-runner.ts';
import { readState, STATE_NAME } from '../../../src/state.ts';
import type { MainRunner } from '../../../src/steps/runner.ts';
import { LOGGING_IN, logoutallValues, PASSWORD, SESSION_ID } from '../support.ts';
import { StepProcess } from './process.ts';

let step: StepProcess;
beforeEach(() => {
  step = new StepProcess();
});
afterEach(() => step.restore());

test('inputs are read as they are, blanks included', () => {
  process.env['INPUT_MODE'] = 'logout';
  process.env['INPUT_SESSION-ID'] = ' id\n';
  process.env['INPUT_PASSWORD'] = '  p  ';
  expect(mainRunner.readInputs()).toMatchObject({
    mode: 'logout',
    'session-id': ' id\n',
    password: '  p  ',
    when: '',
  });
});

test('masks and lines are printed', () => {
  mainRunner.mask('a%b\nc');
  mainRunner.info('A line.');
  expect(step.printed).toBe('::add-mask::a%25b%0Ac\nA line.\n');
});

test('lines of a group are printed between its marks', () => {
  mainRunner.group('A title', ['One.', 'Two.']);
  expect(step.printed).toBe('::group::A title\nOne.\nTwo.\n::endgroup::\n');
});

describe('the problems of the proxy that applies', () => {
  const url = new URL('https://usw3.dm-us.informaticacloud.com/saas');
  test('none', () => {
    expect(mainRunner.proxyProblems(url)).toEqual([]);
    process.env['https_proxy'] = 'proxy.example.com:3128';
    expect(mainRunner.proxyProblems(url)).toEqual([]);
  });

  test('with the name of the variable', () => {
    process.env['HTTPS_PROXY'] = 'socks5://proxy.example.com';
    expect(mainRunner.proxyProblems(url)).toEqual([expect.stringMatching(/^HTTPS_PROXY /)]);
  });
});

/** A runner whose disk can be full: then only half of an appended text is written. */
async function runnerOnDisk(): Promise<{ readonly runner: MainRunner; readonly fill: () => void }> {
  let isFull = false;
  const appendFileSync = (file: string, text: string) => {
    if (!isFull) return fs.appendFileSync(file, text);
    fs.appendFileSync(file, text.slice(0, text.length / 2));
    throw Object.assign(new Error(text), { code: 'ENOSPC' });
  };
  jest.unstable_mockModule('fs', () => ({ ...fs, appendFileSync }));
  jest.resetModules();
  const { mainRunner: runner } = await import('../../../src/edge/main-runner.ts');
  return {
    runner,
    fill: () => {
      isFull = true;
    },
  };
}

describe('the state', () => {
  const saved = () => readState(step.valuesOf('GITHUB_STATE')[STATE_NAME] ?? '');
  const pending = (credentialUses: number) =>
    ({
      kind: 'pending',
      inputs: logoutallValues(),
      credentialUses,
      credentialRequests: credentialUses,
      isEnded: false,
      opened: undefined,
    }) as const;
  const settled = { kind: 'settled', as: 'ended' } as const;

  test('while it is pending, each is put behind the one before: a kill loses none', () => {
    step.hasFile('GITHUB_STATE');
    expect(mainRunner.saveState(pending(0))).toBe(true);
    const before = step.fileOf('GITHUB_STATE');
    expect(before).toMatch(/^session<</);
    expect(saved()).toEqual(pending(0));
    expect(mainRunner.saveState(pending(1))).toBe(true);
    expect(step.fileOf('GITHUB_STATE').startsWith(before)).toBe(true);
    expect(saved()).toEqual(pending(1));
    expect(step.printed).toBe('');
  });

  test('once it is settled, it is all there is: no secret stays', () => {
    step.hasFile('GITHUB_STATE');
    for (const credentialUses of [0, 1, 2]) mainRunner.saveState(pending(credentialUses));
    expect(step.fileOf('GITHUB_STATE')).toContain(PASSWORD);
    expect(mainRunner.saveState(settled)).toBe(true);
    expect(saved()).toEqual(settled);
    expect(step.fileOf('GITHUB_STATE')).not.toContain(PASSWORD);
    expect(step.fileOf('GITHUB_STATE').match(/session<</g)).toHaveLength(1);
  });

  test('that is settled and does not fit leaves nothing to do, which is so', async () => {
    step.hasFile('GITHUB_STATE');
    const { runner, fill } = await runnerOnDisk();
    runner.saveState(pending(1));
    fill();
    expect(runner.saveState(settled)).toBe(false);
    expect(step.fileOf('GITHUB_STATE')).toBe('');
    expect(saved()).toEqual({ kind: 'nothing' });
    expect(step.printed).toBe('::warning::Could not save the state (ENOSPC).\n');
  });

  test('that is pending and does not fit leaves the one before, and what others wrote', async () => {
    step.hasFile('GITHUB_STATE');
    const { runner, fill } = await runnerOnDisk();
    runner.saveState(pending(1));
    const before = step.fileOf('GITHUB_STATE');
    fill();
    expect(runner.saveState(pending(2))).toBe(false);
    expect(runner.saveState({ ...LOGGING_IN, sessions: 2 })).toBe(false);
    expect(step.fileOf('GITHUB_STATE')).toBe(before);
    expect(saved()).toEqual(pending(1));
    expect(step.printed).not.toContain(PASSWORD);
  });

  test('that is settled replaces only what this step wrote', () => {
    step.hasFile('GITHUB_STATE');
    const others = 'other<<E\nof a wrapper, ü\nE\n';
    fs.writeFileSync(process.env['GITHUB_STATE'] ?? '', others);
    mainRunner.saveState(pending(0));
    mainRunner.saveState(settled);
    expect(step.fileOf('GITHUB_STATE')).toMatch(new RegExp(`^${others}session<<`));
    expect(step.fileOf('GITHUB_STATE')).not.toContain(PASSWORD);
    expect(saved()).toEqual(settled);
  });

  test('of pending logins is appended to the one before, too', () => {
    step.hasFile('GITHUB_STATE');
    expect(mainRunner.saveState(LOGGING_IN)).toBe(true);
    expect(mainRunner.saveState({ ...LOGGING_IN, sessions: 2 })).toBe(true);
    expect(saved()).toEqual({ ...LOGGING_IN, sessions: 2 });
    expect(step.fileOf('GITHUB_STATE').match(/session<</g)).toHaveLength(2);
  });

  test.each([
    ['empty', ''],
    ['not there', undefined],
  ])('without a file nothing is saved, and nothing printed: the name is %s', (_, file) => {
    if (file === undefined) delete process.env['GITHUB_STATE'];
    else process.env['GITHUB_STATE'] = file;
    expect(mainRunner.saveState(pending(0))).toBe(false);
    expect(step.printed).toBe('');
  });

  test('a file that cannot be written is a warning, without the state', () => {
    step.hasNoFile('GITHUB_STATE');
    expect(mainRunner.saveState(pending(0))).toBe(false);
    expect(step.printed).toMatch(/^::warning::Could not save the state \(\w+\)\.\n$/);
    expect(step.printed).not.toContain(SESSION_ID);
  });
});

describe.each([
  ['outputs', 'GITHUB_OUTPUT', 'setOutputs'],
  ['variables', 'GITHUB_ENV', 'exportVariables'],
] as const)('%s', (what, variable, write) => {
  const values = { ONE_ID: 'a\nb', TWO_URL: 'https://a.example/' };

  test('are written behind what is there', () => {
    step.hasFile(variable);
    fs.writeFileSync(process.env[variable] ?? '', 'NULL<<E\n\nE\n');
    expect(mainRunner[write](values)).toBe(true);
    expect(step.valuesOf(variable)).toEqual({ NULL: '', ...values });
    expect(step.printed).toBe('');
  });

  test('that do not fit are all taken back, and a warning tells it without a value', async () => {
    step.hasFile(variable);
    const before = 'OTHER=x\n';
    fs.writeFileSync(process.env[variable] ?? '', before);
    const { runner, fill } = await runnerOnDisk();
    fill();
    expect(runner[write](values)).toBe(false);
    expect(step.fileOf(variable)).toBe(before);
    expect(step.printed).toBe(`::warning::Could not set the ${what} (ENOSPC).\n`);
  });

  test.each(['', undefined])('without a file are not written, nor printed: %j', (file) => {
    if (file === undefined) delete process.env[variable];
    else process.env[variable] = file;
    expect(mainRunner[write](values)).toBe(false);
    expect(step.printed).toBe('');
  });

  test('none at all need no file', () => {
    delete process.env[variable];
    expect(mainRunner[write]({})).toBe(true);
  });
});

describe('outputs that are set again', () => {
  const [opened, failed] = [
    { result: 'opened', 'session-id': SESSION_ID },
    { result: 'failed', 'session-id': '' },
  ];

  test('replace those before', () => {
    step.hasFile('GITHUB_OUTPUT');
    mainRunner.setOutputs(opened);
    expect(mainRunner.setOutputs(failed)).toBe(true);
    expect(step.valuesOf('GITHUB_OUTPUT')).toEqual(failed);
    expect(step.fileOf('GITHUB_OUTPUT')).not.toContain(SESSION_ID);
  });

  test('take those before back, though the disk is full', async () => {
    step.hasFile('GITHUB_OUTPUT');
    const { runner, fill } = await runnerOnDisk();
    runner.setOutputs(opened);
    fill();
    expect(runner.setOutputs(failed)).toBe(false);
    expect(step.fileOf('GITHUB_OUTPUT')).toBe('');
  });

  test('none at all leave those before', () => {
    step.hasFile('GITHUB_OUTPUT');
    mainRunner.setOutputs(opened);
    expect(mainRunner.setOutputs({})).toBe(true);
    expect(step.valuesOf('GITHUB_OUTPUT')).toEqual(opened);
  });
});

test('a variable counts as had where it is not empty', () => {
  process.env['SOME_ID'] = 'x';
  process.env['NO_ID'] = '';
  delete process.env['GONE_ID'];
  expect(['SOME_ID', 'NO_ID', 'GONE_ID'].map(mainRunner.hasVariable)).toEqual([true, false, false]);
});

describe("GitHub's token service", () => {
  const [url, bearer] = ['https://token.example/', 'b'];
  const service = (url: string | undefined, bearer: string | undefined) => {
    for (const [name, value] of Object.entries({ URL: url, TOKEN: bearer })) {
      if (value === undefined) delete process.env[`ACTIONS_ID_TOKEN_REQUEST_${name}`];
      else process.env[`ACTIONS_ID_TOKEN_REQUEST_${name}`] = value;
    }
    return mainRunner.idTokenService();
  };

  test('is there with both of its variables, and only then', () => {
    expect(service(url, bearer)).toEqual({ url, bearer });
    expect(service(undefined, bearer)).toBeUndefined();
    expect(service(url, undefined)).toBeUndefined();
    expect(service('', bearer)).toBeUndefined();
    expect(service(url, '')).toBeUndefined();
  });
});
