import { type InputValues, inputValues } from './inputs/values.ts';
import type { SessionOwner } from './responses/api-request.ts';

/** The name under which main saves and post reads: one value, so that it is saved completely or not at all. */
export const STATE_NAME = 'session';

const SETTLED = ['ended', 'already-ended', 'refused', 'not-opened'] as const;
/** What the server confirmed, as far as post has to know. */
export type SettledAs = (typeof SETTLED)[number];

const CONTROLS = ['valid', 'not-due', 'no-user-name', 'no-time', 'unclear', 'dead'] as const;
/**
 * Whether `validSessionId` said "valid" while the session was certainly alive. Only then can "dead" be trusted later, because
 * a wrong user name makes every session look dead. `not-due`: the user wants no verification, or the session id is no JWT.
 */
export type Control = (typeof CONTROLS)[number];

/** What post needs to verify the end of a session that main opened. */
export interface OpenedSession {
  /** Empty if `validSessionId` must not or cannot be asked. */
  readonly userName: string;
  readonly serverUrl: string;
  readonly control: Control;
  readonly owner: SessionOwner;
  /** What follows if the session is alive after its end, or its end could not be verified: a line, or a warning. */
  readonly ifAlive: 'line' | 'clean-up-failure';
}

/** The validated inputs of a logout, and how often their credential was used in the job. Nothing is settled. */
export interface PendingState {
  readonly kind: 'pending';
  readonly inputs: InputValues;
  /** How often the server may have checked the credential. */
  readonly credentialUses: number;
  /** How many requests with the credential were sent. */
  readonly credentialRequests: number;
  /** The server confirmed a logout in main already, so only its verification is left. */
  readonly isEnded: boolean;
  readonly opened: OpenedSession | undefined;
}

/** Logins were sent that may have opened `sessions` sessions. Nobody can end them without their ids. Holds no secret. */
export interface LoggingInState {
  readonly kind: 'logging-in';
  readonly host: string;
  readonly owner: SessionOwner;
  readonly sessions: number;
  readonly onCleanupFailure: 'warn' | 'fail';
}

/** The server confirmed the result, so nothing more is sent. Holds no secret. */
export interface SettledState {
  readonly kind: 'settled';
  readonly as: SettledAs;
}

/** What main saves. */
export type SavedState = PendingState | LoggingInState | SettledState;

/** A state for which post sends nothing. */
export type IdleState =
  | LoggingInState
  | SettledState
  /** Main was skipped, or its inputs were wrong: there is nothing to do. */
  | { readonly kind: 'nothing' }
  /** Main did not write it. */
  | { readonly kind: 'unreadable' };

/** What main leaves for post. */
export type State = PendingState | IdleState;

/** Writes a state as text for `readState`. */
export function writeState(state: SavedState): string {
  return JSON.stringify(state);
}

/** Reads what `writeState` wrote. Never throws: any other text is `unreadable`. */
export function readState(text: string): State {
  if (text === '') return { kind: 'nothing' };
  const saved = fields(parse(text));
  switch (saved['kind']) {
    case 'settled':
      return readSettled(saved);
    case 'pending':
      return readPending(saved);
    case 'logging-in':
      return readLoggingIn(saved);
    default:
      return { kind: 'unreadable' };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readSettled(saved: Fields): State {
  const as = SETTLED.find((one) => one === saved['as']);
  return as === undefined ? { kind: 'unreadable' } : { kind: 'settled', as };
}

function readPending({ inputs, credentialUses, credentialRequests, isEnded, opened }: Fields): State {
  if (inputs === undefined || !isCount(credentialUses) || !isCount(credentialRequests)) {
    return { kind: 'unreadable' };
  }
  const values = fields(inputs);
  return {
    kind: 'pending',
    inputs: inputValues((name) => text(values[name])),
    credentialUses,
    credentialRequests,
    isEnded: isEnded === true,
    opened: opened === undefined ? undefined : readOpenedSession(fields(opened)),
  };
}

function readOpenedSession({ userName, serverUrl, control, owner, ifAlive }: Fields): OpenedSession {
  return {
    userName: text(userName),
    serverUrl: text(serverUrl),
    control: CONTROLS.find((one) => one === control) ?? 'unclear',
    owner: readOwner(fields(owner)),
    ifAlive: ifAlive === 'clean-up-failure' ? ifAlive : 'line',
  };
}

function readLoggingIn({ host, owner, sessions, onCleanupFailure }: Fields): State {
  return typeof sessions === 'number' && sessions > 0
    ? {
        kind: 'logging-in',
        host: text(host),
        owner: readOwner(fields(owner)),
        sessions,
        onCleanupFailure: onCleanupFailure === 'fail' ? 'fail' : 'warn',
      }
    : { kind: 'unreadable' };
}

function readOwner({ user, organization }: Fields): SessionOwner {
  return { user: text(user), organization: text(organization) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
