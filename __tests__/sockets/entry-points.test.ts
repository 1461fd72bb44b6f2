import { UNCONFIRMED_END } from '../first-words.ts';
import '../unit/one-realm.ts';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  type Fault,
  inOrder,
  type Simulator,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { readState, type SettledAs, STATE_NAME, writeState } from '../../src/state.ts';
import { StepProcess, unwritten } from '../unit/edge/process.ts';
import { logoutValues } from '../unit/support.ts';

const [{ users }] = sampleOrganizations;
const [user] = users;
let step: StepProcess;
let cloud: Simulator;
let written: () => void;

beforeEach(async () => {
  step = new StepProcess();
  for (const name of ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) step.hasFile(name);
  cloud = await startSimulator();
});

afterEach(async () => {
  written();
  step.restore();
  await cloud.close();
});

interface Ran {
  readonly printed: string;
  readonly exitCode: typeof process.exitCode;
}

/** Runs an entry point in this process, until it would exit. */
async function run(load: () => Promise<unknown>): Promise<Ran> {
  jest.resetModules();
  let printed = '';
  // While something is still to be written, the action leaves by a callback, and this process stays.
  written = unwritten(1);
  const over = new Promise<void>((resolve) => {
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...more: unknown[]) => {
      printed += String(chunk);
      if (more.some((callback) => typeof callback === 'function')) resolve();
      return true;
    });
  });
  await load();
  await over;
  return { printed, exitCode: process.exitCode };
}

const down: Fault = { kind: 'response', effect: false, status: 503, headers: [['Retry-After', '300']] };
const portal: Fault = { kind: 'response', effect: false, status: 302, headers: [['Location', '/login']] };

function inputs(given: Record<string, string>): void {
  for (const [name, value] of Object.entries(given)) process.env[`INPUT_${name.toUpperCase()}`] = value;
}

