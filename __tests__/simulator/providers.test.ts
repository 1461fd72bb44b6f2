import { afterEach, describe, expect, test } from '@jest/globals';
import { type Claims, startTokenService, type TokenService } from '../../runner/index.ts';
import {
  envelope,
  loginOAuth,
  loginV3,
  logoutV3,
  minute,
  parsed,
  pipeline,
  simulator,
  source,
  start,
  targetUser,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const github = {
  type: 'OIDC',
  endPoints: { issuer, keys: `${issuer}/.well-known/jwks` },
  accountPolicy: { link: { tokenClaim: 'repository_id', matchType: 'aliasName' } },
};
const endPoints = (from: string, keys: string) => ({ ...github, endPoints: { issuer: from, keys } });

const url = () =>
  `${simulator.serverUrl}/public/core/v3/Orgs/${simulator.organizations[0]?.orgUuid}/IdentityProviders`;
const request = (method: string, at: string, sessionId: string, body?: object) =>
  call(at, {
    method,
    headers: { ...jsonHeaders, 'INFA-SESSION-ID': sessionId },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const startLoggedIn = async () => {
  await start();
  return simulator.openSession(pipeline, 'v3').sessionId;
};

test('from registration to deletion', async () => {
  const session = await startLoggedIn();
  expect(parsed(await request('GET', url(), session))).toEqual([]);
  const created = await request('POST', url(), session, github);
  expect([created.status, parsed(created)]).toEqual([
    200,
    expect.objectContaining({ ...github, signingAlgorithm: 'RS256', createdBy: pipeline.username }),
  ]);
  const { id } = JSON.parse(created.body);
  expect(parsed(await request('GET', url(), session))).toMatchObject([{ id, ...github }]);
  expect(parsed(await request('GET', `${url()}/${id}`, session))).toMatchObject({ id, ...github });
  expect(simulator.providerOf(source.name)).toMatchObject({ issuer, tokenClaim: 'repository_id' });

  const changed = { ...github, accountPolicy: { link: { matchType: 'uid' } }, signingAlgorithm: 'RS512' };
  simulator.clock.advance(minute);
  const updated = await request('PUT', `${url()}/${id}`, session, changed);
  expect(JSON.parse(updated.body)).toMatchObject({
    id,
    accountPolicy: { link: { tokenClaim: 'sub', matchType: 'uid' } },
    signingAlgorithm: 'RS512',
  });
  const { createTime, updateTime } = JSON.parse(updated.body);
  expect(Date.parse(updateTime) - Date.parse(createTime)).toBeGreaterThanOrEqual(minute);

  expect(await request('DELETE', `${url()}/${id}`, session)).toMatchObject({ status: 200 });
  expect(simulator.providerOf(source.name)).toBeUndefined();
  const gone = await request('DELETE', `${url()}/${id}`, session);
  expect([gone.status, parsed(gone)]).toEqual([404, envelope('SIM_NOT_FOUND')]);
  expect(simulator.requests.map(({ effect }) => effect)).toEqual([
    'none',
    'provider-set',
    'none',
    'none',
    'provider-set',
    'provider-removed',
    'none',
  ]);
});

let service: TokenService | undefined;
afterEach(() => service?.close());

test('walked through: log in, look, register, change, remove, log out', async () => {
  service = await startTokenService();
  const { sign } = service;
  const aliasName = '7654321';
  const uid = 'uid-of-pipeline';
  await start({ organizations: [{ ...source, users: [{ ...pipeline, aliasName, uid }] }] });
  const { sessionId: session, orgId } = JSON.parse((await loginV3(pipeline)).body).userInfo;
  const logsIn = async (claims: Claims) => {
    const token = await sign(`https://${new URL(simulator.loginUrl).host}/${orgId}`, claims);
    return (await loginOAuth(orgId, token)).status;
  };
  expect(parsed(await request('GET', url(), session))).toEqual([]);
  expect(await logsIn({ repository_id: aliasName })).toBe(401);

  const registration = { ...github, endPoints: { issuer: service.issuer, keys: service.keysUrl } };
  const { id } = JSON.parse((await request('POST', url(), session, registration)).body);
  expect(await logsIn({ repository_id: aliasName })).toBe(200);

  const changed = { ...registration, accountPolicy: { link: { tokenClaim: 'actor_id', matchType: 'uid' } } };
  expect(await request('PUT', `${url()}/${id}`, session, changed)).toMatchObject({ status: 200 });
  expect(await logsIn({ repository_id: aliasName })).toBe(401);
  expect(await logsIn({ actor_id: uid })).toBe(200);

  expect(await request('DELETE', `${url()}/${id}`, session)).toMatchObject({ status: 200, body: '' });
  expect(await logsIn({ actor_id: uid })).toBe(401);
  expect(parsed(await request('GET', url(), session))).toEqual([]);
  expect(await logoutV3(session)).toMatchObject({ status: 200 });
  expect(await request('GET', url(), session)).toMatchObject({ status: 401 });
});

test('no more than one', async () => {
  const session = await startLoggedIn();
  await request('POST', url(), session, github);
  const second = await request(
    'POST',
    url(),
    session,
    endPoints('https://a.example', 'https://a.example/keys'),
  );
  expect([second.status, parsed(second)]).toEqual([400, envelope('SIM_BAD_REQUEST')]);
  expect(simulator.providerOf(source.name)?.issuer).toBe(issuer);
});

describe('refused', () => {
  const long = `https://a.example/${'x'.repeat(240)}`;
  const rows: Record<string, object> = {
    'issuer that is no beginning of keys': endPoints('https://a.example', 'https://b.example/keys'),
    'http, not on the own machine': endPoints('http://a.example', 'http://a.example/keys'),
    'no URL': endPoints('a.example', 'a.example/keys'),
    'keys that are too long': endPoints('https://a.example', long),
    'no endpoints': { ...github, endPoints: undefined },
    'another type': { ...github, type: 'SAML' },
    'another match': { ...github, accountPolicy: { link: { matchType: 'email' } } },
    'no match': { ...github, accountPolicy: {} },
    'a claim that is too long': {
      ...github,
      accountPolicy: { link: { tokenClaim: 'x'.repeat(65), matchType: 'uid' } },
    },
    'an unknown algorithm': { ...github, signingAlgorithm: 'none' },
  };
  test.each(Object.entries(rows))('%s', async (_name, body) => {
    const session = await startLoggedIn();
    const response = await request('POST', url(), session, body);
    expect([response.status, parsed(response)]).toEqual([400, envelope('SIM_BAD_REQUEST')]);
    expect(simulator.providerOf(source.name)).toBeUndefined();
  });
});

test('http on the own machine is taken, which the vendor would not', async () => {
  const session = await startLoggedIn();
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:1']) {
    simulator.registerProvider(source.name, undefined);
    const response = await request(
      'POST',
      url(),
      session,
      endPoints(`http://${host}`, `http://${host}/keys`),
    );
    expect(response).toMatchObject({ status: 200 });
  }
});

test('without a session, or with one of another organization', async () => {
  await start();
  const without = await request('POST', url(), 'no-session', github);
  expect([without.status, parsed(without)]).toEqual([401, envelope('AUTH_01')]);
  const stranger = simulator.openSession(targetUser, 'v3').sessionId;
  expect(await request('POST', url(), stranger, github)).toMatchObject({ status: 403 });
  expect(await request('GET', url(), stranger)).toMatchObject({ status: 403 });
  expect(simulator.providerOf(source.name)).toBeUndefined();
});

test('another method', async () => {
  const session = await startLoggedIn();
  const response = await request('PUT', url(), session, github);
  expect([response.status, response.headers.allow]).toEqual([405, 'POST, GET']);
});

test('an organization that is made with a wrong provider is refused', async () => {
  const identityProvider = {
    issuer: 'http://a.example',
    keys: 'http://a.example/k',
    matchType: 'uid',
  } as const;
  await expect(start({ organizations: [{ ...source, identityProvider }] })).rejects.toThrow('https');
});
