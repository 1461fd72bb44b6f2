import { info } from '@actions/core';
import type { Report } from '../report/report.ts';
import type { PendingState } from '../state.ts';
import { postStep } from '../steps/post-step.ts';
import { realEffects } from './real-effects.ts';

/** Runs a post step that has something to send. */
export function runPostStep(state: PendingState): Promise<Report> {
  return postStep(state, info, realEffects());
}
