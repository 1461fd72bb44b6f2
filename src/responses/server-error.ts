import type { ErrorObject } from './error-object.ts';
import { serverTexts, WITHHELD } from './server-text.ts';

/** An error object, fit to be shown. */
export interface ServerError {
  readonly code: string;
  readonly description: string;
  readonly requestId: string;
}

/** Makes an error object fit to be shown. */
export function shown({ code, description, requestId }: ErrorObject, secret: string): ServerError {
  const [shownCode = '', ...others] = serverTexts([code, description, requestId], secret) ?? ['', WITHHELD];
  return { code: shownCode, description: others[0] ?? '', requestId: others[1] ?? '' };
}
