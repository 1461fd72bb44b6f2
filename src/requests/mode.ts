import type { Checked } from '../inputs/checked.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import type { InputName, InputValues } from '../inputs/values.ts';
import type { ReportedRequest } from '../responses/api-request.ts';
import type { Login } from './login-task.ts';

/** What a step is asked to do. */
export type Task =
  | { readonly kind: 'end'; readonly request: ReportedRequest<true> }
  | { readonly kind: 'open'; readonly login: Login };

/** What a mode is to the rest of the action. A new one is a file that exports one of these, and a line in `modes.ts`. */
export interface Mode {
  /** The inputs that are this mode's; what another mode alone has is not handed to the post step. */
  readonly inputs: readonly InputName[];
  /** Checks the mode's inputs; on failure, every problem in them. */
  readonly read: (values: InputValues, trusted: TrustedHosts) => Checked<Task>;
}
