import { Cloud, type Effect } from '../../simulator/cloud.ts';
import { type Session, sampleOrganizations, type User } from '../../simulator/index.ts';
import { route } from '../../simulator/routes.ts';
import { defaultSettings, type Settings } from '../../simulator/settings.ts';
import type { Answer, AnswerHeaders, HttpCall } from '../../src/wire.ts';
import type { Address, Ledger } from '../modes.ts';
import type { VirtualClock } from './clock.ts';

export const NO_HEADERS: AnswerHeaders = {
  location: undefined,
  retryAfter: undefined,
  date: undefined,
  contentType: undefined,
  contentEncoding: undefined,
  wwwAuthenticate: undefined,
};

const [ORGANIZATION] = sampleOrganizations;
export const [USER] = ORGANIZATION.users;

/** The simulator's cloud without sockets: the vendor of a virtual world, honest, and with the ledger to judge by. */
export class Vendor implements Ledger, Address {
  readonly loginUrl = 'https://dm-us.informaticacloud.com';
  readonly serverUrl = 'https://usw3.dm-us.informaticacloud.com/saas';
  /** Sessions have ended that no request ended. */
  hasEndedThem = false;
  readonly #cloud: Cloud;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, user: User = USER) {
    this.#clock = clock;
    this.#cloud = new Cloud([{ ...ORGANIZATION, users: [user] }], defaultSettings);
  }

  openSession({ username }: Pick<User, 'username'>): Session {
    const session = this.#cloud.newSession(username, 'v2', this.#clock.nowMs());
    this.#cloud.open(session);
    return session;
  }

  openSessions(): readonly Session[] {
    return this.#cloud.openSessions(this.#clock.nowMs());
  }

  /** Ends all sessions behind the client's back. */
  endSessions(): void {
    for (const { sessionId } of this.openSessions()) {
      this.hasEndedThem = true;
      this.#apply({ kind: 'session-ended', sessionId });
    }
  }

  /** Does what a request asks for, and says how it went, in the forms that the settings choose. */
  async answer({ method, url, headers, body }: HttpCall, settings: Partial<Settings> = {}): Promise<Answer> {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const request = {
      method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(lower),
      body,
    };
    const world = {
      cloud: this.#cloud,
      settings: { ...defaultSettings, ...settings },
      loginUrl: this.loginUrl,
      serverUrl: this.serverUrl,
      nowMs: this.#clock.nowMs(),
    };
    const decide = await route(request, world);
    const { answer, effect } = decide(world);
    this.#apply(effect);
    const [, contentType] = answer.headers.find(([name]) => name === 'Content-Type') ?? [];
    return {
      kind: 'answer',
      statusCode: answer.status,
      headers: { ...NO_HEADERS, contentType, date: new Date(this.#clock.trueEpochMs()).toUTCString() },
      body: { kind: 'complete', text: String(answer.body), endIsCertain: true },
    };
  }

  #apply(effect: Effect): void {
    this.#cloud.apply(effect, this.#clock.nowMs());
  }
}
