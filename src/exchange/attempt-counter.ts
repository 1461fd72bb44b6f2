import type { Unsettled } from '../responses/inconclusive.ts';
import type { GaveUp } from './outcome.ts';

/** How far an exchange has come, as a later step has to know it. */
export interface Progress {
  /** How often the credential may have been heard in the job. */
  readonly heard: number;
  /** How many attempts of this step may have worked without a word of it. */
  readonly perhapsDone: number;
}

/** Counts what was sent and what came back, and writes down what a later step has to know. */
export class Tally {
  heard: number;
  perhapsDone = 0;
  /** An answer was lost or unclear so that "gone" afterwards may be its doing. */
  perhapsByUs = false;
  readonly #mayBeHeard: number;
  readonly #record: (progress: Progress) => boolean;
  readonly #times = new Map<string, number>();

  /** `heard`: before this step. */
  constructor(mayBeHeard: number, heard: number, record: (progress: Progress) => boolean) {
    this.#mayBeHeard = mayBeHeard;
    this.heard = heard;
    this.#record = record;
  }

  get isHeardEnough(): boolean {
    return this.heard >= this.#mayBeHeard;
  }

  /** Counts an attempt that is about to be made; why it must not be made, if so. */
  begin(): GaveUp | undefined {
    return this.#set(this.heard + 1, this.perhapsDone + 1) ? undefined : 'not-recorded';
  }

  /** Counts what came back; why there is to be no further attempt, if so. */
  end({ heard, effect, atMost }: Unsettled): GaveUp | undefined {
    const wasHeard = { never: this.heard - 1, perhaps: this.heard, last: this.#mayBeHeard }[heard];
    const recorded = this.#set(wasHeard, this.perhapsDone - Number(effect === 'none'));
    this.perhapsByUs ||= effect === 'possible';
    if (this.isHeardEnough || (heard === 'last' && !recorded)) return 'heard-enough';
    return atMost !== undefined && this.#count(atMost.name) >= atMost.times ? 'same-again' : undefined;
  }

  #count(name: string): number {
    const times = (this.#times.get(name) ?? 0) + 1;
    this.#times.set(name, times);
    return times;
  }

  /** False if it could not be written down. What may be heard at will need not be. */
  #set(heard: number, perhapsDone: number): boolean {
    const counts = this.#mayBeHeard !== Number.POSITIVE_INFINITY;
    const changed = heard !== this.heard || perhapsDone !== this.perhapsDone;
    if (counts && changed && !this.#record({ heard, perhapsDone })) return false;
    if (counts) this.heard = heard;
    this.perhapsDone = perhapsDone;
    return true;
  }
}
