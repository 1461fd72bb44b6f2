import type { Finding } from './finding.ts';
import { addCounts, countHarms, inWords } from './invariants.ts';
import { judge } from './judge/judge.ts';
import { stepsOf, type Trial } from './trial.ts';

/** Judges trials, counts the problems, and logs each trial that has one. */
export class Tally {
  #counts = countHarms([]);
  #excused = 0;
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
    const overrun = Math.max(0, Math.round(this.#overrunMs));
    return { ...this.#counts, excused: this.#excused, overrunMs: overrun, ...peak };
  }

  /** Adds what another process found. */
  include(found: Tally['found']): void {
    this.#counts = addCounts(this.#counts, found);
    this.#excused += found.excused ?? 0;
  }

  add(trial: Trial): void {
    for (const { durationMs, dueMs, memoryMiB = 0 } of stepsOf(trial)) {
      this.#overrunMs = Math.max(this.#overrunMs, durationMs - dueMs);
      this.#peakMiB = Math.max(this.#peakMiB, memoryMiB);
    }
    const { problems, excused } = judge(trial);
    this.#counts = addCounts(this.#counts, countHarms(problems));
    this.#excused += Number(excused);
    if (problems.length === 0) return;
    const met = trial.sent.map(({ purpose, met }) => `${purpose}: ${met.name}`).join(', ');
    this.#log(`${trial.label}: ${problems.map(inWords).join('; ')} [met: ${met}]. Repeat: ${this.#repeat}`);
    const inPost = trial.post === undefined ? ['-- no post'] : ['-- post', ...trial.post.log];
    for (const line of [...trial.main.log, ...inPost]) this.#log(`    ${line}`);
  }
}
