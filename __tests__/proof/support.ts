import type { StepResult } from '../../runner/index.ts';

/** A step that said so, in the line that tells how it went; it failed if that is an error. */
export function stepSaying(line: string, changed: Partial<StepResult> = {}): StepResult {
  const failed = line.startsWith('Error');
  const level = failed ? 'error' : 'warning';
  return {
    exitCode: failed ? 1 : 0,
    signal: null,
    failed,
    log: [line],
    stdout: '',
    stderr: '',
    annotations: /^(Error|Warning)/.test(line) ? [{ level, message: line }] : [],
    masks: [],
    commands: [],
    outputs: { 'status-code': '200' },
    state: {},
    env: {},
    summary: '',
    durationMs: 100,
    stateFile: '',
    ...changed,
  };
}
