import type { Credentials } from './credentials.ts';
import { errorV2 } from './errors.ts';
import type { Decision, Outcome, Request, World } from './messages.ts';
import { type Organization, type User, uidOf } from './organizations.ts';
import type { IdentityProvider } from './providers.ts';
import { readLogin, refuseBody } from './reading.ts';
import type { Settings } from './settings.ts';
import { checkToken, organizationIds, unverifiedId } from './token-check.ts';
import { openingV2 } from './user-object.ts';

/** A login with a token of the organization's identity provider. */
export async function loginOAuth(request: Request, { cloud, settings, ...world }: World): Promise<Decision> {
  const body = readLogin(request, undefined, ['orgId', 'oauthToken']);
  if (!body.ok) return () => refuseBody(errorV2, body);
  const [orgId, token] = body.values;
  const ids = settings.tokenOrganizationIds;
  const organization = cloud.organizations.find((each) => organizationIds(each, ids).includes(orgId));
  const credentials = tokenCredentials(token, organization);
  const refuse = refusing(credentials, settings);
  if (organization === undefined) return refuse('The organization is not valid.');
  const provider = cloud.registrationOf(organization.name)?.provider;
  if (provider === undefined) return refuse('No identity provider is registered for the organization.');
  const check = await checkToken(token, { provider, organization, ids, ...world });
  if (!check.good) return refuse(check.problem);
  const user = organization.users.find((each) => nameOf(each, provider.matchType) === check.claim);
  if (user === undefined)
    return refuse(`No user matches the claim ${provider.tokenClaim} of the JWT access token.`);
  // Checked last and synchronously, so that two requests with one token cannot both find it unused.
  return (now) =>
    cloud.credentials.isUsed(organization.name, check.id)
      ? refuse('The JWT access token has been used already.')()
      : openingV2({ organization, user, credentials }, now);
}

function tokenCredentials(token: string, organization: Organization | undefined): Credentials {
  return { kind: 'token', organization: organization?.name ?? '', token, id: unverifiedId(token) };
}

function nameOf(user: User, matchType: IdentityProvider['matchType']): string | undefined {
  return matchType === 'uid' ? uidOf(user) : user.aliasName;
}

function refusing(
  credentials: Credentials,
  { badCredentialsStatus }: Settings,
): (description: string) => () => Outcome {
  return (description) => () => ({
    response: errorV2(badCredentialsStatus, 'UI_10000', description),
    effect: { kind: 'login-failed', credentials },
  });
}