function openedSession(): Record<string, string> {
  const { sessionId } = cloud.openSession(user);
  return { mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': sessionId };
}

describe('main', () => {
  const main = () => run(() => import('../../src/main.ts'));
  const saved = () => readState(step.valuesOf('GITHUB_STATE')[STATE_NAME] ?? '');

  test('a success is green', async () => {
    inputs(openedSession());
    const { printed, exitCode } = await main();
    expect(printed).toMatch(/^::add-mask::.+\nEnded .+\n$/);
    expect(exitCode).toBe(0);
    expect(cloud.openSessions()).toEqual([]);
    expect(step.valuesOf('GITHUB_OUTPUT')).toMatchObject({ result: 'ended' });
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toContain('`Ended the session on ');
    expect(saved()).toEqual({ kind: 'settled', as: 'ended' });
  });

  test('wrong inputs are red', async () => {
    const { printed, exitCode } = await main();
    expect(printed).toMatch(/^::error::Wrong inputs, so nothing was sent:/);
    expect(exitCode).toBe(1);
    expect(step.fileOf('GITHUB_STATE')).toBe('');
    expect(step.valuesOf('GITHUB_OUTPUT')).toMatchObject({ result: 'failed', attempts: '0' });
  });

  test('what is not confirmed is red, and the post step is told', async () => {
    inputs(openedSession());
    cloud.setFaults(inOrder(portal));
    const { printed, exitCode } = await main();
    expect(printed).toMatch(new RegExp(String.raw`\n::error::${UNCONFIRMED_END}: `));
    expect(exitCode).toBe(1);
    expect(saved()).toMatchObject({ kind: 'pending', credentialUses: 0 });
    expect(cloud.openSessions()).toHaveLength(1);
  });

  test.each(['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])(
    'a file that cannot be written changes nothing of how the session ends: %s',
    async (variable) => {
      inputs(openedSession());
      step.hasNoFile(variable);
      const { printed, exitCode } = await main();
      expect(printed).toMatch(/\nEnded /);
      expect(printed).toMatch(/::warning::Could not (save|set|write) the .+ \(\w+\)\.\n/);
      expect(exitCode).toBe(0);
      expect(cloud.openSessions()).toEqual([]);
    },
  );

  test('whatever is thrown is red, and not repeated', async () => {
    jest.spyOn(process, 'uptime').mockImplementation(() => {
      throw new RangeError('what a secret');
    });
    const { printed, exitCode } = await main();
    expect(printed).toMatch(/^::error::The action failed unexpectedly \(RangeError\)/);
    expect(printed).not.toContain('secret');
    expect(exitCode).toBe(1);
  });

  test('after a signal a logout is tried once more, and the post step is told', async () => {
    inputs(openedSession());
    cloud.setFaults(() => ({ ...down, headers: [['Retry-After', '30']] }));
    const ran = main();
    const shown = () => jest.mocked(process.stdout.write).mock.calls.join();
    // By then main has the response and waits for its next attempt.
    while (!shown().includes('Retrying in')) await new Promise((resolve) => setTimeout(resolve, 10));
    // Not green before it has settled: the event loop could run dry.
    expect(process.exitCode).toBe(1);
    process.emit('SIGINT');
    const { printed, exitCode } = await ran;
    expect(printed).toMatch(new RegExp(`::error::${UNCONFIRMED_END}: .*cancelled`));
    expect(exitCode).toBe(1);
    expect(cloud.requests).toHaveLength(2);
    expect(saved()).toMatchObject({ kind: 'pending' });
  });
});

describe('post', () => {
  const post = (state: string) => {
    process.env[`STATE_${STATE_NAME}`] = state;
    return run(() => import('../../src/post.ts'));
  };
  const pending = (more: Record<string, string> = {}) =>
    writeState({
      kind: 'pending',
      inputs: logoutValues({ ...openedSession(), ...more }),
      credentialUses: 0,
      credentialRequests: 0,
      isEnded: false,
      opened: undefined,
    });

  test.each<[string, string]>([
    ['nothing saved', ''],
    ...(['ended', 'already-ended', 'refused'] satisfies SettledAs[]).map((as): [string, string] => [
      `settled as ${as}`,
      writeState({ kind: 'settled', as }),
    ]),
  ])('%s: a line, and nothing is sent', async (_, state) => {
    const { printed, exitCode } = await post(state);
    expect(printed).toMatch(/^Nothing to clean up.*\n$/);
    expect(exitCode).toBe(0);
    expect(cloud.requests).toEqual([]);
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toBe('');
  });

  test('pending: it ends the session', async () => {
    const { printed, exitCode } = await post(pending());
    expect(printed).toMatch(/^Ended .+\n$/);
    expect(exitCode).toBe(0);
    expect(cloud.openSessions()).toEqual([]);
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toContain('`Ended the session on ');
    expect(step.fileOf('GITHUB_OUTPUT')).toBe('');
  });

  test('it reads no inputs', async () => {
    inputs({ mode: 'logoutall', 'server-url': 'https://evil.example', 'session-id': 'other' });
    const { printed } = await post(pending());
    expect(printed).toMatch(/^Ended /);
  });

  test.each([
    ['warn', new RegExp(`^::warning::${UNCONFIRMED_END}: `), 0],
    ['fail', new RegExp(`^::error::${UNCONFIRMED_END}: `), 1],
  ])('on-cleanup-failure: %s', async (onCleanupFailure, line, code) => {
    cloud.setFaults(inOrder(down));
    const { printed, exitCode } = await post(pending({ 'on-cleanup-failure': onCleanupFailure }));
    expect(printed).toMatch(line);
    expect(exitCode).toBe(code);
    expect(cloud.openSessions()).toHaveLength(1);
  });

  test('what cannot be read is a warning', async () => {
    const { printed, exitCode } = await post('garbage');
    expect(printed).toMatch(/^::warning::The saved state cannot be read/);
    expect(exitCode).toBe(0);
  });

  test('whatever is thrown is a warning, and not repeated', async () => {
    jest.spyOn(process, 'uptime').mockImplementation(() => {
      throw new RangeError('what a secret');
    });
    const { printed, exitCode } = await post(pending());
    expect(printed).toMatch(/^::warning::The clean-up failed unexpectedly \(RangeError\)/);
    expect(printed).not.toContain('secret');
    expect(exitCode).toBe(0);
  });
});
