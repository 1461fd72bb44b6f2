import { ends, mayHaveHadEffect, type Purpose, saysDead, settles } from '../met.ts';
import { type Request, TOO_LITTLE_MS, type Trial } from '../virtual/job.ts';
import type { MainRun, StepRun } from '../virtual/steps.ts';
import { CANCELLED_MS } from '../virtual/world.ts';

export type Step = Request['step'];
export type Ended = 'ended' | 'already-ended';

export function resultOf({ report, outputs }: MainRun): string {
  return report === 'killed' ? 'nothing' : (outputs['result'] ?? 'nothing');
}

export function textOf({ report }: StepRun): string {
  return report === 'killed' ? '' : report.text;
}

/** What the last words of a post step claim. */
export function claimOf(run: StepRun): Ended | undefined {
  const text = textOf(run);
  if (text.startsWith('Ended ')) return 'ended';
  return text.startsWith('Already ended') ? 'already-ended' : undefined;
}

export function isQuiet({ report }: StepRun): boolean {
  return report !== 'killed' && report.level === 'info';
}

/** A step's requests for one thing. */
export function requestsFor({ requests }: Trial, step: Step, purpose: Purpose): readonly Request[] {
  return requests.filter((request) => request.step === step && request.purpose === purpose);
}

/** Somebody said so in the vendor's form, which no client can see through. */
export function isForged(had: readonly Request[], claim: Ended): boolean {
  return had.some(({ met, purpose }, index) => {
    if (met.came.kind === 'success') return claim === 'ended';
    const dead = purpose !== 'logoutall' && saysDead(met.came);
    return (
      dead && (claim === 'already-ended' || had.slice(0, index).some((one) => mayHaveHadEffect(one.met)))
    );
  });
}

/** It has ended a session, and whoever asked may not know. */
export function hasEndedUnheard(had: readonly Request[]): boolean {
  return had.some(
    ({ ended, met, purpose }) => ended.length > 0 && mayHaveHadEffect(met) && !settles(met.came, purpose),
  );
}

/** When a step has to be over. */
export function deadlineMs(trial: Trial, step: Step): number {
  const { startedMs } = trial[step];
  const cancelledMs = Math.max(startedMs, trial.cancelledMs[step]);
  return Math.min(startedMs + trial.timeoutSeconds * 1000, cancelledMs + CANCELLED_MS);
}

/** What keeps a step from ending the session, whoever keeps the limits: a word in the vendor's form, answers that rarely pass, time. */
export function nobodyCould(trial: Trial, step: Step, had: readonly Request[], id: string): boolean {
  return (
    had.some((request) => settlesFalsely(request, id)) ||
    had.some(({ met }) => met.holds) ||
    had.some(({ met: { atMost } }) => atMost !== undefined && times(had, atMost.kind) >= atMost.times) ||
    trial[step].report === 'killed' ||
    trial[step].endedMs > deadlineMs(trial, step) - TOO_LITTLE_MS
  );
}

/** Said by someone in the vendor's form; or by the vendor itself, of a session that lives on. */
function settlesFalsely(request: Request, id: string): boolean {
  const { met, purpose } = request;
  return met.came.kind === 'truth' ? isIgnored(request, id) : settles(met.came, purpose);
}

/** The vendor says that it has ended a session that lives on: of one that is open it says nothing else. */
export function isIgnored({ met, purpose, left }: Request, id: string): boolean {
  return ends(purpose) && met.came.kind === 'truth' && left.includes(id);
}

/** How often something of a kind was met. */
export function times(had: readonly Request[], kind: string): number {
  return had.filter(({ met }) => met.atMost?.kind === kind).length;
}
