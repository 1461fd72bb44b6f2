import type { StepResult } from '../runner/index.ts';
import type { AccessToken, Effect } from '../simulator/index.ts';
import { isLogin, MODE_PROFILES, type Mode } from './modes.ts';
import {
  type Encounter,
  opens,
  type Purpose,
  rejects,
  rejectsCredentials,
  settles,
} from './responses/form.ts';

export type When = 'main' | 'post';

/** How long a step may go on after a signal. */
export const CANCELLED_MS = 5_000;
/** With less time left a step need not send another request. */
export const TOO_LITTLE_MS = 700;

/** One step of a job. A process leaves it behind, or the virtual world fills it in. */
export interface StepRecord extends StepResult {
  /** When it had to end, in milliseconds since its start. */
  readonly dueMs: number;
  /** The runner sent it a signal. */
  readonly cancelled: boolean;
  /** It used up its time, so that it could not send another request. */
  readonly outOfTime: boolean;
  /** Its peak memory in MiB, where that was measured. */
  readonly memoryMiB: number | undefined;
}

/** One request, as the ledger and the responder know it. */
export interface SentRequest {
  readonly step: When;
  readonly purpose: Purpose;
  readonly met: Encounter;
  /** The identity token in it; empty if it has none. */
  readonly token: string;
  /** What it did to the ledger; undefined if it never got to the server. */
  readonly effect: Effect['kind'] | undefined;
  /** The sessions that it opened. */
  readonly opened: readonly string[];
  /** The sessions of the step that the ledger held when the response was sent. */
  readonly openThen: readonly string[];
}

/** One step of the action with its post step, and what the ledger says about it. */
export interface Trial {
  /** What was tried, to find out why it went wrong. */
  readonly label: string;
  readonly mode: Mode;
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
  readonly main: StepRecord;
  /** Undefined: the runner was shut down while main ran. Main had the signal, and no post step was started. */
  readonly post: StepRecord | undefined;
  readonly sent: readonly SentRequest[];
  /** What must not be shown. */
  readonly secrets: readonly string[];
  /** The secret among them with which main authenticates. */
  readonly credential: string;
  /** The access tokens that the server granted to these sessions. */
  readonly accessTokens: readonly AccessToken[];
  /** The sessions of the step in the ledger: the one that it was given, or those that it opened. */
  readonly openBefore: readonly string[];
  readonly openAfterMain: readonly string[];
  readonly openAfterPost: readonly string[];
  /** Whoever keeps retrying gets a proper response in the end, within the time given. */
  readonly getsWell: boolean;
  /** Main got a signal at a moment that is not known exactly: a request may arrive after its end. */
  readonly interrupted: boolean;
  /** Main may have had no time to read its last response, or to act on it. */
  readonly mayMissLast: boolean;
  /** Main could not save a state. */
  readonly saveFailed: boolean;
  /** A secret was saved, sent or handed on before it was masked. */
  readonly unmasked: boolean;
  /** Connections to hosts that no input names. */
  readonly foreignConnections: number;
}

/** A job whose post step was started. */
export type TrialWithPost = Trial & { readonly post: StepRecord };

export function stepsOf({ main, post }: Pick<Trial, 'main' | 'post'>): readonly StepRecord[] {
  return post === undefined ? [main] : [main, post];
}

export function sentIn({ sent }: Pick<Trial, 'sent'>, step: When): readonly SentRequest[] {
  return sent.filter((one) => one.step === step);
}

/** Whether the login of the mode requests an access token. */
export function wantsAccessToken({ mode }: Pick<Trial, 'mode'>): boolean {
  return MODE_PROFILES[mode].accessToken !== 'none';
}

/** The access token that main handed on; empty if it handed on none. */
export function accessTokenOf({ main }: Pick<Trial, 'main'>): string {
  return main.outputs['access-token'] ?? '';
}

export function resultOf({ main }: Pick<Trial, 'main'>): string {
  return main.outputs['result'] ?? 'nothing';
}

/** Logins that got a response with a session ID that can be used. */
export function receivedLogins({ sent }: Trial): readonly SentRequest[] {
  return sent.filter(({ met: { form, ambiguous = false }, purpose }) => {
    const hasId = form.kind === 'truth' || (form.kind === 'user-object' && form.hasId);
    return opens(purpose) && hasId && !ambiguous;
  });
}

/** The sessions whose IDs main got in time. */
export function receivedIds(trial: Trial): readonly string[] {
  return receivedLogins(trial).flatMap(({ opened }) => opened);
}

/** Main saved the logout of a session, even if the ledger does not know that session. */
export function hasSavedLogout({ main }: Trial): boolean {
  return /session-id(?:\\?")+:(?:\\?")+[^"\\]/.test(main.stateFile);
}

/**
 * The vendor rejected main, and post sends it once more: the logout of a login's session; a logout after a signal; or a logoutall
 * that was rejected for no fault of its credential.
 */
export function isLeftToPost({ mode, main }: Trial, { met, purpose, step }: SentRequest): boolean {
  if (step !== 'main' || !rejects(met.form, purpose)) return false;
  if (isLogin(mode)) return purpose === 'logout';
  return mode === 'logout' ? main.cancelled : !rejectsCredentials(met.form);
}

/** Main called validSessionId while its session was open, and saved that it said "valid", so a later "dead" counts. */
export function hasControl({ main }: Pick<Trial, 'main'>): boolean {
  const controls = [...main.stateFile.matchAll(/control(?:\\?")+:(?:\\?")+([\w-]+)/g)];
  return controls.at(-1)?.[1] === 'valid';
}

/** The open sessions that main could have ended: the one that it was given, or those whose IDs it got. */
export function openInHand(trial: Trial): readonly string[] {
  const { mode, openAfterMain, mayMissLast, sent } = trial;
  if (!isLogin(mode)) return openAfterMain;
  const missed = mayMissLast ? sent.at(-1)?.opened : [];
  return receivedIds(trial).filter((id) => openAfterMain.includes(id) && !missed?.includes(id));
}

/** The sessions that post is to end: the one that was given, or those that a login's main saved. */
export function openForPost({ mode, main, openAfterPost }: Trial): readonly string[] {
  return isLogin(mode) ? openAfterPost.filter((id) => main.stateFile.includes(id)) : openAfterPost;
}

/** Post knows of no session: main could save no state, had no reason to, or was killed before. */
export function nothingKnown({ interrupted, saveFailed, main, sent }: Trial): boolean {
  if (main.stateFile !== '') return false;
  if (saveFailed || sent.length === 0) return true;
  return interrupted && sent.every(({ effect }) => effect === undefined);
}

/** Main may not have read this response, or the request arrived after main's end. */
export function mayHaveMissed(trial: Trial, index: number): boolean {
  const inMain = sentIn(trial, 'main').length;
  return (trial.mayMissLast && index === inMain - 1) || (trial.interrupted && index === inMain);
}

/** Where a response settled this purpose; -1 if none did. */
export function indexOfSettled(trial: Trial, purpose: Purpose): number {
  return trial.sent.findIndex(
    (one, index) =>
      one.purpose === purpose &&
      settles(one.met.form, purpose) &&
      !one.met.ambiguous &&
      !mayHaveMissed(trial, index),
  );
}
