import type { Effects } from '../exchange/effects.ts';
import { DEFAULTS, sameRequest, sendWithRetries } from '../exchange/exchange.ts';
import type { Outcome } from '../exchange/outcome.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import { parseUrl } from '../inputs/hosts.ts';
import { type Validity, validSessionIdRequest } from '../requests/valid-session-id.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Reason } from '../responses/classification.ts';
import { claimsOf } from '../responses/json.ts';
import type { OpenedSession } from '../state.ts';

/** So long at the most is waited for a clear answer: without one the session is ended all the same. */
const PATIENCE_MS = 10_000;
const ONCE_MORE_MS = 1_000;

/** Looks whether a session that a login opened is really dead, where that is wanted and possible. */
export class Verifier {
  readonly #request: ApiRequest<Validity> | undefined;
  /** Whether an end that the server confirmed is verified too: `auto` means a JWT, which may outlive its logout. */
  readonly #verifiesEnds: boolean;
  /** The step's: a cancellation leaves so much for all that it asks together. */
  readonly #limit: TimeLimit;
  readonly #effects: Effects;
  #wasUnclear = false;

  constructor(opened: OpenedSession | undefined, sessionId: string, limit: TimeLimit, effects: Effects) {
    const serverUrl = opened === undefined ? null : parseUrl(opened.serverUrl);
    const userName = opened?.userName ?? '';
    const possible = serverUrl !== null && userName !== '';
    this.#request = possible ? validSessionIdRequest(serverUrl, userName, sessionId) : undefined;
    this.#verifiesEnds = opened?.ifAlive === 'clean-up-failure' || claimsOf(sessionId) !== undefined;
    this.#limit = limit;
    this.#effects = effects;
  }

  /**
   * Whether an answer to the logout that settles nothing was a form of success, or of a dead session, that no document
   * shows. Asked once in a step.
   */
  async isAlreadyDone(reason: Reason): Promise<boolean> {
    const unclear =
      reason.kind === 'unrecognized' &&
      (reason.statusCode === 401 || Math.floor(reason.statusCode / 100) === 2);
    if (!unclear || this.#wasUnclear) return false;
    this.#wasUnclear = true;
    // The rest is for asking again for the end.
    return (await this.#ask(this.#limit.remainingMs() / 2)) === 'dead';
  }

  /** What the server says of the session after its end; undefined where there is no clear answer, or none is wanted. */
  async validityAfter(outcome: Outcome<true>): Promise<Validity | undefined> {
    if (outcome.kind === 'unknown') return outcome.gaveUp === 'already-done' ? 'dead' : undefined;
    const ended = outcome.kind === 'success' || (outcome.kind === 'session-gone' && outcome.possiblyByUs);
    if (!ended || !this.#verifiesEnds) return undefined;
    const first = await this.#ask();
    if (first !== 'valid') return first;
    await this.#limit.pause(ONCE_MORE_MS);
    return (await this.#ask()) ?? first;
  }

  async #ask(withinMs = PATIENCE_MS): Promise<Validity | undefined> {
    if (this.#request === undefined) return undefined;
    const outcome = await sendWithRetries(
      sameRequest(this.#request),
      {
        ...DEFAULTS,
        limit: this.#limit.atMost(Math.min(withinMs, PATIENCE_MS)),
        onCancel: 'hurry',
      },
      this.#effects,
    );
    return outcome.kind === 'success' ? outcome.value : undefined;
  }
}
