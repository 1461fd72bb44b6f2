import { passwordsIn } from './credentials.ts';
import { tokensIn } from './oauth-token.ts';
import { sessionIdsIn } from './session-id.ts';
import type { InputValues } from './values.ts';

/**
 * Everything that must be masked before anything is printed or saved: each secret as given, as sent, and as written
 * in the saved state, which a debug log shows.
 */
export function secretsIn(values: InputValues): ReadonlySet<string> {
  const secrets = [
    ...sessionIdsIn(values['session-id']),
    ...passwordsIn(values.password),
    ...tokensIn(values['oauth-token']),
  ];
  return new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
}
