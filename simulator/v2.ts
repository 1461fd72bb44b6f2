import { type Authentication, stableId } from './cloud.ts';
import {
  type Api,
  badRequest,
  deadSession,
  headerProblem,
  json,
  type Outcome,
  type Request,
  readCredentials,
  readPair,
  success,
  unchanged,
  type World,
} from './messages.ts';

type Refusal = Exclude<Authentication, { verdict: 'accepted' }>;

/** Version 2 of the API. Login and logoutall are reached at the login URL, the rest at the server URL. */
export const v2: Api = {
  endpoints: new Map([
    ['/ma/api/v2/user/login', login],
    ['/ma/api/v2/user/logoutall', logoutall],
    ['/saas/api/v2/user/logout', logout],
    ['/saas/api/v2/user/validSessionId', validSessionId],
  ]),
  error,
};

function login(request: Request, { cloud, settings, serverUrl, nowMs }: World): Outcome {
  const credentials = readCredentials(request, 'login');
  if (!credentials.ok) return badRequest(error, credentials.problem);
  const authentication = cloud.authenticate(...credentials.values);
  if (authentication.verdict !== 'accepted') return refusal(authentication, settings.badCredentialsStatus);
  const { organization, user } = authentication;
  const session = cloud.newSession(user.username, 'v2', nowMs);
  const answer = json(200, {
    '@type': 'user',
    id: stableId(user.username),
    name: user.username,
    orgId: organization.orgId,
    orgUuid: organization.orgUuid,
    serverUrl,
    icSessionId: session.sessionId,
  });
  return { answer, effect: { kind: 'session-opened', session } };
}

function logoutall(request: Request, { cloud, settings }: World): Outcome {
  const credentials = readCredentials(request, 'logout');
  if (!credentials.ok) return badRequest(error, credentials.problem);
  const authentication = cloud.authenticate(...credentials.values);
  if (authentication.verdict !== 'accepted') return refusal(authentication, settings.badCredentialsStatus);
  const { organization, user } = authentication;
  return {
    answer: success(settings.logoutallSuccess),
    effect: { kind: 'sessions-ended', organization: organization.name, username: user.username },
  };
}

function logout(request: Request, { cloud, settings, nowMs }: World): Outcome {
  const problem = headerProblem(request);
  if (problem !== undefined) return badRequest(error, problem);
  if (request.body !== '') return badRequest(error, 'A body is not wanted here.');
  const sessionId = request.headers['icsessionid'];
  if (sessionId === undefined || sessionId === '')
    return badRequest(error, 'The header icSessionId is missing.');
  const { verdict, effect } = cloud.logout(sessionId, 'v2', nowMs);
  const answer =
    verdict === 'success' ? success(settings.logoutSuccess) : deadSession(settings.deadSession, error);
  return { answer, effect };
}

/** A session id in the header, unlike one in the body, counts as a use of the session. */
function validSessionId(request: Request, { cloud, nowMs }: World): Outcome {
  const token = readPair(request, 'validatedToken', ['userName', 'icToken']);
  if (!token.ok) return badRequest(error, token.problem);
  const [username, sessionId] = token.values;
  const found = cloud.liveSession(sessionId, nowMs);
  const session = found?.username === username ? found : undefined;
  const answer = json(200, {
    '@type': 'validatedToken',
    timeUntilExpire: session === undefined ? 0 : cloud.minutesLeft(session, nowMs),
    isValidToken: session !== undefined,
  });
  const used = cloud.liveSession(request.headers['icsessionid'] ?? '', nowMs);
  return used === undefined
    ? unchanged(answer)
    : { answer, effect: { kind: 'session-used', sessionId: used.sessionId } };
}

function refusal({ verdict, effect }: Refusal, status: number): Outcome {
  const description =
    verdict === 'locked' ? 'User account is locked.' : 'User name or password is not valid.';
  return { answer: error(status, 'UI_10000', description), effect };
}

function error(status: number, code: string, description: string) {
  return json(status, { '@type': 'error', code, description, statusCode: status });
}
