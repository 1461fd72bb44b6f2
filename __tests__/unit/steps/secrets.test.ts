import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../proof/virtual/clock.ts';
import { recordOf } from '../../../proof/virtual/record.ts';
import { playMain, playPost } from '../../../proof/virtual/steps.ts';
import { VirtualWorld } from '../../../proof/virtual/world.ts';
import { visible } from '../../../runner/index.ts';
import type { HttpRequest, HttpResponse } from '../../../src/http.ts';
import type { InputValues } from '../../../src/inputs/values.ts';
import { MODES } from '../../action/support.ts';
import { ECHOES, PASSWORDS, spellingsIn } from '../../secret-texts.ts';
import { logoutallValues, logoutValues, received, SESSION_ID, v2Object, v3Object } from '../support.ts';

const WHEN = ['now', 'job-end'] as const;

/** A job whose every request gets this response; `step` is the one that sends. */
async function jobWhoseResponseIs(values: InputValues, response: HttpResponse) {
  const calls: HttpRequest[] = [];
  const world = new VirtualWorld(new VirtualClock(), {
    meet: async (call) => {
      calls.push(call);
      return { result: response };
    },
  });
  const run = await playMain(values, world);
  const main = recordOf(run, Number.POSITIVE_INFINITY, 60_000);
  const isOver = values.when === 'now';
  const step = isOver ? main : recordOf(await playPost(run.state, world), Number.POSITIVE_INFINITY, 60_000);
  expect(run.unmasked).toBe(false);
  return { main, step, calls };
}

/** Responses that show an error object in different ways. */
const REPLIES: readonly (readonly [string, (text: string) => HttpResponse])[] = [
  ['400', (text) => received(400, v2Object(text, 400, text))],
  ['401', (text) => received(401, v3Object('AUTH_01', text))],
  ['200', (text) => received(200, v2Object(text, 200, text))],
  ['503', (text) => received(503, v2Object('X_1', 503, text), { retryAfter: '3600' })],
];

// `action/secrets.test.ts` has each form once over a socket, with the debug log.
describe.each(MODES)('%s: what the server repeats is not repeated', (mode) => {
  const password = `N0t-a "real" p&ssword's % ${mode}`;
  const secret = mode === 'logout' ? SESSION_ID : password;
  const cases = Object.entries(ECHOES).flatMap(([name, echo]) =>
    REPLIES.map(([status, reply]) => [name, status, reply(echo(secret))] as const),
  );

  test.each(cases)('%s, under %s', async (_name, _status, response) => {
    for (const when of WHEN) {
      const values = mode === 'logout' ? logoutValues({ when }) : logoutallValues({ when, password });
      const { main, step, calls } = await jobWhoseResponseIs(values, response);
      expect(step.log.at(-1)).toContain('(withheld: the text repeated a secret)');
      expect(calls).toHaveLength(1);
      for (const record of [main, step]) expect(spellingsIn(visible(record), secret)).toEqual([]);
    }
  });
});

test.each(PASSWORDS)('the password %j is sent as it is, and hidden', async (password) => {
  for (const when of WHEN) {
    const { main, step, calls } = await jobWhoseResponseIs(
      logoutallValues({ when, password }),
      received(200),
    );
    expect(calls.map(({ body }) => JSON.parse(body))).toEqual([
      { '@type': 'logout', username: 'pipeline@example.com', password },
    ]);
    expect(step.log.at(-1)).toMatch(/^Ended /);
    // The second is its form in the saved state.
    expect(main.masks).toEqual(expect.arrayContaining([password, JSON.stringify(password).slice(1, -1)]));
    for (const record of [main, step]) expect(spellingsIn(visible(record), password)).toEqual([]);
    if (when === 'now') expect(main.stateFile).not.toContain('password');
  }
});
