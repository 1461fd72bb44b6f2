import { describe, expect, test } from '@jest/globals';
import type { InputName } from '../../../src/inputs/values.ts';
import { mainStep } from '../../../src/steps/main-step.ts';
import {
  delivered,
  LOGIN_HOST,
  lost,
  notFound,
  PASSWORD,
  type Reply,
  refusedConnection,
  runnerOf,
  ScriptedWorld,
  SERVER_URL,
  SESSION_ID,
  undelivered,
  unresolved,
  valuesOf,
} from '../support.ts';

const UUID = '4HrTfPaU1bVdKq8wLmXz2C';
const OTHER_UUID = '9kLmNoPqRsTuVwXyZaBcDe';

async function run(more: Partial<Record<InputName, string>>, script: readonly Reply[], forEver = false) {
  const world = new ScriptedWorld(script, { forEver });
  const values = valuesOf({
    mode: 'login',
    'api-version': '3',
    'login-url': 'dm-us',
    username: 'CI@example.com',
    password: PASSWORD,
    ...more,
  });
  const { runner, ...seen } = runnerOf(values, world.journal);
  const report = await world.clock.until(mainStep(runner, world));
  return { report, calls: world.calls, endedMs: world.clock.elapsedMs(), ...seen };
}

const opened = (name: string, organization: object = { orgId: UUID, orgName: 'Sales' }) =>
  delivered(200, {
    products: [{ name: 'Integration Cloud', baseApiUrl: SERVER_URL }],
    userInfo: { sessionId: SESSION_ID, name, ...organization },
  });

describe('a user name that was given', () => {
  test.each([
    ['is masked in the other letters of the server too', 'ci@example.com', true],
    ['is not, if the server has the same', 'CI@example.com', false],
    ['lets the name of someone else be', 'someone@example.com', false],
  ])('%s', async (_, name, isMasked) => {
    const { report, masks, saved } = await run({}, [opened(name)]);
    expect(masks.includes(name)).toBe(isMasked);
    expect(report.text).toContain(
      `Opened a session of CI@example.com in organization Sales on ${LOGIN_HOST} `,
    );
    expect(saved.at(-1)).toMatchObject({
      opened: { userName: name, owner: { user: 'CI@example.com', organization: 'Sales' } },
    });
  });
});

test('a wrong organization is named with its id, and is not given as the requested one', async () => {
  const { report, calls } = await run({ 'organization-id': OTHER_UUID }, [
    opened('ci@example.com'),
    delivered(200),
  ]);
  expect(calls).toHaveLength(2);
  expect(report.level).toBe('error');
  expect(report.text).toBe(
    `Opened a session of CI@example.com on ${LOGIN_HOST} (HTTP 200, 1 attempt), but it is in organization Sales (${UUID}), not ${OTHER_UUID}: ` +
      'check organization-id and the user. It was ended at once.',
  );
});

describe('a login that never reached the server', () => {
  const nothingSent = /^Not opened: a session of CI@example\.com on .* Nothing was sent in \d+ attempts; /;

  test('opened nothing, and leaves the post step nothing to say', async () => {
    const { report, saved } = await run({}, [undelivered(refusedConnection, false)], true);
    expect(report.text).toMatch(nothingSent);
    expect(report.inSummary).toBe(true);
    expect(saved.at(-1)).toEqual({ kind: 'settled', as: 'not-opened' });
  });

  test('is one that may have, after one whose response was lost', async () => {
    const script = [undelivered(lost, true), undelivered(refusedConnection, false)];
    const { report, saved } = await run({}, script, true);
    expect(report.text).toMatch(/^Not confirmed as opened: a session of CI@example\.com on /);
    expect(saved.at(-1)).toMatchObject({ kind: 'logging-in', owner: { user: 'CI@example.com' } });
  });

  test.each([
    ['that does not exist', notFound, 10_000],
    ['whose name server is away', unresolved, 60_000],
  ])('is tried as long as it makes sense, at a host %s', async (_, failure, limitMs) => {
    const { report, endedMs } = await run({}, [undelivered(failure, false)], true);
    expect(report.text).toMatch(nothingSent);
    expect(endedMs).toBeLessThanOrEqual(limitMs);
    expect(endedMs).toBeGreaterThanOrEqual(limitMs * 0.5);
  });
});
