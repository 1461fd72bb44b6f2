import { randomUUID } from 'node:crypto';
import type { Authentication } from './cloud.ts';
import { type ErrorShape, json, type Outcome } from './messages.ts';

export const errorV2: ErrorShape = (status, code, description) =>
  json(status, { '@type': 'error', code, description, statusCode: status });

export const errorV3: ErrorShape = (status, code, message) =>
  json(status, { error: { code, message, requestId: randomUUID(), details: null } });

/** The response to credentials that were not accepted, with the codes of the API version. */
export function refusal(
  { result, effect }: Exclude<Authentication, { result: 'accepted' }>,
  status: number,
  error: ErrorShape,
  codes: { readonly rejected: string; readonly locked: string },
): Outcome {
  const words = result === 'locked' ? 'User account is locked.' : 'User name or password is not valid.';
  return { response: error(status, codes[result], words), effect };
}
