import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { base64url, generateKeyPair, SignJWT } from 'jose';
import { type Claims, startTokenService, type TokenService } from '../../runner/index.ts';
import type { IdentityProvider, Settings, SimulatorOptions } from '../../simulator/index.ts';
import {
  errorObject,
  login,
  loginOAuth,
  openIds,
  parsed,
  pipeline,
  simulator,
  source,
  start,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

const sub = 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod';
const orgId = '00abcd';
const nightlyUid = 'uid-of-nightly';
const [, nightly] = source.users;

// One for all tests, because an RSA key is slow to make.
let github: TokenService;
beforeAll(async () => {
  github = await startTokenService();
});
afterAll(() => github.close());

const trust = (more: Partial<IdentityProvider> = {}): IdentityProvider => ({
  issuer: github.issuer,
  keys: github.keysUrl,
  matchType: 'aliasName',
  ...more,
});
const startTrusting = (settings: Partial<Settings> = {}, more: SimulatorOptions = {}) => {
  const users = [
    { ...pipeline, aliasName: sub },
    { ...nightly, uid: nightlyUid },
  ];
  const organizations = [{ ...source, orgId, users, identityProvider: trust() }];
  return start({ organizations, settings, ...more });
};

const host = () => new URL(simulator.loginUrl).host;
const uuid = () => simulator.organizations[0]?.orgUuid ?? '';
const goodToken = (claims?: Claims) => github.sign(`https://${host()}/${orgId}`, claims);
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

test('a good token opens a session, for the user whom its claim names', async () => {
  await startTrusting();
  const token = await goodToken();
  const response = await loginOAuth(orgId, token);
  const [sessionId] = openIds();
  expect(response.status).toBe(200);
  expect(parsed(response)).toMatchObject({
    '@type': 'user',
    name: pipeline.username,
    icSessionId: sessionId,
    serverUrl: simulator.serverUrl,
  });
  expect(simulator.openSessions()).toMatchObject([{ api: 'v2', username: pipeline.username }]);
  expect(simulator.tokens()).toMatchObject([{ token, organization: source.name, attempts: 1, opened: 1 }]);
  expect(simulator.passwordUse(pipeline.username).attempts).toBe(0);
});

describe('audience', () => {
  const forms: Record<string, () => string> = {
    'https, host and organization': () => `https://${host()}/${orgId}`,
    'the long id': () => `https://${host()}/${uuid()}`,
    'api, host and organization': () => `api://${host()}/${orgId}`,
    'the organization as a host name': () => `https://${orgId}.${host()}`,
    'the organization as a host name, api': () => `api://${uuid()}.${host()}`,
    'with a resource': () => `https://${host()}/${orgId}/data`,
    'the organization as a host name, with a resource': () => `api://${orgId}.${host()}/data/more`,
  };
  test.each(Object.entries(forms))('%s', async (_name, audience) => {
    await startTrusting();
    expect(await loginOAuth(orgId, await github.sign(audience()))).toMatchObject({ status: 200 });
  });

  test('one of several', async () => {
    await startTrusting();
    const token = await goodToken({ aud: ['https://other.example', `api://${host()}/${orgId}`] });
    expect(await loginOAuth(orgId, token)).toMatchObject({ status: 200 });
  });

  const foreign: Record<string, () => string> = {
    'GitHub’s own': () => 'https://github.com/octo-org',
    'another organization': () => `https://${host()}/00abce`,
    'a longer id': () => `https://${host()}/${orgId}e`,
    'another scheme': () => `http://${host()}/${orgId}`,
    'another port': () => `https://127.0.0.1:1/${orgId}`,
    'the host alone': () => `https://${host()}`,
  };
  test.each(Object.entries(foreign))('not %s', async (_name, audience) => {
    await startTrusting();
    const response = await loginOAuth(orgId, await github.sign(audience()));
    expect([response.status, parsed(response)]).toEqual([401, errorObject(401, 'UI_10000')]);
    expect(response.body).toContain('audience');
    expect(openIds()).toEqual([]);
  });
});

describe('a token that is refused', () => {
  const rows: Record<string, { token: () => Promise<string>; text: string }> = {
    'another issuer': { token: () => goodToken({ iss: 'https://issuer.example' }), text: 'issuer' },
    expired: { token: () => goodToken({ exp: seconds(-5) }), text: 'expired' },
    'not yet valid': { token: () => goodToken({ nbf: seconds(60) }), text: 'not valid yet' },
    'without iss': { token: () => goodToken({ iss: undefined }), text: 'The claim iss is missing' },
    'without sub': { token: () => goodToken({ sub: undefined }), text: 'The claim sub is missing' },
    'without aud': { token: () => goodToken({ aud: undefined }), text: 'The claim aud is missing' },
    'without exp': { token: () => goodToken({ exp: undefined }), text: 'The claim exp is missing' },
    'without nbf': { token: () => goodToken({ nbf: undefined }), text: 'The claim nbf is missing' },
    'without iat': { token: () => goodToken({ iat: undefined }), text: 'The claim iat is missing' },
    'without jti': { token: () => goodToken({ jti: undefined }), text: 'The claim jti or uti is missing' },
    'a user whom nobody knows': {
      token: () => goodToken({ sub: `${sub}x` }),
      text: 'No user matches the claim sub',
    },
    'other case of letters': { token: () => goodToken({ sub: sub.toUpperCase() }), text: 'No user matches' },
    'another key, under the same name': { token: forged, text: 'signature' },
    'a payload changed': { token: changed, text: 'signature' },
    'a key that the provider has not': { token: () => strangeKey({ kid: 'other' }), text: 'signature' },
    'no signature at all': { token: unsigned, text: 'algorithm' },
    'the public key as a shared secret': { token: confused, text: 'algorithm' },
    'no JWT': { token: async () => 'opaque', text: 'not a valid JWT' },
  };
  test.each(Object.entries(rows))('%s', async (_name, { token, text }) => {
    await startTrusting();
    const response = await loginOAuth(orgId, await token());
    expect([response.status, parsed(response)]).toEqual([401, errorObject(401, 'UI_10000')]);
    expect(response.body).toContain(text);
    expect(openIds()).toEqual([]);
    expect(simulator.tokens()).toMatchObject([{ attempts: 1, opened: 0 }]);
  });

  async function publicKey() {
    const { body } = await call(github.keysUrl, { method: 'GET' });
    return JSON.parse(body).keys[0];
  }

  async function payload(): Promise<string> {
    return (await goodToken()).split('.')[1] ?? '';
  }

  async function strangeKey(header: { kid: string }): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256');
    const claims = JSON.parse(Buffer.from(await payload(), 'base64url').toString());
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
  }

  async function forged(): Promise<string> {
    const { kid } = await publicKey();
    return strangeKey({ kid });
  }

  async function changed(): Promise<string> {
    const [head, body = '', signature] = (await goodToken({ sub: 'somebody' })).split('.');
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub };
    return [head, base64url.encode(JSON.stringify(claims)), signature].join('.');
  }

  async function unsigned(): Promise<string> {
    return `${base64url.encode(JSON.stringify({ alg: 'none' }))}.${await payload()}.`;
  }

  async function confused(): Promise<string> {
    const { n, kid } = await publicKey();
    const claims = JSON.parse(Buffer.from(await payload(), 'base64url').toString());
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(base64url.decode(n));
  }
});

