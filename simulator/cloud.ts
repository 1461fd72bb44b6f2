import type { AccessToken } from './access-tokens.ts';
import { CredentialLedger, type Credentials } from './credentials.ts';
import {
  foundOrganizations,
  type Organization,
  type OrganizationOptions,
  type User,
} from './organizations.ts';
import { type IdentityProvider, newRegistration, providerProblem, type Registration } from './providers.ts';
import { newSessionId } from './session-ids.ts';
import type { Settings } from './settings.ts';

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

/** The pull of a commit into an organization. It has finished as soon as it has started. */
export interface Pull {
  readonly id: string;
  /** The organization's name. */
  readonly organization: string;
  readonly commitHash: string;
  readonly startedAtMs: number;
}

/** What a request changes. It is decided first and applied later, so that a fault can prevent it. */
export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'login-failed'; readonly credentials: Credentials }
  | { readonly kind: 'session-opened'; readonly session: Session; readonly credentials: Credentials }
  | { readonly kind: 'session-used'; readonly sessionId: string }
  | { readonly kind: 'access-token-granted'; readonly accessToken: AccessToken }
  | { readonly kind: 'session-ended'; readonly sessionId: string }
  /** The response is a success, but the session stays open. */
  | { readonly kind: 'logout-ignored'; readonly sessionId: string }
  | { readonly kind: 'sessions-ended'; readonly organization: string; readonly credentials: Credentials }
  | { readonly kind: 'pull-started'; readonly sessionId: string; readonly pull: Pull }
  | { readonly kind: 'provider-set'; readonly organization: string; readonly registration: Registration }
  | { readonly kind: 'provider-removed'; readonly organization: string };

export const noEffect: Effect = { kind: 'none' };

export type Authentication =
  | {
      readonly result: 'accepted';
      readonly organization: Organization;
      readonly user: User;
      readonly credentials: Credentials;
    }
  | { readonly result: 'rejected' | 'locked'; readonly effect: Effect };

/** Organizations, their users, and the ledger of sessions. Time is always a parameter. */
export class Cloud {
  readonly organizations: readonly Organization[];
  readonly credentials = new CredentialLedger();
  readonly #settings: Settings;
  readonly #sessions = new Map<string, Session>();
  readonly #loggedOut = new Map<string, Session>();
  readonly #registrations = new Map<string, Registration>();
  readonly #accessTokens: AccessToken[] = [];
  readonly #pulls = new Map<string, Pull>();
  #openedInAll = 0;

  constructor(organizations: readonly OrganizationOptions[], settings: Settings) {
    this.#settings = settings;
    this.organizations = foundOrganizations(organizations);
    for (const { name, identityProvider } of organizations) {
      if (identityProvider !== undefined) this.register(name, identityProvider);
    }
  }

