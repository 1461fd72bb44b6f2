import { describe, expect, test } from '@jest/globals';
import type { Fault, SessionIds, Settings } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  ending,
  expectHidden,
  JWT,
  LOGIN_V2,
  LOGOUT_V2,
  loginScene,
  OPAQUE,
  played,
  sent,
  VALID,
} from './login-support.ts';
import { apart, concurrentTest, respondWith } from './support.ts';

const HTML = '<html></html>';
const VERIFIED = /^Ended the session of .* on .*, verified: /;
const ENDED = /^Ended the session of .* on .* \(HTTP 200, 1 attempt\)\.$/;
const NOT_VERIFIED = /^Ended the session of .* on .* \(HTTP 200, 1 attempt\)\. Not verified: /;
const WARNED_NOT_VERIFIED =
  /^Warning: Ended the session of .* on .* \(HTTP 200, 1 attempt\)\. Not verified: /;
const ALIVE: Partial<Settings> = { logoutEndsJwt: false };
const down = respondWith(503, '', { 'Retry-After': '3600' });

const finish = (
  sessionIds: SessionIds,
  verify: string,
  settings: Partial<Settings> = {},
  faults: readonly (Fault | undefined)[] = [],
  how = 'warn',
) => loginScene({ sessionIds, settings, faults, inputs: { verify, 'on-cleanup-failure': how } }).then(played);

describe('after an end that the server confirmed', () => {
  test.concurrent.each([
    ['a JWT', '', JWT, true],
    ['a JWT', 'auto', JWT, true],
    ['a JWT', 'always', JWT, true],
    ['a JWT', 'never', JWT, false],
    ['an opaque id', 'auto', OPAQUE, false],
    ['an opaque id', 'always', OPAQUE, true],
    ['an opaque id', 'never', OPAQUE, false],
  ] as const)(
    '%s, verify %j',
    apart(async (_name, verify, ids, isVerified) => {
      const { post, main, cloud } = await finish(ids, verify);
      const verification = isVerified ? [VALID] : [];
      expect(sent(cloud)).toEqual([LOGIN_V2, ...verification, LOGOUT_V2, ...verification]);
      expect(post.log).toEqual([expect.stringMatching(isVerified ? VERIFIED : ENDED)]);
      expect(post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(cloud.openSessions()).toEqual([]);
      expectHidden([main, post], main.outputs['session-id'] ?? '');
    }),
  );

  concurrentTest(
    'the verification is the request that the vendor documents, and does not use the session',
    async () => {
      const { main, cloud } = await finish(JWT, 'auto');
      for (const index of [1, 3]) {
        const { body = '', headers = {} } = cloud.requests[index] ?? {};
        expect(JSON.parse(body)).toEqual({
          '@type': 'validatedToken',
          userName: 'source.pipeline@example.com',
          icToken: main.outputs['session-id'],
        });
        expect(headers['icsessionid']).toBeUndefined();
      }
    },
  );

  test.concurrent.each([
    ['auto', 'warn', 'info', 0],
    ['auto', 'fail', 'info', 0],
    ['always', 'warn', 'warning', 0],
    ['always', 'fail', 'error', 1],
  ])(
    'still valid, verify %s, on-cleanup-failure %s: never "ended"',
    apart(async (verify, how, level, exitCode) => {
      const { main, post, cloud } = await finish(JWT, verify, ALIVE, [], how);
      expect(ending(post)).toMatch(/^(Warning: |Error: )?Still valid: the session of /);
      expect(ending(post)).toContain(`it expires at ${main.outputs['expires-at']}`);
      expect(ending(post)).toContain('An administrator can ');
      expect(post.summary).toContain('** `Still valid: ');
      expect(post.exitCode).toBe(exitCode);
      expect(post.annotations.map((annotation) => annotation.level)).toEqual(level === 'info' ? [] : [level]);
      // Once more after a second.
      expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID, VALID]);
      expect(cloud.openSessions()).toHaveLength(1);
    }),
  );

  concurrentTest('valid at first, dead a second later: ended, verified', async () => {
    const valid = respondWith(200, '{"@type":"validatedToken","timeUntilExpire":1,"isValidToken":true}');
    const { post } = await finish(JWT, 'auto', {}, [undefined, undefined, undefined, valid]);
    expect(post.log).toEqual([expect.stringMatching(VERIFIED)]);
  });

  test.concurrent.each([
    ['a page', respondWith(200, HTML)],
    ['an error object', respondWith(500, '{"@type":"error","code":"X_1"}')],
    ['other JSON', respondWith(200, '{"@type":"validatedToken","isValidToken":"no"}')],
    ['nothing soon', down],
  ])(
    'no clear response, %s: ended, not verified and why; a warning if the user asked for it',
    apart(async (_name, fault) => {
      const faults = [undefined, undefined, undefined, fault];
      const [line, warning] = await Promise.all(
        ['auto', 'always'].map((verify) => finish(JWT, verify, {}, faults, 'fail')),
      );
      expect(line?.post.log).toEqual([expect.stringMatching(NOT_VERIFIED)]);
      expect(line?.post).toMatchObject({ exitCode: 0, annotations: [] });
      expect(warning?.post.log).toEqual([expect.stringMatching(WARNED_NOT_VERIFIED)]);
      expect(warning?.post.exitCode).toBe(0);
      for (const ran of [line, warning]) {
        expect(ran?.cloud.openSessions()).toEqual([]);
        expect(ran?.post.log[0]).toMatch(/Not verified: validSessionId gave no clear answer\.$/);
        expect(ran && sent(ran.cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID]);
      }
    }),
  );
});

