import type { Effects } from '../exchange/effects.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import type { Settings } from '../inputs/settings.ts';
import type { InputValues } from '../inputs/values.ts';
import type { IdTokenService } from '../requests/id-token.ts';
import type { SavedState } from '../state.ts';

/** The runner as the main step sees it. */
export interface MainRunner {
  readonly readInputs: () => InputValues;
  readonly mask: (secret: string) => void;
  /** Replaces the saved state. False if it could not be saved: the old state stays, or none if the new one was settled. */
  readonly saveState: (state: SavedState) => boolean;
  readonly info: (line: string) => void;
  /** What the user must know even if the step is killed afterwards. */
  readonly warn: (line: string) => void;
  /** Lines that the log shows folded. */
  readonly group: (title: string, lines: readonly string[]) => void;
  /** What is wrong with the proxy that the job's environment asks for. */
  readonly proxyProblems: (url: URL) => readonly string[];
  /** What in the environment has no effect on the choice of that proxy. */
  readonly proxyNotes: (url: URL) => readonly string[];
  /** Undefined in a job without the permission `id-token: write`. */
  readonly idTokenService: () => IdTokenService | undefined;
  /** Whether the job already has an environment variable of this name. */
  readonly hasVariable: (name: string) => boolean;
  /** Sets them in this order; false if not all could be written. */
  readonly setOutputs: (outputs: Readonly<Record<string, string>>) => boolean;
  readonly exportVariables: (variables: Readonly<Record<string, string>>) => boolean;
}

/** What the parts of a main step share. */
export interface MainContext {
  readonly settings: Settings;
  /** The step's. A cancellation shortens it once, for everything that the step still does. */
  readonly limit: TimeLimit;
  readonly runner: MainRunner;
  readonly effects: Effects;
}
