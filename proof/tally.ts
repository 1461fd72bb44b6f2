import type { Finding } from './finding.ts';
import { judge, type Trial } from './judge.ts';

type Counts = Pick<Finding, 'sessionsLeft' | 'falseClaims' | 'leaks' | 'otherHarm'>;

/** Judges trials, adds up what got through, and tells of each trial in which something did. */
export class Tally {
  readonly #counts: Record<keyof Counts, number> = {
    sessionsLeft: 0,
    falseClaims: 0,
    leaks: 0,
    otherHarm: 0,
  };
  #overrunMs = 0;
  #peakMiB = 0;
  readonly #log: (line: string) => void;
  readonly #repeat: string;

  /** `repeat` is the command that does the same again. */
  constructor(log: (line: string) => void, repeat: string) {
    this.#log = log;
    this.#repeat = repeat;
  }

  get found(): Omit<Finding, 'counted' | 'count' | 'minimum'> {
    const peak = this.#peakMiB === 0 ? {} : { peakMiB: this.#peakMiB };
    return { ...this.#counts, overrunMs: Math.round(this.#overrunMs), ...peak };
  }

  add(trial: Trial): void {
    const longestMs = Math.max(trial.main.durationMs, trial.post.durationMs);
    this.#overrunMs = Math.max(this.#overrunMs, longestMs - trial.timeoutMs);
    this.#peakMiB = Math.max(this.#peakMiB, ...trial.memoryMiB);
    const verdict = judge(trial);
    this.#counts.sessionsLeft += verdict.sessionsLeft.length;
    this.#counts.falseClaims += verdict.falseClaims.length;
    this.#counts.leaks += verdict.leaks.length;
    this.#counts.otherHarm += verdict.otherHarm.length;
    const { sessionsLeft, falseClaims, leaks, otherHarm } = verdict;
    const problems = [...sessionsLeft, ...falseClaims, ...leaks, ...otherHarm];
    if (problems.length === 0) return;
    const met = trial.met.map(({ name }) => name).join(', ');
    this.#log(`${trial.label}: ${problems.join('; ')} [met: ${met}]. Repeat: ${this.#repeat}`);
    for (const line of [...trial.main.log, '-- post', ...trial.post.log]) this.#log(`    ${line}`);
  }
}
