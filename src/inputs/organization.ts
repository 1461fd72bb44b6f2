import { type Checked, invalid, valid } from './checked.ts';
import { mistakenFor } from './mistaken.ts';

const ID_FORM = "give the 6 or 22 characters of the id, as the organization's page in Administrator shows it";

/** Reads `organization-id`; empty where none is given. */
export function readOrganizationId(given: string): Checked<string> {
  const id = given.trim();
  if (id === '') return valid('');
  const mistaken = mistakenFor(id);
  if (mistaken !== undefined) return invalid(`organization-id is ${mistaken}: ${ID_FORM}.`);
  return /^[A-Za-z0-9_-]{4,64}$/.test(id)
    ? valid(id)
    : invalid(`organization-id is not 4 to 64 letters, digits, _ and -: ${ID_FORM}.`);
}

/** Reads `audience`, the audience of GitHub's token; without one the vendor's form is taken, `https://<login host>/<organization>`. */
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
        `audience is ${mistaken}: give it as it is, or leave it out for https://<login host>/<organization-id>.`,
      );
}
