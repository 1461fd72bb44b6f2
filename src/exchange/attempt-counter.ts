import type { Inconclusive } from '../responses/classification.ts';
import type { CredentialTiming } from './retry-timing.ts';

/** What a later step needs to know about the attempts so far. */
export interface AttemptCounts {
  /** How often the server may have checked the credential in the job. */
  readonly credentialUses: number;
  /** How many requests with the credential were sent in the job. */
  readonly credentialRequests: number;
  /** How many attempts of this step may have worked although no response said so. */
  readonly possibleSuccesses: number;
}

/** How often a credential may be sent. Without a credential nothing is limited. */
export interface CredentialLimits {
  /** How often the server may check it in the job; infinite for what is no credential. */
  readonly maxUses: number;
  /** How many requests may carry it in the job by the end of this step. */
  readonly maxRequests: number;
}

/** Why the credential must not be sent again. */
export type UsedUp = 'credential-used-up' | 'request-limit';

/** Counts attempts and what came of them, and saves the counts that a later step has to know. */
export class AttemptCounter {
  credentialUses: number;
  credentialRequests: number;
  possibleSuccesses = 0;
  /** A response was lost or inconclusive, so if the session is gone now, that attempt may have ended it. */
  possiblyByUs = false;
  /** An attempt may have reached the server. */
  wasSent = false;
  readonly #limits: CredentialLimits;
  readonly #saveCounts: (counts: AttemptCounts) => boolean;
  readonly #repeats = new Map<string, number>();
  #notNows = 0;
  #checks = 0;

  /** `before`: the counts of the job before this step. */
  constructor(
    limits: CredentialLimits,
    before: Omit<AttemptCounts, 'possibleSuccesses'>,
    saveCounts: (counts: AttemptCounts) => boolean,
  ) {
    this.#limits = limits;
    this.credentialUses = before.credentialUses;
    this.credentialRequests = before.credentialRequests;
    this.#saveCounts = saveCounts;
  }

  /** Whether the request carries a credential that locks an account if it is sent too often. */
  get isLimited(): boolean {
    return this.#limits.maxUses !== Number.POSITIVE_INFINITY;
  }

  /** Why the credential must not be sent again, if so. */
  get usedUp(): UsedUp | undefined {
    if (this.credentialUses >= this.#limits.maxUses) return 'credential-used-up';
    return this.isLimited && this.credentialRequests >= this.#limits.maxRequests
      ? 'request-limit'
      : undefined;
  }

  /** Counts an attempt that is about to be made. False if that could not be saved: then it must not be made. */
  begin(): boolean {
    return this.#set({
      credentialUses: this.credentialUses + 1,
      credentialRequests: this.credentialRequests + 1,
      possibleSuccesses: this.possibleSuccesses + 1,
    });
  }

  /** Counts an inconclusive result; returns why there must be no further attempt, if so. */
  end(inconclusive: Inconclusive): UsedUp | 'same-response' | undefined {
    const { credentialUse, effect, repeatLimit } = inconclusive;
    const credentialUses = {
      none: this.credentialUses - 1,
      possible: this.credentialUses,
      final: this.#limits.maxUses,
    }[credentialUse];
    const saved = this.#set({
      credentialUses,
      credentialRequests: this.credentialRequests - Number(wasNotSent(inconclusive)),
      possibleSuccesses: this.possibleSuccesses - Number(effect === 'none'),
    });
    this.possiblyByUs ||= effect === 'possible';
    this.wasSent ||= !wasNotSent(inconclusive);
    if (credentialUse === 'final' && !saved) return 'credential-used-up';
    const reached = repeatLimit !== undefined && this.#repeat(repeatLimit.name) >= repeatLimit.times;
    return this.usedUp ?? (reached ? 'same-response' : undefined);
  }

  /** Whether no host has the name. One that an earlier attempt may have reached exists, whatever the name server says now. */
  isUnknownHost({ reason }: Inconclusive): boolean {
    return !this.wasSent && reason.kind === 'network' && reason.failure.kind === 'name-not-found';
  }

  /** What became of the last attempt, for the timing of the next one. */
  last(inconclusive: Inconclusive): CredentialTiming['last'] {
    if (wasNotSent(inconclusive)) return { kind: 'not-sent' };
    if (inconclusive.credentialUse === 'none') {
      this.#notNows += 1;
      return { kind: 'not-now', times: this.#notNows };
    }
    this.#checks += 1;
    return { kind: 'possibly-checked', times: this.#checks };
  }

  #repeat(name: string): number {
    const times = (this.#repeats.get(name) ?? 0) + 1;
    this.#repeats.set(name, times);
    return times;
  }

  /** False if the counts could not be saved. A request without a limit has none to save. */
  #set(counts: AttemptCounts): boolean {
    if (!this.isLimited) {
      this.possibleSuccesses = counts.possibleSuccesses;
      return true;
    }
    const { credentialUses, credentialRequests, possibleSuccesses } = counts;
    const isSame =
      credentialUses === this.credentialUses &&
      credentialRequests === this.credentialRequests &&
      possibleSuccesses === this.possibleSuccesses;
    if (!isSame && !this.#saveCounts(counts)) return false;
    this.credentialUses = credentialUses;
    this.credentialRequests = credentialRequests;
    this.possibleSuccesses = possibleSuccesses;
    return true;
  }
}

function wasNotSent({ reason, credentialUse }: Inconclusive): boolean {
  return reason.kind === 'network' && credentialUse === 'none';
}
