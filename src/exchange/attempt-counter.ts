import type { Inconclusive } from '../responses/classification.ts';

/** What a later step has to know of the attempts so far. */
export interface AttemptCounts {
  /** How often the server may have checked the credential in the job. */
  readonly credentialUses: number;
  /** How many attempts of this step may have worked although no response said so. */
  readonly possibleSuccesses: number;
}

/** Counts attempts and what came of them, and saves the counts that a later step has to know. */
export class AttemptCounter {
  credentialUses: number;
  possibleSuccesses = 0;
  /** A response was lost or inconclusive, so if the session is gone now, that attempt may have ended it. */
  possiblyByUs = false;
  readonly #maxCredentialUses: number;
  readonly #saveCounts: (counts: AttemptCounts) => boolean;
  readonly #times = new Map<string, number>();

  /** `credentialUses`: those before this step. */
  constructor(
    maxCredentialUses: number,
    credentialUses: number,
    saveCounts: (counts: AttemptCounts) => boolean,
  ) {
    this.#maxCredentialUses = maxCredentialUses;
    this.credentialUses = credentialUses;
    this.#saveCounts = saveCounts;
  }

  get isCredentialUsedUp(): boolean {
    return this.credentialUses >= this.#maxCredentialUses;
  }

  /** Counts an attempt that is about to be made. False if that could not be saved: then it must not be made. */
  begin(): boolean {
    return this.#set(this.credentialUses + 1, this.possibleSuccesses + 1);
  }

  /** Counts an inconclusive result; returns why there must be no further attempt, if so. */
  end({
    credentialUse,
    effect,
    repeatLimit,
  }: Inconclusive): 'credential-used-up' | 'same-response' | undefined {
    const credentialUses = {
      none: this.credentialUses - 1,
      possible: this.credentialUses,
      final: this.#maxCredentialUses,
    }[credentialUse];
    const saved = this.#set(credentialUses, this.possibleSuccesses - Number(effect === 'none'));
    this.possiblyByUs ||= effect === 'possible';
    if (this.isCredentialUsedUp || (credentialUse === 'final' && !saved)) return 'credential-used-up';
    return repeatLimit !== undefined && this.#count(repeatLimit.name) >= repeatLimit.times
      ? 'same-response'
      : undefined;
  }

  #count(name: string): number {
    const times = (this.#times.get(name) ?? 0) + 1;
    this.#times.set(name, times);
    return times;
  }

  /** False if the counts could not be saved. Those of a request without a limit need not be. */
  #set(credentialUses: number, possibleSuccesses: number): boolean {
    const isLimited = this.#maxCredentialUses !== Number.POSITIVE_INFINITY;
    const changed = credentialUses !== this.credentialUses || possibleSuccesses !== this.possibleSuccesses;
    if (isLimited && changed && !this.#saveCounts({ credentialUses, possibleSuccesses })) return false;
    if (isLimited) this.credentialUses = credentialUses;
    this.possibleSuccesses = possibleSuccesses;
    return true;
  }
}
