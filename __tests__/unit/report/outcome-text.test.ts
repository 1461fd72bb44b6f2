import { describe, expect, test } from '@jest/globals';
import type { GaveUp } from '../../../src/exchange/effects.ts';
import type { GaveUpBeforeFirst, Outcome } from '../../../src/exchange/outcome.ts';
import { outcomeText, retryText } from '../../../src/report/outcome-text.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import {
  deadSession,
  LOGIN_HOST,
  logout,
  logoutall,
  lost,
  noResponse,
  notFound,
  PASSWORD,
  page,
  received,
  refusedConnection,
  SERVER_HOST,
  v2Object,
  v3Object,
  validInputs,
  valuesOf,
  wrongPassword,
} from '../support.ts';
import { outcomeOf } from './responses.ts';

const SESSION = `the session on ${SERVER_HOST}`;
const EVERY = `every v2 session of the organization of pipeline@example.com on ${LOGIN_HOST}`;
const ONCE = '(1 attempt; a rejected request is not retried)';

describe('what became of a session', () => {
  const text = (...response: [Parameters<typeof outcomeOf>[0], Parameters<typeof outcomeOf>[2]?]) =>
    outcomeText(outcomeOf(response[0], logout, response[1]), logout);

  test.each([
    ['ended', text(received(200)), `Ended ${SESSION} (HTTP 200, 1 attempt).`],
    ['ended at last', text(received(204), { attempts: 3 }), `Ended ${SESSION} (HTTP 204, 3 attempts).`],
    [
      'already ended',
      text(deadSession),
      `Already ended: ${SESSION}: the server says AUTH_01 "The session is not valid." (HTTP 401) (1 attempt).`,
    ],
    [
      'already ended, says an empty response',
      text(received(401), { attempts: 2 }),
      `Already ended: ${SESSION}: an empty response (HTTP 401) (2 attempts).`,
    ],
    [
      'already ended, perhaps by us',
      text(deadSession, { attempts: 3, possiblyByUs: true }),
      `Ended ${SESSION} (3 attempts): the response to an earlier attempt was lost or unclear, and now the session is gone: the server says AUTH_01 "The session is not valid." (HTTP 401).`,
    ],
    [
      'already ended, with the request of v3',
      text(received(401, v3Object('AUTH_01', 'Session expired'))),
      `Already ended: ${SESSION}: the server says AUTH_01 "Session expired" [request r-1] (HTTP 401) (1 attempt).`,
    ],
    [
      'refused, 403: trusted addresses',
      text(wrongPassword),
      `Not ended: ${SESSION}. The server says UI_10000 "It is not valid." (HTTP 403); the organization's trusted IP addresses may not include the runner's ${ONCE}.`,
    ],
    [
      'refused, 404: the input',
      text(received(404, v3Object('X_1', ''))),
      `Not ended: ${SESSION}. The server says X_1 [request r-1] (HTTP 404); check server-url ${ONCE}.`,
    ],
    [
      'refused, 400: no hint',
      text(received(400, v2Object('X_1', 400, ''))),
      `Not ended: ${SESSION}. The server says X_1 (HTTP 400) ${ONCE}.`,
    ],
    [
      'rejected without a message',
      text(received(200, { '@type': 'error' })),
      `Not ended: ${SESSION}. The server says only that an error occurred (HTTP 200) ${ONCE}.`,
    ],
    [
      'not confirmed, one attempt',
      text(noResponse(lost, true)),
      `${UNCONFIRMED_END}: ${SESSION}. The time was used up after 1 attempt; the connection to ${SERVER_HOST} broke (ECONNRESET).`,
    ],
    [
      'not confirmed, the settings of a proxy',
      text(noResponse({ kind: 'proxy-settings', problem: 'https_proxy has no host: …', cause: 0 }, false)),
      `${UNCONFIRMED_END}: ${SESSION}. Nothing was sent: https_proxy has no host: …`,
    ],
  ])('%s', (_, said, expected) => expect(said).toBe(expected));
});

