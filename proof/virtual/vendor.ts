import { Cloud, type Effect } from '../../simulator/cloud.ts';
import { type AccessToken, type Session, sampleOrganizations, type User } from '../../simulator/index.ts';
import { route } from '../../simulator/routes.ts';
import { defaultSettings, type Settings } from '../../simulator/settings.ts';
import type { HttpRequest, HttpResponse, ResponseHeaders } from '../../src/http.ts';
import type { Address, Ledger } from '../modes.ts';
import type { VirtualClock } from './clock.ts';

export const NO_HEADERS: ResponseHeaders = {
  location: undefined,
  retryAfter: undefined,
  date: undefined,
  contentType: undefined,
  contentEncoding: undefined,
  wwwAuthenticate: undefined,
  proxyAuthenticate: undefined,
};

const [ORGANIZATION] = sampleOrganizations;
export const [USER] = ORGANIZATION.users;

/** The vendor's sessions: a logout ends them, or they are JWTs that live until they expire, even after a confirmed logout. */
export type SessionKind = 'opaque' | 'lasting-jwt';

/** The signature of a token is checked over HTTP. Without sockets every token counts like its user's password. */
const INSTEAD_OF_TOKEN = {
  path: '/ma/api/v2/user/login',
  body: JSON.stringify({ '@type': 'login', username: USER.username, password: USER.password }),
} as const;

const CLOUDS: Readonly<Record<SessionKind, () => Cloud>> = {
  opaque: () => new Cloud([{ ...ORGANIZATION, users: [USER] }], defaultSettings),
  'lasting-jwt': () =>
    new Cloud([{ ...ORGANIZATION, users: [USER], sessionIds: { kind: 'jwt', length: 300 } }], {
      ...defaultSettings,
      logoutEndsJwt: false,
    }),
};

/** A moment of the ledger, to come back to. */
export interface Mark {
  readonly entries: number;
  readonly hasEndedThem: boolean;
}

/** The simulator's cloud without sockets: the honest vendor of a virtual world, with the ledger that the judge reads. */
export class Vendor implements Ledger, Address {
  readonly loginUrl = 'https://dm-us.informaticacloud.com';
  readonly serverUrl = 'https://usw3.dm-us.informaticacloud.com/saas';
  /** Sessions ended without a request. */
  hasEndedThem = false;
  /** What the last request did; undefined if none came since this was reset. */
  lastEffect: Effect['kind'] | undefined;
  readonly #found: () => Cloud;
  readonly #clock: VirtualClock;
  /** All changes of the ledger. */
  readonly #entries: ((cloud: Cloud) => void)[] = [];
  #cloud: Cloud;

  constructor(clock: VirtualClock, sessions: SessionKind = 'opaque') {
    this.#clock = clock;
    this.#found = CLOUDS[sessions];
    this.#cloud = this.#found();
  }

  openSession({ username }: Pick<User, 'username'>): Session {
    const session = this.#cloud.newSession(username, 'v2', this.#clock.nowMs());
    this.#enter((cloud) => cloud.open(session));
    return session;
  }

  openSessions(): readonly Session[] {
    return this.#cloud.openSessions(this.#clock.nowMs());
  }

  accessTokens(): readonly AccessToken[] {
    return this.#cloud.accessTokens;
  }

  /** Ends all sessions behind the client's back. */
  endSessions(): void {
    for (const { sessionId } of this.openSessions()) {
      this.hasEndedThem = true;
      this.#apply({ kind: 'session-ended', sessionId });
    }
  }

  /** The response without the effect. */
  async preview(request: HttpRequest): Promise<HttpResponse> {
    const before = this.mark();
    const response = await this.respond(request);
    this.returnTo(before);
    this.lastEffect = 'none';
    return response;
  }

  /** Executes a request and responds, in the forms that the settings choose. */
  async respond(
    { method, url, headers, body }: HttpRequest,
    settings: Partial<Settings> = {},
  ): Promise<HttpResponse> {
    const isByToken = url.pathname.endsWith('/loginOAuth');
    const sent = isByToken ? INSTEAD_OF_TOKEN : { path: url.pathname + url.search, body };
    const request = { method, headers: inLowerCase(headers), ...sent };
    const world = {
      cloud: this.#cloud,
      settings: { ...defaultSettings, ...settings },
      loginUrl: this.loginUrl,
      serverUrl: this.serverUrl,
      nowMs: this.#clock.nowMs(),
    };
    const decide = await route(request, world);
    const { response, effect } = decide(world);
    this.lastEffect = effect.kind;
    this.#apply(effect);
    const [, contentType] = response.headers.find(([name]) => name === 'Content-Type') ?? [];
    return {
      kind: 'response',
      statusCode: response.status,
      headers: { ...NO_HEADERS, contentType, date: new Date(this.#clock.trueEpochMs()).toUTCString() },
      body: { kind: 'complete', text: String(response.body), endIsCertain: true },
    };
  }

  mark(): Mark {
    return { entries: this.#entries.length, hasEndedThem: this.hasEndedThem };
  }

  /** Restores the ledger as it was then. */
  returnTo({ entries, hasEndedThem }: Mark): void {
    this.hasEndedThem = hasEndedThem;
    if (this.#entries.length === entries) return;
    this.#entries.length = entries;
    this.#cloud = this.#found();
    for (const enter of this.#entries) enter(this.#cloud);
  }

  #apply(effect: Effect): void {
    if (effect.kind === 'none') return;
    const nowMs = this.#clock.nowMs();
    this.#enter((cloud) => cloud.apply(effect, nowMs));
  }

  #enter(entry: (cloud: Cloud) => void): void {
    this.#entries.push(entry);
    entry(this.#cloud);
  }
}

function inLowerCase(headers: HttpRequest['headers']): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? '';
  return lower;
}
