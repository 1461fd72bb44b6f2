import { describe, expect, test } from '@jest/globals';
import type { InputValues } from '../../src/inputs/values.ts';
import { postStep } from '../../src/steps/post-step.ts';
import {
  answer,
  inputsOf,
  logoutallInputs,
  logoutInputs,
  noAnswer,
  orderOf,
  type Reply,
  refusedConnection,
  ScriptedWorld,
  SESSION_ID,
  silence,
  v2Error,
} from './support.ts';

async function run(inputs: InputValues, script: readonly Reply[], cancelAtMs?: number, forEver = false) {
  const world = new ScriptedWorld(script, { forEver });
  if (cancelAtMs !== undefined) world.cancelAt(cancelAtMs);
  const lines: string[] = [];
  const report = await world.clock.until(postStep(inputs, (line) => lines.push(line), world));
  return { report, lines, calls: world.calls, sentMs: world.sentMs, endedMs: world.clock.elapsedMs() };
}

const dead = answer(401, v2Error('AUTH_01', 401));

describe('the post step', () => {
  test.each([
    ['logout', logoutInputs({ when: 'job-end' })],
    ['logoutall', logoutallInputs({ when: 'job-end' })],
  ])('sends what main checked: %s', async (_, inputs) => {
    const { report, calls, lines } = await run(orderOf(inputs).kept, [answer(200)]);
    expect(calls).toEqual([orderOf(inputs).request.call]);
    expect(report).toMatchObject({ level: 'info', text: expect.stringMatching(/^Ended /) });
    expect(lines).toEqual([]);
  });

  test.each([
    ['already ended is good news', [dead], 'info', /^Already ended: /],
    ['already ended after a lost answer', [answer(503), dead], 'info', /^Ended .* was lost/],
    [
      'already ended after a refused connection',
      [noAnswer(refusedConnection, false), dead],
      'info',
      /^Already ended/,
    ],
    ['refused', [answer(404)], 'warning', /^Not ended: .* 30 minutes by default/],
  ])('%s', async (_, script, level, text) => {
    const { report } = await run(logoutInputs(), script);
    expect(report).toMatchObject({ level, text: expect.stringMatching(text) });
  });

  test.each([
    ['warn', 'warning'],
    ['fail', 'error'],
  ])('on-cleanup-failure: %s', async (onCleanupFailure, level) => {
    const inputs = logoutInputs({ 'on-cleanup-failure': onCleanupFailure, 'timeout-seconds': '2' });
    const { report, lines, endedMs } = await run(inputs, [answer(503)], undefined, true);
    expect(report.level).toBe(level);
    expect(report.text).toMatch(
      /^Not confirmed as ended: the session on usw3\.dm-us\.informaticacloud\.com\. /,
    );
    expect(report.text).toContain('lives on until its idle time-out, 30 minutes by default');
    expect(lines[0]).toMatch(/^Attempt 1: the server answered HTTP 503\. Trying again in /);
    expect(endedMs).toBeLessThanOrEqual(2_000);
  });

  test('is over within the time given, though nobody answers', async () => {
    const { endedMs } = await run(logoutInputs({ 'timeout-seconds': '20' }), [silence], undefined, true);
    expect(endedMs).toBe(20_000);
  });

  test('a rejected password is sent once', async () => {
    const { report, sentMs } = await run(logoutallInputs(), [answer(401, v2Error('UI_10000', 401))]);
    expect(report.level).toBe('warning');
    expect(sentMs).toEqual([0]);
  });

  test('a cancelled one hurries', async () => {
    const { report, sentMs } = await run(
      logoutInputs(),
      [answer(503, '', { retryAfter: '40' }), answer(200)],
      1_000,
    );
    expect(sentMs).toEqual([0, 1_000]);
    expect(report.level).toBe('info');
  });

  test.each([
    ['nothing', inputsOf({})],
    ['a wrong host', logoutInputs({ 'server-url': 'https://evil.example' })],
    ['no session id', logoutInputs({ 'session-id': '' })],
  ])('a state that main cannot have written sends nothing: %s', async (_, inputs) => {
    const { report, calls } = await run(inputs, []);
    expect(calls).toEqual([]);
    expect(report).toMatchObject({ level: 'warning', summary: '' });
    expect(report.text).toContain('The saved state cannot be read');
    expect(report.text).not.toContain(SESSION_ID);
  });
});
