import { randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type HttpResponse, json, type Request } from '../simulator/messages.ts';
import {
  type ScriptedServer,
  type ServerOptions,
  startScriptedServer,
} from '../simulator/scripted-server.ts';
import { type Claims, githubClaims } from './token-claims.ts';

export interface TokenServiceOptions extends ServerOptions {
  /** The `iss` of the tokens. By default the origin of the service. */
  readonly issuer?: string;
  /** Claims that replace those of a usual job. */
  readonly claims?: Claims;
}

/** A token that was issued, and its audience. */
export interface IssuedToken {
  readonly token: string;
  readonly audience: string;
}

/** The variables of a step whose job has `id-token: write`. */
export interface TokenVariables {
  readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
  readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
}

/** Issues tokens to the steps of a job with `id-token: write`, and serves the keys to verify them. */
export interface TokenService {
  readonly issuer: string;
  /** The URL of the keys: `/.well-known/jwks` of this service, also for another issuer. */
  readonly keysUrl: string;
  readonly variables: TokenVariables;
  /** The requests for tokens. Requests for keys are not recorded and get no faults. */
  readonly requests: ScriptedServer<'token-issued'>['requests'];
  /** All tokens that were issued, also those whose response was lost. */
  readonly issued: readonly IssuedToken[];
  /** How often the keys were fetched. */
  keysFetched(): number;
  readonly setFaults: ScriptedServer<'token-issued'>['setFaults'];
  /** Replaces these claims from now on. `undefined` removes a claim. */
  setClaims(claims: Claims): void;
  /** Signs a token without a request, with the same key. */
  sign(audience: string, claims?: Claims): Promise<string>;
  close(): Promise<void>;
}

/** Starts a simulated GitHub token service on this machine, with a new RS256 key. */
export async function startTokenService(options: TokenServiceOptions = {}): Promise<TokenService> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = randomUUID();
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  const bearer = randomBytes(48).toString('base64url');
  const issued: IssuedToken[] = [];
  let overrides = options.claims ?? {};
  let keysFetched = 0;

  const sign = (audience: string, claims: Claims = {}): Promise<string> => {
    const payload: JWTPayload = { ...githubClaims(issuer, audience, Date.now()), ...overrides, ...claims };
    return new SignJWT(payload).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid }).sign(privateKey);
  };

  const discovery = (): object => ({
    issuer,
    jwks_uri: keysUrl,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['id_token'],
    subject_types_supported: ['public', 'pairwise'],
  });

  const server = await startScriptedServer<'token-issued'>(options, {
    aside: ({ method, path }) => {
      if (method !== 'GET') return undefined;
      if (path === '/.well-known/openid-configuration') return json(200, discovery());
      if (path !== '/.well-known/jwks') return undefined;
      keysFetched += 1;
      return json(200, keys);
    },
    prepare: async (request) => {
      const refusal = refuse(request, bearer);
      if (refusal !== undefined) return () => ({ response: refusal, effect: 'none' });
      const audience = audienceOf(request);
      const token = await sign(audience);
      return (apply) => {
        if (apply) issued.push({ token, audience });
        return { response: json(200, { count: token.length, value: token }), effect: 'token-issued' };
      };
    },
  });
  const origin: string = server.origin();
  const issuer: string = options.issuer ?? origin;
  const keysUrl: string = `${origin}/.well-known/jwks`;

  return {
    issuer,
    keysUrl,
    variables: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}${tokenPath}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    },
    requests: server.requests,
    issued,
    keysFetched: () => keysFetched,
    setFaults: server.setFaults,
    setClaims: (claims) => {
      overrides = claims;
    },
    sign,
    close: server.close,
  };
}

const tokenPath = '/a1B2c3/00000000-0000-0000-0000-000000000000/_apis/distributedtask/idtoken';
const defaultAudience = 'https://github.com/octo-org';

/** The response to a request that gets no token; undefined if it gets one. */
function refuse({ method, path, headers }: Request, bearer: string): HttpResponse | undefined {
  if (method !== 'GET') return json(405, { message: 'Only GET is allowed.' });
  const { pathname, searchParams } = new URL(path, 'http://service');
  if (pathname !== tokenPath) return json(404, { message: 'Not found.' });
  if (searchParams.get('api-version') !== '2.0') return json(400, { message: 'api-version must be 2.0.' });
  // The name of a scheme is case-insensitive.
  const [scheme = '', given] = (headers['authorization'] ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || given !== bearer) return json(401, { message: 'Not authorized.' });
  return undefined;
}

function audienceOf({ path }: Request): string {
  return new URL(path, 'http://service').searchParams.get('audience') || defaultAudience;
}
