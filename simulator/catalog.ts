import { errorV3 } from './errors.ts';
import {
  type Api,
  atOnce,
  badRequest,
  json,
  type Outcome,
  type Request,
  resource,
  unchanged,
  type World,
} from './messages.ts';
import { headerProblem, parseObject, queryOf } from './reading.ts';
import { stableId } from './stable-id.ts';

/** The search of the data catalog, which requires a bearer token. The vendor serves it on another host. */
export const catalog: Api = {
  routes: [resource('/data360/search/v1/assets', { POST: atOnce(search) }, 'with-query')],
  error: errorV3,
};

const assets = [
  { name: 'Customer', type: 'com.infa.ccgf.models.governance.BusinessTerm' },
  { name: 'Order', type: 'com.infa.ccgf.models.governance.BusinessTerm' },
  { name: 'CUSTOMERS', type: 'com.infa.odin.models.relational.Table' },
];

function search(request: Request, { cloud, nowMs }: World): Outcome {
  const accessToken = cloud.liveAccessToken(bearerOf(request), nowMs);
  if (accessToken === undefined)
    return unchanged(errorV3(401, 'SIM_UNAUTHORIZED', 'The access token is not valid or has expired.'));
  const organization = cloud.organizations.find(
    ({ orgUuid }) => orgUuid === request.headers['x-infa-org-id'],
  );
  if (organization?.name !== accessToken.organization)
    return unchanged(errorV3(403, 'SIM_FORBIDDEN', 'X-INFA-ORG-ID is not the organization of the token.'));
  const query = queryOf(request);
  if (!query.get('knowledgeQuery') || !query.get('segments'))
    return badRequest(errorV3, 'knowledgeQuery and segments must be there.');
  // The filter in the body is optional and is not applied.
  const problem = request.body === '' ? undefined : headerProblem(request);
  if (problem !== undefined) return badRequest(errorV3, problem);
  if (request.body !== '' && parseObject(request.body) === undefined)
    return badRequest(errorV3, 'The body must be a JSON object.');
  const hits = assets.map(({ name, type }) => {
    const identity = stableId(`${name} of ${accessToken.organization}`);
    return {
      'core.identity': identity,
      'core.externalId': `SIM-${identity}`,
      summary: { 'core.name': name },
      systemAttributes: { 'core.classType': type },
    };
  });
  return unchanged(json(200, { summary: { total_hits: hits.length }, hits }));
}

function bearerOf({ headers }: Request): string {
  const [scheme = '', token = ''] = (headers['authorization'] ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' ? token : '';
}
