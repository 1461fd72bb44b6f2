import { describe, expect, test } from '@jest/globals';
import type { GaveUp } from '../../../src/exchange/effects.ts';
import type { GaveUpBeforeFirst, Outcome } from '../../../src/exchange/outcome.ts';
import { outcomeText, retryText } from '../../../src/report/outcome-text.ts';
import {
  deadSession,
  delivered,
  LOGIN_HOST,
  logout,
  logoutall,
  lost,
  page,
  SERVER_HOST,
  undelivered,
  v2Object,
  v3Object,
  wrongPassword,
} from '../support.ts';
import { outcomeOf } from './responses.ts';

const SESSION = `the session on ${SERVER_HOST}`;
const EVERY = `every v2 session of the organization on ${LOGIN_HOST}`;
const ONCE = '(1 attempt; a refusal is not tried again)';

describe('what became of a session', () => {
  const text = (...answer: [Parameters<typeof outcomeOf>[0], Parameters<typeof outcomeOf>[2]?]) =>
    outcomeText(outcomeOf(answer[0], logout, answer[1]), logout);

  test.each([
    ['ended', text(delivered(200)), `Ended ${SESSION} (HTTP 200, 1 attempt).`],
    ['ended at last', text(delivered(204), { attempts: 3 }), `Ended ${SESSION} (HTTP 204, 3 attempts).`],
    [
      'already ended',
      text(deadSession),
      `Already ended: ${SESSION}: the server says AUTH_01 "The session is not valid." (HTTP 401) (1 attempt).`,
    ],
    [
      'already ended, says an empty answer',
      text(delivered(401), { attempts: 2 }),
      `Already ended: ${SESSION}: an empty answer (HTTP 401) (2 attempts).`,
    ],
    [
      'already ended, perhaps by us',
      text(deadSession, { attempts: 3, possiblyByUs: true }),
      `Ended ${SESSION} (3 attempts): the answer to an earlier attempt was lost or unclear, and now it is gone: the server says AUTH_01 "The session is not valid." (HTTP 401).`,
    ],
    [
      'already ended, with the request of v3',
      text(delivered(401, v3Object('AUTH_01', 'Session expired'))),
      `Already ended: ${SESSION}: the server says AUTH_01 "Session expired" [request r-1] (HTTP 401) (1 attempt).`,
    ],
    [
      'refused, 403: trusted addresses',
      text(wrongPassword),
      `Not ended: ${SESSION}. The server says UI_10000 "It is not valid." (HTTP 403); an organization's trusted IP addresses also keep out runners ${ONCE}.`,
    ],
    [
      'refused, 404: the input',
      text(delivered(404, v3Object('X_1', ''))),
      `Not ended: ${SESSION}. The server says X_1 [request r-1] (HTTP 404); check server-url ${ONCE}.`,
    ],
    [
      'refused, 400: no hint',
      text(delivered(400, v2Object('X_1', 400, ''))),
      `Not ended: ${SESSION}. The server says X_1 (HTTP 400) ${ONCE}.`,
    ],
    [
      'refused without a word',
      text(delivered(200, { '@type': 'error' })),
      `Not ended: ${SESSION}. The server says no more than that it is an error (HTTP 200) ${ONCE}.`,
    ],
    [
      'not confirmed, one attempt',
      text(undelivered(lost, true)),
      `Not confirmed as ended: ${SESSION}. The time given was spent after 1 attempt: the connection to ${SERVER_HOST} broke (ECONNRESET).`,
    ],
    [
      'not confirmed, the settings of a proxy',
      text(undelivered({ kind: 'proxy-settings', problem: 'https_proxy has no host: …', cause: 0 }, false)),
      `Not confirmed as ended: ${SESSION}. Nothing was sent: https_proxy has no host: …`,
    ],
  ])('%s', (_, said, expected) => expect(said).toBe(expected));
});

describe('why no further attempt was made', () => {
  const said = "HTTP 429 came back, without a word of the API's";
  test.each<[GaveUp, string]>([
    ['time-spent', 'The time given was spent'],
    ['retry-after', 'The server asked to wait for longer than the time given'],
    ['cancelled', 'The step was cancelled'],
  ])('%s', (gaveUp, why) => {
    const outcome = outcomeOf(delivered(429), logout, { gaveUp, attempts: 2 });
    expect(outcomeText(outcome, logout)).toBe(
      `Not confirmed as ended: ${SESSION}. ${why} after 2 attempts, the last of which failed so: ${said}.`,
    );
  });

  test.each<[GaveUp, string]>([
    ['same-response', 'for such an answer rarely passes'],
    ['credential-used-up', 'and not sent again in this job, for it may have been judged'],
    ['not-saved', 'for the state could not be saved'],
  ])('%s', (gaveUp, why) => {
    const outcome = outcomeOf(delivered(429), logoutall, { gaveUp });
    expect(outcomeText(outcome, logoutall)).toBe(
      `Not confirmed as ended: ${EVERY}. Given up after 1 attempt, ${why}: ${said}.`,
    );
  });

  test.each<GaveUp>(['no-request', 'already-done'])(
    '%s: what is to be said of it stands elsewhere',
    (gaveUp) => {
      const outcome = outcomeOf(delivered(429), logout, { gaveUp });
      expect(outcomeText(outcome, logout)).toBe(
        `Not confirmed as ended: ${SESSION}. Given up after 1 attempt: ${said}.`,
      );
    },
  );

  test.each<[GaveUpBeforeFirst, string]>([
    ['cancelled', 'The step was cancelled before anything was sent.'],
    ['not-saved', 'Nothing was sent, for the state could not be saved.'],
    [
      'credential-used-up',
      'Nothing more was sent: the main step sent the password as often as it may be in a job, for accounts lock.',
    ],
  ])('%s, before anything was sent', (gaveUp, why) => {
    const outcome: Outcome<true> = {
      kind: 'unknown',
      attempts: 0,
      gaveUp,
      reason: undefined,
      credentialUses: 3,
      possibleSuccesses: 0,
    };
    expect(outcomeText(outcome, logoutall)).toBe(`Not confirmed as ended: ${EVERY}. ${why}`);
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
      `Attempt 2: HTTP 502 came back, without a word of the API's. Trying again in ${seconds} s.`,
    );
  });
});
