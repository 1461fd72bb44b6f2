import { createHash, randomBytes } from 'node:crypto';
import type { Settings } from './settings.ts';

export interface User {
  readonly username: string;
  readonly password: string;
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
}

export interface Organization extends Required<OrganizationOptions> {
  /** The 22 characters that version 3 calls `orgId`. */
  readonly orgUuid: string;
}

export type ApiVersion = 'v2' | 'v3';

export interface Session {
  readonly sessionId: string;
  /** The organization's name. */
  readonly organization: string;
  readonly username: string;
  /** The API version whose login opened it. */
  readonly api: ApiVersion;
  readonly openedAtMs: number;
  readonly lastUsedAtMs: number;
}

/** What a request does to the cloud: decided first, applied apart, so that a fault can come between the two. */
export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'login-failed'; readonly username: string }
  | { readonly kind: 'session-opened'; readonly session: Session }
  | { readonly kind: 'session-used'; readonly sessionId: string }
  | { readonly kind: 'session-ended'; readonly sessionId: string }
  | { readonly kind: 'sessions-ended'; readonly organization: string; readonly username: string };

export const noEffect: Effect = { kind: 'none' };

export type Authentication =
  | { readonly verdict: 'accepted'; readonly organization: Organization; readonly user: User }
  | { readonly verdict: 'rejected' | 'locked'; readonly effect: Effect };

export const sampleOrganizations = [
  {
    name: 'Source Organization',
    users: [
      { username: 'source.pipeline@example.com', password: 'not-a-real-password-1' },
      { username: 'source.nightly@example.com', password: 'not-a-real-password-2' },
    ],
  },
  {
    name: 'Target Organization',
    users: [{ username: 'target.pipeline@example.com', password: 'not-a-real-password-3' }],
  },
] as const satisfies readonly OrganizationOptions[];

/** Organizations, their users, and the ledger of sessions. It has no clock: the time is always a parameter. */
export class Cloud {
  readonly organizations: readonly Organization[];
  readonly #settings: Settings;
  readonly #sessions = new Map<string, Session>();
  readonly #endedIds = new Set<string>();
  readonly #failedLogins = new Map<string, number>();

  constructor(organizations: readonly OrganizationOptions[], settings: Settings) {
    this.#settings = settings;
    this.organizations = organizations.map((options, index) => ({
      orgId: String(index + 1).padStart(6, '0'),
      idleMinutes: 30,
      sessionIds: { kind: 'opaque' },
      ...options,
      orgUuid: stableId(options.name),
    }));
    requireUnique(organizations.map(({ name }) => name));
    requireUnique(organizations.flatMap(({ users }) => users.map(({ username }) => username)));
  }

  openSessions(nowMs: number): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => this.#expiresAtMs(session) > nowMs);
  }

  authenticate(username: string, password: string): Authentication {
    const organization = this.#organizationOf(username);
    const user = organization?.users.find((candidate) => candidate.username === username);
    if (organization === undefined || user === undefined) return { verdict: 'rejected', effect: noEffect };
    const effect: Effect = { kind: 'login-failed', username };
    if ((this.#failedLogins.get(username) ?? 0) >= this.#settings.maxFailedLogins)
      return { verdict: 'locked', effect };
    if (user.password !== password) return { verdict: 'rejected', effect };
    return { verdict: 'accepted', organization, user };
  }

  /** A session that is not in the ledger yet. */
  newSession(username: string, api: ApiVersion, nowMs: number): Session {
    const organization = this.#organizationOf(username);
    if (organization === undefined) throw new Error(`No organization has a user ${username}`);
    const sessionId = newSessionId(organization, username, nowMs);
    return {
      sessionId,
      organization: organization.name,
      username,
      api,
      openedAtMs: nowMs,
      lastUsedAtMs: nowMs,
    };
  }

  logout(
    sessionId: string,
    api: ApiVersion,
    nowMs: number,
  ): { verdict: 'success' | 'dead-session'; effect: Effect } {
    const session = this.liveSession(sessionId, nowMs);
    if (session === undefined) {
      const forgiven = this.#settings.secondLogout === 'success' && this.#endedIds.has(sessionId);
      return { verdict: forgiven ? 'success' : 'dead-session', effect: noEffect };
    }
    const fate = session.api === api ? 'ends' : this.#settings.crossVersionLogout;
    if (fate === 'refuses') return { verdict: 'dead-session', effect: noEffect };
    const ends = fate === 'ends' && this.#isRevocable(session);
    return { verdict: 'success', effect: ends ? { kind: 'session-ended', sessionId } : noEffect };
  }

  liveSession(sessionId: string, nowMs: number): Session | undefined {
    const session = this.#sessions.get(sessionId);
    return session !== undefined && this.#expiresAtMs(session) > nowMs ? session : undefined;
  }

  /** Whole minutes, rounded down. */
  minutesLeft(session: Session, nowMs: number): number {
    return Math.floor((this.#expiresAtMs(session) - nowMs) / 60_000);
  }

  apply(effect: Effect, nowMs: number): void {
    switch (effect.kind) {
      case 'none':
        return;
      case 'login-failed':
        this.#failedLogins.set(effect.username, (this.#failedLogins.get(effect.username) ?? 0) + 1);
        return;
      case 'session-opened':
        this.#failedLogins.delete(effect.session.username);
        this.#sessions.set(effect.session.sessionId, effect.session);
        return;
      case 'session-used': {
        const session = this.liveSession(effect.sessionId, nowMs);
        if (session !== undefined) this.#sessions.set(effect.sessionId, { ...session, lastUsedAtMs: nowMs });
        return;
      }
      case 'session-ended':
        this.#end(effect.sessionId);
        return;
      case 'sessions-ended':
        this.#failedLogins.delete(effect.username);
        for (const session of this.openSessions(nowMs)) {
          const ended = session.api === 'v2' || this.#settings.logoutallEndsV3Sessions;
          const hit = session.organization === effect.organization && ended && this.#isRevocable(session);
          if (hit) this.#end(session.sessionId);
        }
        return;
    }
  }

  #end(sessionId: string): void {
    if (this.#sessions.delete(sessionId)) this.#endedIds.add(sessionId);
  }

  #organizationOf(username: string): Organization | undefined {
    return this.organizations.find(({ users }) => users.some((user) => user.username === username));
  }

  #isRevocable(session: Session): boolean {
    return this.#settings.logoutEndsJwt || this.#organizationOf(session.username)?.sessionIds.kind !== 'jwt';
  }

  #expiresAtMs(session: Session): number {
    const organization = this.#organizationOf(session.username);
    const from = organization?.sessionIds.kind === 'jwt' ? session.openedAtMs : session.lastUsedAtMs;
    return from + (organization?.idleMinutes ?? 0) * 60_000;
  }
}

/** The same 22 characters for the same text. */
export function stableId(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function newSessionId(
  { sessionIds, idleMinutes, orgUuid }: Organization,
  username: string,
  nowMs: number,
): string {
  if (sessionIds.kind === 'opaque') return randomBytes(16).toString('base64url').replace(/[-_]/g, 'x');
  const { length = 16_000 } = sessionIds;
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(nowMs / 1000) + idleMinutes * 60;
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ sub: stableId(username), org: orgUuid, exp })}.`;
  const signature = randomBytes(length).toString('base64url');
  if (length < signed.length + 43) throw new Error(`A JWT of ${length} characters is too short to be one`);
  return signed + signature.slice(0, length - signed.length);
}

function requireUnique(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${twice} is there twice`);
}
