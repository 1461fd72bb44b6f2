import { errorV2 } from './errors.ts';
import { deadSession, json, type Outcome, type Request, unchanged, type World } from './messages.ts';

/** The Secure Agents of the organization. Pipelines use this read-only call to test a session. */
export function agents({ headers }: Request, { cloud, settings, nowMs }: World): Outcome {
  const session = cloud.liveSession(headers['icsessionid'] ?? '', nowMs);
  const organization = cloud.organizations.find(({ name }) => name === session?.organization);
  if (session === undefined || organization === undefined)
    return unchanged(deadSession(settings.deadSession, errorV2));
  const agent = {
    '@type': 'agent',
    id: `${organization.orgId}08000000000002`,
    orgId: organization.orgId,
    name: 'agent-1.example.com',
    description: '',
    createTime: '2025-11-03T08:15:00.000Z',
    updateTime: '2025-11-03T08:15:00.000Z',
    active: true,
    readyToRun: true,
    platform: 'linux64',
    agentHost: 'agent-1.example.com',
    agentVersion: '70.0',
  };
  return { response: json(200, [agent]), effect: { kind: 'session-used', sessionId: session.sessionId } };
}
