import type { Session } from './cloud.ts';
import { errorV3 } from './errors.ts';
import {
  badRequest,
  type Endpoint,
  type HttpResponse,
  json,
  type Outcome,
  type Request,
  type Route,
  resource,
  unchanged,
  type World,
} from './messages.ts';
import type { Organization } from './organizations.ts';
import { complete, type IdentityProvider, newRegistration, type Registration } from './providers.ts';
import { readProvider, registrationBody } from './registration-body.ts';
import { inSession } from './v3-session.ts';

/** The resource "Identity providers": POST and GET for the organization; GET, PUT and DELETE for a registered one. */
export const identityProviders: readonly Route[] = [
  resource('/saas/public/core/v3/Orgs/[^/]+/IdentityProviders', {
    POST: inOrganization(create),
    GET: inOrganization(list),
  }),
  resource('/saas/public/core/v3/Orgs/[^/]+/IdentityProviders/[^/]+', {
    GET: inOrganization(ofRegistered(show)),
    PUT: inOrganization(ofRegistered(update)),
    DELETE: inOrganization(ofRegistered(remove)),
  }),
];

/** The user of the request, whose session belongs to the organization in the path. */
interface Caller {
  readonly session: Session;
  readonly organization: Organization;
}

type Handler = (request: Request, caller: Caller, world: World) => Outcome;

function inOrganization(handler: Handler): Endpoint {
  return inSession((request, session, world) => {
    const orgId = request.path.split('/')[6];
    const organization = world.cloud.organizations.find(({ orgUuid }) => orgUuid === orgId);
    if (organization?.name !== session.organization)
      return unchanged(errorV3(403, 'AUTH_403', 'The user has no right to do this in the organization.'));
    return handler(request, { session, organization }, world);
  });
}

function create(request: Request, { session, organization }: Caller, { cloud, nowMs }: World): Outcome {
  if (cloud.registrationOf(organization.name) !== undefined)
    return badRequest(errorV3, 'The organization has a registered identity provider already.');
  return set(request, organization, (provider) => newRegistration(provider, session.username, nowMs));
}

function list(_request: Request, { organization }: Caller, { cloud }: World): Outcome {
  const registration = cloud.registrationOf(organization.name);
  return unchanged(
    json(200, registration === undefined ? [] : [registrationBody(registration, organization)]),
  );
}

function ofRegistered(
  handler: (
    request: Request,
    registration: Registration,
    organization: Organization,
    nowMs: number,
  ) => Outcome,
): Handler {
  return (request, { organization }, { cloud, nowMs }) => {
    const registration = cloud.registrationOf(organization.name);
    return registration === undefined || registration.id !== request.path.split('/')[8]
      ? unchanged(errorV3(404, 'SIM_NOT_FOUND', 'There is no such identity provider.'))
      : handler(request, registration, organization, nowMs);
  };
}

function show(_request: Request, registration: Registration, organization: Organization): Outcome {
  return unchanged(json(200, registrationBody(registration, organization)));
}

function update(request: Request, known: Registration, organization: Organization, nowMs: number): Outcome {
  return set(request, organization, (provider) => ({
    ...known,
    provider: complete(provider),
    updatedAtMs: nowMs,
  }));
}

function remove(_request: Request, _known: Registration, { name }: Organization): Outcome {
  const response: HttpResponse = { status: 200, headers: [], body: '' };
  return { response, effect: { kind: 'provider-removed', organization: name } };
}

function set(
  request: Request,
  organization: Organization,
  registered: (provider: IdentityProvider) => Registration,
): Outcome {
  const reading = readProvider(request);
  if (!reading.ok) return badRequest(errorV3, reading.problem);
  const registration = registered(reading.provider);
  return {
    response: json(200, registrationBody(registration, organization)),
    effect: { kind: 'provider-set', organization: organization.name, registration },
  };
}
