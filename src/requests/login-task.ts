import type { InputValues } from '../inputs/values.ts';
import type { VariableNames } from '../inputs/variables.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';

/** What a login proves itself with. */
export type AuthMethod =
  | { readonly kind: 'password'; readonly request: ReportedRequest<LoginResponse> }
  /** A token that was given, good for one login. */
  | { readonly kind: 'token'; readonly token: string; readonly request: ReportedRequest<LoginResponse> }
  /** GitHub's token of this job, a new one for each attempt. */
  | {
      readonly kind: 'github';
      readonly audience: string;
      readonly request: (token: string) => ReportedRequest<LoginResponse>;
    };

/** Whether the post step asks if the session is really dead: `auto` where its id is a JWT. */
export type Verify = 'auto' | 'always' | 'never';

/** A login, checked. */
export interface Login {
  readonly loginUrl: URL;
  readonly authMethod: AuthMethod;
  /** The organization that it must be; empty where the user names none. */
  readonly organizationId: string;
  readonly variables: VariableNames;
  readonly verify: Verify;
  /**
   * The inputs of the logout that ends a session of this login, by the version that opened it; without a server URL by
   * version 3, which the vendor documents at the login host (ids are interchangeable).
   */
  readonly logoutOf: (sessionId: string, serverUrl: URL | undefined) => InputValues;
}
