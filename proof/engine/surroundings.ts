import { startTokenService, type TokenService } from '../../runner/index.ts';
import { type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';

type Values = Readonly<Record<string, string>>;

/** What a job meets: an Informatica Cloud, GitHub's token service, and what the repository's settings hold of them. */
export interface Surroundings {
  readonly cloud: Simulator;
  readonly github: TokenService;
  readonly vars: Values;
  readonly secrets: Values;
  /** What must never be shown: passwords, tokens, and the id of every session so far. */
  unspeakable(): readonly string[];
  close(): Promise<void>;
}

const ENVIRONMENT = 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod';

/**
 * The sample organizations, and one that GitHub's tokens log in to, with JWTs of full length as session ids. A session that
 * the wrong version logs out lives on, though the response is success.
 */
export async function startSurroundings(): Promise<Surroundings> {
  const github = await startTokenService({ claims: { sub: ENVIRONMENT } });
  const keyless = {
    name: 'Keyless Organization',
    users: [
      { username: 'keyless.pipeline@example.com', password: 'not-a-real-password-4', aliasName: ENVIRONMENT },
    ],
    sessionIds: { kind: 'jwt' },
    identityProvider: { issuer: github.issuer, keys: github.keysUrl, matchType: 'aliasName' },
  } as const;
  const sessionIds = new Set<string>();
  const cloud: Simulator = await startSimulator({
    organizations: [...sampleOrganizations, keyless],
    settings: { crossVersionLogout: 'ignores' },
    onResponse: () => {
      for (const { sessionId } of cloud.openSessions()) sessionIds.add(sessionId);
    },
  });
  const [source, target] = sampleOrganizations;
  const secrets = {
    IICS_USERNAME: source.users[0].username,
    IICS_PASSWORD: source.users[0].password,
    TARGET_USERNAME: target.users[0].username,
    TARGET_PASSWORD: target.users[0].password,
  };
  return {
    cloud,
    github,
    vars: {
      LOGIN_URL: cloud.loginUrl,
      ORGANIZATION_ID: cloud.organizations.find(({ name }) => name === keyless.name)?.orgUuid ?? '',
      KEYLESS_USERNAME: keyless.users[0].username,
    },
    secrets,
    unspeakable: () => [
      secrets.IICS_PASSWORD,
      secrets.TARGET_PASSWORD,
      ...github.issued.map(({ token }) => token),
      ...sessionIds,
    ],
    close: async () => {
      await cloud.close();
      await github.close();
    },
  };
}
