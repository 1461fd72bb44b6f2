import type { Sent } from '../journal.ts';
import type { Verdict } from '../judge/judge.ts';
import type { Trial } from '../trial.ts';
import { judge } from './judge.ts';
import type { Trial as OldTrial } from './trial.ts';

const remembered = new WeakMap<Trial, OldTrial>();

export function remember(
  trial: Trial,
  sent: readonly Sent[],
  timeoutMs: number,
  interrupted: OldTrial['interrupted'],
): void {
  const { main, post, when, interrupted: _, ...rest } = trial;
  remembered.set(trial, {
    ...rest,
    main,
    post,
    timeoutMs,
    jobEnd: when === 'job-end',
    sent,
    memoryMiB: [main.memoryMiB, post.memoryMiB].filter((one) => one !== undefined),
    ...(interrupted === undefined ? {} : { interrupted }),
  });
}

export const counted = { trials: 0, differences: new Map<string, number>() };

/** Judges it by the old rules, and says how the verdict differs: by which invariants, and whether excused. */
export function compare(trial: Trial, verdict: Verdict): string | undefined {
  const old = remembered.get(trial);
  if (old === undefined) return undefined;
  return difference(judge(old), verdict);
}

export function difference(one: Verdict, other: Verdict): string | undefined {
  counted.trials += 1;
  const [before, now] = [one, other].map(({ problems, excused }) => {
    const broken = [...new Set(problems.map(({ breaks }) => breaks))].sort();
    return `${broken.join('+') || 'clean'}${excused ? ', excused' : ''}`;
  });
  if (before === now) return undefined;
  const whatOld = one.problems.map(({ what }) => what).join('; ');
  const whatNew = other.problems.map(({ what }) => what).join('; ');
  const kind = `${before} -> ${now} [${whatOld}] -> [${whatNew}]`.replace(/\d+/g, 'N');
  counted.differences.set(kind, (counted.differences.get(kind) ?? 0) + 1);
  return kind;
}
