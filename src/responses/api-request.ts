import type { Delivery, HttpRequest } from '../http.ts';
import type { InputName } from '../inputs/values.ts';
import type { Verdict } from './classify.ts';

/** One request to a server, checked: all that the exchange needs to know of it. `T` is what a good answer carries. */
export interface ApiRequest<T> {
  readonly http: HttpRequest;
  /** How often in a job it may be heard by a server, main and post together. */
  readonly mayBeHeard: number;
  /** The time of one attempt at the most. */
  readonly attemptTimeoutMs: number;
  /** What a delivery means. */
  readonly judge: (delivery: Delivery) => Verdict<T>;
}

/** A request whose outcome the user is told. */
export interface ReportedRequest<T> extends ApiRequest<T> {
  /** The input that named the host. */
  readonly urlInput: InputName;
  readonly wording: Wording;
}

/** The words of the reports. */
export interface Wording {
  /** What it is about, in a sentence: `the session`. */
  readonly subject: string;
  /** The first words of the line that tells each outcome. */
  readonly done: string;
  readonly gone: string;
  readonly refused: string;
  readonly unknown: string;
  /** What is worth looking at when credentials are refused. */
  readonly check: string;
}
