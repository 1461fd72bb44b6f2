import './one-realm.ts';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { attempt, errorName } from '../../src/edge/attempt.ts';
import { mainRunner, publishMain } from '../../src/edge/main-runner.ts';
import { networkFailure } from '../../src/edge/network-failure.ts';
import { appendSummary } from '../../src/edge/summary.ts';
import { systemClock } from '../../src/edge/system-clock.ts';
import { exit, realWorld } from '../../src/edge/world.ts';
import { inputsReport, type MainReport, scheduledReport } from '../../src/report/main-report.ts';
import { logout, logoutInputs, unwritten } from './support.ts';

let folder: string;
let printed: string;
const before = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-'));
  printed = '';
  // These tests may themselves run on a runner.
  for (const name of Object.keys(process.env)) if (/^(GITHUB|INPUT)_/.test(name)) delete process.env[name];
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

/** A file as the runner makes it, named in the environment. */
function runnerFile(variable: string): string {
  const file = join(folder, variable);
  writeFileSync(file, '');
  process.env[variable] = file;
  return file;
}

function missingFile(variable: string): void {
  process.env[variable] = join(folder, 'missing', variable);
}

const read = (file: string) => readFileSync(file, 'utf8');

describe('an effect on a file of the runner', () => {
  test('that works', () => {
    const effect = jest.fn();
    expect(attempt('do it', effect)).toBe(true);
    expect(effect).toHaveBeenCalledTimes(1);
    expect(printed).toBe('');
  });

  test('that fails is a warning that repeats nothing of the error', () => {
    const failed = attempt('do it', () => {
      throw Object.assign(new Error('what a secret'), { code: 'ENOSPC' });
    });
    expect(failed).toBe(false);
    expect(printed).toBe('::warning::Could not do it (ENOSPC).\n');
  });

  test.each([
    [Object.assign(new Error('m'), { code: 'EACCES' }), 'EACCES'],
    [Object.assign(new Error('m'), { code: 7 }), 'Error'],
    [new TypeError('m'), 'TypeError'],
    ['a text', 'no error object'],
    [undefined, 'no error object'],
  ])('an error is named %#', (error, name) => expect(errorName(error)).toBe(name));
});

describe('the job summary', () => {
  test('is appended to', () => {
    const file = runnerFile('GITHUB_STEP_SUMMARY');
    writeFileSync(file, '# Before\n');
    appendSummary('**One.**\n\n');
    appendSummary('**Two.**\n\n');
    expect(read(file)).toBe('# Before\n**One.**\n\n**Two.**\n\n');
  });

  test('nothing to write, nowhere to write', () => {
    missingFile('GITHUB_STEP_SUMMARY');
    appendSummary('');
    delete process.env['GITHUB_STEP_SUMMARY'];
    appendSummary('**One.**');
    process.env['GITHUB_STEP_SUMMARY'] = '';
    appendSummary('**One.**');
    expect(printed).toBe('');
  });

  test('a file that cannot be written is a warning', () => {
    missingFile('GITHUB_STEP_SUMMARY');
    appendSummary('**One.**');
    expect(printed).toBe('::warning::Could not write the job summary (ENOENT).\n');
  });
});