  openSessions(nowMs: number): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => !this.#isExpired(session, nowMs));
  }

  /** How many sessions were opened in all. */
  get openedInAll(): number {
    return this.#openedInAll;
  }

  authenticate(given: string, password: string): Authentication {
    const username = this.#accountOf(given);
    const credentials: Credentials = { kind: 'password', username, password };
    const organization = this.#organizationOf(username);
    const user = organization?.users.find((candidate) => candidate.username === username);
    const effect: Effect = { kind: 'login-failed', credentials };
    if (organization === undefined || user === undefined) return { result: 'rejected', effect };
    if (this.credentials.failedInARow(username) >= this.#settings.maxFailedLogins)
      return { result: 'locked', effect };
    if (user.password !== password) return { result: 'rejected', effect };
    return { result: 'accepted', organization, user, credentials };
  }

  registrationOf(organization: string): Registration | undefined {
    return this.#registrations.get(organization);
  }

  /** Registers a provider without a request, or removes the registered one. Throws if the provider is invalid. */
  register(organization: string, provider: IdentityProvider | undefined, nowMs = 0): void {
    if (provider === undefined) {
      this.apply({ kind: 'provider-removed', organization }, nowMs);
      return;
    }
    const problem = providerProblem(provider);
    if (problem !== undefined) throw new Error(`${organization}: ${problem}`);
    const registration = newRegistration(provider, organization, nowMs);
    this.apply({ kind: 'provider-set', organization, registration }, nowMs);
  }

  /** Makes a session. It is not in the ledger yet. */
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

  /** Enters a session into the ledger. */
  open(session: Session): void {
    this.#sessions.set(session.sessionId, session);
    this.#openedInAll += 1;
  }

  logout(
    sessionId: string,
    api: ApiVersion,
    nowMs: number,
  ): { result: 'success' | 'dead-session'; effect: Effect } {
    const session = this.liveSession(sessionId, nowMs);
    if (session === undefined) {
      const forgiven = this.#settings.secondLogout === 'success' && this.#loggedOut.has(sessionId);
      return { result: forgiven ? 'success' : 'dead-session', effect: noEffect };
    }
    const outcome = session.api === api ? 'ends' : this.#settings.crossVersionLogout;
    if (outcome === 'refuses') return { result: 'dead-session', effect: noEffect };
    const ends = outcome === 'ends' && this.#isRevocable(session);
    return { result: 'success', effect: { kind: ends ? 'session-ended' : 'logout-ignored', sessionId } };
  }

  liveSession(sessionId: string, nowMs: number): Session | undefined {
    const session = this.#sessions.get(sessionId);
    return session !== undefined && !this.#isExpired(session, nowMs) ? session : undefined;
  }

  /** Every bearer token that was granted, oldest first. */
  get accessTokens(): readonly AccessToken[] {
    return this.#accessTokens;
  }

  /** The grant of this bearer token, if it is still valid. */
  liveAccessToken(token: string, nowMs: number): AccessToken | undefined {
    const found = this.#accessTokens.find((each) => each.token === token);
    if (found === undefined || found.expiresAtMs <= nowMs) return undefined;
    const needsSession = this.#settings.accessTokenAfterLogout === 'dies';
    return needsSession && this.liveSession(found.sessionId, nowMs) === undefined ? undefined : found;
  }

  pullOf(id: string): Pull | undefined {
    return this.#pulls.get(id);
  }

  /** A session that was logged out and has not expired, even if the logout did not end it. */
  loggedOutSession(sessionId: string, nowMs: number): Session | undefined {
    const session = this.#loggedOut.get(sessionId);
    return session !== undefined && !this.#isExpired(session, nowMs) ? session : undefined;
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
        this.credentials.record(effect.credentials, 'rejected');
        return;
      case 'session-opened':
        this.credentials.record(effect.credentials, 'accepted');
        this.open(effect.session);
        return;
      case 'session-used':
        this.#use(effect.sessionId, nowMs);
        return;
      case 'access-token-granted':
        this.#accessTokens.push(effect.accessToken);
        this.#use(effect.accessToken.sessionId, nowMs);
        return;
      case 'session-ended':
        this.#logOut(effect.sessionId, true);
        return;
      case 'logout-ignored':
        this.#logOut(effect.sessionId, false);
        return;
      case 'sessions-ended':
        this.credentials.record(effect.credentials, 'accepted');
        for (const session of this.openSessions(nowMs)) {
          const meant = session.api === 'v2' || this.#settings.logoutallEndsV3Sessions;
          if (session.organization === effect.organization && meant)
            this.#logOut(session.sessionId, this.#isRevocable(session));
        }
        return;
      case 'pull-started':
        this.#pulls.set(effect.pull.id, effect.pull);
        this.#use(effect.sessionId, nowMs);
        return;
      case 'provider-set':
        this.#registrations.set(effect.organization, effect.registration);
        return;
      case 'provider-removed':
        this.#registrations.delete(effect.organization);
        return;
    }
  }

  #use(sessionId: string, nowMs: number): void {
    const session = this.liveSession(sessionId, nowMs);
    if (session !== undefined) this.#sessions.set(sessionId, { ...session, lastUsedAtMs: nowMs });
  }

  #logOut(sessionId: string, ends: boolean): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    this.#loggedOut.set(sessionId, session);
    if (ends) this.#sessions.delete(sessionId);
  }

  /** The user name of the account that a login means. */
  #accountOf(given: string): string {
    if (this.#settings.loginNames === 'exact') return given;
    const users = this.organizations.flatMap((organization) => organization.users);
    const user = users.find(({ username }) => username.toLowerCase() === given.toLowerCase());
    return user?.username ?? given;
  }

  #organizationOf(username: string): Organization | undefined {
    return this.organizations.find(({ users }) => users.some((user) => user.username === username));
  }

  #isRevocable(session: Session): boolean {
    return this.#settings.logoutEndsJwt || this.#organizationOf(session.username)?.sessionIds.kind !== 'jwt';
  }

  #isExpired(session: Session, nowMs: number): boolean {
    return this.#expiresAtMs(session) <= nowMs;
  }

  #expiresAtMs(session: Session): number {
    const organization = this.#organizationOf(session.username);
    const from = organization?.sessionIds.kind === 'jwt' ? session.openedAtMs : session.lastUsedAtMs;
    return from + (organization?.idleMinutes ?? 0) * 60_000;
  }
}
