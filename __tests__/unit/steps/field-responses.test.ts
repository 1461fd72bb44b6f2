import { describe, expect, test } from '@jest/globals';
import type { Happening } from '../../../proof/responses/table.ts';
import { visible } from '../../../runner/index.ts';
import type { NetworkFailure } from '../../../src/http.ts';
import {
  errorTextV2,
  errorTextV3,
  MODES,
  type Mode,
  markupOf,
  NO_SESSION,
  SIGN_IN_PAGE,
} from '../../action/support.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import { at } from '../responses/rows.ts';
import { lost, noResponse, proxySays } from '../support.ts';
import { handedOver, response } from './happenings.ts';
import { jobThatMeets, shown } from './table-job.ts';

// Responses from public reports and pipelines. `action/field-cases.test.ts` has their numbers, and plays one of each kind with the bundles.

const page401 = response(401, SIGN_IN_PAGE, { headers: { 'WWW-Authenticate': 'NTLM' } });

describe('not a response of the vendor', () => {
  /** Fails unless main and post say that the end is not confirmed. */
  const expectNotConfirmed = async (mode: Mode, meets: (index: number) => Happening) => {
    for (const choice of ['warn', 'fail']) {
      const inputs = { 'on-cleanup-failure': choice };
      const { main, post, openAfterPost } = await jobThatMeets(mode, meets, { timeoutSeconds: 2, inputs });
      expect(shown(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(main).toMatchObject({ exitCode: 1, outputs: { result: 'failed' } });
      expect(shown(post)).toBe(`${choice === 'fail' ? 'Error' : 'Warning'}: ${UNCONFIRMED_END}`);
      expect(post.exitCode).toBe(choice === 'fail' ? 1 : 0);
      expect(openAfterPost).toHaveLength(1);
    }
  };

  test.each(MODES)('a 401 with a page, %s', async (mode) => {
    await expectNotConfirmed(mode, () => page401);
  });

  test('a 401 with a page, after the session was scheduled', async () => {
    const inputs = { 'on-cleanup-failure': 'fail' };
    const { post, openAfterPost } = await jobThatMeets('logout', () => page401, { when: 'job-end', inputs });
    expect(shown(post)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(openAfterPost).toHaveLength(1);
  });

  test.each([
    at(429),
    at(500),
    response(200, SIGN_IN_PAGE),
    handedOver('a lost response', noResponse(lost, true)),
    at(408),
  ])('a 401 with a page, after $name', async (first) => {
    await expectNotConfirmed('logout', (index) => (index === 0 ? first : page401));
  });

  test.each([
    ['a success that is none', response(200, '{"success":false}')],
    ['maintenance', response(200, '{"status":"maintenance"}')],
    ['202', response(202)],
    ['202 with a job', response(202, '{"jobId":"x"}')],
    ['Spring’s health', response(200, '{"status":"DOWN","components":{}}')],
    ['an empty 200 without an end', at(200, 'no body', 'no length')],
    ['an empty 401 without an end', at(401, 'no body', 'no length')],
    ['Google’s', response(401, '{"error":{"code":401,"message":"x","status":"UNAUTHENTICATED"}}')],
    ['Azure’s', response(401, '{"error":{"code":"AuthenticationFailed","message":"x"}}')],
    ['Spring’s', response(401, '{"timestamp":"x","status":401,"error":"Unauthorized","path":"/saas"}')],
    ['an API gateway’s', response(401, '{"statusCode":401,"message":"Access denied"}')],
    [
      'an identity provider’s',
      response(401, '{"error":"invalid_token"}', { headers: { 'WWW-Authenticate': 'Bearer' } }),
    ],
    ['a page of a firewall', response(403, '<html>Blocked</html>')],
  ])('%s', async (_name, happening) => {
    await expectNotConfirmed('logout', () => happening);
  });

  test('a page of a firewall is called a page', async () => {
    const blocked = response(403, '<html>Blocked</html>');
    const { main } = await jobThatMeets('logout', () => blocked, { timeoutSeconds: 2 });
    const text = main.log.at(-1);
    expect(text).toMatch(/web page \(HTTP 403, text\/html\)/);
    expect(text).toMatch(/proxy|gateway/);
    expect(text).not.toMatch(/trusted IP/);
  });
});

describe('a response of the vendor', () => {
  test('a session that does not exist, after a 503', async () => {
    const inputs = { 'session-id': NO_SESSION };
    const meets = (index: number) => (index === 0 ? at(503) : undefined);
    const { main, post, openAfterPost } = await jobThatMeets('logout', meets, { inputs });
    expect(shown(main)).toBe('Error: Already ended');
    expect(main.outputs).toMatchObject({ result: 'already-ended', attempts: '2' });
    expect(shown(post)).toBe('Nothing to clean up');
    expect(openAfterPost).toHaveLength(1);
  });

  test.each([
    ['flat', '{"code":"AUTH_01","message":"Session expired","requestId":"x"}'],
    ['with a description', '{"code":"AUTH_01","description":"Session expired"}'],
    ['v3', '{"error":{"code":"AUTH_01","message":"Session expired","requestId":"x"}}'],
    ['v2', '{"@type":"error","description":"Session expired"}'],
  ])('already ended: %s', async (_name, body) => {
    const { main, post } = await jobThatMeets('logout', () => response(401, body));
    expect(shown(main)).toBe('Error: Already ended');
    expect(main.outputs).toMatchObject({ result: 'already-ended', 'error-message': 'Session expired' });
    expect(main.log.at(-1)).toContain('"Session expired"');
    expect(shown(post)).toBe('Nothing to clean up');
  });
});

describe('refused credentials are sent once', () => {
  test.each([
    ['500', response(500, '{"@type":"error","code":"UI_10000","statusCode":500}')],
    ['503 and v3', response(503, errorTextV3('IDS_085'))],
    ['502 and a status in the object', response(502, errorTextV2(401, 'X_1'))],
    ['200 and v2', response(200, errorTextV2(403, 'UI_10000'))],
    ['429, locked', response(429, errorTextV3('IDS_086'), { headers: { 'Retry-After': '1' } })],
  ])('%s', async (_name, happening) => {
    for (const when of ['now', 'job-end'] as const) {
      const { main, post, calls } = await jobThatMeets('logoutall', () => happening, { when });
      expect(shown(when === 'now' ? main : post)).toMatch(/^(Error|Warning): Not ended$/);
      expect(calls).toHaveLength(1);
    }
  });
});

test.each([
  ['five minutes ahead', 5 * 60_000, 429],
  ['five minutes behind', -5 * 60_000, 429],
  ['a year ahead', 365 * 86_400_000, 503],
])('Retry-After by the server’s clock, %s', async (_name, skewMs, status) => {
  // The virtual clock begins there.
  const dateAt = (ms: number) => new Date(Date.UTC(2026, 0, 1) + skewMs + ms).toUTCString();
  const later = at(status);
  const skewed: Happening = {
    ...later,
    response: (scene) => {
      const plain = later.response(scene);
      return { ...plain, headers: { ...plain.headers, date: dateAt(0), retryAfter: dateAt(2_000) } };
    },
  };
  const meets = (index: number) => (index === 0 ? skewed : undefined);
  const { main, openAfterPost } = await jobThatMeets('logout', meets, { timeoutSeconds: 20 });
  expect(main.log[0]).toContain('Retrying in 2.0 s.');
  expect(shown(main)).toBe('Ended');
  expect(openAfterPost).toEqual([]);
});

describe('a text that repeats the session id in pieces', () => {
  const id = 'S3ss10nIdAbCdEfGhIjKlMnOpQr';
  const inputs = { 'session-id': id, summary: 'true' };
  test.each([
    ['in three places', 'bad id: S3ss10nId then AbCdEfGhI then jKlMnOpQr'],
    ['whole', `bad id: ${id}`],
    ['its beginning', 'bad id: S3ss10nI…'],
    ['its end', 'bad id: …KlMnOpQr'],
    ['split by blanks', 'bad id: S3ss 10nI dAbC'],
    ['percent-encoded', `bad id: ${[...id].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`],
    ['XML entities', `bad id: ${[...id].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join('')}`],
    ['JSON escapes', `bad id: ${[...id].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}`],
  ])('%s', async (_name, description) => {
    for (const body of [errorTextV2(400, 'X_1', description), errorTextV3('X_1', description)]) {
      const { main } = await jobThatMeets('logout', () => response(400, body), { inputs });
      expect(shown(main)).toBe('Error: Not ended');
      expect(visible(main)).toContain('withheld');
      expect(visible(main)).not.toMatch(/bad id|S3ss|MnOpQr/);
    }
  });

  test('what only looks like it is shown', async () => {
    const description = 'Session S3ss10n, or AbCdEfG, is unknown.';
    const happening = response(400, errorTextV2(400, 'X_1', description));
    const { main } = await jobThatMeets('logout', () => happening, { inputs });
    expect(main.outputs['error-message']).toBe(description);
  });
});

describe('the summary shows text as text', () => {
  test.each([
    'evil@example.com',
    'https://evil.example',
    'www.evil.example',
    '`evil@example.com`',
    '``` evil@example.com ```',
    '`` ` evil@example.com',
    '\\`evil@example.com',
    '@somebody #1 GH-1',
    '<b>evil@example.com</b>',
  ])('%s', async (description) => {
    const happening = response(400, errorTextV2(400, 'X_1', description));
    const { main } = await jobThatMeets('logout', () => happening, { inputs: { summary: 'true' } });
    expect(main.summary).toContain(description.replaceAll('`', '').trim().slice(-8));
    expect(markupOf(main.summary)).not.toMatch(/@|:\/\/|www|#1|GH-1|<b>/);
  });
});

describe('the proxy is named', () => {
  const proxy = 'proxy.example.com:3128';
  test.each<[string, NetworkFailure, number | undefined]>([
    ['403', proxySays(403), 2],
    ['407', proxySays(407), 1],
    ['another 4xx', proxySays(404), 2],
    ['no HTTP', { kind: 'not-http', code: 'HPE_INVALID_CONSTANT', proxy, cause: undefined }, undefined],
    ['nothing', { kind: 'proxy-unreachable', proxy, detail: 'ECONNRESET', cause: undefined }, undefined],
    ['a redirect', proxySays(302), 1],
    ['5xx', proxySays(502), undefined],
  ])('%s', async (_name, failure, timesInAStep) => {
    for (const mode of MODES) {
      const timeoutSeconds = timesInAStep === undefined ? 1 : 5;
      const meets = () => handedOver(failure.kind, noResponse(failure, false));
      const { main, post, calls } = await jobThatMeets(mode, meets, { timeoutSeconds });
      expect(shown(main)).toBe(`Error: ${UNCONFIRMED_END}`);
      expect(shown(post)).toBe(`Warning: ${UNCONFIRMED_END}`);
      for (const step of [main, post]) {
        expect(step.log.at(-1)).toContain(proxy);
        expect(step.log.at(-1)).not.toMatch(/check (server|login)-url/);
      }
      // It did not reach the server, so logoutall has as many attempts.
      if (timesInAStep !== undefined) expect(calls).toHaveLength(2 * timesInAStep);
      else expect(calls.length).toBeGreaterThan(2);
    }
  });
});

test.each([
  ['302', 302, 'http://portal.example/login'],
  ['303', 303, 'https://portal.example/'],
  ['307 to the same server', 307, '/saas/api/v2/user/logout'],
  ['301 to nowhere', 301, ''],
])('a redirect in main: %s', async (_name, status, location) => {
  const headers: Record<string, string> = location === '' ? {} : { Location: location };
  for (const mode of MODES) {
    const meets = (index: number) => (index === 0 ? response(status, '', { headers }) : undefined);
    const { main, post, calls, openAfterPost } = await jobThatMeets(mode, meets);
    expect(shown(main)).toBe(`Error: ${UNCONFIRMED_END}`);
    expect(main.outputs).toMatchObject({ result: 'failed', attempts: '1', 'status-code': String(status) });
    expect(shown(post)).toBe('Ended');
    expect(calls).toHaveLength(2);
    expect(openAfterPost).toEqual([]);
  }
});

describe('what is about something else than the session does not end it', () => {
  const untrusted = errorTextV2(401, 'UI_10044', 'The IP address is not trusted.');
  test.each([
    ['an address', [response(401, untrusted)]],
    ['an address, after a 502', [at(502), response(401, untrusted)]],
    ['404 with a 401 in it', [response(404, errorTextV2(401, 'X_1'))]],
  ])('%s: not ended, by post neither', async (_name, happenings) => {
    const inputs = { 'on-cleanup-failure': 'fail' };
    const meets = (index: number) => happenings[index];
    const { post, openAfterPost } = await jobThatMeets('logout', meets, { when: 'job-end', inputs });
    expect(shown(post)).toBe('Error: Not ended');
    expect(post.exitCode).toBe(1);
    expect(openAfterPost).toHaveLength(1);
  });

  const saying = (description: string, beside = {}) =>
    JSON.stringify({ '@type': 'error', code: 'X_1', description, statusCode: 401, ...beside });
  const UNTRUSTED = { message: 'The IP address is not trusted.' };
  test.each([
    ['IPv6', saying('The session is invalid: IPv6 is not allowed.'), 'Not ended'],
    ['IPs', saying('Invalid session. The IPs differ.'), 'Not ended'],
    ['IPaddress', saying('Invalid session, IPaddress mismatch.'), 'Not ended'],
    ['a second text', saying('Session is invalid.', UNTRUSTED), 'Not ended'],
    ['details', saying('Session is invalid.', { details: UNTRUSTED }), 'Not ended'],
    [
      'details of version 3',
      JSON.stringify({ error: { code: 'X_1', message: 'Session is invalid.', details: [UNTRUSTED] } }),
      'Not ended',
    ],
    [
      'only details',
      JSON.stringify({ '@type': 'error', statusCode: 401, details: 'IP is not trusted.' }),
      'Not ended',
    ],
    ['a field that says no', saying('sessionExpired=false'), UNCONFIRMED_END],
    ['an answer that is no', saying('Session expired: no'), UNCONFIRMED_END],
    ['a header that got lost', saying('Session header not found.'), UNCONFIRMED_END],
    ['a cookie that got lost', saying('Session cookie not found'), UNCONFIRMED_END],
  ])('in other letters or another member: %s', async (_name, body, outcome) => {
    const { main, openAfterPost } = await jobThatMeets('logout', () => response(401, body));
    expect(shown(main)).toBe(`Error: ${outcome}`);
    expect(openAfterPost).toHaveLength(1);
  });
});

test.each([
  ['StatusCode', { StatusCode: 401 }],
  ['status_code', { status_code: '500' }],
  ['httpStatus', { httpStatus: 500 }],
  ['false as a text', { success: 'false' }],
])('a success object that %s denies ends nothing', async (_name, member) => {
  const text = JSON.stringify({ '@type': 'success', ...member });
  const { main, openAfterPost } = await jobThatMeets('logout', () => response(200, text));
  expect(shown(main)).toBe(`Error: ${UNCONFIRMED_END}`);
  expect(openAfterPost).toHaveLength(1);
});

describe('a lock', () => {
  test('that only a second text names stops logoutall', async () => {
    const texts = { description: 'Try later.', message: 'The account is locked.' };
    const body = JSON.stringify({ '@type': 'error', code: 'X_1', ...texts });
    const { main, calls } = await jobThatMeets('logoutall', () => response(429, body));
    expect(shown(main)).toBe('Error: Not ended');
    expect(calls).toHaveLength(1);
  });

  test('stops logoutall under 429 too, with what to do', async () => {
    const body = errorTextV2(429, 'UI_2', 'Too many failed logins: the account is locked.');
    const { main, calls } = await jobThatMeets('logoutall', () => response(429, body));
    expect(shown(main)).toBe('Error: Not ended');
    expect(main.log.at(-1)).toMatch(/administrator unlocks .* run the job again/);
    expect(calls).toHaveLength(1);
  });

  test('of an object is none of an account', async () => {
    const body = errorTextV2(400, 'X_1', 'Object X is locked.');
    for (const mode of MODES) {
      const { main } = await jobThatMeets(mode, () => response(400, body));
      expect(shown(main)).toBe('Error: Not ended');
      expect(main.log.at(-1)).not.toMatch(/account|administrator/);
    }
  });
});

test.each([301, 302, 303, 307, 308])('a %d is not followed, in main and in post', async (status) => {
  for (const mode of MODES) {
    const path = mode === 'logout' ? '/saas/api/v2/user/logout' : '/ma/api/v2/user/logoutall';
    const redirect = response(status, '', { headers: { Location: `https://portal.example${path}` } });
    const meets = (index: number) => (index === 0 ? redirect : undefined);
    // The redirect ends the tries of the step; after that of main, there is one more step.
    const now = await jobThatMeets(mode, meets);
    expect([shown(now.main), shown(now.post)]).toEqual([`Error: ${UNCONFIRMED_END}`, 'Ended']);
    expect(now.calls).toHaveLength(2);
    const atEnd = await jobThatMeets(mode, meets, { when: 'job-end' });
    expect([shown(atEnd.main), shown(atEnd.post)]).toEqual(['Scheduled', `Warning: ${UNCONFIRMED_END}`]);
    expect(atEnd.calls).toHaveLength(1);
    for (const { foreignConnections } of [now, atEnd]) expect(foreignConnections).toBe(0);
  }
});