describe('what never reached the server', () => {
  const refused = noResponse(refusedConnection, false);
  const { task } = validInputs(
    valuesOf({ mode: 'login', 'login-url': 'dm-us', username: 'me', password: PASSWORD }),
  );
  if (task.kind !== 'open' || task.login.authMethod.kind === 'github') throw new Error('It opens nothing.');
  const { request } = task.login.authMethod;
  const unsent = {
    kind: 'unknown',
    wasSent: false,
    attempts: 9,
    gaveUp: 'time-spent',
    reason: { kind: 'network', failure: refusedConnection },
    credentialUses: 0,
    possibleSuccesses: 0,
  } as const;

  test('opened no session', () => {
    expect(outcomeText(unsent, request)).toBe(
      `Not opened: a session of me on ${LOGIN_HOST}. Nothing was sent in 9 attempts; last error: ${LOGIN_HOST} refused the connection: check login-url, or the runner's firewall.`,
    );
    expect(outcomeText({ ...unsent, gaveUp: 'cancelled' }, request)).toMatch(
      /^Not opened: .* The step was cancelled after 9 attempts; /,
    );
    expect(outcomeText({ ...unsent, wasSent: true }, request)).toMatch(
      /^Not confirmed as opened: .* The time was used up after 9 attempts; /,
    );
  });

  test('left open what was to be ended, if it was open', () => {
    const outcome = outcomeOf(refused, logout, { attempts: 2 });
    expect(outcomeText(outcome, logout)).toMatch(
      new RegExp(`^${UNCONFIRMED_END}: .* Nothing was sent in 2 attempts; last error: `),
    );
  });

  test('blames no input for a host that the server named', () => {
    const named = { ...logout, urlInput: undefined };
    const text = (response: Parameters<typeof outcomeOf>[0]) =>
      outcomeText(outcomeOf(response, named), named);
    for (const response of [refused, noResponse(notFound, false), received(302), page(200), page(404)]) {
      expect(text(response)).not.toMatch(/server-url|login-url|undefined/);
    }
  });
});

describe('why no further attempt was made', () => {
  const said = 'HTTP 429 without an API error';
  test.each<[GaveUp, string]>([
    ['time-spent', 'The time was used up'],
    ['retry-after', 'The server asked for a longer wait than there was time for,'],
    ['cancelled', 'The step was cancelled'],
  ])('%s', (gaveUp, why) => {
    const outcome = outcomeOf(received(429), logout, { gaveUp, attempts: 2 });
    expect(outcomeText(outcome, logout)).toBe(
      `${UNCONFIRMED_END}: ${SESSION}. ${why} after 2 attempts; last error: ${said}.`,
    );
  });

  test.each<[GaveUp, string]>([
    ['same-response', ', because retrying rarely helps here'],
    ['credential-used-up', '; not retried in this job, because another attempt could lock the account'],
    ['not-saved', ', because the state could not be saved'],
    ['request-limit', ', because a job sends at most ten requests with a credential'],
  ])('%s', (gaveUp, why) => {
    const outcome = outcomeOf(received(429), logoutall, { gaveUp });
    expect(outcomeText(outcome, logoutall)).toBe(
      `${UNCONFIRMED_END}: ${EVERY}. Gave up after 1 attempt${why}; ${said}.`,
    );
  });

  test.each<GaveUp>(['no-request', 'already-done'])(
    '%s: what is to be said of it stands elsewhere',
    (gaveUp) => {
      const outcome = outcomeOf(received(429), logout, { gaveUp });
      expect(outcomeText(outcome, logout)).toBe(
        `${UNCONFIRMED_END}: ${SESSION}. Gave up after 1 attempt; ${said}.`,
      );
    },
  );

  test.each<[GaveUpBeforeFirst, string]>([
    ['cancelled', 'The step was cancelled before anything was sent.'],
    ['not-saved', 'Nothing was sent, because the state could not be saved.'],
    [
      'credential-used-up',
      "Nothing more was sent, because the job's 3 password attempts are used up, to avoid locking the account.",
    ],
  ])('%s, before anything was sent', (gaveUp, why) => {
    const outcome: Outcome<true> = {
      kind: 'unknown',
      wasSent: false,
      attempts: 0,
      gaveUp,
      reason: undefined,
      credentialUses: 3,
      possibleSuccesses: 0,
    };
    expect(outcomeText(outcome, logoutall)).toBe(`${UNCONFIRMED_END}: ${EVERY}. ${why}`);
  });
});

describe('a further attempt is announced', () => {
  test.each([
    [250, '0.3'],
    [1_234, '1.2'],
    [59_000, '59.0'],
  ])('in %i ms', (waitMs, seconds) => {
    const outcome = outcomeOf(page(502), logout);
    if (outcome.kind !== 'unknown' || outcome.reason === undefined) throw new Error('There is no reason.');
    expect(retryText(logout, 2, outcome.reason, waitMs)).toBe(
      `Attempt 2: HTTP 502 without an API error. Retrying in ${seconds} s.`,
    );
  });
});
