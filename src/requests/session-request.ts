import type { Checked } from '../inputs/checked.ts';
import type { TrustedHosts } from '../inputs/hosts.ts';
import type { InputName, InputValues } from '../inputs/values.ts';

/** One HTTP request, ready to be sent. It is always a POST. */
export interface HttpCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A validated request to end something: all that the exchange and the reports need to know of it,
 * whatever the mode. A new mode or API version is a file that makes one of these.
 */
export interface SessionRequest {
  readonly call: HttpCall;
  /**
   * What the request proves itself with. It decides what "not valid" means: a session id that is
   * not valid belongs to a session that is gone; a password that is not valid must not be sent
   * again, for accounts lock.
   */
  readonly credential: 'session-id' | 'password';
  /** Every secret in the call, as it is. */
  readonly secrets: readonly string[];
  /** What is ended, as the subject of a sentence. */
  readonly subject: string;
  /** The host that it goes to, for messages, and the input that named it. */
  readonly host: string;
  readonly urlInput: InputName;
}

/** What a mode is to the rest of the action. */
export interface Mode {
  /** The inputs that `read` needs beside the settings: all that the post step is handed. */
  readonly inputs: readonly InputName[];
  /** Checks the mode's inputs; on failure, every problem in them. */
  readonly read: (values: InputValues, trusted: TrustedHosts) => Checked<SessionRequest>;
}

/** The headers that the vendor's page shows for both requests. */
export const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;
