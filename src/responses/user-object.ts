import type { TrustedHosts } from '../inputs/hosts.ts';
import { isSessionId } from '../inputs/session-id.ts';
import { readServerUrl } from '../inputs/urls.ts';
import { members } from './json.ts';

/** A session that a login has opened, as its answer describes it. */
export interface Session {
  readonly sessionId: string;
  readonly serverUrl: URL;
  /** The ids of the organization that the answer names, the one of 22 characters first. */
  readonly organizationIds: readonly string[];
  /** Whose it is; empty where the answer does not say. */
  readonly userName: string;
}

/** What a good answer to a login holds: a session was opened, even if something about it is not as it must be. */
export type LoginResponse =
  | { readonly kind: 'session'; readonly session: Session }
  /** `sessionId` is undefined where what stands in its place is no id by shape. `field` is what was wrong. */
  | { readonly kind: 'flawed'; readonly sessionId: string | undefined; readonly field: string };

/** Reads the user object of version 2; undefined where nothing stands in the place of a session id. */
export function readUserObject(json: unknown, trusted: TrustedHosts): LoginResponse | undefined {
  const user = members(json);
  if (user === undefined || !isText(user['icSessionId'])) return undefined;
  return loginResponse({
    id: [user['icSessionId'], 'icSessionId'],
    url: [user['serverUrl'], 'serverUrl'],
    organizationIds: [user['orgUuid'], user['orgId']],
    userName: user['name'],
    trusted,
  });
}

/** Reads the answer to a login of version 3; undefined where nothing stands in the place of a session id. */
export function readUserInfo(json: unknown, trusted: TrustedHosts): LoginResponse | undefined {
  const answer = members(json);
  const user = members(answer?.['userInfo']);
  if (answer === undefined || user === undefined || !isText(user['sessionId'])) return undefined;
  return loginResponse({
    id: [user['sessionId'], 'userInfo.sessionId'],
    url: [baseApiUrl(answer['products'], trusted), 'baseApiUrl'],
    organizationIds: [user['orgId']],
    userName: user['name'],
    trusted,
  });
}

interface Fields {
  readonly id: readonly [value: string, name: string];
  readonly url: readonly [value: unknown, name: string];
  readonly organizationIds: readonly unknown[];
  readonly userName: unknown;
  readonly trusted: TrustedHosts;
}

function loginResponse({ id, url, organizationIds, userName, trusted }: Fields): LoginResponse {
  const sessionId = id[0].trim();
  if (!isSessionId(sessionId)) return { kind: 'flawed', sessionId: undefined, field: id[1] };
  const serverUrl = isText(url[0]) ? readServerUrl(url[0], trusted) : undefined;
  if (serverUrl === undefined || !serverUrl.ok) return { kind: 'flawed', sessionId, field: url[1] };
  return {
    kind: 'session',
    session: {
      sessionId,
      serverUrl: serverUrl.value,
      organizationIds: organizationIds.filter(isOrganizationId),
      userName: isText(userName) ? userName : '',
    },
  };
}

/** That of the product "Integration Cloud"; only where none is named so, of the first whose URL is good. */
function baseApiUrl(products: unknown, trusted: TrustedHosts): unknown {
  const all = Array.isArray(products) ? products.map((product) => members(product) ?? {}) : [];
  const named = all.find(({ name }) => name === 'Integration Cloud');
  const urls = all.map((product) => product['baseApiUrl']);
  return named === undefined
    ? urls.find((url) => isText(url) && readServerUrl(url, trusted).ok)
    : named['baseApiUrl'];
}

function isOrganizationId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{4,64}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
