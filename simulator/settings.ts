export interface Product {
  readonly name: string;
  readonly baseApiUrl: string;
}

/** How the cloud behaves where the vendor's documentation leaves it open, so that a test can have either response. */
export interface Settings {
  /** What a request with an unknown, ended or expired session id gets. */
  readonly deadSession: 'error-401' | 'auth-01-403' | 'empty-401' | 'error-200';
  /** What a logout gets for a session that has been ended before (an expired one is always a dead session). */
  readonly secondLogout: 'dead-session' | 'success';
  readonly logoutSuccess: 'empty' | 'empty-204' | 'success-object';
  readonly logoutallSuccess: 'empty' | 'empty-204' | 'success-object';
  /** For tokens too. */
  readonly badCredentialsStatus: 400 | 401 | 403;
  /** How exact the user name of a login has to be. validSessionId always goes by the exact one. */
  readonly loginNames: 'exact' | 'any-case';
  /** An account that failed this often is locked: even the right password is rejected. */
  readonly maxFailedLogins: number;
  /** A logout of one API version with a session that the other opened. `ignores` says success and ends nothing. */
  readonly crossVersionLogout: 'ends' | 'ignores' | 'refuses';
  readonly logoutallEndsV3Sessions: boolean;
  /** `false`: a logout with a JWT is answered with success, but the JWT lives until it expires. */
  readonly logoutEndsJwt: boolean;
  /**
   * What validSessionId says of a session that was logged out and has not expired: what the ledger says, whatever
   * else is true, or what a dead session gets.
   */
  readonly validAfterLogout: 'truth' | 'says-dead' | 'says-valid' | 'error';
  /** A bearer token whose session has ended, before its 30 minutes are over. */
  readonly accessTokenAfterLogout: 'lives' | 'dies';
  /** What a version 3 login responds as products; `serverUrl` is the base API URL that is right. */
  readonly products: (serverUrl: string) => readonly Product[];
  /** The ids of an organization that loginOAuth and the audience of a token may name: 6 characters, 22, or either. */
  readonly tokenOrganizationIds: 'both' | 'short' | 'long';
}

export const defaultSettings: Settings = {
  deadSession: 'error-401',
  secondLogout: 'dead-session',
  logoutSuccess: 'empty',
  logoutallSuccess: 'success-object',
  badCredentialsStatus: 401,
  loginNames: 'exact',
  maxFailedLogins: 5,
  crossVersionLogout: 'ends',
  logoutallEndsV3Sessions: false,
  logoutEndsJwt: true,
  validAfterLogout: 'truth',
  accessTokenAfterLogout: 'lives',
  products: (serverUrl) => [{ name: 'Integration Cloud', baseApiUrl: serverUrl }],
  tokenOrganizationIds: 'both',
};
