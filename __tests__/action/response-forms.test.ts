import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import { ending, expectRed, LOGIN_V2, loginScene, played, sent } from './login-support.ts';
import {
  errorTextV2,
  IMPATIENT,
  mainAndPost,
  outcomeLine,
  outcomeOf,
  respondWith,
  scene,
} from './support.ts';

/** The login worked, and its true response comes under this status, with these fields beside. */
function opening(status: number, beside: object = {}): Fault {
  return {
    kind: 'response',
    effect: true,
    status,
    body: (truth) => JSON.stringify({ ...JSON.parse(truth), ...beside }),
  };
}

// One row of each kind. `unit/steps/field-responses.test.ts` and `unit/steps/field-logins.test.ts` play all of them in process.

test('what is about an address does not end the session, and post neither', async () => {
  const untrusted = errorTextV2(401, 'UI_10044', 'The IP address is not trusted.');
  const inputs = { when: 'job-end', 'on-cleanup-failure': 'fail' };
  const faults = [respondWith(502), respondWith(401, untrusted)];
  const stage = await scene('logout', { inputs, faults, job: IMPATIENT });
  const { post } = await mainAndPost(stage);
  expect(outcomeOf(post)).toBe('Error: Not ended');
  expect(post.exitCode).toBe(1);
  expect(stage.cloud.openSessions()).toHaveLength(1);
});

test.each([
  [
    '401 whose second text is about an address',
    401,
    {
      '@type': 'error',
      code: 'X_1',
      statusCode: 401,
      description: 'Session is invalid.',
      message: 'The IP address is not trusted.',
    },
    ['Error: Not ended', 'Nothing to clean up'],
  ],
  [
    'success object that another status denies',
    200,
    { '@type': 'success', StatusCode: 401 },
    [`Error: ${UNCONFIRMED_END}`, `Warning: ${UNCONFIRMED_END}`],
  ],
])('a %s ends nothing', async (_name, status, body, outcomes) => {
  const stage = await scene('logout', { job: IMPATIENT });
  stage.cloud.setFaults(() => respondWith(status, JSON.stringify(body)));
  const { main, post } = await mainAndPost(stage);
  expect([main, post].map(outcomeOf)).toEqual(outcomes);
  expect(stage.cloud.openSessions()).toHaveLength(1);
});

test('a lock stops logoutall under every status, with what to do', async () => {
  const stage = await scene('logoutall', { job: IMPATIENT });
  const locked = errorTextV2(429, 'UI_2', 'Too many failed logins: the account is locked.');
  stage.cloud.setFaults(() => respondWith(429, locked));
  const { main } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe('Error: Not ended');
  expect(outcomeLine(main)).toMatch(/administrator unlocks .* run the job again/);
  expect(stage.cloud.requests).toHaveLength(1);
});

describe('a session whose id is in hand is ended at once, whatever else the response says', () => {
  test.each([
    [
      'an error object beside it',
      opening(200, { code: 'USER_0', description: 'Beside.' }),
      /USER_0 "Beside\."/,
    ],
    ['302', opening(302), /status 302/],
  ])('%s', async (_name, fault, said) => {
    const { main, post, cloud } = await played(await loginScene({ faults: [fault] }));
    expectRed(main);
    expect(ending(main)).toMatch(/^Error: Opened a session of .* It was ended at once\.$/);
    expect(ending(main)).toMatch(said);
    expect(cloud.openSessions()).toEqual([]);
    expect(sent(cloud).filter((path) => path === LOGIN_V2)).toHaveLength(1);
    expect(post.annotations).toEqual([]);
  });

  test('a name of 60,000 characters: post can be started, and ends it', async () => {
    const { main, post, cloud } = await played(
      await loginScene({ faults: [opening(200, { name: 'n'.repeat(60_000) })] }),
    );
    expect(main.exitCode).toBe(0);
    expect(post.exitCode).toBe(0);
    expect(cloud.openSessions()).toEqual([]);
  });
});
