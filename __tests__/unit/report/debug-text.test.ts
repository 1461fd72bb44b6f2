import { describe, expect, test } from '@jest/globals';
import type { Attempt } from '../../../src/exchange/effects.ts';
import { attemptText } from '../../../src/report/debug-text.ts';
import {
  broken,
  logout,
  lost,
  noResponse,
  PAGE,
  received,
  receivedWith,
  SESSION_ID,
  timedOut,
  tooLarge,
} from '../support.ts';

const WHERE = 'POST usw3.dm-us.informaticacloud.com/saas/api/v2/user/logout';
const coded = Object.assign(new Error('a message that may hold anything'), { code: 'ECONNRESET' });

function lineOf(more: Partial<Attempt>): string {
  return attemptText({
    request: logout.http,
    result: received(200),
    durationMs: 12.4,
    decision: { kind: 'settled', as: 'success' },
    ...more,
  });
}

describe('a line of the debug log', () => {
  test.each<[string, Partial<Attempt>, string]>([
    ['a success', {}, 'HTTP 200 after 12 ms; success'],
    [
      'a retry',
      { result: received(503, PAGE), decision: { kind: 'retry', waitMs: 250.4 } },
      'HTTP 503 after 12 ms; inconclusive, retry in 250 ms',
    ],
    [
      'a large body',
      { result: receivedWith(tooLarge, 200), decision: { kind: 'not-retried' } },
      'HTTP 200, body too large after 12 ms; inconclusive, not retried',
    ],
    [
      'a broken body',
      { result: receivedWith(broken, 200), decision: { kind: 'give-up', why: 'time-spent' } },
      'HTTP 200, body cut off, connection-lost after 12 ms; inconclusive, no retry: time-spent',
    ],
    ['no response', { result: noResponse(timedOut, true) }, 'no response, timed-out after 12 ms; success'],
    [
      'an error, by its code',
      { result: noResponse({ ...lost, cause: coded }, true) },
      'no response, connection-lost (ECONNRESET) after 12 ms; success',
    ],
    [
      'an error in another one',
      { result: noResponse({ ...lost, cause: new Error('outer', { cause: coded }) }, true) },
      'no response, connection-lost (ECONNRESET) after 12 ms; success',
    ],
  ])('%s', (_, more, said) => expect(lineOf(more)).toBe(`${WHERE}: ${said}`));

  test('shows no header, no body and no query', () => {
    const url = new URL('https://dm-us.informaticacloud.com/path?token=secret-in-query');
    const line = lineOf({
      request: { ...logout.http, url, body: 'secret-in-body' },
      result: received(200, 'secret-in-response'),
    });
    expect(line).toMatch(/^POST dm-us\.informaticacloud\.com\/path: HTTP 200 after/);
    expect(line).not.toContain('secret');
    expect(line).not.toContain(SESSION_ID);
  });
});
