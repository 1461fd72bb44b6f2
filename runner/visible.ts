import type { StepResult } from './step-process.ts';

/**
 * All that a step shows or hands on, with what it printed as it printed it, before any mask, but for its asking for
 * masks.
 */
export function visible(result: StepResult): string {
  const { stdout, stderr, log, outputs, summary, annotations, env } = result;
  return [
    stdout.replace(/^::add-mask::.*$/gm, ''),
    stderr,
    ...log,
    ...Object.values(outputs),
    summary,
    ...annotations.map(({ message }) => message),
    ...Object.entries(env).flat(),
  ].join('\n');
}
