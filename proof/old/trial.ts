import type { StepResult } from '../../runner/index.ts';
import type { Sent, When } from '../journal.ts';
import { mayHaveBeenHeard, opens, type Purpose, settles } from '../met.ts';
import { isLogin, type Mode } from '../modes.ts';

const KEPT_BACK_MS = 5_000;

/** One step with its post step, and what the server's ledger says of it. */
export interface Trial {
  /** What was tried, for whoever has to find out why it went wrong. */
  readonly label: string;
  readonly mode: Mode;
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly jobEnd: boolean;
  readonly main: StepResult;
  readonly post: StepResult;
  readonly sent: readonly Sent[];
  /** What nobody may show. */
  readonly secrets: readonly string[];
  /** Of these, what main proves itself with. */
  readonly credential: string;
  /** The sessions of the step that the ledger held: the one that it was given, or those that it has opened. */
  readonly openBefore: readonly string[];
  readonly openAfterMain: readonly string[];
  readonly openAfterPost: readonly string[];
  /** Whoever goes on asking is answered properly in the end, in the time given. */
  readonly getsWell: boolean;
  /**
   * Main was sent a signal, so long after its start, and had so long to end. What its last request met it may
   * not have heard, or have had no time to say.
   */
  readonly interrupted?: { readonly atMs: number; readonly graceMs: number };
  /** Connections to hosts that no input names. */
  readonly foreignConnections: number;
  /** Peak memory of each step, in MiB, where it was measured. */
  readonly memoryMiB: readonly number[];
}

export function sentIn({ sent }: Trial, step: When): readonly Sent[] {
  return sent.filter((one) => one.step === step);
}

export function resultOf({ main }: Trial): string {
  return main.outputs['result'] ?? 'nothing';
}

/** Where the vendor's word was had that leaves nothing to ask of the kind; -1 if nowhere. */
export function indexOfSettled({ sent }: Trial, purpose: Purpose): number {
  return sent.findIndex(
    (one) => one.purpose === purpose && settles(one.met.came, purpose) && !one.met.either,
  );
}

/** Told so in its last moment main may not have heard; after a kill its request may even arrive when main is gone. */
export function mayNotHaveHeard(trial: Trial, index: number): boolean {
  const metInMain = sentIn(trial, 'main').length;
  const isLast = index === metInMain - 1;
  const wasCut = trial.interrupted !== undefined && (isLast || index === metInMain);
  return (isSpent(trial) && isLast) || wasCut;
}

/** Main had no time left for its last answer; of a login's time some is kept back to end what it has opened. */
export function isSpent({ mode, main, timeoutMs }: Trial): boolean {
  const keptBackMs = isLogin(mode) ? Math.min(KEPT_BACK_MS, timeoutMs / 2) : 0;
  return main.durationMs >= timeoutMs - keptBackMs && main.outputs['status-code'] === '';
}

/** Main was killed before it saved anything and before the server saw a request: nobody knows of the session then. */
export function nothingKnown({ interrupted, main, sent }: Trial): boolean {
  return interrupted !== undefined && main.stateFile === '' && sent.every(({ request }) => !request);
}

/** The sessions that are open in the end and that post is to end: of those that logins opened, what main has saved. */
export function openForPost({ mode, main, openAfterPost }: Trial): readonly string[] {
  return isLogin(mode) ? openAfterPost.filter((id) => main.stateFile.includes(id)) : openAfterPost;
}

/** How many sessions are open in the end whose ids nobody has, and that nobody claims to have ended. */
export function openToNobody(trial: Trial): number {
  const unknown = trial.openAfterPost.length - openForPost(trial).length;
  return unknown - Number(isOpenThoughEndedAtOnce(trial));
}

/** A login's main says that it has ended its session, and none of those that were opened has ended. */
export function isOpenThoughEndedAtOnce(trial: Trial): boolean {
  const { main, openAfterMain } = trial;
  const said = main.log.some((line) => line.includes('It was ended at once'));
  return said && openAfterMain.length > 0 && openAfterMain.length === openings(trial).length;
}

/** Logins that have opened a session. */
export function openings({ sent }: Trial): readonly Sent[] {
  return sent.filter(({ purpose, request }) => opens(purpose) && request?.effect === 'session-opened');
}

/** How often what proves the user may have been heard. */
export function timesHeard(sent: readonly Sent[]): number {
  return sent.filter(({ met }) => mayHaveBeenHeard(met)).length;
}
