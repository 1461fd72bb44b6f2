export interface Product {
  readonly name: string;
  readonly baseApiUrl: string;
}

/** How the cloud behaves if the vendor's documentation does not say. A test can choose. */
export interface Settings {
  /** The response to a request with an unknown, ended or expired session id. */
  readonly deadSession: 'error-401' | 'auth-01-403' | 'empty-401' | 'error-200';
  /** The response to a second logout. An expired session always gets `deadSession`. */
  readonly secondLogout: 'dead-session' | 'success';
  readonly logoutSuccess: 'empty' | 'empty-204' | 'success-object';
  readonly logoutallSuccess: 'empty' | 'empty-204' | 'success-object';
  /** Also for tokens. */
  readonly badCredentialsStatus: 400 | 401 | 403;
  /** Whether a login may write the user name in other letters. validSessionId always requires the exact name. */
  readonly loginNames: 'exact' | 'any-case';
  /** After this many failed logins in a row an account is locked, and even the right password is rejected. */
  readonly maxFailedLogins: number;
  /** A logout with a session of the other API version. `ignores` responds with success, but ends nothing. */
  readonly crossVersionLogout: 'ends' | 'ignores' | 'refuses';
  readonly logoutallEndsV3Sessions: boolean;
  /** `false`: a logout with a JWT gets a success response, but the JWT stays valid until it expires. */
  readonly logoutEndsJwt: boolean;
  /**
   * What validSessionId says about a session that was logged out and has not expired: the state in the ledger, a fixed
   * value, or the response to a dead session.
   */
  readonly validAfterLogout: 'truth' | 'says-dead' | 'says-valid' | 'error';
  /** Whether a bearer token stays valid after its session has ended. */
  readonly accessTokenAfterLogout: 'lives' | 'dies';
  /** The products in the response to a version 3 login. `serverUrl` is the correct base API URL. */
  readonly products: (serverUrl: string) => readonly Product[];
  /** Which id of the organization loginOAuth and a token's audience may use: 6 characters, 22, or either. */
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
