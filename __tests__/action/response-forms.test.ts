import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../first-words.ts';
import {
  ending,
  expectHidden,
  expectRed,
  LOGIN_V2,
  loginScene,
  pipeline,
  played,
  sent,
} from './login-support.ts';
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

describe('what is about something else than the session does not end it', () => {
  const UNTRUSTED = errorTextV2(401, 'UI_10044', 'The IP address is not trusted.');
  test.each([
    ['an address', [respondWith(401, UNTRUSTED)]],
    ['an address, after a 502', [respondWith(502), respondWith(401, UNTRUSTED)]],
    ['404 with a 401 in it', [respondWith(404, errorTextV2(401, 'X_1'))]],
  ])('%s: not ended, by post neither', async (_name, faults) => {
    const inputs = { when: 'job-end', 'on-cleanup-failure': 'fail' };
    const { post, cloud } = await (async () => {
      const stage = await scene('logout', { inputs, faults, job: IMPATIENT });
      return { ...stage, ...(await mainAndPost(stage)) };
    })();
    expect(outcomeOf(post)).toBe('Error: Not ended');
    expect(post.exitCode).toBe(1);
    expect(cloud.openSessions()).toHaveLength(1);
  });
});

describe('a 401 about something else, in other letters or another member: never an end', () => {
  const saying = (description: string, beside = {}) =>
    JSON.stringify({ '@type': 'error', code: 'X_1', description, statusCode: 401, ...beside });
  const UNTRUSTED = { message: 'The IP address is not trusted.' };
  test.each([
    ['IPv6', saying('The session is invalid: IPv6 is not allowed.')],
    ['IPs', saying('Invalid session. The IPs differ.')],
    ['IPaddress', saying('Invalid session, IPaddress mismatch.')],
    ['a second text', saying('Session is invalid.', UNTRUSTED)],
    ['details', saying('Session is invalid.', { details: UNTRUSTED })],
    [
      'details of version 3',
      JSON.stringify({ error: { code: 'X_1', message: 'Session is invalid.', details: [UNTRUSTED] } }),
    ],
    ['only details', JSON.stringify({ '@type': 'error', statusCode: 401, details: 'IP is not trusted.' })],
    ['a field that says no', saying('sessionExpired=false')],
    ['an answer that is no', saying('Session expired: no')],
    ['a header that got lost', saying('Session header not found.')],
    ['a cookie that got lost', saying('Session cookie not found')],
  ])('%s', async (_name, body) => {
    const stage = await scene('logout', { inputs: { 'timeout-seconds': '3' }, job: IMPATIENT });
    stage.cloud.setFaults(() => respondWith(401, body));
    const { main } = await mainAndPost(stage);
    expect(outcomeOf(main)).toMatch(/^Error: Not (confirmed as )?ended$/);
    expect(stage.cloud.openSessions()).toHaveLength(1);
  });
});

test('a lock that only a second text names stops logoutall', async () => {
  const stage = await scene('logoutall', { job: IMPATIENT });
  const body = JSON.stringify({
    '@type': 'error',
    code: 'X_1',
    description: 'Try later.',
    message: 'The account is locked.',
  });
  stage.cloud.setFaults(() => respondWith(429, body));
  const { main } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe('Error: Not ended');
  expect(stage.cloud.requests).toHaveLength(1);
});

test.each([
  ['StatusCode', { StatusCode: 401 }],
  ['status_code', { status_code: '500' }],
  ['httpStatus', { httpStatus: 500 }],
  ['false as a text', { success: 'false' }],
])('a success object that %s denies ends nothing', async (_name, member) => {
  const stage = await scene('logout', { inputs: { 'timeout-seconds': '3' }, job: IMPATIENT });
  stage.cloud.setFaults(() => respondWith(200, JSON.stringify({ '@type': 'success', ...member })));
  const { main } = await mainAndPost(stage);
  expect(outcomeOf(main)).toBe(`Error: ${UNCONFIRMED_END}`);
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

test('an object that is locked is no account', async () => {
  const stage = await scene('logout', {
    faults: [respondWith(400, errorTextV2(400, 'X_1', 'Object X is locked.'))],
  });
  expect(outcomeLine(await stage.job.run(stage.inputs))).not.toMatch(/account|administrator/);
});

describe('a session whose id is in hand is ended at once, whatever else the response says', () => {
  test.each([
    [
      'an error object beside it',
      opening(200, { code: 'USER_0', description: 'Beside.' }),
      /USER_0 "Beside\."/,
    ],
    ['202', opening(202), /status 202/],
    ['403', opening(403), /status 403/],
    ['500 with an error object', opening(500, { code: 'UI_10000', message: 'No.' }), /UI_10000/],
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

test('ordinary words that the password contains too are shown', async () => {
  const inputs = { password: 'Password1!' };
  const { main, post } = await played(
    await loginScene({
      inputs,
      faults: [respondWith(401, errorTextV2(401, 'UI_10000', 'User name or password is not valid.'))],
    }),
  );
  expect(ending(main)).toContain('UI_10000 "User name or password is not valid."');
  expect(main.outputs).toMatchObject({ 'error-code': 'UI_10000' });
  expectHidden([main, post], inputs.password);
});

test('a pod is no login host', async () => {
  const stage = await loginScene({ inputs: { 'login-url': 'USW3-1', username: pipeline.username } });
  const main = await stage.job.run(stage.inputs);
  expect(main.exitCode).toBe(1);
  expect(ending(main)).toContain('names a pod');
});
