import { describe, expect, test } from '@jest/globals';
import type { Happening } from '../../../proof/responses/table.ts';
import type { Mode } from '../../action/support.ts';
import { UNCONFIRMED_END } from '../../first-words.ts';
import { at, PLAIN } from '../responses/rows.ts';
import { jobThatMeets, observed, shown } from './table-job.ts';

const DEAD = '{"code":"AUTH_01","message":"Session expired","requestId":"r"}';
const page = at(200, 'a page');

/** These one after the other, and then the vendor's own responses. */
const inOrder =
  (...happenings: readonly Happening[]) =>
  (index: number): Happening | undefined =>
    happenings[index];
const times = (count: number, happening: Happening) => Array.from({ length: count }, () => happening);

describe('logout, the same unclear response', () => {
  test.each<[string, (index: number) => Happening, number]>([
    ['ends the tries of a step after six times', () => page, 6],
    ['is another one under another status', (index) => (index < 3 ? at(202, 'a page') : page), 9],
    ['is another one with another body', (index) => (index < 3 ? at(200, '[]') : page), 9],
  ])('%s', async (_, meets, expected) => {
    const trial = await jobThatMeets('logout', meets, { timeoutSeconds: 240 });
    expect(observed(trial)).toMatchObject({ main: `Error: ${UNCONFIRMED_END}`, requests: expected });
    expect(trial.main.outputs['attempts']).toBe(String(expected));
  });

  test('is followed by a good one, which ends it', async () => {
    const job = observed(await jobThatMeets('logout', inOrder(...times(5, page)), { timeoutSeconds: 60 }));
    expect(job).toMatchObject({ main: 'Ended', requests: 6, open: 0 });
  });

  test.each([401, 403, 404, 400, 407])('under %d it is met twice, and again by post', async (status) => {
    const unclear = at(status, 'a page');
    const jobs = [1, 2, 3].map(async (count) =>
      observed(await jobThatMeets('logout', inOrder(...times(count, unclear)))),
    );
    const [ended, confirmedLate] = ['Ended', `Error: ${UNCONFIRMED_END}`];
    expect(await Promise.all(jobs)).toMatchObject([
      { main: ended, requests: 2, post: 'Nothing to clean up', open: 0 },
      { main: confirmedLate, requests: 2, post: ended, postRequests: 1, open: 0 },
      { main: confirmedLate, requests: 2, post: ended, postRequests: 2, open: 0 },
    ]);
  });

  test.each([at(429), at(503), at(500), at(502, 'a page')])('has no such end: $name', async (happening) => {
    const meets = inOrder(...times(8, happening));
    const job = observed(await jobThatMeets('logout', meets, { timeoutSeconds: 60 }));
    expect(job).toMatchObject({ main: 'Ended', requests: 9 });
  });
});

describe('logoutall', () => {
  test.each([
    ['warn', 'Warning', 0],
    ['fail', 'Error', 1],
  ])('after three post sends nothing, and on-cleanup-failure: %s', async (choice, level, exitCode) => {
    const meets = inOrder(at(500), at(504, 'a page'), page);
    const job = await jobThatMeets('logoutall', meets, { inputs: { 'on-cleanup-failure': choice } });
    expect(observed(job)).toMatchObject({
      ...{ main: `Error: ${UNCONFIRMED_END}`, requests: 3 },
      ...{ post: `${level}: ${UNCONFIRMED_END}`, postExitCode: exitCode, postRequests: 0, open: 1 },
    });
  });

  test('"not now" is none of the three', async () => {
    const meets = inOrder(at(425), at(429), at(425), at(429), at(425), at(500));
    const job = observed(await jobThatMeets('logoutall', meets, { timeoutSeconds: 240 }));
    expect(job).toMatchObject({ main: 'Ended', requests: 7 });
  });

  test.each([
    [[at(401, 'a page')], 'now'],
    [[at(403)], 'now'],
    [[at(429), at(401, 'a page')], 'now'],
    [[at(500), at(403, '{}')], 'now'],
    [[at(401, 'no body', 'WWW-Authenticate')], 'job-end'],
    [[at(503), at(401, 'no body', 'no length')], 'job-end'],
  ] as const)('an unclear 401 or 403 is the last one, whatever may be left: %#', async (happenings, when) => {
    const job = observed(await jobThatMeets('logoutall', inOrder(...happenings), { when }));
    const sent = when === 'now' ? { requests: happenings.length } : { postRequests: happenings.length };
    expect(job).toMatchObject({ ...sent, post: `Warning: ${UNCONFIRMED_END}`, open: 1 });
  });
});

