import { all, type Checked, invalid, valid } from './checked.ts';
import type { InputValues } from './values.ts';

/** The environment variables that the rest of the job gets; empty where none is wanted. */
export interface VariableNames {
  readonly sessionId: string;
  readonly serverUrl: string;
}

type Input = 'session-id-variable' | 'server-url-variable';

/** Names that mean something to the runner, to Node or to the system: to set them would change what other steps do. */
const RESERVED = /^(GITHUB_|RUNNER_|ACTIONS_|INPUT_|NODE_|LD_|DYLD_)|_PROXY$|^(PATH|HOME|ENV|BASH_ENV)$/i;

/** Reads `session-id-variable` and `server-url-variable`. */
export function readVariableNames(values: InputValues): Checked<VariableNames> {
  const names = all<VariableNames>({
    sessionId: readName(values, 'session-id-variable'),
    serverUrl: readName(values, 'server-url-variable'),
  });
  if (!names.ok) return names;
  const { sessionId, serverUrl } = names.value;
  // On Windows names that differ by case are one.
  return sessionId !== '' && sessionId.toUpperCase() === serverUrl.toUpperCase()
    ? invalid('server-url-variable is the same name as session-id-variable: give two different names.')
    : names;
}

function readName(values: InputValues, input: Input): Checked<string> {
  const name = values[input].trim();
  if (name === '') return valid('');
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return invalid(
      `${input} is not a valid variable name: give letters, digits and _, and do not start with a digit.`,
    );
  }
  return RESERVED.test(name)
    ? invalid(
        `${input} is reserved for the runner or the system: give another name, for example IICS_SESSION_ID.`,
      )
    : valid(name);
}
