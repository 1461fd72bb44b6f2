import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Organization } from './organizations.ts';
import type { IdentityProvider } from './providers.ts';
import type { Settings } from './settings.ts';

export type TokenCheck =
  | { readonly good: true; readonly id: string; readonly claim: string }
  | { readonly good: false; readonly problem: string };

export interface TokenContext {
  readonly provider: Required<IdentityProvider>;
  readonly organization: Organization;
  readonly loginUrl: string;
  readonly ids: Settings['tokenOrganizationIds'];
  readonly nowMs: number;
}

const requiredClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat'];

/**
 * Checks a token by the vendor's page "Log in using a JWT access token", except whether it was used before and which
 * user it belongs to. The keys are fetched each time.
 */
export async function checkToken(token: string, context: TokenContext): Promise<TokenCheck> {
  const { provider, nowMs } = context;
  const bad = (problem: string): TokenCheck => ({ good: false, problem });
  try {
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(provider.keys)), {
      algorithms: [provider.signingAlgorithm],
      issuer: provider.issuer,
      requiredClaims,
      currentDate: new Date(nowMs),
    });
    if (typeof payload.iat !== 'number') return bad(missing('iat'));
    if (!audiences(payload).some((audience) => isAudience(audience, context)))
      return bad('The audience of the JWT access token is not valid for the organization.');
    const id = tokenId(payload);
    if (id === undefined) return bad(missing('jti or uti'));
    const claim = payload[provider.tokenClaim];
    return typeof claim === 'string' && claim !== ''
      ? { good: true, id, claim }
      : bad(missing(provider.tokenClaim));
  } catch (reason) {
    return bad(words(reason));
  }
}

/** The id in a token whose signature was not checked. */
export function unverifiedId(token: string): string | undefined {
  try {
    return tokenId(decodeJwt(token));
  } catch {
    return undefined;
  }
}

/** The accepted ids of the organization. */
export function organizationIds({ orgId, orgUuid }: Organization, ids: Settings['tokenOrganizationIds']) {
  return { both: [orgId, orgUuid], short: [orgId], long: [orgUuid] }[ids];
}

/** `https://` or `api://`, then the login host and the organization in either order, then an optional resource. */
function isAudience(audience: string, { organization, loginUrl, ids }: TokenContext): boolean {
  const { host } = new URL(loginUrl);
  return organizationIds(organization, ids)
    .flatMap((id) => [`${host}/${id}`, `${id}.${host}`])
    .flatMap((name) => [`https://${name}`, `api://${name}`])
    .some((name) => audience === name || audience.startsWith(`${name}/`));
}

function audiences({ aud = [] }: JWTPayload): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

function tokenId({ jti, uti }: JWTPayload): string | undefined {
  const id: unknown = jti ?? uti;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function words(reason: unknown): string {
  if (reason instanceof errors.JWTExpired) return 'The JWT access token has expired.';
  if (reason instanceof errors.JWTClaimValidationFailed) return claimWords(reason.claim, reason.reason);
  if (reason instanceof errors.JOSEAlgNotAllowed)
    return 'The signing algorithm of the JWT access token is not the registered one.';
  if (reason instanceof errors.JWSSignatureVerificationFailed || reason instanceof errors.JWKSNoMatchingKey)
    return 'The signature of the JWT access token is not valid.';
  if (reason instanceof errors.JWSInvalid || reason instanceof errors.JWTInvalid)
    return 'The access token is not a valid JWT.';
  return 'The keys of the identity provider could not be read.';
}

function claimWords(claim: string, reason: string): string {
  if (reason === 'missing') return missing(claim);
  switch (claim) {
    case 'iss':
      return 'The issuer of the JWT access token is not the registered identity provider.';
    case 'nbf':
      return 'The JWT access token is not valid yet.';
    default:
      return `The claim ${claim} of the JWT access token is not valid.`;
  }
}

function missing(claim: string): string {
  return `The claim ${claim} is missing from the JWT access token.`;
}
