import { isLoopback } from '../inputs/hosts.ts';
import { parseUrl } from '../inputs/parse-url.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import { classifyIdToken } from '../responses/id-token.ts';

/** GitHub's token service, as a job with the permission `id-token: write` finds it in its environment. */
export interface IdTokenService {
  readonly url: string;
  readonly bearer: string;
}

/** Asks GitHub for the token of this job; undefined where the service is not one that a secret may be sent to. */
export function idTokenRequest(
  { url, bearer }: IdTokenService,
  audience: string,
): ApiRequest<string> | undefined {
  const service = parseUrl(url);
  if (service === null) return undefined;
  const safe =
    service.protocol === 'https:' || (service.protocol === 'http:' && isLoopback(service.hostname));
  if (!safe) return undefined;
  service.searchParams.set('audience', audience);
  return {
    http: {
      method: 'GET',
      url: service,
      headers: { Accept: 'application/json', Authorization: `Bearer ${bearer}` },
      body: '',
    },
    maxCredentialUses: Number.POSITIVE_INFINITY,
    attemptTimeoutMs: 10_000,
    classify: classifyIdToken,
  };
}
