import type { TrustedHosts } from '../inputs/hosts.ts';
import { isSessionId } from '../inputs/session-id.ts';
import { readServerUrl } from '../inputs/urls.ts';
import type { LoginContext } from './api-request.ts';
import { members } from './json.ts';
import { type ServerError, safeServerError } from './server-text.ts';
import { isWithin } from './status.ts';

/** The longest name that is kept. The state has to fit into the environment of the post step. */
const MAX_NAME = 255;

/** A session that a login has opened, as its response describes it. */
export interface Session {
  readonly sessionId: string;
  readonly serverUrl: URL;
  /** The ids of the organization that the response names, the one of 22 characters first. */
  readonly organizationIds: readonly string[];
  /** Empty if the response has none. */
  readonly organizationName: string;
  /** Empty if the response has none. */
  readonly userName: string;
}

/** A session in a response that is flawed. */
export interface FoundSession extends Omit<Session, 'serverUrl'> {
  /** Undefined if the response has none that can be used. */
  readonly serverUrl: URL | undefined;
}

/** What the response to a login says if it opened a session, even if something in the response is wrong. */
export type LoginResponse =
  | { readonly kind: 'session'; readonly session: Session }
  /** The session is open and must be ended at once. */
  | {
      readonly kind: 'flawed';
      /** Undefined if the response has no valid session id: then nobody can end the session. */
      readonly session: FoundSession | undefined;
      readonly flaw: ResponseFlaw;
    };

/** What is wrong with the response that a session came in. */
export type ResponseFlaw =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'status'; readonly statusCode: number }
  | { readonly kind: 'error-object'; readonly statusCode: number; readonly error: ServerError };

/** Reads the session in the response to a login. `version` is the login's. */
export type ReadLogin = (
  json: unknown,
  beside: LoginContext,
  trusted: TrustedHosts,
) => LoginResponse | undefined;

/** Reads the response to a login of version 2; undefined if the field of the session id is empty. */
export const readUserObject: ReadLogin = (json, beside, trusted) =>
  readVersion2(json, beside, trusted) ?? ofOtherVersion(readVersion3(json, beside, trusted), 'icSessionId');

/** Reads the response to a login of version 3; undefined if the field of the session id is empty. */
export const readUserInfo: ReadLogin = (json, beside, trusted) =>
  readVersion3(json, beside, trusted) ??
  ofOtherVersion(readVersion2(json, beside, trusted), 'userInfo.sessionId');

const readVersion2: ReadLogin = (json, beside, trusted) => {
  const user = members(json);
  if (user === undefined || !isText(user['icSessionId'])) return undefined;
  return loginResponse({
    id: [user['icSessionId'], 'icSessionId'],
    url: [user['serverUrl'], 'serverUrl'],
    organizationIds: [user['orgUuid'], user['orgId']],
    organizationName: undefined,
    userName: user['name'],
    beside,
    trusted,
  });
};

const readVersion3: ReadLogin = (json, beside, trusted) => {
  const outer = members(json);
  const user = members(outer?.['userInfo']);
  if (outer === undefined || user === undefined || !isText(user['sessionId'])) return undefined;
  return loginResponse({
    id: [user['sessionId'], 'userInfo.sessionId'],
    url: [baseApiUrl(outer['products'], trusted), 'baseApiUrl'],
    organizationIds: [user['orgId']],
    organizationName: user['orgName'],
    userName: user['name'],
    beside,
    trusted,
  });
};

/** A session in the other version's form is ended like one without a server URL. */
function ofOtherVersion(response: LoginResponse | undefined, field: string): LoginResponse | undefined {
  if (response === undefined) return undefined;
  const session = response.session && { ...response.session, serverUrl: undefined };
  return { kind: 'flawed', session, flaw: { kind: 'field', field } };
}

interface Fields {
  readonly id: readonly [value: string, name: string];
  readonly url: readonly [value: unknown, name: string];
  readonly organizationIds: readonly unknown[];
  readonly organizationName: unknown;
  readonly userName: unknown;
  readonly beside: LoginContext;
  readonly trusted: TrustedHosts;
}

function loginResponse(fields: Fields): LoginResponse | undefined {
  const { id, url, organizationIds, organizationName, userName, beside, trusted } = fields;
  const sessionId = id[0].trim();
  if (!isSessionId(sessionId)) {
    const isOpened = isWithin(beside.statusCode, 200) && beside.error === undefined;
    const flaw = { kind: 'field', field: id[1] } as const;
    return isOpened ? { kind: 'flawed', session: undefined, flaw } : undefined;
  }
  const readUrl = isText(url[0]) ? readServerUrl(url[0], trusted) : undefined;
  const serverUrl = readUrl?.ok ? readUrl.value : undefined;
  const session = {
    sessionId,
    organizationIds: organizationIds.filter(isOrganizationId),
    organizationName: shortText(organizationName),
    userName: shortText(userName),
  };
  const flaw = flawOf(beside, sessionId);
  if (flaw !== undefined) return { kind: 'flawed', session: { ...session, serverUrl }, flaw };
  return serverUrl === undefined
    ? { kind: 'flawed', session: { ...session, serverUrl }, flaw: { kind: 'field', field: url[1] } }
    : { kind: 'session', session: { ...session, serverUrl } };
}

/** What is wrong in the rest of the response. The error's texts must not repeat the session id. */
function flawOf({ statusCode, error }: LoginContext, sessionId: string): ResponseFlaw | undefined {
  if (error !== undefined) {
    const safe = safeServerError(error, { secret: sessionId, secretIsPassword: false });
    return { kind: 'error-object', statusCode, error: safe };
  }
  return statusCode === 200 ? undefined : { kind: 'status', statusCode };
}

/** The URL of the product "Integration Cloud". If no product has that name, the first valid URL. */
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

function shortText(value: unknown): string {
  return isText(value) && value.length <= MAX_NAME ? value : '';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
