import { getState } from '@actions/core';
import { publish } from './edge/publish.ts';
import { idleReport, unexpectedReport } from './report/idle-report.ts';
import type { Report } from './report/report.ts';
import { readState, STATE_NAME } from './state.ts';

async function post(): Promise<Report> {
  const state = readState(getState(STATE_NAME));
  if (state.kind !== 'pending') return idleReport(state);
  try {
    // Loaded only if needed, because many post steps have nothing to send.
    const { runPostStep } = await import('./edge/run-post-step.ts');
    return await runPostStep(state);
  } catch (error) {
    return unexpectedReport(error, state);
  }
}

post().then(publish, (error) => publish(unexpectedReport(error)));