describe('the runner', () => {
  test('inputs are read as they are, blanks included', () => {
    process.env['INPUT_MODE'] = 'logout';
    process.env['INPUT_SESSION-ID'] = ' id\n';
    process.env['INPUT_PASSWORD'] = '  p  ';
    const inputs = mainRunner.readInputs();
    expect(inputs).toMatchObject({ mode: 'logout', 'session-id': ' id\n', password: '  p  ', when: '' });
  });

  test('masks and lines are printed', () => {
    mainRunner.mask('a%b\nc');
    mainRunner.info('A line.');
    expect(printed).toBe('::add-mask::a%25b%0Ac\nA line.\n');
  });

  test('a saved state replaces the one before, secrets and all', () => {
    const file = runnerFile('GITHUB_STATE');
    const inputs = logoutInputs();
    expect(mainRunner.saveState({ kind: 'pending', inputs })).toBe(true);
    expect(read(file)).toContain(inputs['session-id']);
    expect(read(file)).toMatch(/^session<</);
    expect(mainRunner.saveState({ kind: 'settled', outcome: 'ended' })).toBe(true);
    expect(read(file)).toContain('{"kind":"settled","outcome":"ended"}');
    expect(read(file)).not.toContain(inputs['session-id']);
    expect(read(file).match(/session<</g)).toHaveLength(1);
    expect(printed).toBe('');
  });

  test.each(['', undefined])('without a state file nothing is saved, and nothing printed (%j)', (file) => {
    if (file === undefined) delete process.env['GITHUB_STATE'];
    else process.env['GITHUB_STATE'] = file;
    expect(mainRunner.saveState({ kind: 'pending', inputs: logoutInputs() })).toBe(false);
    expect(printed).toBe('');
  });

  test('a state file that cannot be written is a warning, without the state', () => {
    missingFile('GITHUB_STATE');
    expect(mainRunner.saveState({ kind: 'pending', inputs: logoutInputs() })).toBe(false);
    expect(printed).toBe('::warning::Could not save the state (ENOENT).\n');
  });
});

