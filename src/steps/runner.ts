import type { InputValues } from '../inputs/values.ts';
import type { IdTokenService } from '../requests/id-token.ts';
import type { SavedState } from '../state.ts';

/** The runner as the main step sees it. */
export interface MainRunner {
  readonly readInputs: () => InputValues;
  readonly mask: (secret: string) => void;
  /** Saves it over what was saved before. False if it could not be saved: then the former stays, or of what is settled nothing. */
  readonly saveState: (state: SavedState) => boolean;
  readonly info: (line: string) => void;
  /** What the user must know even if the step is killed afterwards. */
  readonly warn: (line: string) => void;
  /** Lines that the log shows folded. */
  readonly group: (title: string, lines: readonly string[]) => void;
  /** What is wrong with the proxy that the job's environment asks for. */
  readonly proxyProblems: (url: URL) => readonly string[];
  /** Undefined in a job without the permission `id-token: write`. */
  readonly idTokenService: () => IdTokenService | undefined;
  /** Whether the job has an environment variable of this name by now. */
  readonly hasVariable: (name: string) => boolean;
  /** In this order; false if not all could be written. */
  readonly setOutputs: (outputs: Readonly<Record<string, string>>) => boolean;
  readonly exportVariables: (variables: Readonly<Record<string, string>>) => boolean;
}
