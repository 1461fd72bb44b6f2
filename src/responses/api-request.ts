import type { HttpRequest, HttpResult } from '../http.ts';
import type { InputName } from '../inputs/values.ts';
import type { Classification } from './classify.ts';

/** One request to a server, checked: all that the exchange needs to know of it. `T` is what a good answer carries. */
export interface ApiRequest<T> {
  readonly http: HttpRequest;
  /** How often in a job it may be heard by a server, main and post together. */
  readonly maxCredentialUses: number;
  /** The time of one attempt at the most. */
  readonly attemptTimeoutMs: number;
  /** What a delivery means. */
  readonly classify: (delivery: HttpResult) => Classification<T>;
}

/** What a request that the user is told of is for. Its words are in `report/wording.ts`. */
export type RequestKind = 'password-login' | 'token-login' | 'logout' | 'logoutall';

/** A request whose outcome is reported to the user. */
export interface ReportedRequest<T> extends ApiRequest<T> {
  readonly kind: RequestKind;
  /** The input that named the host. */
  readonly urlInput: InputName;
}
