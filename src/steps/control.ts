import { sendWithoutRetry } from '../exchange/send-once.ts';
import type { Login } from '../requests/mode.ts';
import { validSessionIdRequest } from '../requests/valid-session-id.ts';
import { claimsOf } from '../responses/json.ts';
import type { Session } from '../responses/user-object.ts';
import type { Control } from '../state.ts';
import type { MainContext } from './runner.ts';

const CONTROL_MS = 3_000;
/** Kept for the logout of a session that must not be exposed. */
const KEPT_AFTER_CONTROL_MS = 1_000;
/** With less time left, the control is skipped, because the session must be exposed in time. */
const LEAST_MS = 2_000;

/** The control before its request is sent: `unclear` if it is due, otherwise why it is skipped. */
export function plannedControl(
  { verify }: Pick<Login, 'verify'>,
  { sessionId, userName }: Session,
  { limit }: MainContext,
): Exclude<Control, 'valid' | 'dead'> {
  const isDue = verify === 'always' || (verify === 'auto' && claimsOf(sessionId) !== undefined);
  if (!isDue) return 'not-due';
  if (userName === '') return 'no-user-name';
  return limit.remainingMs() < LEAST_MS ? 'no-time' : 'unclear';
}

/** Verifies once that a new session is valid, so that "dead" can be believed after its end. Never fails the step. */
export async function requestControl(
  { sessionId, serverUrl, userName }: Session,
  { limit, effects }: MainContext,
): Promise<Control> {
  const request = validSessionIdRequest(serverUrl, userName, sessionId);
  const withinMs = Math.min(CONTROL_MS, limit.remainingMs() - KEPT_AFTER_CONTROL_MS);
  // A cancellation ends it at once, because the time left is for the logout.
  const outcome = await sendWithoutRetry(request, limit.atMost(withinMs, 0), effects);
  return outcome.kind === 'success' ? outcome.value : 'unclear';
}
