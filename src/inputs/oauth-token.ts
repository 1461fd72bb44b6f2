import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';

const FORM = "give the unchanged JWT of the organization's identity provider";

/** Reads `oauth-token`. What was given is never repeated in a problem: it may be a secret. */
export function readOAuthToken(given: string): Checked<string> {
  const token = given.trim();
  if (isJwt(token)) return valid(token);
  const mistaken = mistakenFor(token);
  return invalid(
    mistaken === undefined
      ? `oauth-token is not a JWT (three parts, separated by dots): ${FORM}.`
      : `oauth-token is ${mistaken}: ${FORM}.`,
  );
}

/** The three parts of a signed JWT, of which none is so short as those of a version or of an address. */
const JWT = /(?<![\w-])[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}=*/g;

/** Whether a text is a signed JWT, by its shape: just what would be masked. */
export function isJwt(text: string): boolean {
  return text.match(JWT)?.[0] === text;
}

/** The tokens to mask in an `oauth-token`, also behind a header's name. Other text is not masked. */
export function tokensIn(given: string): readonly string[] {
  return given.match(JWT) ?? [];
}
