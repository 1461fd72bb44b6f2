import { describe, expect, test } from '@jest/globals';
import type { HttpResponse } from '../../../src/http.ts';
import { mainStep } from '../../../src/steps/main-step.ts';
import { errorTextV2, errorTextV3, MODES, type Mode, SIGN_IN_PAGE } from '../../action/support.ts';
import { expectNotTheApi, IP_HINT, USUAL_REASONS } from '../../message-patterns.ts';
import {
  logoutallValues,
  logoutValues,
  received,
  receivedWith,
  runnerOf,
  ScriptedWorld,
} from '../support.ts';

/** A response, as the transport hands it over. */
function response(status: number, body = '', headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const type = body.startsWith('<') ? 'text/html' : 'application/json';
  return received(status, body, {
    contentType: headers['Content-Type'] ?? type,
    location: headers['Location'],
    wwwAuthenticate: headers['WWW-Authenticate'],
  });
}

/** What main says at its end if every request gets this response. */
async function outcomeFor(mode: Mode, result: HttpResponse): Promise<string> {
  const values = mode === 'logout' ? logoutValues : logoutallValues;
  const world = new ScriptedWorld([result], { forEver: true });
  const { runner } = runnerOf(values({ 'timeout-seconds': '60' }), world.journal);
  return (await world.clock.until(mainStep(runner, world))).text;
}

const NTLM = { 'WWW-Authenticate': 'NTLM' };

// `action/messages.test.ts` has one of each kind, over a socket.
describe('who spoke', () => {
  test.each([
    ['a page', response(401, SIGN_IN_PAGE, NTLM), /web page \(HTTP 401, text\/html\)/],
    [
      'a page with a charset',
      response(403, SIGN_IN_PAGE, { 'Content-Type': 'text/html; charset=utf-8' }),
      /web page \(HTTP 403, text\/html\)/,
    ],
    ['a page under 200', response(200, SIGN_IN_PAGE), /web page \(HTTP 200, text\/html\)/],
    ['a page under 404', response(404, SIGN_IN_PAGE), /web page \(HTTP 404, text\/html\)/],
    ['JSON of another kind', response(401, '{"message":"Unauthorized"}'), /HTTP 401, application\/json/],
    ['text', response(200, 'OK', { 'Content-Type': 'text/plain' }), /HTTP 200, text\/plain/],
  ])('something else: %s', async (_name, fault, text) => {
    for (const mode of MODES) {
      const line = await outcomeFor(mode, fault);
      expect(line).toMatch(text);
      expectNotTheApi(line, mode === 'logout' ? 'server-url' : 'login-url');
    }
  });

  test('a media type is a server’s text too', async () => {
    const type = { 'Content-Type': '::error::x/<b>"y"; charset=x' };
    const line = await outcomeFor('logout', response(403, SIGN_IN_PAGE, type));
    expect(line).not.toContain('::error');
  });

  test('an empty response', async () => {
    const ended = await outcomeFor('logout', response(401));
    expect(ended).toContain('an empty response');
    expect(ended).not.toContain('says the server');
    expect(
      await outcomeFor('logout', receivedWith({ kind: 'complete', text: '', endIsCertain: false }, 200)),
    ).toMatch(/empty/);
    expect(await outcomeFor('logoutall', response(403))).toMatch(/empty/);
  });

  test('the text of the server', async () => {
    expect(
      await outcomeFor('logout', response(401, errorTextV2(401, 'AUTH_01', 'Session expired.'))),
    ).toContain('AUTH_01 "Session expired."');
    expect(await outcomeFor('logout', response(400, errorTextV3('X_1', 'No such thing.')))).toContain(
      'X_1 "No such thing."',
    );
  });
});

describe('the hint on trusted IP addresses', () => {
  test.each([
    ['logout', response(403, errorTextV2(403, 'X_1'))],
    ['logout', response(403, errorTextV3('X_1'))],
    ['logoutall', response(403, errorTextV2(403, 'UI_10000'))],
    ['logoutall', response(401, errorTextV3('IDS_085'))],
  ] as const)('%s: is there for the vendor’s own 401 and 403 (%#)', async (mode, fault) => {
    expect(await outcomeFor(mode, fault)).toMatch(IP_HINT);
  });

  test.each([
    ['logout', response(400, errorTextV2(400, 'X_1'))],
    ['logout', response(404, errorTextV3('X_1'))],
    ['logout', response(403)],
    ['logoutall', response(403, '{"message":"Forbidden"}')],
    ['logoutall', response(401, SIGN_IN_PAGE)],
  ] as const)('%s: and for nothing else (%#)', async (mode, fault) => {
    expect(await outcomeFor(mode, fault)).not.toMatch(IP_HINT);
  });
});

describe('bad credentials', () => {
  test.each([
    ['v2, 403', response(403, errorTextV2(403, 'UI_10000'))],
    ['v3, 401', response(401, errorTextV3('IDS_085'))],
    ['under 500', response(500, errorTextV2(500, 'UI_10000'))],
  ])('come with the reasons that people meet: %s', async (_name, fault) => {
    const line = await outcomeFor('logoutall', fault);
    for (const reason of USUAL_REASONS) expect(line).toMatch(reason);
  });

  test('not so a session id', async () => {
    const line = await outcomeFor('logout', response(403, errorTextV2(403, 'X_1')));
    for (const reason of [/SAML/, /second factor/]) expect(line).not.toMatch(reason);
  });

  test.each([
    ['IDS_086', response(403, errorTextV3('IDS_086'))],
    ['the word', response(401, errorTextV2(401, 'UI_10000', 'User account is locked.'))],
    ['the word in capitals', response(403, errorTextV3('IDS_099', 'ACCOUNT LOCKED'))],
  ])('a locked account: don’t run the job again (%s)', async (_name, fault) => {
    const line = await outcomeFor('logoutall', fault);
    expect(line).toMatch(/(don[’']t|do not) run/i);
    expect(line).toMatch(/administrator/);
  });

  test('that are wrong for another reason are not called locked', async () => {
    const line = await outcomeFor('logoutall', response(403, errorTextV2(403, 'UI_10000')));
    expect(line).not.toMatch(/run the job again|unlock/);
  });
});

describe('the request id of a v3 error', () => {
  const requestId = '5f3c8a9e-not-a-secret';
  const envelopes = [
    JSON.stringify({ error: { code: 'X_1', message: 'No.', requestId, details: null } }),
    JSON.stringify({ code: 'X_1', message: 'No.', requestId }),
  ];
  test.each(envelopes)('is shown: %s', async (body) => {
    for (const status of [400, 401]) {
      expect(await outcomeFor('logout', response(status, body))).toContain(requestId);
    }
  });
});

describe('a redirect', () => {
  test.each([
    ['https://login.example.com:8443/path?query=1', 'login.example.com:8443'],
    ['//portal.example/login', 'portal.example'],
  ])('to %s: the host, and that the organization may have moved', async (location, host) => {
    for (const mode of MODES) {
      const line = await outcomeFor(mode, response(302, SIGN_IN_PAGE, { Location: location }));
      expect(line).toContain(host);
      expect(line).toMatch(/log in again\b.*the organization may have moved/);
      expect(line).not.toContain('query');
    }
  });

  test.each(['https://::error::x/', 'http://[not a URL', '', 'javascript:alert(1)', 'data:text/html,<b>'])(
    'to %j: no more than that',
    async (location) => {
      const line = await outcomeFor('logout', response(302, '', { Location: location }));
      expect(line).toContain('log in again');
      expect(line).not.toMatch(/::|alert|data:/);
    },
  );
});
