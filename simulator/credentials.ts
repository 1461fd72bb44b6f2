/** What a login or a logoutall presented. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly organization: string;
      readonly token: string;
      /** `jti` or `uti`, where it has one. */
      readonly id: string | undefined;
    };

/** What the requests of a user with a password came to. */
export interface Judged {
  /** How often a password of this user was looked at. A request that a fault kept from its effect was not. */
  readonly heard: number;
  readonly refused: number;
  /** How often a password was sent that had been refused before, be it for a lock. */
  readonly refusedAgain: number;
}

/** What became of one token. */
export interface TokenUse {
  readonly token: string;
  readonly organization: string;
  readonly id: string | undefined;
  readonly heard: number;
  /** How many sessions it opened. */
  readonly opened: number;
}

/** Remembers the harm that a client can do with credentials: failed logins lock, and tokens are good for one login. */
export class CredentialLedger {
  readonly #judged = new Map<string, Judged>();
  readonly #refusedPasswords = new Map<string, Set<string>>();
  readonly #failedInARow = new Map<string, number>();
  readonly #tokens = new Map<string, TokenUse>();

  record(credentials: Credentials, verdict: 'accepted' | 'refused'): void {
    switch (credentials.kind) {
      case 'password':
        this.#recordPassword(credentials, verdict);
        return;
      case 'token': {
        const { token, organization, id } = credentials;
        const { heard, opened } = this.#tokens.get(token) ?? { heard: 0, opened: 0 };
        const openedNow = verdict === 'accepted' ? 1 : 0;
        this.#tokens.set(token, { token, organization, id, heard: heard + 1, opened: opened + openedNow });
        return;
      }
    }
  }

  judged(username: string): Judged {
    return this.#judged.get(username) ?? { heard: 0, refused: 0, refusedAgain: 0 };
  }

  /** Failed logins since the last one that was accepted. */
  failedInARow(username: string): number {
    return this.#failedInARow.get(username) ?? 0;
  }

  /** Every token that was looked at, in the order of their first use. */
  tokens(): readonly TokenUse[] {
    return [...this.#tokens.values()];
  }

  /** Whether a token of this id, be it another one, has opened a session of the organization. */
  isUsed(organization: string, id: string): boolean {
    return this.tokens().some((use) => use.organization === organization && use.id === id && use.opened > 0);
  }

  #recordPassword(
    { username, password }: Extract<Credentials, { kind: 'password' }>,
    verdict: 'accepted' | 'refused',
  ): void {
    const { heard, refused, refusedAgain } = this.judged(username);
    const known = this.#refusedPasswords.get(username) ?? new Set();
    const again = known.has(password) ? 1 : 0;
    const refusedNow = verdict === 'refused' ? 1 : 0;
    this.#judged.set(username, {
      heard: heard + 1,
      refused: refused + refusedNow,
      refusedAgain: refusedAgain + again,
    });
    if (verdict === 'refused') this.#refusedPasswords.set(username, known.add(password));
    this.#failedInARow.set(username, verdict === 'refused' ? this.failedInARow(username) + 1 : 0);
  }
}
