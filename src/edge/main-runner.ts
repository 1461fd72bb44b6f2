import {
  endGroup,
  exportVariable,
  getInput,
  info,
  saveState,
  setOutput,
  setSecret,
  startGroup,
  warning,
} from '@actions/core';
import { inputValues } from '../inputs/values.ts';
import type { SavedState } from '../state.ts';
import { STATE_NAME, writeState } from '../state.ts';
import type { MainRunner } from '../steps/runner.ts';
import { proxyFor, proxyNotes } from './proxy-settings.ts';
import { append, onRunnerFile, replace } from './runner-file.ts';

/** The runner, by way of `@actions/core`. */
export const mainRunner: MainRunner = {
  // Untrimmed: a password may begin or end with a blank.
  readInputs: () => inputValues((name) => getInput(name, { trimWhitespace: false })),
  mask: setSecret,
  saveState: (state) => {
    const file = process.env['GITHUB_STATE'];
    // Without the file core would print the state, secrets and all.
    return file ? onRunnerFile('save the state', () => save(state, file)) : false;
  },
  info,
  warn: (line) => warning(line),
  group: (title, lines) => {
    startGroup(title);
    for (const line of lines) info(line);
    endGroup();
  },
  proxyProblems: (url) => {
    const proxy = proxyFor(url);
    return proxy.ok ? [] : proxy.problems;
  },
  proxyNotes,
  idTokenService: () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = process.env;
    return url && bearer ? { url, bearer } : undefined;
  },
  hasVariable: (name) => Boolean(process.env[name]),
  // A step that fails takes back what it had set before.
  setOutputs: (outputs) => writeEach('set the outputs', 'GITHUB_OUTPUT', outputs, replace, setOutput),
  exportVariables: (variables) =>
    writeEach('set the variables', 'GITHUB_ENV', variables, append, exportVariable),
};

/**
 * The last value of a name counts: a kill in between leaves what was saved before. What is settled replaces that, because it may
 * hold a secret: a kill in between, or a full disk, leaves nothing to do, which is true.
 */
function save(state: SavedState, file: string): void {
  const put = state.kind === 'settled' ? replace : append;
  put(file, () => saveState(STATE_NAME, writeState(state)));
}

/** Without its file core would print the values. */
function writeEach(
  what: string,
  variable: 'GITHUB_OUTPUT' | 'GITHUB_ENV',
  values: Readonly<Record<string, string>>,
  put: typeof append,
  write: (name: string, value: string) => void,
): boolean {
  const file = process.env[variable];
  const entries = Object.entries(values);
  if (!file || entries.length === 0) return entries.length === 0;
  return onRunnerFile(what, () =>
    put(file, () => {
      for (const [name, value] of entries) write(name, value);
    }),
  );
}
