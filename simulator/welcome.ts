import type { Simulator } from './index.ts';

/** The text that tells users how to use a running simulator. */
export function welcome({ loginUrl, serverUrl, organizations, ...simulator }: Simulator): string {
  const [first] = organizations;
  const user = first?.users[0];
  const credentials = { username: user?.username, password: user?.password };
  const accounts = organizations.flatMap(({ name, orgId, orgUuid, users }) => [
    `  ${name} (organization ${orgId} or ${orgUuid})`,
    ...users.map(({ username, password }) => `    ${username} / ${password}`),
  ]);
  return `An Informatica Cloud for this machine. Ctrl+C ends it.

Login URL:  ${loginUrl}
Server URL: ${serverUrl}
Login host: ${new URL(loginUrl).host}

Accounts (user name / password):
${accounts.join('\n')}

Open a session in version 2; the response has its icSessionId:
  ${curl({ '@type': 'login', ...credentials })} ${loginUrl}/ma/api/v2/user/login
In version 3; the response has its userInfo.sessionId:
  ${curl(credentials)} ${loginUrl}/saas/public/core/v3/login
With a token:
  ${curl({ orgId: first?.orgUuid, oauthToken: '<JWT>' })} ${loginUrl}/ma/api/v2/user/loginOAuth
${provider(simulator, loginUrl, first)}

An access token for a session, for the catalog and other newer APIs; the response has its jwt_token:
  curl -X POST -H 'IDS-SESSION-ID: <session id>' -H 'Cookie: USER_SESSION=<session id>' \\
    '${loginUrl}/identity-service/api/v1/jwt/Token?client_id=idmc_api&nonce=1'

Inputs of the action that end a session:
  mode: logout
  server-url: ${serverUrl}
  session-id: <icSessionId>

Inputs of the action that end every session of the organization:
  mode: logoutall
  login-url: ${loginUrl}
  username: ${user?.username}
  password: ${user?.password}

Which sessions are open, and how many there were in all:
  curl ${loginUrl}/simulator/sessions
`;
}

function curl(body: object): string {
  return `curl -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
}

function provider(
  { providerOf }: Pick<Simulator, 'providerOf'>,
  loginUrl: string,
  organization: Simulator['organizations'][number] | undefined,
): string {
  if (organization === undefined) return '';
  const registered = providerOf(organization.name);
  if (registered === undefined)
    return '  No identity provider is registered: see --provider-issuer and --provider-keys.';
  const { issuer, keys, tokenClaim, matchType } = registered;
  const audience = `https://${new URL(loginUrl).host}/${organization.orgUuid}`;
  return `  ${organization.name} takes those of ${issuer} with the keys of ${keys},
  audience ${audience}, whose ${tokenClaim} is the ${matchType} of a user.`;
}
