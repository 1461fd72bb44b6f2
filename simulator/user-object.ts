import type { Authentication } from './cloud.ts';
import { json, type Outcome, type World } from './messages.ts';
import { type User, uidOf } from './organizations.ts';
import { stableId } from './stable-id.ts';

type Accepted = Extract<Authentication, { result: 'accepted' }>;

/** The response and the effect of a version 2 login, with a password or a token. */
export function openingV2(
  { organization, user, credentials }: Omit<Accepted, 'result'>,
  { cloud, serverUrl, nowMs }: World,
): Outcome {
  const session = cloud.newSession(user.username, 'v2', nowMs);
  const [securityAnswer, password] = privateTexts(user);
  const response = json(200, {
    '@type': 'user',
    id: uidOf(user),
    orgId: organization.orgId,
    orgUuid: organization.orgUuid,
    name: user.username,
    description: '',
    createTime: '2025-11-03T08:15:00.000Z',
    updateTime: '2025-11-03T08:15:00.000Z',
    createdBy: user.username,
    updatedBy: user.username,
    sfUsername: null,
    firstName: 'Pipeline',
    lastName: 'User',
    title: '',
    phone: '1111111111',
    password,
    securityQuestion: 'CITY_OF_BIRTH',
    securityAnswer,
    roles: [{ '@type': 'role', name: 'Designer', description: 'Develops assets and runs them' }],
    emails: user.username,
    timezone: 'Europe/Dublin',
    spiUrl: serverUrl.replace(/\/saas$/, '/spi'),
    serverUrl,
    forceChangePassword: false,
    maxLoginAttempts: 10,
    icSessionId: session.sessionId,
    uuId: stableId(`uuid of ${user.username}`),
  });
  return { response, effect: { kind: 'session-opened', session, credentials } };
}

/** The values in a user object that must never be shown: the security answer and the obfuscated password. */
export function privateTexts({ username }: Pick<User, 'username'>): readonly [string, string] {
  return [`answer-${stableId(`answer of ${username}`)}`, `obfuscated-${stableId(`password of ${username}`)}`];
}
