import { all, type Checked, invalid, valid } from './checked.ts';
import type { InputValues } from './values.ts';

/** The environment variables that the rest of the job gets; empty if none is wanted. */
export interface VariableNames {
  readonly sessionId: string;
  readonly serverUrl: string;
  readonly accessToken: string;
}

/** The inputs that name a variable. */
export const VARIABLE_INPUTS = [
  'session-id-variable',
  'server-url-variable',
  'access-token-variable',
] as const;

type Input = (typeof VARIABLE_INPUTS)[number];

/** Names with a meaning for the runner, Node or the system, because setting them would change other steps. */
const RESERVED = /^(GITHUB_|RUNNER_|ACTIONS_|INPUT_|NODE_|LD_|DYLD_)|_PROXY$|^(PATH|HOME|ENV|BASH_ENV)$/i;

/** Reads the names of the variables. Without an access token there is nothing to put into its variable. */
export function readVariableNames(values: InputValues, wantsAccessToken: boolean): Checked<VariableNames> {
  const names = all<VariableNames>({
    sessionId: readName(values, 'session-id-variable'),
    serverUrl: readName(values, 'server-url-variable'),
    accessToken: readName(values, 'access-token-variable'),
  });
  if (!names.ok) return names;
  if (names.value.accessToken !== '' && !wantsAccessToken) {
    return invalid(
      'access-token-variable is given without access-token: set access-token: true, or leave it out.',
    );
  }
  // On Windows names that differ by case are one.
  const given = VARIABLE_INPUTS.map((input) => [input, values[input].trim().toUpperCase()] as const);
  for (const [index, [input, name]] of given.entries()) {
    const [other] = given.slice(0, index).find(([, earlier]) => name !== '' && earlier === name) ?? [];
    if (other !== undefined) {
      return invalid(`${input} is the same name as ${other}: give two different names.`);
    }
  }
  return names;
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
