import { info, setFailed, warning } from '@actions/core';
import { unreadableReport } from '../report/post-report.ts';
import type { Report } from '../report/report.ts';
import type { State } from '../state.ts';
import { postStep } from '../steps/post-step.ts';
import { appendSummary } from './summary.ts';
import { exit, realWorld } from './world.ts';

/** The post step with something to do: does it, and tells the user. */
export async function cleanUp(state: Extract<State, { kind: 'pending' | 'unreadable' }>): Promise<void> {
  publish(state.kind === 'pending' ? await postStep(state.inputs, info, realWorld()) : unreadableReport());
  exit();
}

function publish({ summary, level, text }: Report): void {
  appendSummary(summary);
  switch (level) {
    case 'info':
      info(text);
      break;
    case 'warning':
      warning(text);
      break;
    case 'error':
      setFailed(text);
      break;
  }
}
