import type { Session } from './cloud.ts';
import { errorV2 } from './errors.ts';
import {
  badRequest,
  deadSession,
  json,
  type Outcome,
  type Request,
  success,
  unchanged,
  type World,
} from './messages.ts';
import { headerProblem, readPair, refuseBody } from './reading.ts';

export function logout(request: Request, { cloud, settings, nowMs }: World): Outcome {
  const problem = headerProblem(request);
  if (problem !== undefined) return badRequest(errorV2, problem);
  if (request.body !== '') return badRequest(errorV2, 'A body is not wanted here.');
  const sessionId = request.headers['icsessionid'];
  if (sessionId === undefined || sessionId === '')
    return badRequest(errorV2, 'The header icSessionId is missing.');
  const { result, effect } = cloud.logout(sessionId, 'v2', nowMs);
  const response =
    result === 'success' ? success(settings.logoutSuccess) : deadSession(settings.deadSession, errorV2);
  return { response, effect };
}

/** A session id in the header counts as a use of the session. One in the body does not. */
export function validSessionId(request: Request, world: World): Outcome {
  const { cloud, settings, nowMs } = world;
  const token = readPair(request, 'validatedToken', ['userName', 'icToken']);
  if (!token.ok) return refuseBody(errorV2, token);
  const [username, sessionId] = token.values;
  if (username === '' || username.length > 255)
    return badRequest(errorV2, 'userName has 1 to 255 characters.');
  const said = validity(sessionId, world);
  if (said === 'error') return unchanged(deadSession(settings.deadSession, errorV2));
  const session = said?.username === username ? said : undefined;
  const response = json(200, {
    '@type': 'validatedToken',
    timeUntilExpire: session === undefined ? 0 : cloud.minutesLeft(session, nowMs),
    isValidToken: session !== undefined,
  });
  const used = cloud.liveSession(request.headers['icsessionid'] ?? '', nowMs);
  return used === undefined
    ? unchanged(response)
    : { response, effect: { kind: 'session-used', sessionId: used.sessionId } };
}

/** The session that validSessionId claims, which can differ from the ledger. */
function validity(sessionId: string, { cloud, settings, nowMs }: World): Session | undefined | 'error' {
  const loggedOut = cloud.loggedOutSession(sessionId, nowMs);
  if (loggedOut === undefined) return cloud.liveSession(sessionId, nowMs);
  switch (settings.validAfterLogout) {
    case 'truth':
      return cloud.liveSession(sessionId, nowMs);
    case 'says-dead':
      return undefined;
    case 'says-valid':
      return loggedOut;
    case 'error':
      return 'error';
  }
}