describe('the report of the main step is published', () => {
  const failure: MainReport = { ...inputsReport(['mode is missing.']), summary: '**Failed.**\n\n' };

  test('a success', () => {
    const file = runnerFile('GITHUB_OUTPUT');
    const report = scheduledReport(logout);
    publishMain(report);
    expect(printed).toBe(`${report.text}\n`);
    for (const [name, value] of Object.entries(report.outputs)) {
      expect(read(file)).toMatch(new RegExp(`^${name}<<(.+)\\n${value}\\n\\1$`, 'm'));
    }
    expect(process.exitCode).toBeUndefined();
  });

  test('a failure: outputs and summary first, then the error', () => {
    const output = runnerFile('GITHUB_OUTPUT');
    const summary = runnerFile('GITHUB_STEP_SUMMARY');
    const seen: boolean[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      printed += String(chunk);
      seen.push(read(output).includes('failed') && read(summary).includes('**Failed.**'));
      return true;
    });
    publishMain(failure);
    expect(printed).toBe('::error::Wrong inputs, so nothing was sent:%0A- mode is missing.\n');
    expect(seen).toEqual([true]);
    expect(process.exitCode).toBe(1);
  });

  test('outputs that cannot be written are a warning, and the failure is still told', () => {
    missingFile('GITHUB_OUTPUT');
    publishMain(failure);
    expect(printed).toMatch(/^::warning::Could not set the outputs \(\w+\)\.\n::error::Wrong inputs/);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});

describe('an error of the network', () => {
  const error = (code: unknown, message = 'm') => Object.assign(new Error(message), { code });

  test.each([
    [error('ENOTFOUND'), { kind: 'name-not-resolved' }],
    [error('EAI_AGAIN'), { kind: 'name-not-resolved' }],
    [error('ECONNREFUSED'), { kind: 'connection-refused' }],
    [
      Object.assign(new AggregateError([error('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
      { kind: 'connection-refused' },
    ],
    ...[
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'CERT_SIGNATURE_FAILURE',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'HOSTNAME_MISMATCH',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'PATH_LENGTH_EXCEEDED',
      'ERROR_IN_CERT_NOT_AFTER_FIELD',
    ].map((code): [Error, object] => [error(code), { kind: 'certificate', code }]),
    [
      error('ECONNRESET', 'tunneling socket could not be established, statusCode=407'),
      { kind: 'proxy', detail: 'HTTP 407' },
    ],
    [
      error(
        'ECONNRESET',
        'tunneling socket could not be established, cause=connect ECONNREFUSED 10.0.0.1:3128',
      ),
      { kind: 'proxy', detail: 'ECONNREFUSED' },
    ],
    [
      error('ECONNRESET', 'tunneling socket could not be established, cause=who knows'),
      { kind: 'proxy', detail: 'no details' },
    ],
    [error('ECONNRESET'), { kind: 'connection-lost', code: 'ECONNRESET' }],
    [error('HPE_INVALID_CONSTANT'), { kind: 'connection-lost', code: 'HPE_INVALID_CONSTANT' }],
    [error(''), { kind: 'connection-lost', code: 'no code' }],
    [error(7), { kind: 'connection-lost', code: 'no code' }],
    [new Error('m'), { kind: 'connection-lost', code: 'no code' }],
  ])('%s', (cause, failure) => expect(networkFailure(cause, CONNECTED)).toEqual({ ...failure, cause }));

  test.each(['EHOSTUNREACH', 'ETIMEDOUT', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    '%s before there is a connection',
    (code) => {
      const cause = error(code);
      const failure = networkFailure(cause, { connected: false, aborted: false });
      expect(failure).toEqual({ kind: 'no-connection', detail: code, cause });
    },
  );

  test('an attempt whose time is over, with and without a connection', () => {
    const cause = error('ABORT_ERR');
    expect(networkFailure(cause, { connected: true, aborted: true })).toEqual({ kind: 'timed-out', cause });
    expect(networkFailure(cause, { connected: false, aborted: true })).toEqual({
      kind: 'no-connection',
      detail: 'none in time',
      cause,
    });
  });

  test.each(['a text', undefined, null, { code: 'ENOTFOUND' }])('that is no error: %j', (cause) =>
    expect(networkFailure(cause, CONNECTED)).toEqual({ kind: 'connection-lost', code: 'no code', cause }),
  );
});

const CONNECTED = { connected: true, aborted: false };

describe("the machine's clock", () => {
  test('goes forward in milliseconds', async () => {
    const [startedMs, epochMs] = [systemClock.nowMs(), systemClock.nowEpochMs()];
    await pause(30);
    const passedMs = systemClock.nowMs() - startedMs;
    expect(passedMs).toBeGreaterThanOrEqual(20);
    expect(passedMs).toBeLessThan(5_000);
    expect(Math.abs(systemClock.nowEpochMs() - epochMs - passedMs)).toBeLessThan(1_000);
    expect(Math.abs(epochMs - Date.now())).toBeLessThan(5_000);
  });

  test('an alarm rings once, in time', async () => {
    const startedMs = performance.now();
    const ring = jest.fn();
    await new Promise<void>((resolve) => {
      systemClock.after(30, () => {
        ring();
        resolve();
      });
    });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(28);
    await pause(50);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  test('an alarm that is called off does not ring', async () => {
    const ring = jest.fn();
    systemClock.after(10, ring)();
    await pause(40);
    expect(ring).not.toHaveBeenCalled();
  });
});

describe('the real world', () => {
  afterEach(() => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('is cancelled by %s', (signal) => {
    const { cancelled } = realWorld();
    expect(cancelled.aborted).toBe(false);
    process.emit(signal);
    expect(cancelled.aborted).toBe(true);
    // The second signal of the runner finds it so.
    process.emit('SIGTERM');
    expect(cancelled.aborted).toBe(true);
  });

  test('its draws are from 0 to 1, and differ', () => {
    const { random } = realWorld();
    const draws = Array.from({ length: 20 }, random);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(new Set(draws).size).toBeGreaterThan(1);
  });

  test('certificates are verified, whatever the job says', () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    realWorld();
    expect(process.env['NODE_TLS_REJECT_UNAUTHORIZED']).toBeUndefined();
  });

  test.each([
    [undefined, 'timeout:2 attempts:1'],
    ['timeout:9', 'timeout:9'],
  ])('a name server that does not answer holds it for seconds, unless told otherwise (%s)', (given, used) => {
    delete process.env['RES_OPTIONS'];
    if (given !== undefined) process.env['RES_OPTIONS'] = given;
    realWorld();
    expect(process.env['RES_OPTIONS']).toBe(used);
  });
});

describe('the process ends', () => {
  let written = () => {};
  afterEach(() => written());
  beforeEach(() => {
    jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit');
    });
  });

  test('at once when all that was printed is out', () => {
    written = unwritten(0);
    expect(exit).toThrow('exit');
  });

  test('not before all that was printed is out', () => {
    written = unwritten(7);
    let flushed: unknown;
    jest.spyOn(process.stdout, 'write').mockImplementation((_, ...more: unknown[]) => {
      flushed = more.find((callback) => typeof callback === 'function');
      return true;
    });
    exit();
    expect(process.exit).not.toHaveBeenCalled();
    expect(flushed).toThrow('exit');
  });
});