describe('already ended becomes ended', () => {
  test.each([
    at(500, 'no body', PLAIN, true),
    at(502, 'a page', PLAIN, true),
    at(504, '{"error":{"code":"MIG_MIGRATION_SERVICE_0001","message":"x"}}', PLAIN, true),
    at(200, 'a page', PLAIN, true),
    at(200, '{"status":"success"}', PLAIN, true),
    at(202, 'no body', PLAIN, true),
  ])('after $name', async (happening) => {
    const trial = await jobThatMeets('logout', inOrder(happening));
    const job = observed(trial);
    expect(job).toMatchObject({ main: 'Ended', exitCode: 0, result: 'ended', requests: 2 });
    expect(job).toMatchObject({ post: 'Nothing to clean up', postRequests: 0 });
    expect(trial.sent.map(({ effect }) => effect)).toEqual(['session-ended', 'none']);
  });

  test.each([
    at(408),
    at(425),
    at(429, 'a page'),
    at(503),
    at(503, '{"@type":"error","code":"X_1"}'),
    at(503, 'a page', 'Retry-After'),
    at(401, 'a page'),
    at(403),
    at(404, 'a page'),
    at(400, '{}'),
  ])('never after $name, in main and in post', async (happening) => {
    for (const when of ['now', 'job-end'] as const) {
      const trial = await jobThatMeets('logout', inOrder(happening), { when, gone: true });
      expect(shown(when === 'now' ? trial.main : trial.post)).toMatch(/^(Error: )?Already ended$/);
      expect(trial.sent).toHaveLength(2);
    }
  });

  test('after one such response among others', async () => {
    const meets = inOrder(at(429), at(500, 'no body', PLAIN, true), at(503), at(404));
    expect(observed(await jobThatMeets('logout', meets))).toMatchObject({ main: 'Ended', requests: 5 });
  });

  test.each([at(500), page, at(302, 'no body', 'Location')])(
    'not after $name in another step',
    async (happening) => {
      const trial = await jobThatMeets('logout', (_, step) => (step === 'main' ? happening : at(401, DEAD)));
      expect(observed(trial)).toMatchObject({ main: `Error: ${UNCONFIRMED_END}`, post: 'Already ended' });
      expect(trial.post).toMatchObject({ exitCode: 0, annotations: [] });
    },
  );
});

describe('Retry-After', () => {
  test.each([500, 502, 504, 501, 202, 404, 401, 403, 400])(
    'under %i is no reason to wait',
    async (status) => {
      const { main } = await jobThatMeets('logout', inOrder(at(status, 'a page', 'Retry-After')));
      expect(main.log[0]).toMatch(/Retrying in 0\.\d s\.$/);
      expect(shown(main)).toBe('Ended');
    },
  );

  test.each<[Mode, number, 'now' | 'job-end']>([
    ['logout', 408, 'now'],
    ['logoutall', 425, 'now'],
    ['logout', 429, 'job-end'],
    ['logout', 503, 'job-end'],
    ['logoutall', 503, 'now'],
  ])('%s waits as long after %i, when: %s', async (mode, status, when) => {
    const { main, post } = await jobThatMeets(mode, inOrder(at(status, 'a page', 'Retry-After')), { when });
    const { log } = when === 'now' ? main : post;
    expect(log[0]).toMatch(/^Attempt 1: .+\. Retrying in [12]\.\d s\.$/);
    expect(log.at(-1)).toMatch(/^Ended /);
  });
});