describe('one token, one login', () => {
  test('a second use is refused, and of another token with its id', async () => {
    await startTrusting();
    const first = await goodToken({ jti: 'one' });
    const twin = await goodToken({ jti: 'one', ref: 'refs/heads/other' });
    expect(await loginOAuth(orgId, first)).toMatchObject({ status: 200 });
    for (const token of [first, twin])
      expect(await loginOAuth(orgId, token)).toMatchObject({
        status: 401,
        body: expect.stringContaining('used already'),
      });
    expect(openIds()).toHaveLength(1);
    expect(simulator.tokens().map(({ id, attempts, opened }) => [id, attempts, opened])).toEqual([
      ['one', 2, 1],
      ['one', 1, 0],
    ]);
  });

  test('uti does as well as jti', async () => {
    await startTrusting();
    const token = await goodToken({ jti: undefined, uti: 'two' });
    expect(await loginOAuth(orgId, token)).toMatchObject({ status: 200 });
    expect(await loginOAuth(orgId, token)).toMatchObject({ status: 401 });
  });

  test('of many at once, one gets in', async () => {
    await startTrusting();
    const token = await goodToken();
    const responses = await Promise.all(Array.from({ length: 8 }, () => loginOAuth(orgId, token)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)]);
    expect(openIds()).toHaveLength(1);
  });

  test('one that a fault kept from its effect is as good as new; one whose response was lost is not', async () => {
    await startTrusting();
    const token = await goodToken();
    simulator.setFaults((_request, index) =>
      index < 2 ? { kind: 'silent', effect: index === 1, ending: 'reset' } : undefined,
    );
    await loginOAuth(orgId, token);
    expect(simulator.tokens()).toEqual([]);
    await loginOAuth(orgId, token);
    expect(await loginOAuth(orgId, token)).toMatchObject({ status: 401 });
    expect(simulator.tokens()).toMatchObject([{ attempts: 2, opened: 1 }]);
    expect(openIds()).toHaveLength(1);
  });
});

