import { describe, expect, test } from '@jest/globals';
import type { Delivery, NetworkFailure } from '../../src/exchange/delivery.ts';
import type { Outcome } from '../../src/exchange/outcome.ts';
import { judge } from '../../src/exchange/verdict.ts';
import type { Settings } from '../../src/inputs/settings.ts';
import { inputsReport, outcomeReport, scheduledReport } from '../../src/report/main-report.ts';
import { outcomeText, reasonText, retryText } from '../../src/report/outcome-text.ts';
import { postReport, unreadableReport } from '../../src/report/post-report.ts';
import { summaryLine } from '../../src/report/report.ts';
import {
  answer,
  logout,
  logoutall,
  logoutInputs,
  lost,
  noAnswer,
  orderOf,
  refusedConnection,
  timedOut,
  v2Error,
  v3Error,
} from './support.ts';

const { settings } = orderOf(logoutInputs());
const HOST = 'usw3.dm-us.informaticacloud.com';
const LOGIN_HOST = 'dm-us.informaticacloud.com';
const CONSEQUENCE =
  'A session that was not ended lives on until its idle time-out, 30 minutes by default; a JWT session until it expires.';

/** The outcome that a delivery leads to; an unknown one is the last before `gaveUp`. */
function outcomeOf(
  delivery: Delivery,
  attempts = 1,
  gaveUp: 'time-spent' | 'retry-after' | 'cancelled' = 'time-spent',
  request = logout,
): Outcome {
  const verdict = judge(delivery, request);
  if (verdict.kind === 'unknown') return { kind: 'unknown', attempts, gaveUp, reason: verdict.reason };
  if (verdict.kind === 'ended') return { ...verdict, attempts, answerWasLost: false };
  return { ...verdict, attempts };
}

const wrong = v2Error('UI_10000', 403, 'User name or password is not valid.');
const ended = outcomeOf(answer(200));
const endedLate: Outcome = { kind: 'ended', attempts: 3, statusCode: 401, answerWasLost: true };
const gone = outcomeOf(answer(401, v2Error('AUTH_01', 401, 'The session is not valid.')));
const goneSilently = outcomeOf(answer(401), 2);
const refused = outcomeOf(answer(403, wrong));
const spent = outcomeOf(answer(503, v2Error('UI_503', 503, 'Come back later.')), 4);
const cancelledBefore: Outcome = { kind: 'unknown', attempts: 0, gaveUp: 'cancelled', reason: undefined };

