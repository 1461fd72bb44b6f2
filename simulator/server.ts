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
  /** The sample organizations unless given. */
  readonly organizations?: readonly OrganizationOptions[];
  readonly settings?: Partial<Settings>;
  /** The host name in all URLs, where it isn't the address listened on. */
  readonly publicHost?: string;
  /** The host name in the server URL, where it isn't that of the login URL. */
  readonly serverHost?: string;
  /** Called when the simulator is done with a request, whatever became of the response. */
  readonly onAnswered?: (request: SeenRequest) => void;
}

export interface Simulator {
  readonly loginUrl: string;
  readonly serverUrl: string;
  readonly organizations: readonly Organization[];
  readonly clock: { nowMs(): number; advance(ms: number): void };
  /** Opens a session without a login request. */
  openSession(user: Pick<User, 'username'>, api?: ApiVersion): Session;
  /** The ledger: the sessions open now, in the order of their logins. */
  openSessions(): readonly Session[];
  /** How many sessions there ever were. */
  openedInAll(): number;
  /** Ends a session behind the client's back. */
  endSession(sessionId: string): void;
  /** What was made of this user's passwords, at every login and logoutall. */
  passwordUse(username: string): PasswordUse;
  /** Every token that was looked at, in the order of their first use. */
  tokens(): readonly TokenUse[];
  /** Every bearer token that was granted, in the order of the grants. */
  accessTokens(): readonly AccessToken[];
  /** What a user object holds that nobody may ever show. */
  privateTexts(user: Pick<User, 'username'>): readonly string[];
  /** Registers an identity provider without a request, or takes away the one that there is; throws on a wrong one. */
  registerProvider(organization: string, provider: IdentityProvider | undefined): void;
  /** The identity provider that the organization has, with the vendor's defaults. */
  providerOf(organization: string): Required<IdentityProvider> | undefined;
  /** Every request, in the order in which their bodies were complete. */
  readonly requests: readonly SeenRequest[];
  /** Replaces the script; the index of its requests starts at 0. */
  setFaults(script: FaultScript): void;
  /** Destroys all connections at once. */
  close(): Promise<void>;
}

/** Starts an Informatica Cloud on this machine. */
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
    aside: (request) => (asksForLedger(request) ? json(200, ledger(cloud, nowMs())) : undefined),
    prepare: async (request) => {
      const decide = await route(request, world());
      return (apply) => {
        const { response, effect } = decide(world());
        if (apply) cloud.apply(effect, nowMs());
        return { response, effect: effect.kind };
      };
    },
    onAnswered: options.onAnswered,
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

/** Outside the vendor's paths: for whoever has to know, from another process, whether a session is left. */
function asksForLedger({ method, path }: Request): boolean {
  return method === 'GET' && path === '/simulator/sessions';
}

function ledger(cloud: Cloud, nowMs: number): object {
  const open = cloud
    .openSessions(nowMs)
    .map(({ organization, username, api }) => ({ organization, username, api }));
  return { open, openedInAll: cloud.openedInAll };
}
