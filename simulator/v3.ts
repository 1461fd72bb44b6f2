import { errorV3, refusal } from './errors.ts';
import {
  type Api,
  atOnce,
  badRequest,
  deadSession,
  json,
  type Outcome,
  post,
  type Request,
  success,
  type World,
} from './messages.ts';
import { uidOf } from './organizations.ts';
import { readCredentials, refuseBody } from './reading.ts';
import { identityProviders } from './v3-providers.ts';
import { sourceControl } from './v3-source-control.ts';

/** Version 3 of the API. The base API URL ends in /saas, so the logout has the same path on both hosts. */
export const v3: Api = {
  routes: [
    post('/saas/public/core/v3/login', atOnce(login)),
    post('/saas/public/core/v3/logout', atOnce(logout)),
    ...identityProviders,
    ...sourceControl,
  ],
  error: errorV3,
};

function login(request: Request, { cloud, settings, serverUrl, nowMs }: World): Outcome {
  const given = readCredentials(request, undefined);
  if (!given.ok) return refuseBody(errorV3, given);
  const authentication = cloud.authenticate(...given.values);
  if (authentication.result !== 'accepted') {
    const codes = { rejected: 'IDS_085', locked: 'IDS_086' };
    return refusal(authentication, settings.badCredentialsStatus, errorV3, codes);
  }
  const { organization, user, credentials } = authentication;
  const session = cloud.newSession(user.username, 'v3', nowMs);
  const response = json(200, {
    products: settings.products(serverUrl),
    userInfo: {
      sessionId: session.sessionId,
      id: uidOf(user),
      name: user.username,
      parentOrgId: organization.orgUuid,
      orgId: organization.orgUuid,
      orgName: organization.name,
      groups: null,
      status: 'Active',
    },
  });
  return { response, effect: { kind: 'session-opened', session, credentials } };
}

function logout(request: Request, { cloud, settings, nowMs }: World): Outcome {
  if (request.body !== '') return badRequest(errorV3, 'A body is not wanted here.');
  const sessionId = request.headers['infa-session-id'];
  if (sessionId === undefined || sessionId === '')
    return badRequest(errorV3, 'The header INFA-SESSION-ID is missing.');
  const { result, effect } = cloud.logout(sessionId, 'v3', nowMs);
  const response =
    result === 'success' ? success(settings.logoutSuccess) : deadSession(settings.deadSession, errorV3);
  return { response, effect };
}
