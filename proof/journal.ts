import type { AccessToken, SeenRequest } from '../simulator/index.ts';
import { type Assignment, MODE_PROFILES, type Mode, purposeOf } from './modes.ts';
import { type Encounter, opens, type Purpose } from './responses/form.ts';
import type { SentRequest, When } from './trial.ts';

/** One request: its purpose, and what it met. */
interface Sent {
  readonly step: When;
  readonly purpose: Purpose;
  readonly met: Encounter;
  /** As the server saw it, with its effect on the ledger; undefined if it did not arrive. */
  readonly request: SeenRequest | undefined;
  readonly opened: string[];
  readonly openThen: readonly string[];
}

/** The credential or the session ID in a request. */
export function secretIn({ headers, body }: SeenRequest): string {
  const fields = body === '' ? {} : JSON.parse(body);
  const secrets = [
    headers['icsessionid'],
    headers['infa-session-id'],
    headers['ids-session-id'],
    fields.icToken,
    fields.oauthToken,
    fields.password,
  ];
  return secrets.find((secret) => secret !== undefined) ?? '';
}

/** What the requests of a job met so far, first main's and then post's. The check knows it, because it made it so. */
export class Journal {
  readonly sent: Sent[] = [];
  /** The ids of all sessions that were seen in the ledger. */
  readonly sessionIds = new Set<string>();
  step: When = 'main';
  readonly #mode: Mode;
  readonly #task: Assignment;

  constructor(mode: Mode, task: Assignment) {
    this.#mode = mode;
    this.#task = task;
    this.openNow();
  }

  arrived(request: SeenRequest, met: Encounter): void {
    const openThen = this.openNow();
    this.sent.push({ step: this.step, purpose: purposeOf(request.path), met, request, opened: [], openThen });
  }

  /** Something happened before a request could arrive. */
  kept(met: Encounter): void {
    const purpose = MODE_PROFILES[this.#mode].purposes[this.step];
    this.sent.push({
      step: this.step,
      purpose,
      met,
      request: undefined,
      opened: [],
      openThen: this.openNow(),
    });
  }

  /** The ids of the sessions that are the step's and that the ledger holds. */
  openNow(): readonly string[] {
    const open = this.#task.held().map(({ sessionId }) => sessionId);
    for (const id of open) {
      if (!this.sessionIds.has(id)) this.#lastLogin()?.opened.push(id);
      this.sessionIds.add(id);
    }
    return open;
  }

  /** What the judge needs to know about the requests, after all their effects. */
  requests(): readonly SentRequest[] {
    this.openNow();
    return this.sent.map(({ request, ...one }) => ({
      ...one,
      token: request !== undefined && one.purpose === 'token-login' ? secretIn(request) : '',
      effect: request?.effect,
    }));
  }

  /** The access tokens of these sessions. */
  accessTokens(): readonly AccessToken[] {
    return this.#task.accessTokens().filter(({ sessionId }) => this.sessionIds.has(sessionId));
  }

  /** The login that opened a session which the ledger holds and which was not there before. */
  #lastLogin(): Sent | undefined {
    return this.sent.findLast(({ purpose, opened }) => opens(purpose) && opened.length === 0);
  }
}
