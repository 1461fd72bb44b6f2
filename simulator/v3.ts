import { randomUUID } from 'node:crypto';
import { stableId } from './cloud.ts';
import {
  type Api,
  badRequest,
  deadSession,
  json,
  type Outcome,
  type Request,
  readCredentials,
  success,
  type World,
} from './messages.ts';

/** Version 3 of the API. The base API URL ends in /saas, so both ways to reach logout are one path. */
export const v3: Api = {
  endpoints: new Map([
    ['/saas/public/core/v3/login', login],
    ['/saas/public/core/v3/logout', logout],
  ]),
  error,
};

function login(request: Request, { cloud, settings, serverUrl, nowMs }: World): Outcome {
  const credentials = readCredentials(request, undefined);
  if (!credentials.ok) return badRequest(error, credentials.problem);
  const authentication = cloud.authenticate(...credentials.values);
  if (authentication.verdict !== 'accepted') {
    const { verdict, effect } = authentication;
    const message = verdict === 'locked' ? 'User account is locked.' : 'User name or password is not valid.';
    return { answer: error(settings.badCredentialsStatus, 'IDS_085', message), effect };
  }
  const { organization, user } = authentication;
  const session = cloud.newSession(user.username, 'v3', nowMs);
  const answer = json(200, {
    products: [{ name: 'Integration Cloud', baseApiUrl: serverUrl }],
    userInfo: {
      sessionId: session.sessionId,
      id: stableId(user.username),
      name: user.username,
      orgId: organization.orgUuid,
      orgName: organization.name,
      status: 'Active',
    },
  });
  return { answer, effect: { kind: 'session-opened', session } };
}

function logout(request: Request, { cloud, settings, nowMs }: World): Outcome {
  if (request.body !== '') return badRequest(error, 'A body is not wanted here.');
  const sessionId = request.headers['infa-session-id'];
  if (sessionId === undefined || sessionId === '')
    return badRequest(error, 'The header INFA-SESSION-ID is missing.');
  const { verdict, effect } = cloud.logout(sessionId, 'v3', nowMs);
  const answer =
    verdict === 'success' ? success(settings.logoutSuccess) : deadSession(settings.deadSession, error);
  return { answer, effect };
}

function error(status: number, code: string, message: string) {
  return json(status, { error: { code, message, requestId: randomUUID(), details: null } });
}
