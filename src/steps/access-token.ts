import type { Effects } from '../exchange/effects.ts';
import { sendWithRetries } from '../exchange/exchange.ts';
import { DEFAULTS } from '../exchange/retry-options.ts';
import { accessTokenRetryText } from '../report/access-token-text.ts';
import type { Flaw } from '../report/login-report.ts';
import { accessTokenRequest } from '../requests/access-token.ts';
import type { Login } from '../requests/mode.ts';
import type { Session } from '../responses/user-object.ts';
import { KEPT_TO_END_MS } from './end-session.ts';
import type { MainContext } from './runner.ts';

/**
 * Gets the access token of a new session, if the login is to have one: the token, masked; empty if none is wanted; or why there is
 * none, so that the session must not be exposed. A cancellation stops it at once, because the time is for the logout then.
 */
export async function accessTokenFor(
  { loginUrl, wantsAccessToken }: Login,
  { sessionId }: Session,
  { limit, runner, effects }: MainContext,
): Promise<string | Flaw> {
  if (!wantsAccessToken) return '';
  const remainingMs = limit.remainingMs();
  const outcome = await sendWithRetries(
    {
      maxCredentialUses: Number.POSITIVE_INFINITY,
      next: () => Promise.resolve(accessTokenRequest(loginUrl, sessionId, nonce(effects))),
    },
    {
      ...DEFAULTS,
      limit: limit.atMost(remainingMs - Math.min(KEPT_TO_END_MS, remainingMs / 2), 0),
      onCancel: 'stop',
      onRetry: (...attempt) => runner.info(accessTokenRetryText(loginUrl, ...attempt)),
    },
    effects,
  );
  if (outcome.kind === 'success') {
    for (const secret of new Set([outcome.value.received, outcome.value.token])) runner.mask(secret);
  }
  if (effects.cancelled.aborted) return { kind: 'cancelled' };
  return outcome.kind === 'success'
    ? outcome.value.token
    : { kind: 'no-access-token', outcome, loginUrl, sessionIdLength: sessionId.length };
}

function nonce({ random }: Effects): string {
  return Math.floor(random() * 2 ** 52)
    .toString(16)
    .padStart(13, '0');
}
