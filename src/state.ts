import type { SettledKind } from './exchange/outcome.ts';
import { type InputValues, inputValues } from './inputs/values.ts';

/** The name under which main saves and post reads: one value, so that it is there whole or not at all. */
export const STATE_NAME = 'session';

/** What main leaves for post. */
export type State =
  /** Main was skipped, or its inputs were wrong: there is nothing to do. */
  | { readonly kind: 'nothing' }
  /** The inputs that main checked. Nothing is settled as far as main got. */
  | { readonly kind: 'pending'; readonly inputs: InputValues }
  /** The server has spoken: nothing more is to be sent. Holds no secret. */
  | { readonly kind: 'settled'; readonly outcome: SettledKind }
  /** Something else than main wrote it. */
  | { readonly kind: 'unreadable' };

export type SavedState = Extract<State, { kind: 'pending' | 'settled' }>;

/** Writes a state down as text for `readState`. */
export function writeState(state: SavedState): string {
  return JSON.stringify(state);
}

/** Reads what `writeState` wrote. Never throws: whatever else it is given is `unreadable`. */
export function readState(text: string): State {
  if (text === '') return { kind: 'nothing' };
  const { kind, inputs, outcome } = fields(parse(text));
  if (kind === 'settled' && (outcome === 'ended' || outcome === 'already-ended' || outcome === 'refused')) {
    return { kind, outcome };
  }
  if (kind === 'pending' && inputs !== undefined) {
    const values = fields(inputs);
    const read = (value: unknown) => (typeof value === 'string' ? value : '');
    return { kind, inputs: inputValues((name) => read(values[name])) };
  }
  return { kind: 'unreadable' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
