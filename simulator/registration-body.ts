import type { Request } from './messages.ts';
import type { Organization } from './organizations.ts';
import { type IdentityProvider, providerProblem, type Registration, signingAlgorithms } from './providers.ts';
import { headerProblem, isObject, parseObject } from './reading.ts';

export type ProviderReading =
  | { readonly ok: true; readonly provider: IdentityProvider }
  | { readonly ok: false; readonly problem: string };

/** Reads the body of a request that registers or updates a provider. */
export function readProvider(request: Request): ProviderReading {
  const body = parseObject(request.body);
  const problem = headerProblem(request) ?? (body?.['type'] === 'OIDC' ? undefined : 'type must be OIDC.');
  if (problem !== undefined || body === undefined) return wrong(problem ?? 'The body must be a JSON object.');
  const { issuer, keys } = tableIn(body, 'endPoints');
  const { tokenClaim = 'sub', matchType } = tableIn(tableIn(body, 'accountPolicy'), 'link');
  const algorithm = body['signingAlgorithm'] ?? 'RS256';
  const signingAlgorithm = signingAlgorithms.find((known) => known === algorithm);
  if (typeof issuer !== 'string' || typeof keys !== 'string')
    return wrong('endPoints must have an issuer and keys.');
  if (typeof tokenClaim !== 'string') return wrong('tokenClaim must be a string.');
  if (matchType !== 'aliasName' && matchType !== 'uid') return wrong('matchType must be aliasName or uid.');
  if (signingAlgorithm === undefined) return wrong('signingAlgorithm is not supported.');
  const provider: IdentityProvider = { issuer, keys, tokenClaim, matchType, signingAlgorithm };
  const rejected = providerProblem(provider);
  return rejected === undefined ? { ok: true, provider } : wrong(rejected);
}

/** A registration as the API returns it. */
export function registrationBody(registration: Registration, { orgUuid }: Organization): object {
  const { id, provider, createdAtMs, updatedAtMs, by } = registration;
  const { issuer, keys, tokenClaim, matchType, signingAlgorithm } = provider;
  return {
    id,
    orgId: orgUuid,
    type: 'OIDC',
    endPoints: { issuer, keys },
    accountPolicy: { link: { tokenClaim, matchType } },
    signingAlgorithm,
    createTime: new Date(createdAtMs).toISOString(),
    createdBy: by,
    updateTime: new Date(updatedAtMs).toISOString(),
    updatedBy: by,
  };
}

function tableIn(body: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = body[name];
  return isObject(value) ? value : {};
}

function wrong(problem: string): ProviderReading {
  return { ok: false, problem };
}
