import type { Send } from '../http.ts';
import type { Clock } from './clock.ts';

/** The world as the exchange sees it. */
export interface Effects {
  readonly send: Send;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Aborts when the runner cancels the step. */
  readonly cancelled: AbortSignal;
}
