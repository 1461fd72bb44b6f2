import { stableId } from './stable-id.ts';

export const signingAlgorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** An identity provider whose tokens log in to an organization. An organization has no more than one. */
export interface IdentityProvider {
  readonly issuer: string;
  /** The URL of its public keys. */
  readonly keys: string;
  /** The claim that names the user; `sub` unless given. */
  readonly tokenClaim?: string;
  /** What of the user the claim has to be. */
  readonly matchType: 'aliasName' | 'uid';
  /** RS256 unless given. With an HS algorithm no token is good: public keys can't be shared secrets. */
  readonly signingAlgorithm?: SigningAlgorithm;
}

/** One that was registered, with what the cloud added. */
export interface Registration {
  readonly id: string;
  readonly provider: Required<IdentityProvider>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly by: string;
}

/** Why a provider cannot be registered, by the vendor's page "Identity providers"; undefined where it can. */
export function providerProblem({ issuer, keys, tokenClaim = 'sub' }: IdentityProvider): string | undefined {
  if (!isWebUrl(issuer)) return 'issuer must be an absolute https URL.';
  if (!isWebUrl(keys)) return 'keys must be an absolute https URL.';
  if (issuer.length > 255 || keys.length > 255) return 'issuer and keys have at most 255 characters.';
  if (!keys.startsWith(issuer)) return 'issuer must be a subset of keys.';
  if (tokenClaim === '' || tokenClaim.length > 64) return 'tokenClaim has 1 to 64 characters.';
  return undefined;
}

/** With the vendor's defaults. */
export function complete(provider: IdentityProvider): Required<IdentityProvider> {
  return { tokenClaim: 'sub', signingAlgorithm: 'RS256', ...provider };
}

/** What the cloud makes of a provider; `by` is a user, or the organization where it was there from the start. */
export function newRegistration(provider: IdentityProvider, by: string, nowMs: number): Registration {
  const id = stableId(`${provider.issuer} ${nowMs}`);
  return { id, provider: complete(provider), createdAtMs: nowMs, updatedAtMs: nowMs, by };
}

/** https; on the own machine http does as well, which the vendor would not take. */
function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const own = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && own);
}
