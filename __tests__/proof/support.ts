import type { Judgement } from '../../proof/judge/judge.ts';
import type { StepRecord } from '../../proof/trial.ts';

/** A step with this outcome line. It failed if the line is an error. */
export function stepSaying(line: string, changed: Partial<StepRecord> = {}): StepRecord {
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
    dueMs: 2_000,
    cancelled: false,
    outOfTime: false,
    memoryMiB: undefined,
    stateFile: '',
    ...changed,
  };
}

/** The invariants that a trial breaks. */
export function brokenBy({ problems }: Judgement): readonly number[] {
  return [...new Set(problems.map(({ breaks }) => breaks))].sort();
}
