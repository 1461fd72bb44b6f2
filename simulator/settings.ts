/** How the cloud behaves where the vendor's documentation leaves it open, so that a test can have either answer. */
export interface Settings {
  /** What a request with an unknown, ended or expired session id gets. */
  readonly deadSession: 'error-401' | 'auth-01-403' | 'empty-401' | 'error-200';
  /** What a logout gets for a session that has been ended before (an expired one is always a dead session). */
  readonly secondLogout: 'dead-session' | 'success';
  readonly logoutSuccess: 'empty' | 'success-object';
  readonly logoutallSuccess: 'empty' | 'success-object';
  readonly badCredentialsStatus: 401 | 403;
  /** An account that failed this often is locked: even the right password is refused. */
  readonly maxFailedLogins: number;
  /** A logout of one API version with a session that the other opened. `ignores` says success and ends nothing. */
  readonly crossVersionLogout: 'ends' | 'ignores' | 'refuses';
  readonly logoutallEndsV3Sessions: boolean;
  /** `false`: a logout with a JWT is answered with success, but the JWT lives until it expires. */
  readonly logoutEndsJwt: boolean;
}

export const defaultSettings: Settings = {
  deadSession: 'error-401',
  secondLogout: 'dead-session',
  logoutSuccess: 'empty',
  logoutallSuccess: 'success-object',
  badCredentialsStatus: 401,
  maxFailedLogins: 5,
  crossVersionLogout: 'ends',
  logoutallEndsV3Sessions: false,
  logoutEndsJwt: true,
};
