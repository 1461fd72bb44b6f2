import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { expectNotTheApi, IP_HINT, USUAL_REASONS } from '../message-patterns.ts';
import {
  bytes,
  errorTextV2,
  errorTextV3,
  IMPATIENT,
  MODES,
  type Mode,
  NTLM,
  onlyMain,
  outcomeLine,
  outcomeOf,
  respondWith,
  SIGN_IN_PAGE,
  scene,
} from './support.ts';

/** What main says at its end if every request gets this response. */
async function outcomeFor(
  mode: Mode,
  fault: Fault,
  inputs: Readonly<Record<string, string>> = {},
): Promise<string> {
  const stage = await scene(mode, {
    inputs: { 'timeout-seconds': mode === 'logout' ? '20' : '2', ...inputs },
    job: IMPATIENT,
  });
  stage.cloud.setFaults(() => fault);
  return outcomeLine(await onlyMain(stage));
}

// `unit/steps/messages.test.ts` has more responses, in process.
describe('who spoke', () => {
  test.each([
    ['a page', respondWith(401, SIGN_IN_PAGE, NTLM), /web page \(HTTP 401, text\/html\)/],
    ['text', respondWith(200, 'OK', { 'Content-Type': 'text/plain' }), /HTTP 200, text\/plain/],
  ])('something else: %s', async (_name, fault, text) => {
    for (const mode of MODES) {
      const line = await outcomeFor(mode, fault);
      expect(line).toMatch(text);
      expectNotTheApi(line, mode === 'logout' ? 'server-url' : 'login-url');
    }
  });

  test('a media type is a server’s text too', async () => {
    const type = { 'Content-Type': '::error::x/<b>"y"; charset=x' };
    const line = await outcomeFor('logout', respondWith(403, SIGN_IN_PAGE, type));
    expect(line).not.toContain('::error');
  });

  test('an empty response', async () => {
    const ended = await outcomeFor('logout', respondWith(401));
    expect(ended).toContain('an empty response');
    expect(ended).not.toContain('says the server');
    expect(await outcomeFor('logout', bytes('HTTP/1.1 200 OK\r\n\r\n'))).toMatch(/empty/);
  });

  test('the text of the server', async () => {
    expect(
      await outcomeFor('logout', respondWith(401, errorTextV2(401, 'AUTH_01', 'Session expired.'))),
    ).toContain('AUTH_01 "Session expired."');
    expect(await outcomeFor('logout', respondWith(400, errorTextV3('X_1', 'No such thing.')))).toContain(
      'X_1 "No such thing."',
    );
  });
});

describe('the hint on trusted IP addresses', () => {
  test.each([
    ['logout', respondWith(403, errorTextV2(403, 'X_1'))],
    ['logoutall', respondWith(401, errorTextV3('IDS_085'))],
  ] as const)('%s: is there for the vendor’s own 401 and 403 (%#)', async (mode, fault) => {
    expect(await outcomeFor(mode, fault)).toMatch(IP_HINT);
  });

  test.each([
    ['logout', respondWith(400, errorTextV2(400, 'X_1'))],
    ['logoutall', respondWith(401, SIGN_IN_PAGE)],
  ] as const)('%s: and for nothing else (%#)', async (mode, fault) => {
    expect(await outcomeFor(mode, fault)).not.toMatch(IP_HINT);
  });
});

describe('bad credentials', () => {
  test('come with the reasons that people meet, under 500 too', async () => {
    const line = await outcomeFor('logoutall', respondWith(500, errorTextV2(500, 'UI_10000')));
    for (const reason of USUAL_REASONS) expect(line).toMatch(reason);
  });

  test('a locked account: don’t run the job again', async () => {
    const locked = errorTextV2(401, 'UI_10000', 'User account is locked.');
    const line = await outcomeFor('logoutall', respondWith(401, locked));
    expect(line).toMatch(/(don[’']t|do not) run/i);
    expect(line).toMatch(/administrator/);
  });
});

describe('the request id of a v3 error', () => {
  const requestId = '5f3c8a9e-not-a-secret';
  const envelopes = [
    JSON.stringify({ error: { code: 'X_1', message: 'No.', requestId, details: null } }),
    JSON.stringify({ code: 'X_1', message: 'No.', requestId }),
  ];
  test.each(envelopes)('is shown: %s', async (body) => {
    expect(await outcomeFor('logout', respondWith(400, body))).toContain(requestId);
  });

  test.each([
    ['one that repeats the session id', (id: string) => id],
    ['a command', () => '\n::error::x'],
    ['none', () => null],
  ])('is a server’s text: %s', async (_name, idFor) => {
    const stage = await scene('logout');
    const { sessionId } = stage.session;
    const body = JSON.stringify({ error: { code: 'X_1', message: 'No.', requestId: idFor(sessionId) } });
    stage.cloud.setFaults(() => respondWith(400, body));
    const main = await onlyMain(stage);
    expect(outcomeOf(main)).toBe('Error: Not ended');
    expect(main.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(sessionId);
    expect(main.annotations).toHaveLength(1);
    expect(outcomeLine(main)).not.toMatch(/null|undefined|::/);
  });
});

describe('a redirect', () => {
  test('to another host: which, and that the organization may have moved', async () => {
    const location = 'https://login.example.com:8443/path?query=1';
    for (const mode of MODES) {
      const line = await outcomeFor(mode, respondWith(302, SIGN_IN_PAGE, { Location: location }));
      expect(line).toContain('login.example.com:8443');
      expect(line).toMatch(/log in again\b.*the organization may have moved/);
      expect(line).not.toContain('query');
    }
  });

  test.each(['https://::error::x/', 'javascript:alert(1)'])('to %j: no more than that', async (location) => {
    const line = await outcomeFor('logout', respondWith(302, '', { Location: location }));
    expect(line).toContain('log in again');
    expect(line).not.toMatch(/::|alert|data:/);
  });
});

test('a proxy that the runner was told to use is named in what it says', async () => {
  const inputs = { 'server-url': 'https://usw3.dm-us.informaticacloud.com/saas' };
  const job = { ...IMPATIENT, env: { https_proxy: 'http://127.0.0.1:9' } };
  const stage = await scene('logout', { inputs: { 'timeout-seconds': '1', ...inputs }, job });
  const line = outcomeLine(await onlyMain(stage));
  expect(line).toContain('127.0.0.1:9');
  expect(line).not.toContain('check server-url');
});
