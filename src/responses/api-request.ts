import type { HttpRequest, HttpResult } from '../http.ts';
import type { InputName } from '../inputs/values.ts';
import type { Classification } from './classification.ts';
import type { ServerError } from './server-text.ts';

/** One validated request, and all that the exchange needs to know about it. `T` is what a success carries. */
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
  readonly owner: SessionOwner;
  /** The input that named the host; undefined if the response to a login named it. */
  readonly urlInput: InputName | undefined;
}

/** Whose session a request is about, safe to show. Empty texts if it is not known. */
export interface SessionOwner {
  readonly user: string;
  readonly organization: string;
}

/** How the responses to a request are classified. */
export type ClassificationRules<T> = CommonRules &
  (
    | {
        readonly call: 'logout' | 'logoutall' | 'validSessionId' | 'access-token';
        /** Reads a success from the body of a 200 or 204 (an empty one is `undefined`); returns undefined if it is none. */
        readonly read: (json: unknown) => T | undefined;
      }
    | {
        readonly call: 'login';
        /** Reads a session from the body of any response, because it can be open whatever else the response says. */
        readonly read: (json: unknown, beside: LoginContext) => T | undefined;
      }
  );

interface CommonRules {
  readonly http: HttpRequest;
  /** The only secret in the request. */
  readonly secret: string;
  /** A password may contain ordinary words, which the server's text can contain too. */
  readonly secretIsPassword: boolean;
}

/** What the response to a login has besides the session. */
export interface LoginContext {
  readonly statusCode: number;
  /** The error object in the same body. */
  readonly error: ServerError | undefined;
}