describe('an unclear 2xx or 401 to the logout is put to validSessionId', () => {
  const effective = (status: number, body: string): Fault => ({ ...respondWith(status, body), effect: true });

  test.concurrent.each([
    ['a text under 200', effective(200, '"OK"')],
    ['a page under 200', effective(200, HTML)],
    ['202', effective(202, '')],
    ['a page under 401', effective(401, HTML)],
  ])(
    '%s, and it is dead: ended, verified, and nothing more is sent',
    apart(async (_name, fault) => {
      const { post, cloud } = await finish(OPAQUE, 'always', {}, [undefined, undefined, fault]);
      expect(post.log).toEqual([expect.stringMatching(VERIFIED)]);
      expect(post.exitCode).toBe(0);
      expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID]);
    }),
  );

  concurrentTest(
    'and it is dead, but was never reported as valid: that is not believed, and the logout is tried again',
    async () => {
      const { post, cloud } = await finish(OPAQUE, 'auto', {}, [undefined, effective(200, HTML)]);
      expect(sent(cloud).slice(0, 4)).toEqual([LOGIN_V2, LOGOUT_V2, VALID, LOGOUT_V2]);
      expect(ending(post)).toMatch(/^Ended |^Already ended/);
      expect(ending(post)).not.toContain('verified');
    },
  );

  concurrentTest('and it lives: the logout is unclear, and tried again', async () => {
    const { post, cloud } = await finish(OPAQUE, 'auto', {}, [undefined, respondWith(200, HTML)]);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, VALID, LOGOUT_V2]);
    expect(ending(post)).toMatch(/^Ended the session of /);
    expect(cloud.openSessions()).toEqual([]);
  });

  concurrentTest('and it lives to the end: not confirmed, never "still valid"', async () => {
    const page = respondWith(401, HTML);
    const stage = await loginScene({ faults: [undefined, page, undefined, page, undefined] });
    const { post, cloud } = await played(stage);
    expect(ending(post)).toMatch(new RegExp(`^Warning: ${UNCONFIRMED_END}: `));
    expect(ending(post)).toContain('validSessionId reports it as still valid.');
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, VALID, LOGOUT_V2, VALID]);
    expect(cloud.openSessions()).toHaveLength(1);
  });

  concurrentTest(
    'and it gives no clear response either: that ends nothing, and the logout is tried again',
    async () => {
      const page = respondWith(200, HTML);
      const { post, cloud } = await finish(JWT, 'auto', {}, [undefined, undefined, page, page]);
      expect(sent(cloud)).toEqual([LOGIN_V2, VALID, LOGOUT_V2, VALID, LOGOUT_V2, VALID]);
      expect(post.log.at(-1)).toMatch(VERIFIED);
      expect(cloud.openSessions()).toEqual([]);
    },
  );

  concurrentTest('verify: never sends no verification', async () => {
    const { cloud } = await finish(OPAQUE, 'never', {}, [undefined, effective(200, HTML)]);
    expect(sent(cloud)).not.toContain(VALID);
  });

  concurrentTest('a 5xx does not verify the end', async () => {
    const { cloud, post } = await finish(OPAQUE, 'auto', {}, [undefined, effective(502, HTML)]);
    expect(sent(cloud)).toEqual([LOGIN_V2, LOGOUT_V2, LOGOUT_V2]);
    expect(ending(post)).toMatch(/^Ended /);
  });
});

describe('how long a session lives that could not be ended', () => {
  concurrentTest('a JWT says so itself', async () => {
    const { main, post } = await finish(JWT, 'auto', {}, [undefined, undefined, down]);
    expect(ending(post)).toMatch(new RegExp(`^Warning: ${UNCONFIRMED_END}: `));
    expect(ending(post)).toContain(`it expires at ${main.outputs['expires-at']}`);
  });

  concurrentTest('else it is the organization’s setting', async () => {
    const { post } = await finish(OPAQUE, 'auto', {}, [undefined, down]);
    expect(ending(post)).toContain('30 minutes unless the organization sets another');
  });
});
