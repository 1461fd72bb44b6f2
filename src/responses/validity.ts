import { members } from './json.ts';

/** Whether a session is alive, as `validSessionId` says it. */
export type Validity = 'valid' | 'dead';

/** Reads the answer to `validSessionId`; undefined where it gives no clear answer. */
export function readValidity(json: unknown): Validity | undefined {
  const token = members(json);
  if (token?.['@type'] !== 'validatedToken') return undefined;
  switch (token['isValidToken']) {
    case true:
      return 'valid';
    case false:
      return 'dead';
    default:
      return undefined;
  }
}
