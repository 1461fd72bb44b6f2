import { expect, test } from '@jest/globals';
import { CATALOGUE } from '../../proof/faults/catalogue.ts';
import { secretIn } from '../../proof/journal.ts';
import type { Happening } from '../../proof/responses/table.ts';
import { Job } from '../../runner/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import { expectedInPost, expectedNow, type Observed } from '../unit/responses/outcomes.ts';
import { at, type Meaning } from '../unit/responses/rows.ts';
import { actionDirectory, IMPATIENT, inputsToEnd, type Mode, outcomeOf, pipeline } from './support.ts';

/** A fault of the wire, by its name in the proof's catalogue. */
function fault(name: string): Happening {
  const happening = CATALOGUE.find((one) => one.name === name);
  if (happening === undefined) throw new Error(`No fault is named ${name}`);
  return happening;
}

// `unit/steps/responses.test.ts` plays the rows of the table in process. Here are one row of each meaning, and faults of the wire.
const NOW: readonly (readonly [Mode, 'warn' | 'fail', Happening, Meaning])[] = [
  ['logout', 'fail', at(200, '{"@type":"success"}', 'no length', true), 'ended'],
  ['logout', 'fail', fault('1xx responses before an empty one'), 'ended'],
  ['logoutall', 'warn', fault('the response twice'), 'ended'],
  ['logoutall', 'warn', at(200, 'no body', 'Retry-After', true), 'ended'],
  [
    'logout',
    'warn',
    at(401, '{"code":"AUTH_01","message":"Session expired","requestId":"r"}'),
    'already-ended',
  ],
  ['logout', 'fail', at(401, 'blanks'), 'already-ended'],
  ['logout', 'fail', at(401, 'address: The IP address is not trusted. (UI_10044) 401'), 'refused'],
  ['logoutall', 'warn', at(429, 'lock: Too many failed logins: the account is locked. (UI_2)'), 'refused'],
  ['logoutall', 'fail', at(404, '{"@type":"error","code":"X_1"}'), 'refused-for-now'],
  ['logoutall', 'warn', at(401, 'a page', 'WWW-Authenticate'), 'not-again'],
  ['logoutall', 'fail', at(403, 'no body'), 'not-again'],
  ['logout', 'fail', at(429, 'a page'), 'not-now'],
  ['logout', 'warn', fault('no response, close'), 'unknown'],
  ['logout', 'fail', fault('headers cut by a FIN'), 'unknown'],
  ['logout', 'warn', fault('no last chunk'), 'unknown'],
  ['logout', 'fail', fault('a cut body, reset'), 'unknown'],
  ['logoutall', 'warn', fault('no response, reset'), 'unknown'],
  ['logoutall', 'fail', at(500, '{"@type":"error","code":"X_1"}'), 'unknown'],
  ['logout', 'fail', at(200, 'a page'), 'unclear'],
  ['logout', 'warn', at(204, 'no body', 'Proxy-Authenticate'), 'unclear'],
  ['logout', 'fail', fault('no length and a FIN in place of a body'), 'unclear'],
  ['logout', 'warn', fault('an endless body'), 'unclear'],
  ['logout', 'fail', fault('101 Switching Protocols'), 'unclear'],
  ['logout', 'warn', at(404, 'no body', 'Retry-After'), 'unclear-4xx'],
  ['logout', 'fail', fault('SSH'), 'unclear-4xx'],
  ['logoutall', 'warn', at(302, 'a page', 'Location'), 'redirect'],
];

test.concurrent.each(
  NOW.map(
    ([mode, onFailure, happening, meaning]) => [happening.name, meaning, mode, onFailure, happening] as const,
  ),
)('%s: %s of %s, on-cleanup-failure: %s', async (_, meaning, mode, onFailure, happening) => {
  const seen = await meet(happening, mode, 'now', meaning, onFailure);
  expect(seen).toEqual(expectedNow(meaning, mode, onFailure));
});

const IN_POST: readonly (readonly [Mode, Happening, Meaning])[] = [
  ['logoutall', at(200, 'success in gzip', 'no more headers', true), 'ended'],
  ['logout', at(200, 'session: The session is not valid. 401'), 'already-ended'],
  ['logout', at(404, 'session: The session is not valid. 401'), 'refused'],
  ['logoutall', at(500, '{"error":{"code":"IDS_085","message":"x"}}'), 'refused'],
];

test.concurrent.each(
  IN_POST.map(([mode, happening, meaning]) => [happening.name, meaning, mode, happening] as const),
)('%s: %s of %s in post', async (_, meaning, mode, happening) => {
  expect(await meet(happening, mode, 'job-end', meaning, 'fail')).toEqual(expectedInPost(meaning));
});

/** Every request of a job meets the same. */
async function meet(
  happening: Happening,
  mode: Mode,
  when: 'now' | 'job-end',
  meaning: Meaning,
  onFailure: 'warn' | 'fail',
): Promise<Observed> {
  const cloud = await startSimulator();
  const job = new Job({ actionDirectory, ...IMPATIENT });
  try {
    const session = cloud.openSession(pipeline);
    cloud.setFaults((request) =>
      happening.fault({ secret: secretIn(request), foreignUrl: '', effect: false }),
    );
    // Where the time is spent, as little as allows of several attempts. logoutall spreads its three over that time.
    const isEndless = meaning === 'not-now' || (meaning === 'unknown' && mode === 'logout');
    const seconds = isEndless ? '2' : meaning === 'unknown' ? '6' : '20';
    const settings = { when, 'timeout-seconds': seconds, 'on-cleanup-failure': onFailure };
    const step = job.start(
      mode === 'logout'
        ? inputsToEnd(session, cloud, settings)
        : { mode, 'login-url': cloud.loginUrl, ...pipeline, ...settings },
    );
    const main = await step.finished;
    const { length: requests } = cloud.requests;
    const post = await job.startPost(step).finished;
    expect(main.stderr + post.stderr).toBe('');
    return {
      main: outcomeOf(main),
      exitCode: main.exitCode,
      result: main.outputs['result'],
      requests,
      post: outcomeOf(post),
      postExitCode: post.exitCode,
      postRequests: cloud.requests.length - requests,
      open: cloud.openSessions().length,
    };
  } finally {
    await job.dispose();
    await cloud.close();
  }
}
