import type { AttemptCounts } from '../exchange/attempt-counter.ts';
import type { Settings } from '../inputs/settings.ts';
import { ownerOf } from '../report/session-owner.ts';
import type { Login } from '../requests/mode.ts';
import type { FoundSession } from '../responses/user-object.ts';
import type { Control, PendingState, SavedState } from '../state.ts';

type LoginStep = { readonly login: Login; readonly settings: Settings };

/** The state while logins are under way, or after none of them opened a session. */
export function loginState(
  { login, settings }: LoginStep,
  { possibleSuccesses }: Pick<AttemptCounts, 'possibleSuccesses'>,
): SavedState {
  const { onCleanupFailure } = settings;
  return possibleSuccesses > 0
    ? {
        kind: 'logging-in',
        host: login.loginUrl.host,
        owner: ownerOf(login, undefined),
        sessions: possibleSuccesses,
        onCleanupFailure,
      }
    : { kind: 'settled', as: 'not-opened' };
}

/** What the post step needs to end a session. */
export function logoutState({ login }: LoginStep, session: FoundSession, control: Control): PendingState {
  const { verify } = login;
  const { sessionId, serverUrl, userName } = session;
  const canBeAsked = serverUrl !== undefined && verify !== 'never';
  return {
    kind: 'pending',
    inputs: login.logoutOf(sessionId, serverUrl).inputs,
    credentialUses: 0,
    credentialRequests: 0,
    isEnded: false,
    opened: {
      userName: canBeAsked ? userName : '',
      serverUrl: serverUrl?.href ?? '',
      control,
      owner: ownerOf(login, session),
      ifAlive: verify === 'always' ? 'clean-up-failure' : 'line',
    },
  };
}
