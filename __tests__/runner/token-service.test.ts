import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startTokenService, type TokenService, visible } from '../../runner/index.ts';
import { jobOf } from './fixture.ts';

// One for all tests, because an RSA key is slow to make.
let service: TokenService;
beforeAll(async () => {
  service = await startTokenService();
});
afterEach(() => {
  service.setFaults(() => undefined);
  service.setClaims({});
});
afterAll(() => service.close());

const url = () => service.variables.ACTIONS_ID_TOKEN_REQUEST_URL;
const authorized = () => ({ authorization: `Bearer ${service.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` });
const requestToken = async (more = '') => {
  const response = await fetch(url() + more, { redirect: 'manual', headers: authorized() });
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const tokenOf = (body: string): string => JSON.parse(body).value;

describe('a token', () => {
  test('has GitHub’s claims and the requested audience, and the keys verify it', async () => {
    const { status, body } = await requestToken(
      `&audience=${encodeURIComponent('https://dm-us.example/0 1&x')}`,
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ count: expect.any(Number), value: expect.any(String) });
    const keys = createRemoteJWKSet(new URL(service.keysUrl));
    const { payload, protectedHeader } = await jwtVerify(tokenOf(body), keys, {
      issuer: service.issuer,
      audience: 'https://dm-us.example/0 1&x',
    });
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    const now = Date.now() / 1000;
    expect(payload).toMatchObject({
      sub: 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod',
      repository: 'octo-org/data-pipelines',
      repository_id: '7654321',
      repository_owner: 'octo-org',
      repository_owner_id: '1234567',
      environment: 'prod',
      ref: 'refs/heads/main',
      job_workflow_ref: 'octo-org/data-pipelines/.github/workflows/deploy.yml@refs/heads/main',
      actor: 'octocat',
      event_name: 'push',
      jti: expect.any(String),
    });
    expect(payload.nbf).toBeLessThan(payload.iat ?? 0);
    expect(payload.iat).toBeLessThanOrEqual(now);
    expect(payload.exp).toBeGreaterThan(now);
  });

  test('is a new one for each request, for the owner where no audience is named', async () => {
    const before = service.issued.length;
    const tokens = [tokenOf((await requestToken()).body), tokenOf((await requestToken('&audience=')).body)];
    const [one, two] = tokens.map((token) => decodeJwt(token));
    expect(one?.jti).not.toBe(two?.jti);
    expect([one?.aud, two?.aud]).toEqual(Array(2).fill('https://github.com/octo-org'));
    expect(service.issued.slice(before).map(({ token }) => token)).toEqual(tokens);
  });

  test('has other claims if the test asks for them', async () => {
    service.setClaims({ environment: undefined, sub: 'repo:o/r:ref:refs/heads/main' });
    const claims = decodeJwt(tokenOf((await requestToken()).body));
    expect(claims.sub).toBe('repo:o/r:ref:refs/heads/main');
    expect(claims).not.toHaveProperty('environment');
    const signed = decodeJwt(await service.sign('x', { exp: 1 }));
    expect(signed).toMatchObject({ aud: 'x', exp: 1, sub: 'repo:o/r:ref:refs/heads/main' });
    expect(signed).not.toHaveProperty('environment');
  });
});

test('what is to be found about an issuer', async () => {
  const response = await fetch(`${service.issuer}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({ issuer: service.issuer, jwks_uri: service.keysUrl });
  const other = await startTokenService({ issuer: 'https://ghes.example/_services/token' });
  expect(decodeJwt(await other.sign('x')).iss).toBe('https://ghes.example/_services/token');
  await other.close();
});

describe('refused', () => {
  const rows: Record<string, readonly [number, string, () => RequestInit]> = {
    'no bearer': [401, '2.0', () => ({})],
    'another bearer': [401, '2.0', () => ({ headers: { authorization: 'Bearer other' } })],
    'another method': [405, '2.0', () => ({ method: 'POST', headers: authorized() })],
    'another version': [400, '1.0', () => ({ headers: authorized() })],
  };
  test.each(Object.entries(rows))('%s', async (_what, [status, version, init]) => {
    const issued = service.issued.length;
    const response = await fetch(url().replace('2.0', version), init());
    expect(response.status).toBe(status);
    expect(service.issued).toHaveLength(issued);
    expect(service.requests.at(-1)).toMatchObject({ responseStatus: status, effect: 'none' });
  });
});

describe('faults, by a script', () => {
  test('403 the first times, while a job has just begun', async () => {
    service.setFaults((_request, index) =>
      index < 2 ? { kind: 'response', effect: false, status: 403, body: '{"message":"Pending"}' } : undefined,
    );
    const statuses = [
      (await requestToken()).status,
      (await requestToken()).status,
      (await requestToken()).status,
    ];
    expect(statuses).toEqual([403, 403, 200]);
  });

  test('a redirect, a response without a value, one that is lost', async () => {
    const location = 'http://127.0.0.1:1/';
    const issued = service.issued.length;
    service.setFaults(
      (_request, index) =>
        [
          {
            kind: 'response',
            effect: false,
            status: 302,
            headers: [['Location', location]],
            body: '',
          } as const,
          { kind: 'response', effect: true, body: '{"count":0}' } as const,
          { kind: 'silent', effect: true, ending: 'reset' } as const,
        ][index],
    );
    const redirect = await requestToken();
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, location]);
    expect((await requestToken()).body).toBe('{"count":0}');
    await expect(requestToken()).rejects.toThrow();
    expect(service.issued).toHaveLength(issued + 2);
  });

  test('do not touch the keys', async () => {
    service.setFaults(() => ({ kind: 'silent', effect: false, ending: 'reset' }));
    const before = service.keysFetched();
    expect((await fetch(service.keysUrl)).status).toBe(200);
    expect(service.keysFetched()).toBe(before + 1);
  });
});

describe('a job', () => {
  const requestFromStep = `fetch(process.env.ACTIONS_ID_TOKEN_REQUEST_URL + '&audience=api', {
    headers: { authorization: 'bearer ' + process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN },
  }).then((response) => response.json()).then(({ value }) => say('got ' + value))`;

  test('with id-token: write can ask, in main and post, whatever its env says; the bearer is masked', async () => {
    const show = `say(process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);`;
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/' };
    const job = jobOf(
      { main: show + requestFromStep, post: requestFromStep },
      { tokenService: service, env },
    );
    const main = await job.run({}, { env });
    expect(main.log).toEqual(['***', `got ${service.issued.at(-1)?.token}`]);
    const [post] = await job.posts();
    expect(post?.log).toEqual([`got ${service.issued.at(-1)?.token}`]);
    expect(service.issued.at(-1)?.audience).toBe('api');
    expect(main.log.join()).not.toContain(service.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
    expect(visible(main)).toContain(service.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
  });

  test('without it has no such variables', async () => {
    const main = `say(Object.keys(process.env).filter((name) => name.startsWith('ACTIONS_ID_TOKEN')).join())`;
    expect((await jobOf({ main }).run({})).log).toEqual(['']);
  });
});
