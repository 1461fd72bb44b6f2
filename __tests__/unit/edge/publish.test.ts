import '../one-realm.ts';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { publish } from '../../../src/edge/publish.ts';
import type { Report } from '../../../src/report/report.ts';
import { StepProcess, unwritten } from './process.ts';

let step: StepProcess;
let written: () => void;
beforeEach(() => {
  step = new StepProcess();
  written = unwritten(0);
  jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  process.exitCode = 1;
});
afterEach(() => {
  written();
  step.restore();
});

const good: Report = {
  level: 'info',
  text: 'Good.',
  inSummary: true,
  outputs: { result: 'ended', attempts: '1' },
};
const bad: Report = { ...good, level: 'error', text: 'Bad.\nVery.', outputs: { result: 'failed' } };

describe('the level of a report', () => {
  test.each<[Report['level'], string, number]>([
    ['info', 'A text.\n', 0],
    ['warning', '::warning::A text.\n', 0],
    ['error', '::error::A text.\n', 1],
  ])('%s', (level, line, code) => {
    expect(() => publish({ level, text: 'A text.', inSummary: false, outputs: {} })).toThrow('exit');
    expect(step.printed).toBe(line);
    expect(process.exitCode).toBe(code);
    // With the exit code that is set.
    expect(jest.mocked(process.exit).mock.calls).toEqual([[]]);
  });
});

describe('the summary', () => {
  test('is written; of the outputs none, for they are set by then', () => {
    step.hasFile('GITHUB_OUTPUT');
    step.hasFile('GITHUB_STEP_SUMMARY');
    expect(() => publish(good)).toThrow('exit');
    expect(step.fileOf('GITHUB_OUTPUT')).toBe('');
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toMatch(/^\*\*Informatica Cloud Session:\*\* `Good\.`/);
    expect(step.printed).toBe('Good.\n');
  });

  test('is written before the step fails', () => {
    step.hasFile('GITHUB_STEP_SUMMARY');
    const seen: boolean[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation(() => {
      seen.push(step.fileOf('GITHUB_STEP_SUMMARY') !== '');
      return true;
    });
    expect(() => publish(bad)).toThrow('exit');
    expect(seen).toEqual([true]);
  });

  test('has nothing that is not meant for it, or without a file', () => {
    step.hasFile('GITHUB_STEP_SUMMARY');
    expect(() => publish({ ...good, inSummary: false, outputs: {} })).toThrow('exit');
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toBe('');
    process.env['GITHUB_STEP_SUMMARY'] = '';
    expect(() => publish({ ...good, outputs: {} })).toThrow('exit');
    expect(step.printed).toBe('Good.\nGood.\n');
  });

  test.each([
    ['of a user', 'end-uat', / \(step `end-uat`\):\*\* /],
    ["of the runner's, not", '__owner_repository', /^\*\*Informatica Cloud Session:\*\* /],
  ])('names the id of the step: %s', (_, id, line) => {
    step.hasFile('GITHUB_STEP_SUMMARY');
    process.env['GITHUB_ACTION'] = id;
    expect(() => publish({ ...good, outputs: {} })).toThrow('exit');
    expect(step.fileOf('GITHUB_STEP_SUMMARY')).toMatch(line);
  });

  test('is appended to what other steps wrote', () => {
    step.hasFile('GITHUB_STEP_SUMMARY');
    for (const _ of [1, 2]) expect(() => publish({ ...good, outputs: {} })).toThrow('exit');
    expect(step.fileOf('GITHUB_STEP_SUMMARY').match(/Good\./g)).toHaveLength(2);
  });

  test('that cannot be written is a warning, and the failure is still told', () => {
    step.hasNoFile('GITHUB_STEP_SUMMARY');
    expect(() => publish(bad)).toThrow('exit');
    expect(step.printed).toBe(
      '::warning::Could not write the job summary (ENOENT).\n::error::Bad.%0AVery.\n',
    );
    expect(process.exitCode).toBe(1);
  });
});

test('the process does not end before all that was printed is out', () => {
  written();
  written = unwritten(7);
  let flushed: unknown;
  jest.spyOn(process.stdout, 'write').mockImplementation((_, ...more: unknown[]) => {
    flushed ??= more.find((callback) => typeof callback === 'function');
    return true;
  });
  publish(good);
  expect(process.exit).not.toHaveBeenCalled();
  expect(flushed).toThrow('exit');
});
