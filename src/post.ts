import { getState } from '@actions/core';
import { publish } from './edge/publish.ts';
import { idleReport, unexpectedReport } from './report/idle-report.ts';
import type { Report } from './report/report.ts';
import { readState, STATE_NAME } from './state.ts';

async function post(): Promise<Report> {
  const state = readState(getState(STATE_NAME));
  if (state.kind !== 'pending') return idleReport(state);
  // Loaded only if needed, because most post steps have nothing to send.
  const { runPostStep } = await import('./edge/run-post-step.ts');
  return runPostStep(state);
}

post().then(publish, (error) => publish(unexpectedReport(error)));
