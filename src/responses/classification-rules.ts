import type { HttpRequest } from '../http.ts';

/** What the API's answer to a request is judged by. */
export interface ClassificationRules<T> {
  readonly http: HttpRequest;
  /** The one secret in the call, as it is. */
  readonly secret: string;
  /**
   * What it means that the credential is not valid: a session id that is not valid belongs to a session that is gone;
   * a password that is not valid must not be sent again, for accounts lock.
   */
  readonly invalidCredential: 'session-gone' | 'rejected';
  /** The good answer in what came under 200 or 204, of which an empty one is `undefined`; undefined where it is none. */
  readonly read: (json: unknown) => T | undefined;
}
