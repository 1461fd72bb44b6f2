import type { IdentityProvider } from './providers.ts';
import { stableId } from './stable-id.ts';

export interface User {
  readonly username: string;
  readonly password: string;
  /** The name by which an identity provider with `aliasName` knows the user. Without it such a login is rejected. */
  readonly aliasName?: string;
  /** The user's id. By default it is derived from the user name. */
  readonly uid?: string;
}

/** `jwt`: session ids of `length` characters (default 16,000) that expire after a fixed time, even if they are used. */
export type SessionIds = { readonly kind: 'opaque' } | { readonly kind: 'jwt'; readonly length?: number };

export interface OrganizationOptions {
  readonly name: string;
  readonly users: readonly User[];
  /** Six characters. By default a consecutive number. */
  readonly orgId?: string;
  /** Default 30. A session expires after this time without use; a JWT expires after this time in any case. */
  readonly idleMinutes?: number;
  readonly sessionIds?: SessionIds;
  /** Registered from the start. */
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

/** Fills in the defaults. Throws if two organizations or two users have the same name. */
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
