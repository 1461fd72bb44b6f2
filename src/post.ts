import { getState, info, warning } from '@actions/core';
import { errorName } from './edge/attempt.ts';
import { readState, STATE_NAME } from './state.ts';

async function post(): Promise<void> {
  const state = readState(getState(STATE_NAME));
  switch (state.kind) {
    case 'nothing':
      info(
        'Nothing to clean up is known: the main step had wrong inputs, could not save its state, or was killed as it began.',
      );
      break;
    case 'settled':
      info(`Nothing to clean up: the main step has settled it (${state.outcome}).`);
      break;
    case 'pending':
    case 'unreadable': {
      // Loaded only when needed: most post steps have nothing to send.
      const { cleanUp } = await import('./edge/clean-up.ts');
      await cleanUp(state);
    }
  }
}

post().catch((error) =>
  warning(`The clean-up failed unexpectedly (${errorName(error)}): the session may be open.`),
);
