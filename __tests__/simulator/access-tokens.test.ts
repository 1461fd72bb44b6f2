import { describe, expect, test } from '@jest/globals';
import { type Fault, inOrder } from '../../simulator/index.ts';
import {
  envelope,
  logout,
  minute,
  openIds,
  parsed,
  pipeline,
  simulator,
  source,
  start,
  startWith,
  targetUser,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

interface Grant {
  readonly method?: string;
  readonly query?: string;
  readonly cookie?: string;
  readonly body?: string;
}

/** Requests a token, by default as the vendor documents it. */
function grant(sessionId: string, { method = 'POST', query, cookie, body = '' }: Grant = {}) {
  const url = `${simulator.loginUrl}/identity-service/api/v1/jwt/Token`;
  return call(`${url}?${query ?? 'client_id=idmc_api&nonce=1234'}`, {
    method,
    headers: { 'IDS-SESSION-ID': sessionId, Cookie: cookie ?? `USER_SESSION=${sessionId}` },
    body,
  });
}

const tokenIn = (response: { body: string }): string => JSON.parse(response.body).jwt_token;
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const uuid = (index = 0) => simulator.organizations[index]?.orgUuid ?? '';

function search(token: string, organizationId = uuid(), query = 'knowledgeQuery=*&segments=all', body = '') {
  const url = `${simulator.loginUrl}/data360/search/v1/assets?${query}`;
  const headers = { ...jsonHeaders, Authorization: `Bearer ${token}`, 'X-INFA-ORG-ID': organizationId };
  return call(url, { headers, body });
}

describe('a session gets a bearer token', () => {
  test.each(['POST', 'GET'])('by %s, a JWT of 30 minutes, and the ledger knows it', async (method) => {
    await start();
    simulator.clock.advance(90 * minute);
    const { sessionId } = simulator.openSession(pipeline);
    const response = await grant(sessionId, { method });
    const token = tokenIn(response);
    expect(response.status).toBe(200);
    expect(token).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}$/);
    const { iat, exp, org_id } = claimsOf(token);
    expect([exp - iat, org_id]).toEqual([1800, uuid()]);
    expect(Math.abs(iat * 1000 - simulator.clock.nowMs())).toBeLessThan(10_000);
    expect(simulator.accessTokens()).toEqual([
      expect.objectContaining({ token, sessionId, organization: source.name, expiresAtMs: exp * 1000 }),
    ]);
    expect(simulator.requests.map(({ effect }) => effect)).toEqual(['access-token-granted']);
  });

  test('of either version and of a long id, another one each time', async () => {
    await start({ organizations: [{ ...source, sessionIds: { kind: 'jwt' } }] });
    const { sessionId } = simulator.openSession(pipeline, 'v3');
    const tokens = [tokenIn(await grant(sessionId)), tokenIn(await grant(sessionId))];
    expect(new Set(tokens).size).toBe(2);
    expect(simulator.accessTokens().map((each) => each.sessionId)).toEqual([sessionId, sessionId]);
  });

  test('which is a use of the session', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline);
    simulator.clock.advance(20 * minute);
    await grant(sessionId);
    simulator.clock.advance(20 * minute);
    expect(openIds()).toEqual([sessionId]);
  });
});

describe('no token', () => {
  test.each([
    ['without client_id', { query: 'nonce=1' }],
    ['for another client', { query: 'client_id=other&nonce=1' }],
    ['without a nonce', { query: 'client_id=idmc_api' }],
    ['with an empty nonce', { query: 'client_id=idmc_api&nonce=' }],
    ['without the cookie', { cookie: 'OTHER=1' }],
    ['with a body', { body: '{}' }],
  ])('%s', async (_what, request) => {
    await start();
    const response = await grant(simulator.openSession(pipeline).sessionId, request);
    expect([response.status, parsed(response)]).toEqual([400, envelope('SIM_BAD_REQUEST')]);
    expect(simulator.accessTokens()).toEqual([]);
  });

  test('for a dead session, in the form that is set, or where the cookie is of another one', async () => {
    await startWith({ deadSession: 'auth-01-403' });
    const { sessionId } = simulator.openSession(pipeline);
    const other = simulator.openSession(pipeline).sessionId;
    const mixed = await grant(sessionId, { cookie: `USER_SESSION=${other}` });
    await logout(sessionId);
    for (const response of [mixed, await grant(sessionId), await grant('never-opened')])
      expect([response.status, parsed(response)]).toEqual([403, envelope('AUTH_01')]);
    expect(simulator.accessTokens()).toEqual([]);
  });

  test('if a fault keeps the request from its effect; one whose response is lost was granted', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline);
    const silent = (effect: boolean): Fault => ({ kind: 'silent', effect, ending: 'close' });
    const renamed: Fault = {
      kind: 'response',
      effect: true,
      body: (truth) => truth.replace('jwt_token', 'access_token'),
    };
    simulator.setFaults(inOrder(silent(false), silent(true), renamed));
    await grant(sessionId);
    expect(simulator.accessTokens()).toHaveLength(0);
    await grant(sessionId);
    expect(simulator.accessTokens()).toHaveLength(1);
    const { access_token } = JSON.parse((await grant(sessionId)).body);
    expect(await search(access_token)).toMatchObject({ status: 200 });
  });
});

describe('the search of the catalog', () => {
  const granted = async () => tokenIn(await grant(simulator.openSession(pipeline).sessionId));

  test('takes the token and finds a few assets', async () => {
    await start();
    const token = await granted();
    for (const response of [
      await search(token),
      await search(token, uuid(), undefined, '{"from":0,"size":10}'),
    ])
      expect([response.status, parsed(response)]).toEqual([
        200,
        {
          summary: { total_hits: 3 },
          hits: expect.arrayContaining([
            expect.objectContaining({
              'core.identity': expect.any(String),
              summary: { 'core.name': 'Order' },
            }),
          ]),
        },
      ]);
  });

  test('refuses another token, and one of another organization', async () => {
    await start();
    const token = await granted();
    const strange = await search(`${token}x`);
    expect([strange.status, parsed(strange)]).toEqual([401, envelope('SIM_UNAUTHORIZED')]);
    const elsewhere = tokenIn(await grant(simulator.openSession(targetUser).sessionId));
    for (const response of [
      await search(token, simulator.organizations[0]?.orgId),
      await search(token, ''),
      await search(elsewhere),
    ])
      expect([response.status, parsed(response)]).toEqual([403, envelope('SIM_FORBIDDEN')]);
    expect(await search(elsewhere, uuid(1))).toMatchObject({ status: 200 });
    expect(await search(token, uuid(), 'segments=all')).toMatchObject({ status: 400 });
    expect(await search(token, uuid(), undefined, 'no object')).toMatchObject({ status: 400 });
  });

  test.each([
    ['lives', 200],
    ['dies', 401],
  ] as const)('a token %s after the logout, by the setting', async (accessTokenAfterLogout, status) => {
    await startWith({ accessTokenAfterLogout });
    const token = await granted();
    expect(await search(token)).toMatchObject({ status: 200 });
    await logout(openIds()[0] ?? '');
    expect(await search(token)).toMatchObject({ status });
  });

  test('refuses it after 30 minutes', async () => {
    await start();
    const token = await granted();
    simulator.clock.advance(29 * minute);
    expect(await search(token)).toMatchObject({ status: 200 });
    simulator.clock.advance(minute);
    expect(await search(token)).toMatchObject({ status: 401 });
  });
});
