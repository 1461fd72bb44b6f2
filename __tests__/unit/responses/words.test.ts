import { describe, expect, test } from '@jest/globals';
import { saysSessionIsDead } from '../../../src/responses/session-words.ts';
import {
  isAboutCredentials,
  isAboutSomethingElse,
  saysAccountIsLocked,
  saysPasswordExpired,
  saysTooManySessions,
  wordsOf,
} from '../../../src/responses/words.ts';
import { cpuMsOf } from '../support.ts';

test.each([
  ['icSessionId', 'ic session id'],
  ['INFA-SESSION-ID', 'infa session id'],
  ['hasHTTPError_2', 'has http error 2'],
  ['The IPAddress', 'the ip address'],
  ['', ''],
])('the words of %j', (text, words) => expect(wordsOf(text).join(' ')).toBe(words));

describe('a text says that the session is over', () => {
  test.each([
    'Session expired',
    'The session is not valid.',
    "The session isn't valid.",
    'Your session has expired. Please log in again.',
    'SESSION HAS EXPIRED',
    'Session expired due to inactivity',
    'Session has already ended',
    'Session not found',
    'The session could not be found.',
    'Session is no longer valid',
    'Invalid session',
    'Invalid session ID.',
    'Invalid or expired session token',
    'Invalid or missing session id',
    'Session id is invalid or has expired.',
    'icSessionId is invalid',
    'INFA-SESSION-ID header is not valid',
    'The token provided has expired.',
    'Not a valid session',
    'No valid session found',
    'Unauthorized: token expired',
    'Error 401: session 8fA2x-41 is not valid.',
    'Session Qm3ZtV8rXk5LwB1nYc7D expired.',
    'User is not logged in',
    "You aren't logged in.",
    'Not logged in, please log in again',
  ])('%j', (text) => expect(saysSessionIsDead(text)).toBe(true));

  test.each([
    '',
    'No.',
    'Unauthorized',
    'It is not valid.',
    'Session.',
    'The session is valid.',
    'The session has not expired.',
    'The session was not ended.',
    'The session could not be ended.',
    'The session has not ended yet.',
    'The session is not invalid.',
    'Not an expired session',
    'If the session is expired, log in again.',
    'Cannot tell whether the session is expired',
    'The session may have expired',
    'The session is not valid for this host.',
    'The session is invalid on other pods.',
    'Invalid session type',
    'Invalid token format',
    'Session timeout is invalid',
    'The user of the session was not found.',
    'The object in the session is not valid.',
    'Another session has expired.',
    'CSRF token invalid',
    'The request is invalid and the session is active',
    'Invalid request. The session is active.',
    'Closed session 12. Invalid user.',
    'sessions expired',
    'expired obsession',
    'You are not logged in as an administrator',
    'Die Session ist ungültig',
    'Session invalid – réseau inconnu',
    'La session a expiré',
    'Сессия expired session',
  ])('not %j', (text) => expect(saysSessionIsDead(text)).toBe(false));
});

describe('a text is about something else than the session', () => {
  test.each([
    'The IP address is not trusted.',
    'ip',
    'IP_DENIED_1',
    'ipAddress',
    'addresses',
    'Network',
    'permissions',
    'no privilege',
    'ROLE',
    'License expired: session is not valid',
    'the licence',
    'password',
    'account',
    'certificate',
    'organization',
    'organisation',
    'subscription',
    'trial',
    'session limit',
    'policies',
    'second factor',
    'proxy token invalid',
    'locked',
    'disabled',
    'suspended',
    'maintenance',
  ])('%j', (text) => expect(isAboutSomethingElse(text)).toBe(true));

  test.each(['Session expired', 'zip', 'unlimited', 'accountant', 'blocked', 'trials2', 'controlled', ''])(
    'not %j',
    (text) => expect(isAboutSomethingElse(text)).toBe(false),
  );
});

describe('a text says that an account is locked', () => {
  test.each([
    'Too many failed logins: the account is locked.',
    'USER ACCOUNT LOCKED',
    'Account lock.',
    'Your user has been disabled by an administrator.',
    'Locked account',
    'You are locked out.',
    'account suspended',
  ])('%j', (text) => expect(saysAccountIsLocked(text)).toBe(true));
  test.each([
    'Object X is locked.',
    'Locked.',
    'The object is locked by CI',
    'account unlocked',
    'Blocked user',
    '',
  ])('not %j', (text) => expect(saysAccountIsLocked(text)).toBe(false));
});

test.each([
  ['User name or password is not valid.', true],
  ['Unknown username', true],
  ['Bad credentials', true],
  ['The account expired', true],
  ['userName', true],
  ['The user is unknown', false],
  ['The name of the account', false],
  ['passwordless', false],
])('a text is about credentials: %j: %s', (text, expected) =>
  expect(isAboutCredentials(text)).toBe(expected),
);

test.each([
  ['Your password has expired.', true],
  ['Account expired', true],
  ['The password is wrong', false],
  ['The session expired', false],
])('a password that expired: %j: %s', (text, expected) => expect(saysPasswordExpired(text)).toBe(expected));

test.each([
  ['Maximum number of sessions reached', true],
  ['Session limit exceeded', true],
  ['Too many open sessions', true],
  ['Too many requests', false],
  ['The session expired', false],
])('too many sessions: %j: %s', (text, expected) => expect(saysTooManySessions(text)).toBe(expected));

test('the largest body takes no noticeable time', () => {
  const readers = [saysSessionIsDead, isAboutSomethingElse, saysAccountIsLocked, isAboutCredentials];
  const parts = [
    'a',
    'session ',
    'not ',
    'A1',
    "n't",
    'session is ',
    'invalid ',
    'expired user ',
    '. ',
    'aA',
    '  ',
  ];
  for (const part of parts) {
    const text = part.repeat(65_536 / part.length);
    for (const read of readers) expect(cpuMsOf(() => read(text))).toBeLessThan(1_000);
  }
});
