import './one-realm.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { inOrder, type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import { type State, writeState } from '../../src/state.ts';
import { logoutInputs, unwritten } from './support.ts';

const [{ users }] = sampleOrganizations;
const [user] = users;
const before = { ...process.env };
let folder: string;
let cloud: Simulator;
let written: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'entry-'));
  cloud = await startSimulator();
  // These tests may themselves run on a runner.
  for (const name of Object.keys(process.env))
    if (/^(GITHUB|INPUT|STATE)_/.test(name)) delete process.env[name];
  for (const name of ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    process.env[name] = join(folder, name);
    writeFileSync(join(folder, name), '');
  }
});

afterEach(async () => {
  written();
  jest.restoreAllMocks();
  process.env = { ...before };
  process.exitCode = undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  rmSync(folder, { recursive: true });
  await cloud.close();
});

const fileOf = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Ran {
  readonly printed: string;
  readonly exitCode: typeof process.exitCode;
}

/** Runs an entry point in this process, until it would exit or, if it ends by itself, until `ended`. */
async function run(load: () => Promise<unknown>, ended?: (printed: string) => boolean): Promise<Ran> {
  jest.resetModules();
  let printed = '';
  // While something is still to be written, the action leaves by a callback, and this process stays.
  written = unwritten(1);
  jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('The tests would have been ended.');
  });
  const over = new Promise<void>((resolve) => {
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...more: unknown[]) => {
      printed += String(chunk);
      if (more.some((callback) => typeof callback === 'function') || ended?.(printed)) resolve();
      return true;
    });
  });
  await load();
  await over;
  return { printed, exitCode: process.exitCode };
}

const main = () => run(() => import('../../src/main.ts'));

function inputs(given: Record<string, string>): void {
  for (const [name, value] of Object.entries(given)) process.env[`INPUT_${name.toUpperCase()}`] = value;
}

describe('main', () => {
  test('a success is green', async () => {
    const { sessionId } = cloud.openSession(user);
    inputs({ mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': sessionId });
    const { printed, exitCode } = await main();
    expect(printed).toMatch(
      /^::add-mask::.+\nEnded the session on 127\.0\.0\.1:\d+ \(HTTP 200, 1 attempt\)\.\n$/,
    );
    expect(exitCode).toBe(0);
    expect(cloud.openSessions()).toEqual([]);
    expect(fileOf('GITHUB_OUTPUT')).toContain('ended');
    expect(fileOf('GITHUB_STEP_SUMMARY')).toContain('**Informatica Cloud Session: ended.**');
    expect(fileOf('GITHUB_STATE')).toContain('"settled"');
  });

  test('wrong inputs are red', async () => {
    const { printed, exitCode } = await main();
    expect(printed).toMatch(/^::error::Wrong inputs, so nothing was sent:%0A- mode is missing/);
    expect(exitCode).toBe(1);
    expect(fileOf('GITHUB_STATE')).toBe('');
  });

  test('whatever is thrown is red, and not repeated', async () => {
    jest.spyOn(process, 'uptime').mockImplementation(() => {
      throw new RangeError('what a secret');
    });
    const { printed, exitCode } = await main();
    expect(printed).toBe('::error::The action failed unexpectedly (RangeError).\n');
    expect(exitCode).toBe(1);
  });

  test('a signal is red, and the post step is told', async () => {
    const { sessionId } = cloud.openSession(user);
    cloud.setFaults(() => ({ kind: 'answer', effect: false, status: 503, headers: [['Retry-After', '30']] }));
    inputs({ mode: 'logout', 'server-url': cloud.serverUrl, 'session-id': sessionId });
    const ran = main();
    while (cloud.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    // Not green before it has settled: the event loop could run dry.
    expect(process.exitCode).toBe(1);
    process.emit('SIGINT');
    const { printed, exitCode } = await ran;
    expect(printed).toContain('The step was cancelled');
    expect(exitCode).toBe(1);
    expect(cloud.requests).toHaveLength(1);
    expect(fileOf('GITHUB_STATE')).toContain('"pending"');
  });
});

describe('post', () => {
  const post = (state: string) => {
    process.env['STATE_session'] = state;
    return run(
      () => import('../../src/post.ts'),
      (printed) => /^Nothing|unexpectedly/.test(printed),
    );
  };
  const pending = (more: Parameters<typeof logoutInputs>[0] = {}) => {
    const { sessionId } = cloud.openSession(user);
    return writeState({
      kind: 'pending',
      inputs: logoutInputs({ 'server-url': cloud.serverUrl, 'session-id': sessionId, ...more }),
    });
  };

  test('nothing saved', async () => {
    const { printed, exitCode } = await post('');
    expect(printed).toMatch(/^Nothing to clean up.*the main step.*\n$/);
    expect(exitCode).toBeUndefined();
  });

  test.each(['ended', 'already-ended', 'refused'] as const)('settled: %s', async (outcome) => {
    const { printed } = await post(writeState({ kind: 'settled', outcome } satisfies State));
    expect(printed).toBe(`Nothing to clean up: the main step has settled it (${outcome}).\n`);
    expect(cloud.requests).toEqual([]);
  });

  test('pending: it ends the session', async () => {
    const { printed, exitCode } = await post(pending());
    expect(printed).toMatch(/^Ended the session on 127\.0\.0\.1:\d+ \(HTTP 200, 1 attempt\)\.\n$/);
    expect(exitCode).toBeUndefined();
    expect(cloud.openSessions()).toEqual([]);
    expect(fileOf('GITHUB_STEP_SUMMARY')).toContain('**Informatica Cloud Session: ended.**');
  });

  test('it reads no inputs', async () => {
    inputs({ mode: 'logoutall', 'server-url': 'https://evil.example', 'session-id': 'other' });
    const { printed } = await post(pending());
    expect(printed).toMatch(/^Ended the session/);
  });

  test.each([
    ['warn', /^::warning::Not ended: /, undefined],
    ['fail', /^::error::Not ended: /, 1],
  ])('on-cleanup-failure: %s', async (onCleanupFailure, line, code) => {
    cloud.setFaults(inOrder({ kind: 'answer', effect: false, status: 404 }));
    const { printed, exitCode } = await post(pending({ 'on-cleanup-failure': onCleanupFailure }));
    expect(printed).toMatch(line);
    expect(printed).toContain('30 minutes by default');
    expect(exitCode).toBe(code);
    expect(cloud.openSessions()).toHaveLength(1);
  });

  test('what cannot be read is a warning', async () => {
    const { printed, exitCode } = await post('garbage');
    expect(printed).toMatch(/^::warning::The saved state cannot be read, so nothing was sent\. /);
    expect(exitCode).toBeUndefined();
  });

  test('whatever is thrown is a warning', async () => {
    jest.spyOn(process, 'uptime').mockImplementation(() => {
      throw new RangeError('what a secret');
    });
    const { printed, exitCode } = await post(pending());
    expect(printed).toBe(
      '::warning::The clean-up failed unexpectedly (RangeError): the session may be open.\n',
    );
    expect(exitCode).toBeUndefined();
  });
});
