import type { Inputs } from '../runner/index.ts';
import type { AccessToken, ApiVersion, Session, Simulator, User } from '../simulator/index.ts';
import type { MODES } from '../src/requests/validate-inputs.ts';
import { opens, type Purpose } from './responses/form.ts';

/** The action's own list: a mode that has no entry here does not compile. */
type ActionMode = keyof typeof MODES;

/** Variants of the modes that get a session to end. */
const ENDING_VARIANTS = { logout: ['logout'], logoutall: ['logoutall'] } as const satisfies Readonly<
  Record<Exclude<ActionMode, 'login'>, readonly string[]>
>;
/** Variants of the mode that opens a session: each version, an identity token, and each version with an access token. */
const OPENING_VARIANTS = ['login', 'login-v3', 'login-token'] as const;
const ACCESS_TOKEN_VARIANTS = ['login-access-token', 'login-v3-access-token'] as const;
const LOGIN_VARIANTS = { login: [...OPENING_VARIANTS, ...ACCESS_TOKEN_VARIANTS] } as const satisfies Partial<
  Record<ActionMode, readonly string[]>
>;

type VariantsOf<T> = T extends Readonly<Record<string, readonly (infer One)[]>> ? One : never;
export type Login = VariantsOf<typeof LOGIN_VARIANTS>;
/** A mode; for a login, also its version and its auth method. */
export type Mode = VariantsOf<typeof ENDING_VARIANTS> | Login;

export const ENDINGS: readonly [Mode, ...Mode[]] = [...ENDING_VARIANTS.logout, ...ENDING_VARIANTS.logoutall];
/** Logins that request only a session. */
export const LOGINS: readonly [Login, ...Login[]] = OPENING_VARIANTS;
/** Logins that also request an access token. */
export const ACCESS_TOKEN_LOGINS: readonly [Login, ...Login[]] = ACCESS_TOKEN_VARIANTS;

/** The URLs of the server, perhaps those of a proxy or gateway in front of it. */
export type Address = Pick<Simulator, 'loginUrl' | 'serverUrl'>;

/** The server's own records, with or without sockets in front of it. */
export type Ledger = Pick<Simulator, 'openSession' | 'openSessions' | 'accessTokens'>;

/** The server that a step works with, and the user. */
export interface Setup {
  readonly cloud: Ledger;
  readonly at: Address;
  readonly user: User;
  /** A token for one login of the user, and its organization; empty if there is none. */
  readonly token?: { readonly organizationId: string; readonly jwt: string };
}

/** What one step of the action is to do. */
export interface Assignment {
  /** The inputs that are the mode's own, `mode` among them. */
  readonly inputs: Inputs;
  /** The secret that main authenticates with, and that a server or gateway may repeat. */
  readonly secret: string;
  /** The sessions that the step is to end, or has opened, and that the ledger holds now. */
  readonly held: () => readonly Session[];
  /** The access tokens that the ledger's server granted. */
  readonly accessTokens: () => readonly AccessToken[];
}

/** All that the proof has to know of a mode. */
interface ModeProfile {
  /** The purpose of its requests. A login's main may also end the session that it opened. */
  readonly purposes: { readonly main: Purpose; readonly post: Purpose };
  /** Whether its login requests an access token, and where it is handed on. */
  readonly accessToken: 'none' | 'output' | 'output-and-variable';
  /** Results of a green main that leave the session open, for post to end. */
  readonly leavesToPost: readonly string[];
  /** Opens the session that the mode is to end; a login begins without one. */
  readonly begin: (setup: Setup) => Assignment;
}

/** The environment variables that a login is to set. */
export const VARIABLES = {
  sessionId: 'IICS_SESSION_ID',
  serverUrl: 'IICS_POD_URL',
  accessToken: 'IDMC_ACCESS_TOKEN',
} as const;
const LOGIN = {
  mode: 'login',
  'session-id-variable': VARIABLES.sessionId,
  'server-url-variable': VARIABLES.serverUrl,
} as const;

export const MODE_PROFILES: Readonly<Record<Mode, ModeProfile>> = {
  logout: {
    purposes: { main: 'logout', post: 'logout' },
    accessToken: 'none',
    leavesToPost: ['scheduled'],
    begin: ({ cloud, user: { username }, at }) => {
      const { sessionId } = cloud.openSession({ username });
      const inputs = { mode: 'logout', 'server-url': at.serverUrl, 'session-id': sessionId };
      return { inputs, secret: sessionId, held: () => openSession(cloud, sessionId), accessTokens: () => [] };
    },
  },
  logoutall: {
    purposes: { main: 'logoutall', post: 'logoutall' },
    accessToken: 'none',
    leavesToPost: ['scheduled'],
    begin: ({ cloud, user: { username, password }, at }) => {
      const { sessionId } = cloud.openSession({ username });
      const inputs = { mode: 'logoutall', 'login-url': at.loginUrl, username, password };
      return { inputs, secret: password, held: () => openSession(cloud, sessionId), accessTokens: () => [] };
    },
  },
  login: byPassword({ verify: 'always' }),
  'login-v3': byPassword({ 'api-version': '3' }),
  'login-token': {
    purposes: { main: 'token-login', post: 'logout' },
    accessToken: 'none',
    leavesToPost: ['opened'],
    begin: ({ cloud, user, at, token = { organizationId: '', jwt: '' } }) => ({
      inputs: {
        ...LOGIN,
        'login-url': at.loginUrl,
        'organization-id': token.organizationId,
        'oauth-token': token.jwt,
      },
      secret: token.jwt,
      held: () => openSessionsOf(cloud, user),
      accessTokens: () => cloud.accessTokens(),
    }),
  },
  'login-access-token': byPassword(
    { 'access-token': 'true', 'access-token-variable': VARIABLES.accessToken },
    'output-and-variable',
  ),
  'login-v3-access-token': byPassword({ 'api-version': '3', 'access-token': 'true' }, 'output'),
};

function byPassword(more: Inputs, accessToken: ModeProfile['accessToken'] = 'none'): ModeProfile {
  return {
    purposes: { main: 'login', post: 'logout' },
    accessToken,
    leavesToPost: ['opened'],
    begin: ({ cloud, user, at }) => ({
      inputs: {
        ...LOGIN,
        'login-url': at.loginUrl,
        username: user.username,
        password: user.password,
        ...more,
      },
      secret: user.password,
      held: () => openSessionsOf(cloud, user),
      accessTokens: () => cloud.accessTokens(),
    }),
  };
}

/** Whether the mode opens a session. */
export function isLogin(mode: Mode): boolean {
  return opens(MODE_PROFILES[mode].purposes.main);
}

/** The version of the API that the mode uses. */
export function apiOf(mode: Mode): ApiVersion {
  return mode === 'login-v3' || mode === 'login-v3-access-token' ? 'v3' : 'v2';
}

/** The purpose of a request that arrived, by its path. */
export function purposeOf(path: string): Purpose {
  const [, name] = /(\w+)(?:\?.*)?$/.exec(path) ?? [];
  switch (name) {
    case 'login':
    case 'logout':
    case 'logoutall':
      return name;
    case 'loginOAuth':
      return 'token-login';
    case 'validSessionId':
      return 'validity';
    case 'Token':
      return 'access-token';
    default:
      throw new Error(`${path} is not a path of the action's requests`);
  }
}

function openSession(cloud: Ledger, id: string): readonly Session[] {
  return cloud.openSessions().filter(({ sessionId }) => sessionId === id);
}

function openSessionsOf(cloud: Ledger, user: User): readonly Session[] {
  return cloud.openSessions().filter(({ username }) => username === user.username);
}
