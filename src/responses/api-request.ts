import type { HttpRequest, HttpResult } from '../http.ts';
import type { InputName } from '../inputs/values.ts';
import type { Classification } from './classification.ts';

/** One validated request, and all that the exchange has to know of it. `T` is what a success carries. */
export interface ApiRequest<T> {
  readonly http: HttpRequest;
  /** How often the server may check the credential in a job, main and post together. */
  readonly maxCredentialUses: number;
  /** The longest that one attempt may take, in milliseconds. */
  readonly attemptTimeoutMs: number;
  readonly classify: (result: HttpResult) => Classification<T>;
}

/** What a request is for. `report/wording.ts` has the words. */
export type RequestKind = 'password-login' | 'token-login' | 'logout' | 'logoutall';

/** A request whose outcome is reported to the user. */
export interface ReportedRequest<T> extends ApiRequest<T> {
  readonly kind: RequestKind;
  /** The input that named the host. */
  readonly urlInput: InputName;
}

/** How the responses to a request are classified. */
export interface ClassificationRules<T> {
  readonly http: HttpRequest;
  /** The one secret in the request, as it is. */
  readonly secret: string;
  /**
   * What an invalid credential means. A session id that is not valid belongs to a session that is gone. A password that is not
   * valid must not be sent again, because accounts lock.
   */
  readonly invalidCredential: 'session-gone' | 'rejected';
  /** Whether it opens a session: what may have opened one is not repeated lightly. */
  readonly opensSession: boolean;
  /** Reads a success from the body of a 200 or 204 (an empty one is `undefined`); returns undefined if it is none. */
  readonly read: (json: unknown) => T | undefined;
}
