import { startTokenService, type TokenService } from '../runner/index.ts';
import type { OrganizationOptions, Simulator, User } from '../simulator/index.ts';
import type { Setup } from './modes.ts';

/** An identity provider that the organizations of a check have registered, for logins by token. */
export class Provider {
  readonly #service: TokenService;

  private constructor(service: TokenService) {
    this.#service = service;
  }

  static async start(): Promise<Provider> {
    return new Provider(await startTokenService());
  }

  /** An organization of one user, who may log in with a password or with a token. */
  organization(name: string, user: User): OrganizationOptions {
    const { issuer, keysUrl } = this.#service;
    return {
      name,
      users: [{ ...user, aliasName: name }],
      identityProvider: { issuer, keys: keysUrl, matchType: 'aliasName' },
    };
  }

  /** A token for one login to such an organization. */
  async token(cloud: Simulator, name: string): Promise<NonNullable<Setup['token']>> {
    const organizationId = cloud.organizations.find((each) => each.name === name)?.orgUuid ?? '';
    const audience = `${cloud.loginUrl}/${organizationId}`;
    return { organizationId, jwt: await this.#service.sign(audience, { sub: name }) };
  }

  close(): Promise<void> {
    return this.#service.close();
  }
}
