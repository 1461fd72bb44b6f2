import type { Effects } from '../exchange/effects.ts';
import type { Outcome } from '../exchange/outcome.ts';
import type { Review } from '../exchange/retry-options.ts';
import { sendWithoutRetry } from '../exchange/send-once.ts';
import type { TimeLimit } from '../exchange/time-limit.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import { readServerUrl } from '../inputs/urls.ts';
import type { Verification, VerifiedOrNot } from '../report/post-report.ts';
import { type Validity, validSessionIdRequest } from '../requests/valid-session-id.ts';
import type { ApiRequest } from '../responses/api-request.ts';
import type { Classification } from '../responses/classification.ts';
import type { Control, OpenedSession } from '../state.ts';

/** The longest that one request of verification may take. */
const CHECK_MS = 10_000;
/** The last part of the time is only for logouts. */
const LOGOUT_ONLY_MS = 2_000;
/** A session may take a moment to end. */
const SECOND_CHECK_MS = 1_000;
/** How many responses to its logout a post step reviews. */
const MAX_REVIEWS = 3;

/** Checks with `validSessionId` what the responses to a logout say of a session that main opened. */
export class Verifier {
  readonly #request: ApiRequest<Validity> | undefined;
  readonly #isDue: boolean;
  readonly #limit: TimeLimit;
  readonly #effects: Effects;
  #control: Control;
  #said: Validity | undefined;
  #reviews = 0;
  /** `validSessionId` said "dead" after a control, so it is not asked again. */
  #isDead = false;

  /** `opened` is undefined for a session that the user gave: its user name is not known. */
  constructor(
    opened: OpenedSession | undefined,
    sessionId: string,
    trusted: TrustedHosts,
    limit: TimeLimit,
    effects: Effects,
  ) {
    this.#request = opened && requestFor(opened, sessionId, trusted);
    this.#control = opened?.control ?? 'not-due';
    this.#isDue = this.#control !== 'not-due';
    this.#limit = limit;
    this.#effects = effects;
  }

  /** What `validSessionId` said last, if it was asked. */
  get said(): Validity | undefined {
    return this.#said;
  }

  /**
   * Asks about a response to a logout that may not mean what it says. "Valid" is always believed, and is the control for later;
   * "dead" only with a control.
   */
  readonly review: Review<true> = async (classification) => {
    if (!isDoubtful(classification, this.#isDue) || this.#reviews >= MAX_REVIEWS) return classification;
    this.#reviews += 1;
    const validity = await this.#requestValidity(this.#limit.remainingMs() / 2);
    if (validity === 'valid') {
      this.#control = 'valid';
      return classification.kind === 'session-gone' ? contradicted(classification) : classification;
    }
    if (validity === undefined || this.#control !== 'valid') return classification;
    this.#isDead = true;
    if (classification.kind === 'inconclusive')
      return { kind: 'already-done', reason: classification.reason };
    return classification.kind === 'rejected' ? { ...classification, kind: 'session-gone' } : classification;
  };

  /** Verifies an end that the server confirmed. */
  async verify(outcome: Outcome<true>): Promise<Verification> {
    if (outcome.kind === 'unknown') {
      return outcome.gaveUp === 'already-done' ? { kind: 'verified' } : { kind: 'not-due' };
    }
    const isEnded = outcome.kind === 'success' || (outcome.kind === 'session-gone' && outcome.possiblyByUs);
    if (!isEnded || !this.#isDue) return { kind: 'not-due' };
    return this.#isDead ? { kind: 'verified' } : await this.check();
  }

  /** Checks whether the session is dead. The result counts only after a control. */
  async check(): Promise<{ readonly kind: 'still-valid' } | VerifiedOrNot> {
    if (this.#control !== 'valid') return { kind: 'not-verified', why: this.#control };
    if (!this.#hasTime()) return { kind: 'not-verified', why: 'no-time-after' };
    let validity = await this.#requestValidity();
    if (validity === 'valid') {
      await this.#limit.pause(SECOND_CHECK_MS);
      validity = (await this.#requestValidity()) ?? validity;
    }
    switch (validity) {
      case 'valid':
        return { kind: 'still-valid' };
      case 'dead':
        return { kind: 'verified' };
      case undefined:
        return { kind: 'not-verified', why: 'unclear' };
    }
  }

  #hasTime(): boolean {
    return this.#limit.remainingMs() > LOGOUT_ONLY_MS;
  }

  async #requestValidity(withinMs = CHECK_MS): Promise<Validity | undefined> {
    if (this.#request === undefined || !this.#hasTime()) return undefined;
    const usableMs = this.#limit.remainingMs() - LOGOUT_ONLY_MS;
    const limit = this.#limit.atMost(Math.min(withinMs, usableMs, CHECK_MS));
    const outcome = await sendWithoutRetry(this.#request, limit, this.#effects);
    const validity = outcome.kind === 'success' ? outcome.value : undefined;
    this.#said = validity ?? this.#said;
    return validity;
  }
}

/** The server URL was trusted when it was saved; the state may have been changed since. */
function requestFor(
  { userName, serverUrl }: OpenedSession,
  sessionId: string,
  trusted: TrustedHosts,
): ApiRequest<Validity> | undefined {
  const url = readServerUrl(serverUrl, trusted);
  return url.ok && userName !== '' ? validSessionIdRequest(url.value, userName, sessionId) : undefined;
}

/** Whether a response to a logout could mean something else than it says, in whatever language its text is. */
function isDoubtful(classification: Classification<true>, isDue: boolean): boolean {
  switch (classification.kind) {
    case 'success':
      return false;
    case 'session-gone':
      return isDue || classification.error?.code.toUpperCase() !== 'AUTH_01';
    case 'rejected':
      return [401, 403].includes(classification.statusCode);
    case 'inconclusive': {
      const { reason } = classification;
      if (reason.kind === 'network') return false;
      return Math.floor(reason.statusCode / 100) === 2 || [401, 403].includes(reason.statusCode);
    }
  }
}

/** "Already ended" about a session that is valid settles nothing. */
function contradicted({
  statusCode,
  error,
}: Extract<Classification<true>, { kind: 'session-gone' }>): Classification<true> {
  return {
    kind: 'inconclusive',
    reason: { kind: 'contradicted', statusCode, error },
    effect: 'none',
    credentialUse: 'possible',
    repeatLimit: { name: 'contradicted', times: 2 },
    retryAfter: undefined,
  };
}
