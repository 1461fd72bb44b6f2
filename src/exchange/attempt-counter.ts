import type { Inconclusive } from '../responses/inconclusive.ts';
import type { GaveUp } from './outcome.ts';

/** How far an exchange has come, as a later step has to know it. */
export interface AttemptCounts {
  /** How often the credential may have been used in the job. */
  readonly credentialUses: number;
  /** How many attempts of this step may have worked without a word of it. */
  readonly possibleSuccesses: number;
}

/** Counts what was sent and what came back, and writes down what a later step has to know. */
export class AttemptCounter {
  credentialUses: number;
  possibleSuccesses = 0;
  /** An answer was lost or unclear so that "gone" afterwards may be its doing. */
  possiblyByUs = false;
  readonly #maxCredentialUses: number;
  readonly #saveCounts: (progress: AttemptCounts) => boolean;
  readonly #times = new Map<string, number>();

  /** `credentialUses`: before this step. */
  constructor(
    maxCredentialUses: number,
    credentialUses: number,
    record: (progress: AttemptCounts) => boolean,
  ) {
    this.#maxCredentialUses = maxCredentialUses;
    this.credentialUses = credentialUses;
    this.#saveCounts = record;
  }

  get isCredentialUsedUp(): boolean {
    return this.credentialUses >= this.#maxCredentialUses;
  }

  /** Counts an attempt that is about to be made; why it must not be made, if so. */
  begin(): GaveUp | undefined {
    return this.#set(this.credentialUses + 1, this.possibleSuccesses + 1) ? undefined : 'not-saved';
  }

  /** Counts what came back; why there is to be no further attempt, if so. */
  end({ credentialUse, effect, repeatLimit }: Inconclusive): GaveUp | undefined {
    const wasHeard = {
      none: this.credentialUses - 1,
      possible: this.credentialUses,
      final: this.#maxCredentialUses,
    }[credentialUse];
    const recorded = this.#set(wasHeard, this.possibleSuccesses - Number(effect === 'none'));
    this.possiblyByUs ||= effect === 'possible';
    if (this.isCredentialUsedUp || (credentialUse === 'final' && !recorded)) return 'credential-used-up';
    return repeatLimit !== undefined && this.#count(repeatLimit.name) >= repeatLimit.times
      ? 'same-response'
      : undefined;
  }

  #count(name: string): number {
    const times = (this.#times.get(name) ?? 0) + 1;
    this.#times.set(name, times);
    return times;
  }

  /** False if it could not be written down. What may be used at will need not be. */
  #set(credentialUses: number, possibleSuccesses: number): boolean {
    const counts = this.#maxCredentialUses !== Number.POSITIVE_INFINITY;
    const changed = credentialUses !== this.credentialUses || possibleSuccesses !== this.possibleSuccesses;
    if (counts && changed && !this.#saveCounts({ credentialUses, possibleSuccesses })) return false;
    if (counts) this.credentialUses = credentialUses;
    this.possibleSuccesses = possibleSuccesses;
    return true;
  }
}
