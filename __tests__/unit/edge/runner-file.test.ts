import '../one-realm.ts';
import { appendFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { append, onRunnerFile } from '../../../src/edge/runner-file.ts';
import { errorName } from '../../../src/report/report.ts';
import { StepProcess } from './process.ts';

let step: StepProcess;
beforeEach(() => {
  step = new StepProcess();
});
afterEach(() => step.restore());

describe('an effect on a file of the runner', () => {
  test('that works', () => {
    const effect = jest.fn();
    expect(onRunnerFile('do it', effect)).toBe(true);
    expect(effect).toHaveBeenCalledTimes(1);
    expect(step.printed).toBe('');
  });

  test('that fails is a warning that repeats nothing of the error', () => {
    const works = onRunnerFile('do it', () => {
      throw Object.assign(new Error('what a secret'), { code: 'ENOSPC' });
    });
    expect(works).toBe(false);
    expect(step.printed).toBe('::warning::Could not do it (ENOSPC).\n');
  });
});

describe('what is appended to a file', () => {
  const text = () => step.fileOf('GITHUB_ENV');
  let file = '';
  beforeEach(() => {
    step.hasFile('GITHUB_ENV');
    file = process.env['GITHUB_ENV'] ?? '';
    writeFileSync(file, 'before ü\n');
  });

  test('stays', () => {
    append(file, () => appendFileSync(file, 'more\n'));
    expect(text()).toBe('before ü\nmore\n');
  });

  test.each([
    ['half', 'mo'],
    ['nothing', ''],
  ])('is taken back where %s of it was written, and the error says why', (_, written) => {
    const full = new Error('full');
    const write = () => {
      appendFileSync(file, written);
      throw full;
    };
    expect(() => append(file, write)).toThrow(full);
    expect(text()).toBe('before ü\n');
  });

  test('is not tried where there is no file', () => {
    const write = jest.fn();
    expect(() => append(`${file}-missing`, write)).toThrow('ENOENT');
    expect(write).not.toHaveBeenCalled();
  });
});

describe('an error is named, and no more is said of it', () => {
  test.each([
    ['by its code', Object.assign(new Error('m'), { code: 'EACCES' }), 'EACCES'],
    ['by its class, if its code is no text', Object.assign(new Error('m'), { code: 7 }), 'Error'],
    ['by its class', new TypeError('m'), 'TypeError'],
    ['not, if it is none', 'a text', 'no error object'],
    ['not, if there is none', undefined, 'no error object'],
  ])('%s', (_, error, name) => expect(errorName(error)).toBe(name));
});
