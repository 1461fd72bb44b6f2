import { newAccessToken } from './access-tokens.ts';
import { errorV3 } from './errors.ts';
import {
  type Api,
  atOnce,
  badRequest,
  deadSession,
  json,
  type Outcome,
  type Request,
  resource,
  unchanged,
  type World,
} from './messages.ts';
import { queryOf } from './reading.ts';

/** The identity service at the login URL makes a bearer token from a session. Some public clients use GET. */
export const identityService: Api = {
  routes: [
    resource(
      '/identity-service/api/v1/jwt/Token',
      { POST: atOnce(grantToken), GET: atOnce(grantToken) },
      'with-query',
    ),
  ],
  error: errorV3,
};

function grantToken(request: Request, { cloud, settings, nowMs }: World): Outcome {
  const query = queryOf(request);
  if (query.get('client_id') !== 'idmc_api') return badRequest(errorV3, 'client_id must be idmc_api.');
  if (!query.get('nonce')) return badRequest(errorV3, 'nonce is missing.');
  if (request.body !== '') return badRequest(errorV3, 'A body is not wanted here.');
  const sessionId = request.headers['ids-session-id'];
  const cookie = cookieOf(request, 'USER_SESSION');
  if (!sessionId || !cookie)
    return badRequest(errorV3, 'The header IDS-SESSION-ID and the cookie USER_SESSION must be there.');
  const session = cookie === sessionId ? cloud.liveSession(sessionId, nowMs) : undefined;
  const organization = cloud.organizations.find(({ name }) => name === session?.organization);
  if (session === undefined || organization === undefined)
    return unchanged(deadSession(settings.deadSession, errorV3));
  const accessToken = newAccessToken(session, organization, nowMs);
  return {
    response: json(200, { jwt_token: accessToken.token }),
    effect: { kind: 'access-token-granted', accessToken },
  };
}

function cookieOf({ headers }: Request, name: string): string | undefined {
  const pairs = (headers['cookie'] ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
