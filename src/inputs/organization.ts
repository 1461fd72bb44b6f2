import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';

const ID_FORM = "give the ID (6 or 22 characters) from the organization's page in Administrator";
/** The forms of IDs seen so far. */
const SHAPE = /^([A-Za-z0-9]{6}|[A-Za-z0-9]{22})$/;
/** How GitHub prints a number: it reads `000001`, `0x12AB` or `12E456` without quotes as one. */
const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|infinity)$/i;

/** Reads `organization-id`; empty if none is given. */
export function readOrganizationId(given: string): Checked<string> {
  const id = given.trim();
  if (id === '') return valid('');
  const mistaken = mistakenFor(id);
  if (mistaken !== undefined) return invalid(`organization-id is ${mistaken}: ${ID_FORM}.`);
  if (NUMBER.test(id) && !SHAPE.test(id)) {
    return invalid(
      'organization-id is a number, not an ID: GitHub changes an ID that looks like a number, so put it in quotes. ' +
        'An ID has 6 or 22 characters.',
    );
  }
  return /^[A-Za-z0-9_-]{4,64}$/.test(id)
    ? valid(id)
    : invalid(
        `organization-id is too short or too long, or has characters other than letters, digits, _ and -: ${ID_FORM}.`,
      );
}

/** Reads `audience`, the audience of GitHub's token; the default is the vendor's form, `https://<login host>/<organization>`. */
export function readAudience(
  given: string,
  loginUrl: URL | undefined,
  organizationId: string,
): Checked<string> {
  const audience = given.trim();
  if (audience === '') return valid(`https://${loginUrl?.host}/${organizationId}`);
  const mistaken = mistakenFor(audience);
  return mistaken === undefined
    ? valid(audience)
    : invalid(
        `audience is ${mistaken}: give the audience itself, or leave it out to use https://<login host>/<organization-id>.`,
      );
}