describe('the outcome, in words', () => {
  test.each([
    ['ended', ended, `Ended the session on ${HOST} (HTTP 200, 1 attempt).`],
    [
      'ended, the answer lost',
      endedLate,
      `Ended the session on ${HOST} (3 attempts): the answer to an earlier attempt was lost, and the server now says that the session is gone (HTTP 401).`,
    ],
    [
      'already ended',
      gone,
      `Already ended: the session on ${HOST}, says the server: AUTH_01 "The session is not valid." (HTTP 401) (1 attempt).`,
    ],
    [
      'already ended, silently',
      goneSilently,
      `Already ended: the session on ${HOST}, says the server: HTTP 401 (2 attempts).`,
    ],
    [
      'refused, 404',
      outcomeOf(answer(404)),
      `Not ended: the session on ${HOST}. The server refused: HTTP 404; check server-url (1 attempt; a refusal is not tried again).`,
    ],
    [
      'refused, 403',
      refused,
      `Not ended: the session on ${HOST}. The server refused: UI_10000 "User name or password is not valid." (HTTP 403); an organization's trusted IP addresses also keep out runners (1 attempt; a refusal is not tried again).`,
    ],
    [
      'refused, 400 and a code alone',
      outcomeOf(answer(400, v3Error('IDS_1', ''))),
      `Not ended: the session on ${HOST}. The server refused: IDS_1 (HTTP 400) (1 attempt; a refusal is not tried again).`,
    ],
    [
      'refused, 200 and words alone',
      outcomeOf(answer(200, { error: 'Not now.' })),
      `Not ended: the session on ${HOST}. The server refused: "Not now." (HTTP 200) (1 attempt; a refusal is not tried again).`,
    ],
    [
      'refused, an empty error object',
      outcomeOf(answer(400, { error: {} })),
      `Not ended: the session on ${HOST}. The server refused: HTTP 400 (1 attempt; a refusal is not tried again).`,
    ],
    [
      'a redirect',
      outcomeOf(answer(302, '', { location: 'https://evil.example/x' })),
      `Not ended: the session on ${HOST}. The server answered HTTP 302, a redirect to evil.example; it was not followed, and nothing was sent there: check server-url (1 attempt; a refusal is not tried again).`,
    ],
    [
      'the time is spent',
      spent,
      `Not confirmed as ended: the session on ${HOST}. The time given was spent after 4 attempts, the last of which failed so: the server answered UI_503 "Come back later." (HTTP 503).`,
    ],
    [
      'one attempt took all the time',
      outcomeOf(noAnswer(timedOut, true)),
      `Not confirmed as ended: the session on ${HOST}. The time given was spent after 1 attempt: no complete answer from ${HOST} came in time.`,
    ],
    [
      'Retry-After',
      outcomeOf(answer(429), 1, 'retry-after'),
      `Not confirmed as ended: the session on ${HOST}. The server asked to wait for longer than the time given after 1 attempt: the server answered HTTP 429.`,
    ],
    [
      'cancelled',
      outcomeOf(noAnswer(lost, true), 2, 'cancelled'),
      `Not confirmed as ended: the session on ${HOST}. The step was cancelled after 2 attempts, the last of which failed so: the connection to ${HOST} broke (ECONNRESET).`,
    ],
  ])('%s', (_, outcome, text) => expect(outcomeText(outcome, logout)).toBe(text));

  test('cancelled before anything was sent', () => {
    expect(outcomeText(cancelledBefore, logout)).toBe(
      `Not confirmed as ended: the session on ${HOST}. The step was cancelled before anything was sent.`,
    );
  });

  test.each([
    [401, answer(401, wrong)],
    [403, answer(403, wrong)],
  ])('logoutall, %i: names what to check', (status, delivery) => {
    expect(outcomeText(outcomeOf(delivery, 1, 'time-spent', logoutall), logoutall)).toBe(
      `Not ended: every v2 session of the organization on ${LOGIN_HOST}. The server refused: UI_10000 "User name or password is not valid." (HTTP ${status}); check username, password and login-url; an organization's trusted IP addresses also keep out runners (1 attempt; a refusal is not tried again).`,
    );
  });

  test('logoutall, 404: names its own input', () => {
    expect(outcomeText(outcomeOf(answer(404)), logoutall)).toContain('check login-url');
  });

  test.each<[NetworkFailure, string[]]>([
    [{ kind: 'name-not-resolved', cause: undefined }, [HOST, 'could not be resolved', 'check server-url']],
    [refusedConnection, [HOST, 'refused the connection', 'check server-url']],
    [
      { kind: 'certificate', code: 'SELF_SIGNED_CERT_IN_CHAIN', cause: undefined },
      [HOST, 'not trusted', 'SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ],
    [
      { kind: 'proxy', detail: 'HTTP 407', cause: undefined },
      [HOST, 'proxy', 'HTTP 407', 'https_proxy', 'no_proxy'],
    ],
    [timedOut, [HOST, 'no complete answer', 'in time']],
    [lost, [HOST, 'broke', 'ECONNRESET']],
  ])('a network failure says what to do: %j', (failure, parts) => {
    const text = reasonText({ kind: 'network', failure }, logout);
    for (const part of parts) expect(text).toContain(part);
  });

  test('what a network failure was caused by is not shown', () => {
    const cause = new Error('secret inside');
    const failures: NetworkFailure[] = [
      { ...lost, cause },
      { ...timedOut, cause },
      { kind: 'proxy', detail: 'ECONNREFUSED', cause },
    ];
    for (const failure of failures) {
      const outcome = outcomeOf(noAnswer(failure, true));
      expect(
        JSON.stringify([
          outcomeReport(outcome, logout, settings, true),
          postReport(outcome, logout, settings),
        ]),
      ).not.toContain('inside');
    }
  });

  test.each([
    [answer(200, '<html>'), 'the answer (HTTP 200) was not JSON but perhaps a sign-in or maintenance page'],
    [answer(202, '', { body: { kind: 'too-large' } }), 'the answer (HTTP 202) was over 64 KiB'],
    [answer(503), 'the server answered HTTP 503'],
  ])('the reason %#', (delivery, text) => {
    const verdict = judge(delivery, logout);
    expect(verdict.kind === 'unknown' && reasonText(verdict.reason, logout)).toBe(text);
  });

  test.each([
    [250, '0.3'],
    [1_234, '1.2'],
    [59_000, '59.0'],
  ])('a retry after %i ms', (waitMs, seconds) => {
    expect(retryText(logout, 2, { kind: 'network', failure: timedOut }, waitMs)).toBe(
      `Attempt 2: no complete answer from ${HOST} came in time. Trying again in ${seconds} s.`,
    );
  });
});

describe('the main step', () => {
  const nothingSaid = { 'status-code': '', 'error-code': '', 'error-message': '' };
  const report = (outcome: Outcome, more: Partial<Settings> = {}, postKnows = true) =>
    outcomeReport(outcome, logout, { ...settings, ...more }, postKnows);

  test.each([
    ['ended', ended, { ...nothingSaid, result: 'ended', attempts: '1', 'status-code': '200' }],
    [
      'ended, the answer lost',
      endedLate,
      { ...nothingSaid, result: 'ended', attempts: '3', 'status-code': '401' },
    ],
  ])('%s: succeeds', (_, outcome, outputs) => {
    expect(report(outcome)).toMatchObject({ level: 'info', text: outcomeText(outcome, logout), outputs });
  });

  const goneOutputs = {
    result: 'already-ended',
    attempts: '1',
    'status-code': '401',
    'error-code': 'AUTH_01',
    'error-message': 'The session is not valid.',
  };

  test('already ended: fails, and says how to make that a success', () => {
    const { level, text, outputs } = report(gone);
    expect(level).toBe('error');
    expect(text).toContain('AUTH_01 "The session is not valid." (HTTP 401)');
    expect(text).toContain('Set allow-already-ended: true');
    expect(text).toContain('The post step has nothing left to do.');
    expect(outputs).toEqual(goneOutputs);
  });

  test('already ended, and that is allowed: succeeds', () => {
    expect(report(gone, { allowAlreadyEnded: true })).toMatchObject({
      level: 'info',
      text: outcomeText(gone, logout),
      outputs: goneOutputs,
    });
  });

  test('already ended, silently: the status is all there is', () => {
    expect(report(goneSilently).outputs).toMatchObject({
      result: 'already-ended',
      attempts: '2',
      'status-code': '401',
      'error-code': '',
      'error-message': outcomeText(goneSilently, logout),
    });
  });

  test('refused: fails, and the post step keeps still', () => {
    const { level, text, outputs } = report(refused);
    expect(level).toBe('error');
    expect(text).toBe(`${outcomeText(refused, logout)} The post step will not try again.`);
    expect(outputs).toEqual({
      result: 'failed',
      attempts: '1',
      'status-code': '403',
      'error-code': 'UI_10000',
      'error-message': 'User name or password is not valid.',
    });
  });

  test.each([
    ['without an error object', outcomeOf(answer(404)), '404'],
    ['a redirect', outcomeOf(answer(307)), '307'],
    ['an error object without words', outcomeOf(answer(400, v3Error('X', ''))), '400'],
  ])('refused, %s: the message is the text', (_, outcome, status) => {
    const { outputs } = report(outcome);
    expect(outputs).toMatchObject({ 'status-code': status, 'error-message': outcomeText(outcome, logout) });
  });

  test.each([
    ['a status', spent, '503', 'UI_503', 'Come back later.'],
    ['a bare status', outcomeOf(answer(502)), '502', '', 'the server answered HTTP 502'],
    [
      'a page',
      outcomeOf(answer(200, '<html>')),
      '200',
      '',
      'the answer (HTTP 200) was not JSON but perhaps a sign-in or maintenance page',
    ],
    ['the network', outcomeOf(noAnswer(lost, true)), '', '', `the connection to ${HOST} broke (ECONNRESET)`],
    ['nothing sent', cancelledBefore, '', '', outcomeText(cancelledBefore, logout)],
  ])('unknown, %s: fails, and the post step will try again', (_, outcome, status, code, message) => {
    const { level, text, outputs } = report(outcome);
    expect(level).toBe('error');
    expect(text).toBe(`${outcomeText(outcome, logout)} The post step will try again.`);
    expect(outputs).toEqual({
      result: 'failed',
      attempts: String(outcome.attempts),
      'status-code': status,
      'error-code': code,
      'error-message': message,
    });
  });

  test('unknown, and nothing could be saved: does not promise what the post step cannot do', () => {
    const { text } = report(spent, {}, false);
    expect(text).toContain('The post step could not be told of it.');
    expect(text).not.toContain('will try again');
  });

  test('scheduled', () => {
    expect(scheduledReport(logoutall)).toEqual({
      level: 'info',
      text: `Scheduled: the post step will end every v2 session of the organization on ${LOGIN_HOST} after all other steps.`,
      summary: '',
      outputs: { ...nothingSaid, result: 'scheduled', attempts: '0' },
    });
  });

  test('wrong inputs: all problems, one a line', () => {
    const { level, text, summary, outputs } = inputsReport(['One.', 'Two.']);
    expect([level, summary]).toEqual(['error', '']);
    expect(text).toBe('Wrong inputs, so nothing was sent:\n- One.\n- Two.');
    expect(outputs).toEqual({ ...nothingSaid, result: 'failed', attempts: '0', 'error-message': text });
  });
});

describe('the post step', () => {
  const fail: Settings = { ...settings, onCleanupFailure: 'fail' };

  test.each([
    ['ended', ended],
    ['ended, the answer lost', endedLate],
    ['already ended', gone],
  ])('%s: good news, whatever on-cleanup-failure says', (_, outcome) => {
    for (const given of [settings, fail]) {
      expect(postReport(outcome, logout, given)).toMatchObject({
        level: 'info',
        text: outcomeText(outcome, logout),
      });
    }
  });

  test.each([
    ['refused', refused],
    ['unknown', spent],
    ['cancelled', cancelledBefore],
  ])('%s: a warning or a failure, with the consequence', (_, outcome) => {
    const text = `${outcomeText(outcome, logout)} ${CONSEQUENCE}`;
    expect(postReport(outcome, logout, settings)).toMatchObject({ level: 'warning', text });
    expect(postReport(outcome, logout, fail)).toMatchObject({ level: 'error', text });
  });

  test('a state that cannot be read: a warning with the consequence', () => {
    const text = `The saved state cannot be read, so nothing was sent. ${CONSEQUENCE}`;
    expect(unreadableReport()).toEqual({ level: 'warning', text, summary: '' });
  });
});

describe('the job summary', () => {
  test.each([
    ['ended', ended, 'ended'],
    ['already ended', gone, 'already ended'],
    ['refused', refused, 'not ended'],
    ['unknown', spent, 'not confirmed'],
  ])('%s', (_, outcome, headline) => {
    const written = [outcomeReport(outcome, logout, settings, true), postReport(outcome, logout, settings)];
    for (const { summary } of written) {
      expect(summary).toMatch(`**Informatica Cloud Session: ${headline}.** `);
      expect(summary).toMatch(/\n\n$/);
    }
  });

  test('nothing, if the user wants none', () => {
    const silent = { ...settings, summary: false };
    for (const outcome of [ended, gone, refused, spent]) {
      expect(outcomeReport(outcome, logout, silent, true).summary).toBe('');
      expect(postReport(outcome, logout, silent).summary).toBe('');
    }
  });

  test('text of the server is no markup', () => {
    const nasty =
      '<img src=x> [link](https://evil.example) **b** _i_ `c` # | ~~s~~ @user &lt; \\ $x \n- list';
    const { summary } = postReport(outcomeOf(answer(503, v2Error('<b>', 503, nasty))), logout, settings);
    const text = summary.slice('**Informatica Cloud Session: not confirmed.** '.length).trimEnd();
    expect(text).toMatch(/^(?:[\p{L}\p{N} ]|&#\d+;)+$/u);
    // A browser shows it as it was.
    const seen = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(seen).toContain(
      '<b> "<img src=x> [link](https://evil.example) **b** _i_ `c` # | ~~s~~ @user &lt; \\ $x - list"',
    );
  });

  test('letters of any script stay, all else is escaped', () => {
    expect(summaryLine(settings, 'ended', 'Grüße 世界 42\n😀.')).toBe(
      '**Informatica Cloud Session: ended.** Grüße 世界 42&#10;&#128512;&#46;\n\n',
    );
  });
});
