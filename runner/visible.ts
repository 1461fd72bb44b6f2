import type { StepResult } from './step-process.ts';

/**
 * Everything that a step shows or passes on. Its output is included unmasked, except the `add-mask` commands.
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
