import { CANCELLED_MS, type StepRecord, TOO_LITTLE_MS } from '../trial.ts';
import type { MainRun, StepRun } from './steps.ts';

const NOTHING_LEFT = {
  stdout: '',
  stderr: '',
  masks: [],
  commands: [],
  outputs: {},
  state: {},
  env: {},
  stateFile: '',
  memoryMiB: undefined,
};

/** What a runner would have seen of the step, which was cancelled at `cancelledMs`. */
export function recordOf(run: StepRun | MainRun, cancelledMs: number, timeoutMs: number): StepRecord {
  const { report, printed, summary, startedMs, endedMs } = run;
  const durationMs = endedMs - startedMs;
  const dueMs = Math.min(timeoutMs, Math.max(0, cancelledMs - startedMs) + CANCELLED_MS);
  const warned = 'warned' in run ? run.warned : [];
  const warnings = warned.map((message) => ({ level: 'warning', message }) as const);
  const common = {
    ...NOTHING_LEFT,
    ...('masked' in run ? leftByMain(run) : {}),
    summary,
    durationMs,
    dueMs,
    cancelled: Number.isFinite(cancelledMs),
    outOfTime: durationMs > dueMs - TOO_LITTLE_MS,
  };
  if (report === 'killed') {
    const log = [...printed, ...warned];
    return { ...common, exitCode: null, signal: 'SIGKILL', failed: true, log, annotations: warnings };
  }
  const { level, text } = report;
  const failed = level === 'error';
  return {
    ...common,
    exitCode: Number(failed),
    signal: null,
    failed,
    log: [...printed, ...warned, text],
    annotations: level === 'info' ? warnings : [...warnings, { level, message: text }],
  };
}

function leftByMain({ masked, outputs, variables, stateFile }: MainRun) {
  return { masks: [...masked], outputs, env: variables, stateFile };
}
