import type { AccessToken } from './access-tokens.ts';
import { type ApiVersion, Cloud, type Session } from './cloud.ts';
import type { PasswordUse, TokenUse } from './credentials.ts';
import type { FaultScript, SeenRequest } from './faults.ts';
import { json, type Request } from './messages.ts';
import {
  type Organization,
  type OrganizationOptions,
  sampleOrganizations,
  type User,
} from './organizations.ts';
import type { IdentityProvider } from './providers.ts';
import { route } from './routes.ts';
import { type ServerOptions, startScriptedServer } from './scripted-server.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { privateTexts } from './user-object.ts';

export interface SimulatorOptions extends ServerOptions {
  /** The sample organizations by default. */
  readonly organizations?: readonly OrganizationOptions[];
  readonly settings?: Partial<Settings>;
  /** The host name in all URLs. By default the address that the server listens on. */
  readonly publicHost?: string;
  /** The host name in the server URL. By default that of the login URL. */
  readonly serverHost?: string;
  /** Called when the simulator has finished a request, even if the response was lost. */
  readonly onResponse?: (request: SeenRequest) => void;
}

export interface Simulator {
  readonly loginUrl: string;
  readonly serverUrl: string;
  readonly organizations: readonly Organization[];
  readonly clock: { nowMs(): number; advance(ms: number): void };
  /** Opens a session without a login request. */
  openSession(user: Pick<User, 'username'>, api?: ApiVersion): Session;
  /** The ledger: the sessions that are open now, oldest first. */
  openSessions(): readonly Session[];
  /** How many sessions were opened in all. */
  openedInAll(): number;
  /** Ends a session without a request. */
  endSession(sessionId: string): void;
  /** How this user's passwords were used, in all logins and logoutalls. */
  passwordUse(username: string): PasswordUse;
  /** Every identity provider's token that the cloud checked, in the order of first use. */
  tokens(): readonly TokenUse[];
  /** Every bearer token that was granted, oldest first. */
  accessTokens(): readonly AccessToken[];
  /** The values in a user object that must never be shown. */
  privateTexts(user: Pick<User, 'username'>): readonly string[];
  /** Registers an identity provider without a request, or removes the registered one. Throws if it is invalid. */
  registerProvider(organization: string, provider: IdentityProvider | undefined): void;
  /** The registered identity provider of the organization, with the vendor's defaults. */
  providerOf(organization: string): Required<IdentityProvider> | undefined;
  /** All requests, in the order in which their bodies were complete. */
  readonly requests: readonly SeenRequest[];
  /** Replaces the script. Its index starts at 0 again. */
  setFaults(script: FaultScript): void;
  /** Closes the simulator and all its connections at once. */
  close(): Promise<void>;
}

/** Starts a simulated Informatica Cloud on this machine. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { organizations = sampleOrganizations, publicHost, serverHost = publicHost } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const cloud = new Cloud(organizations, settings);
  let advancedMs = 0;
  const nowMs = () => Date.now() + advancedMs;

  const world = () => ({
    cloud,
    settings,
    loginUrl: server.origin(publicHost),
    serverUrl: `${server.origin(serverHost)}/saas`,
    nowMs: nowMs(),
  });

  const server = await startScriptedServer(options, {
    aside: (request) => (isLedgerRequest(request) ? json(200, ledger(cloud, nowMs())) : undefined),
    prepare: async (request) => {
      const decide = await route(request, world());
      return (apply) => {
        const { response, effect } = decide(world());
        if (apply) cloud.apply(effect, nowMs());
        return { response, effect: effect.kind };
      };
    },
    onResponse: options.onResponse,
  });

  const { loginUrl, serverUrl } = world();
  return {
    loginUrl,
    serverUrl,
    organizations: cloud.organizations,
    clock: {
      nowMs,
      advance: (ms) => {
        advancedMs += ms;
      },
    },
    openSession: (user, api = 'v2') => {
      const session = cloud.newSession(user.username, api, nowMs());
      cloud.open(session);
      return session;
    },
    openSessions: () => cloud.openSessions(nowMs()),
    openedInAll: () => cloud.openedInAll,
    endSession: (sessionId) => cloud.apply({ kind: 'session-ended', sessionId }, nowMs()),
    passwordUse: (username) => cloud.credentials.passwordUse(username),
    tokens: () => cloud.credentials.tokens(),
    accessTokens: () => cloud.accessTokens,
    privateTexts,
    registerProvider: (organization, provider) => cloud.register(organization, provider, nowMs()),
    providerOf: (organization) => cloud.registrationOf(organization)?.provider,
    requests: server.requests,
    setFaults: server.setFaults,
    close: server.close,
  };
}

/** Not a path of the vendor: it tells other processes whether a session is still open. */
function isLedgerRequest({ method, path }: Request): boolean {
  return method === 'GET' && path === '/simulator/sessions';
}

function ledger(cloud: Cloud, nowMs: number): object {
  const open = cloud
    .openSessions(nowMs)
    .map(({ organization, username, api }) => ({ organization, username, api }));
  return { open, openedInAll: cloud.openedInAll };
}
