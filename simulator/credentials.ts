/** The credentials of a login or a logoutall. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly organization: string;
      readonly token: string;
      /** Its `jti` or `uti`, if it has one. */
      readonly id: string | undefined;
    };

/** How often a user's password was checked and rejected. */
export interface PasswordUse {
  /** How often the cloud checked a password of this user. Requests that a fault stopped do not count. */
  readonly attempts: number;
  readonly rejected: number;
  /** How often a password was sent again after it was rejected, also because of a lock. */
  readonly rejectedAgain: number;
}

/** How one token was used. */
export interface TokenUse {
  readonly token: string;
  readonly organization: string;
  readonly id: string | undefined;
  readonly attempts: number;
  /** How many sessions it opened. */
  readonly opened: number;
}

/** Counts what a client does with credentials: failed logins lock an account, and a token is valid for one login. */
export class CredentialLedger {
  readonly #passwords = new Map<string, PasswordUse>();
  readonly #rejectedPasswords = new Map<string, Set<string>>();
  readonly #failedInARow = new Map<string, number>();
  readonly #tokens = new Map<string, TokenUse>();

  record(credentials: Credentials, result: 'accepted' | 'rejected'): void {
    switch (credentials.kind) {
      case 'password':
        this.#recordPassword(credentials, result);
        return;
      case 'token': {
        const { token, organization, id } = credentials;
        const { attempts, opened } = this.#tokens.get(token) ?? { attempts: 0, opened: 0 };
        const openedNow = result === 'accepted' ? 1 : 0;
        this.#tokens.set(token, {
          token,
          organization,
          id,
          attempts: attempts + 1,
          opened: opened + openedNow,
        });
        return;
      }
    }
  }

  passwordUse(username: string): PasswordUse {
    return this.#passwords.get(username) ?? { attempts: 0, rejected: 0, rejectedAgain: 0 };
  }

  /** Failed logins since the last successful one. */
  failedInARow(username: string): number {
    return this.#failedInARow.get(username) ?? 0;
  }

  /** Every token that the cloud checked, in the order of first use. */
  tokens(): readonly TokenUse[] {
    return [...this.#tokens.values()];
  }

  /** Whether this token, or another one with the same id, opened a session of the organization. */
  isUsed(organization: string, id: string): boolean {
    return this.tokens().some((use) => use.organization === organization && use.id === id && use.opened > 0);
  }

  #recordPassword(
    { username, password }: Extract<Credentials, { kind: 'password' }>,
    result: 'accepted' | 'rejected',
  ): void {
    const { attempts, rejected, rejectedAgain } = this.passwordUse(username);
    const known = this.#rejectedPasswords.get(username) ?? new Set();
    const again = known.has(password) ? 1 : 0;
    const rejectedNow = result === 'rejected' ? 1 : 0;
    this.#passwords.set(username, {
      attempts: attempts + 1,
      rejected: rejected + rejectedNow,
      rejectedAgain: rejectedAgain + again,
    });
    if (result === 'rejected') this.#rejectedPasswords.set(username, known.add(password));
    this.#failedInARow.set(username, result === 'rejected' ? this.failedInARow(username) + 1 : 0);
  }
}
