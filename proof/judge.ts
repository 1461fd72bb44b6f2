import { type StepResult, visible } from '../runner/index.ts';
import type { SeenRequest } from '../simulator/index.ts';

export type Mode = 'logout' | 'logoutall';

/**
 * What a client that reads the answer to the end has been told, by the table "What an answer means":
 * `open` settles nothing; `either` can be read both ways and whoever asks again is right too.
 */
export type Says = 'gone' | 'refused' | 'open' | 'either';

/** What came back to one request, as the one knows it who made it so. */
export interface Met {
  readonly name: string;
  readonly says: Readonly<Record<Mode, Says>>;
  /** It takes the rest of the step's time, or asks to wait for longer than that. */
  readonly holds?: boolean;
  /** The server says that the session is gone, and it is not: no client can know. */
  readonly lies?: boolean;
  /** The request cannot have reached the server. */
  readonly unreached?: boolean;
}

/** The server does what was asked and says so; of a session that is gone already it says that. */
export const PROPER: Met = { name: 'a proper answer', says: { logout: 'gone', logoutall: 'gone' } };

/** One step with its post step, and what the server knows of it. */
export interface Trial {
  /** What was tried, for whoever has to find out why it went wrong. */
  readonly label: string;
  readonly mode: Mode;
  readonly timeoutMs: number;
  readonly allowAlreadyEnded: boolean;
  readonly jobEnd: boolean;
  readonly main: StepResult;
  readonly post: StepResult;
  /** What each request met, main's and then post's. */
  readonly met: readonly Met[];
  readonly metInMain: number;
  /** The requests of this step that arrived. */
  readonly requests: readonly SeenRequest[];
  readonly secrets: readonly string[];
  /** Whether the ledger held the session. */
  readonly openBefore: boolean;
  readonly openAfterMain: boolean;
  readonly openAfterPost: boolean;
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

/** What got through, each as a sentence. */
export interface Verdict {
  readonly sessionsLeft: readonly string[];
  readonly falseClaims: readonly string[];
  readonly leaks: readonly string[];
  readonly otherHarm: readonly string[];
}

/** Every text from the server has this in it, right after whatever would make a command of it. */
export const MARK = 'PWNED';

const SLACK_MS = 2_000;
const MEMORY_MIB = 100;

/** Holds one step and its post step against the ledger. */
export function judge(trial: Trial): Verdict {
  return {
    sessionsLeft: sessionsLeft(trial),
    falseClaims: wasLiedTo(trial) ? [] : falseClaims(trial),
    leaks: [...leaks(trial), ...commands(trial)],
    otherHarm: otherHarm(trial),
  };
}

/**
 * An open session counts unless the server never answered properly in the time given. Plans make that rare:
 * each has a few faults at most, and from then on the server is well. So a session is excused only if
 *  - the server refused, or lied, in an answer that was delivered, or
 *  - the post step itself met a fault that took the rest of its time, or
 *  - main was killed before it saved anything and before the server saw a request: nobody knows of the session then.
 */
function sessionsLeft(trial: Trial): string[] {
  const { met, metInMain, mode } = trial;
  const excused =
    wasLiedTo(trial) ||
    met.some(({ says }) => says[mode] === 'refused') ||
    met.slice(metInMain).some(({ holds }) => holds) ||
    nothingKnown(trial);
  return trial.openAfterPost && !excused ? ['a session is left'] : [];
}

function wasLiedTo({ met, mode }: Trial): boolean {
  return met.some(({ lies, says }) => lies && says[mode] === 'gone');
}

export function nothingKnown({ interrupted, main, requests }: Trial): boolean {
  return interrupted !== undefined && main.stateFile === '' && requests.length === 0;
}

function falseClaims(trial: Trial): string[] {
  const { main, post, openAfterMain, openAfterPost } = trial;
  const result = main.outputs['result'] ?? 'nothing';
  const claim = post.log.find((line) => /^(Already ended|Ended)\b/.test(line));
  const green = main.exitCode === 0;
  const mayBeGreen =
    result === 'ended' ||
    (result === 'already-ended' && trial.allowAlreadyEnded) ||
    (result === 'scheduled' && trial.jobEnd);
  return found({
    [`main says ${result} and the session is open`]: result.endsWith('ended') && openAfterMain,
    'main says ended, but nothing that it did can have ended the session':
      result === 'ended' && !mayHaveEnded(trial),
    [`main is green with the result ${result}`]: green && !mayBeGreen,
    'main is green and the session is open': green && result !== 'scheduled' && openAfterMain,
    'main says ended and fails': result === 'ended' && main.exitCode === 1,
    [`post says "${claim}" and the session is open`]: claim !== undefined && openAfterPost,
  });
}

/** A request other than the one that was told "gone already" may have reached the server, or the last one did it. */
function mayHaveEnded({ openBefore, met, metInMain }: Trial): boolean {
  return openBefore || met.slice(0, metInMain - 1).some(({ unreached = false }) => !unreached);
}

function leaks(trial: Trial): string[] {
  const { main, post, secrets } = trial;
  const shown = [main, post].map(visible).join('\n');
  const settled = ['ended', 'already-ended'].includes(main.outputs['result'] ?? '');
  const kept = settled && secrets.some((secret) => main.stateFile.includes(secret));
  // An answer's text stands in a summary only as letters, digits and character references.
  const markup = [main, post].some(({ summary }) => /[<>[\]`|~]|\*\*.*\*\*.*\*/.test(summary));
  return found({
    'main saved a secret that it did not mask':
      main.stateFile !== '' && !secrets.some((secret) => main.masks.includes(secret)),
    'a secret is shown': secrets.flatMap(spellings).some((spelling) => shown.includes(spelling)),
    'the state of a settled step holds a secret': kept,
    'text from the server is markup in the summary': markup,
  });
}

/** Ways in which a secret may be written; a half of it is as bad as the whole. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const half = Math.ceil(secret.length / 2);
  const percent = bytes.toString('hex').replace(/../g, '%$&');
  // Less the last characters, which depend on what follows.
  const base64 = [0, 1, 2].map((offset) => bytes.subarray(offset).toString('base64').slice(0, -4));
  return [
    secret,
    secret.slice(0, half),
    secret.slice(-half),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('base64url'),
    percent,
    percent.toUpperCase(),
    ...base64,
  ];
}

/** The commands that the runner executed for these steps and that the action did not mean to issue. */
function commands({ main, post }: Trial): string[] {
  const own = ['add-mask', 'debug', 'warning', 'error', 'notice'];
  return [...main.commands, ...post.commands]
    .filter(({ name, data }) => !own.includes(name) || data.trimStart().startsWith(MARK))
    .map(({ name, data }) => `text from the server became the command ${name} (${data.slice(0, 40)})`);
}

function otherHarm(trial: Trial): string[] {
  const { main, post, met, metInMain, mode, timeoutMs, interrupted, memoryMiB } = trial;
  const settledAt = met.findIndex(({ says }) => says[mode] === 'gone' || says[mode] === 'refused');
  // Told so in the last moment of main it may not have heard; after a kill its request may even arrive when main is gone.
  const spent = main.durationMs >= timeoutMs && main.outputs['status-code'] === '';
  const unheard =
    (spent && settledAt === metInMain - 1) ||
    (interrupted !== undefined && (settledAt === metInMain - 1 || settledAt === metInMain));
  const longestMs = Math.max(main.durationMs, post.durationMs);
  const peakMiB = Math.max(0, ...memoryMiB);
  const unexpected = [...main.log, ...post.log].find((line) => /failed unexpectedly|Could not /.test(line));
  return found({
    [`${met.length - settledAt - 1} requests after "${met[settledAt]?.name}"`]:
      settledAt >= 0 && settledAt < met.length - 1 && !unheard,
    'main goes on although it was told to end':
      interrupted !== undefined && main.durationMs > interrupted.atMs + interrupted.graceMs,
    'a connection to a host that no input names': trial.foreignConnections > 0,
    [`a step took ${Math.round(longestMs)} ms`]: longestMs > timeoutMs + SLACK_MS,
    [`a step took ${peakMiB} MiB`]: peakMiB > MEMORY_MIB,
    'the post step failed the job': post.failed,
    [`stderr: ${main.stderr}${post.stderr}`]: main.stderr + post.stderr !== '',
    [`the log says "${unexpected}"`]: unexpected !== undefined,
  });
}

function found(violations: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(violations).filter((violation) => violations[violation]);
}