describe('the registered provider decides', () => {
  test('by another claim and the uid', async () => {
    await startTrusting();
    simulator.registerProvider(source.name, trust({ tokenClaim: 'actor', matchType: 'uid' }));
    expect(await loginOAuth(orgId, await goodToken({ actor: nightlyUid }))).toMatchObject({ status: 200 });
    expect(simulator.openSessions()).toMatchObject([{ username: nightly.username }]);
    for (const actor of [undefined, 7])
      expect(await loginOAuth(orgId, await goodToken({ actor }))).toMatchObject({
        status: 401,
        body: expect.stringContaining('The claim actor is missing'),
      });
  });

  test('by another algorithm', async () => {
    await startTrusting();
    simulator.registerProvider(source.name, trust({ signingAlgorithm: 'RS512' }));
    expect((await loginOAuth(orgId, await goodToken())).body).toContain('algorithm');
  });

  test('there is none', async () => {
    await startTrusting();
    simulator.registerProvider(source.name, undefined);
    const before = github.keysFetched();
    expect((await loginOAuth(orgId, await goodToken())).body).toContain('No identity provider is registered');
    expect(github.keysFetched()).toBe(before);
  });

  test('its keys are fetched, and without them nobody gets in', async () => {
    await startTrusting();
    const before = github.keysFetched();
    await loginOAuth(orgId, await goodToken());
    expect(github.keysFetched()).toBe(before + 1);
    simulator.registerProvider(source.name, trust({ keys: `${github.issuer}/nothing-here` }));
    const response = await loginOAuth(orgId, await goodToken());
    expect([response.status, parsed(response)]).toEqual([401, errorObject(401, 'UI_10000')]);
    expect(response.body).toContain('keys of the identity provider');
  });
});

describe('the organization is named', () => {
  test.each([
    ['both', 200, 200],
    ['short', 200, 401],
    ['long', 401, 200],
  ] as const)('by its ids: %s', async (tokenOrganizationIds, short, long) => {
    await startTrusting({ tokenOrganizationIds });
    const by = async (id: string) =>
      (await loginOAuth(id, await github.sign(`https://${host()}/${id}`))).status;
    expect([await by(orgId), await by(uuid())]).toEqual([short, long]);
  });

  test('in vain', async () => {
    await startTrusting();
    expect((await loginOAuth('999999', await goodToken())).body).toContain('organization');
  });
});

test('the request is one of two fields, without @type or session id', async () => {
  await startTrusting();
  const url = `${simulator.loginUrl}/ma/api/v2/user/loginOAuth`;
  const fields = { orgId, oauthToken: await goodToken() };
  const requests = [
    { body: JSON.stringify({ '@type': 'login', ...fields }) },
    { body: JSON.stringify({ ...fields, more: 1 }) },
    { body: JSON.stringify({ orgId }) },
    { body: JSON.stringify(fields), headers: { ...jsonHeaders, icSessionId: 'some-id' } },
  ];
  for (const request of requests) {
    const response = await call(url, request);
    expect([response.status, parsed(response)]).toEqual([400, errorObject(400, 'SIM_BAD_REQUEST')]);
  }
  expect(simulator.tokens()).toEqual([]);
  expect(await login(pipeline)).toMatchObject({ status: 200 });
});

test('the simulator’s clock says what has expired', async () => {
  await startTrusting();
  const token = await goodToken();
  simulator.clock.advance(301_000);
  expect((await loginOAuth(orgId, token)).body).toContain('expired');
});
