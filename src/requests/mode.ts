import type { Checked } from '../inputs/checked.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import type { Verify } from '../inputs/login-checks.ts';
import type { UnusedInputs } from '../inputs/unused.ts';
import type { InputName, InputValues } from '../inputs/values.ts';
import type { VariableNames } from '../inputs/variables.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { LoginResponse } from '../responses/user-object.ts';

/** A mode of the action. A new one is a file that exports one of these, and a line in `MODES`. */
export interface Mode {
  /** The inputs that belong to this mode. Those that belong only to other modes are not handed to the post step. */
  readonly inputs: readonly InputName[];
  /** Validates the mode's inputs. On failure, returns every problem in them. */
  readonly read: (values: InputValues, context: InputContext) => Checked<Task>;
  /** The inputs that have no effect with these values, apart from those that belong only to other modes. */
  readonly unused: (values: InputValues) => UnusedInputs;
}

/** What a mode reads its inputs with. */
export interface InputContext {
  readonly trusted: TrustedHosts;
  /** The inputs that belong to no mode, such as time-outs. The others are empty. */
  readonly shared: InputValues;
}

/** What a step has to do. */
export type Task =
  | { readonly kind: 'end'; readonly request: ReportedRequest<true> }
  | { readonly kind: 'open'; readonly login: Login };

/** A validated login. */
export interface Login {
  readonly loginUrl: URL;
  readonly authMethod: AuthMethod;
  /** The user name as given, safe to show; empty for a login by token. */
  readonly userName: string;
  /** The organization that the session must belong to; empty if the user names none. */
  readonly organizationId: string;
  /** Whether the job gets a bearer token for the newer services, too. */
  readonly wantsAccessToken: boolean;
  readonly variables: VariableNames;
  readonly verify: Verify;
  /** The logout that ends a session of this login. `serverUrl` is undefined if the response gave none that can be used. */
  readonly logoutOf: (sessionId: string, serverUrl: URL | undefined) => Logout;
}

/** How a login authenticates. */
export type AuthMethod =
  | { readonly kind: 'password'; readonly request: ReportedRequest<LoginResponse> }
  /** A token that the user gave, good for one login. */
  | { readonly kind: 'token'; readonly token: string; readonly request: ReportedRequest<LoginResponse> }
  /** GitHub's ID token of this job, a new one for each attempt. */
  | {
      readonly kind: 'github';
      readonly audience: string;
      readonly request: (token: string) => ReportedRequest<LoginResponse>;
    };

/** The logout of one session, as a request for this step and as inputs for the post step. */
export interface Logout {
  readonly request: ReportedRequest<true>;
  readonly inputs: InputValues;
}
