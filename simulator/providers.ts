import { stableId } from './stable-id.ts';

export const signingAlgorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** An identity provider whose tokens log in to an organization. An organization has at most one. */
export interface IdentityProvider {
  readonly issuer: string;
  /** The URL of its public keys. */
  readonly keys: string;
  /** The claim that identifies the user; `sub` by default. */
  readonly tokenClaim?: string;
  /** The property of the user that the claim must equal. */
  readonly matchType: 'aliasName' | 'uid';
  /** RS256 by default. With an HS algorithm every token is rejected, because public keys cannot be shared secrets. */
  readonly signingAlgorithm?: SigningAlgorithm;
}

/** A registered provider, with the fields that the cloud adds. */
export interface Registration {
  readonly id: string;
  readonly provider: Required<IdentityProvider>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly by: string;
}

/** Why a provider cannot be registered, from the vendor's page "Identity providers"; undefined if it can. */
export function providerProblem({ issuer, keys, tokenClaim = 'sub' }: IdentityProvider): string | undefined {
  if (!isWebUrl(issuer)) return 'issuer must be an absolute https URL.';
  if (!isWebUrl(keys)) return 'keys must be an absolute https URL.';
  if (issuer.length > 255 || keys.length > 255) return 'issuer and keys have at most 255 characters.';
  if (!keys.startsWith(issuer)) return 'issuer must be a subset of keys.';
  if (tokenClaim === '' || tokenClaim.length > 64) return 'tokenClaim has 1 to 64 characters.';
  return undefined;
}

/** Fills in the vendor's defaults. */
export function complete(provider: IdentityProvider): Required<IdentityProvider> {
  return { tokenClaim: 'sub', signingAlgorithm: 'RS256', ...provider };
}

/** `by` is the user who registers it, or the organization's name if it is registered from the start. */
export function newRegistration(provider: IdentityProvider, by: string, nowMs: number): Registration {
  const id = stableId(`${provider.issuer} ${nowMs}`);
  return { id, provider: complete(provider), createdAtMs: nowMs, updatedAtMs: nowMs, by };
}

/** Requires https. For loopback hosts http is accepted as well, which the vendor would reject. */
function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const own = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && own);
}
