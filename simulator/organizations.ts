import type { IdentityProvider } from './providers.ts';
import { stableId } from './stable-id.ts';

export interface User {
  readonly username: string;
  readonly password: string;
  /** What an identity provider calls the user, where it goes by `aliasName`; nobody logs in so without one. */
  readonly aliasName?: string;
  /** The user's id; made of the user name unless given. */
  readonly uid?: string;
}

/** `jwt`: session ids of `length` characters (16,000 unless told) that live a fixed time, however much they are used. */
export type SessionIds = { readonly kind: 'opaque' } | { readonly kind: 'jwt'; readonly length?: number };

export interface OrganizationOptions {
  readonly name: string;
  readonly users: readonly User[];
  /** Six characters; numbered unless given. */
  readonly orgId?: string;
  /** A session dies after this time without use (a JWT: after this time). 30 unless given. */
  readonly idleMinutes?: number;
  readonly sessionIds?: SessionIds;
  /** The one that is registered from the start. */
  readonly identityProvider?: IdentityProvider;
}

export interface Organization extends Required<Omit<OrganizationOptions, 'identityProvider'>> {
  /** The 22 characters that version 3 calls `orgId`. */
  readonly orgUuid: string;
}

export const sampleOrganizations = [
  {
    name: 'Source Organization',
    users: [
      { username: 'source.pipeline@example.com', password: 'not-for-real-use-1' },
      { username: 'source.nightly@example.com', password: 'not-for-real-use-2' },
    ],
  },
  {
    name: 'Target Organization',
    users: [{ username: 'target.pipeline@example.com', password: 'not-for-real-use-3' }],
  },
] as const satisfies readonly OrganizationOptions[];

/** Fills in what was left out; throws where a name is there twice. */
export function foundOrganizations(options: readonly OrganizationOptions[]): readonly Organization[] {
  requireUnique(options.map(({ name }) => name));
  requireUnique(options.flatMap(({ users }) => users.map(({ username }) => username)));
  return options.map(({ identityProvider: _, ...given }, index) => ({
    orgId: String(index + 1).padStart(6, '0'),
    idleMinutes: 30,
    sessionIds: { kind: 'opaque' },
    ...given,
    orgUuid: stableId(given.name),
  }));
}

export function uidOf({ uid, username }: User): string {
  return uid ?? stableId(username);
}

function requireUnique(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${twice} is there twice`);
}
