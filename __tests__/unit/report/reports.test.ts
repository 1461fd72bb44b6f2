import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../src/exchange/outcome.ts';
import type { Settings } from '../../../src/inputs/settings.ts';
import * as idle from '../../../src/report/idle-report.ts';
import {
  endingReport,
  inputsReport,
  type LeftToPost,
  scheduledReport,
  unexpectedReport,
} from '../../../src/report/main-report.ts';
import { outcomeText } from '../../../src/report/outcome-text.ts';
import * as post from '../../../src/report/post-report.ts';
import { summaryLine, withSummary } from '../../../src/report/report.ts';
import type { PendingState } from '../../../src/state.ts';
import {
  deadSession,
  LOGGING_IN,
  LOGIN_HOST,
  logout,
  logoutall,
  logoutValues,
  lost,
  noResponse,
  page,
  received,
  SERVER_HOST,
  SESSION_ID,
  v2Object,
  v3Object,
  validInputs,
  wrongPassword,
} from '../support.ts';
import { outcomeOf } from './responses.ts';

const { settings } = validInputs(logoutValues());
const PENDING: PendingState = {
  kind: 'pending',
  inputs: logoutValues({ 'on-cleanup-failure': 'fail' }),
  credentialUses: 0,
  credentialRequests: 0,
  isEnded: false,
  opened: undefined,
};
const nothingSaid = { 'status-code': '', 'error-code': '', 'error-message': '' };
const ended = outcomeOf(received(200), logout);
const endedLate = outcomeOf(deadSession, logout, { attempts: 3, possiblyByUs: true });
const gone = outcomeOf(deadSession, logout);
const refused = outcomeOf(wrongPassword, logout);
const unknown = outcomeOf(received(503, v2Object('X_503', 503, 'Come back later.')), logout, {
  attempts: 4,
});
const cancelledBefore: Outcome<true> = {
  kind: 'unknown',
  wasSent: false,
  attempts: 0,
  gaveUp: 'cancelled',
  reason: undefined,
  credentialUses: 0,
  possibleSuccesses: 0,
};
const CONSEQUENCE =
  'A session that was not ended stays open until its idle time-out, 30 minutes unless the organization sets another, or until it expires if its ID is a JWT.';
/** A JWT that expires at noon of a day in 2026. */
const JWT = `e30.${Buffer.from('{"exp":1780315200}').toString('base64url')}.c2ln`;

function postReportOf(outcome: Outcome<true>, settings: Settings, more: Partial<post.Ending> = {}) {
  const ending: post.Ending = {
    outcome,
    verification: { kind: 'not-due' },
    said: undefined,
    ifAlive: 'line',
    ...more,
  };
  return post.postReport(ending, logout, settings, SESSION_ID);
}

describe('the main step', () => {
  const report = (outcome: Outcome<true>, more: Partial<Settings> = {}, left: LeftToPost = 'again') =>
    endingReport(outcome, logout, { ...settings, ...more }, left);

  test('ended: succeeds', () => {
    expect(report(ended)).toEqual({
      level: 'info',
      text: outcomeText(ended, logout),
      inSummary: true,
      outputs: { ...nothingSaid, result: 'ended', attempts: '1', 'status-code': '200' },
    });
  });

  test('already ended, perhaps by us: succeeds as ended', () => {
    const { level, text, inSummary, outputs } = report(endedLate);
    expect([level, text, inSummary]).toEqual(['info', outcomeText(endedLate, logout), true]);
    expect(outputs).toMatchObject({ result: 'ended', attempts: '3', 'status-code': '401' });
  });

  test('ended by an empty response that says it is gone: there is no message', () => {
    const { outputs } = report(outcomeOf(received(401), logout, { attempts: 2, possiblyByUs: true }));
    expect(outputs).toEqual({ ...nothingSaid, result: 'ended', attempts: '2', 'status-code': '401' });
  });

  const goneOutputs = {
    result: 'already-ended',
    attempts: '1',
    'status-code': '401',
    'error-code': 'AUTH_01',
    'error-message': 'The session is not valid.',
  };

  test('already ended: fails, and says how to make that a success', () => {
    expect(report(gone)).toEqual({
      level: 'error',
      text: `${outcomeText(gone, logout)} The session ID may also be wrong, or from another organization. If it is right and this is no failure for you, set allow-already-ended: true. The post step has nothing left to do.`,
      inSummary: true,
      outputs: goneOutputs,
    });
  });

  test('already ended, and that is allowed: succeeds', () => {
    const { level, text, outputs } = report(gone, { allowAlreadyEnded: true });
    expect([level, text, outputs]).toEqual(['info', outcomeText(gone, logout), goneOutputs]);
  });

  test('refused: fails, and the post step keeps still', () => {
    expect(report(refused, {}, 'nothing')).toEqual({
      level: 'error',
      text: `${outcomeText(refused, logout)} The post step will not try again.`,
      inSummary: true,
      outputs: {
        result: 'failed',
        attempts: '1',
        'status-code': '403',
        'error-code': 'UI_10000',
        'error-message': 'It is not valid.',
      },
    });
  });

  test.each<[LeftToPost, string]>([
    ['again', 'The post step will try again.'],
    ['nothing', 'The post step will not try again.'],
    ['no-credential', 'The post step will not send the password again.'],
    ['untold', 'The post step cannot try again, because the state could not be saved.'],
  ])('not confirmed: fails, and says what is left to the post step: %s', (left, text) => {
    expect(report(unknown, {}, left)).toMatchObject({
      level: 'error',
      text: `${outcomeText(unknown, logout)} ${text}`,
      inSummary: true,
    });
  });

  const redirect = received(302, '', { location: '/login' });
  test.each<[string, Outcome<true>, object]>([
    [
      'the text of the server',
      unknown,
      { 'status-code': '503', 'error-code': 'X_503', 'error-message': 'Come back later.' },
    ],
    [
      'a status',
      outcomeOf(page(502), logout),
      {
        'status-code': '502',
        'error-code': '',
        'error-message': expect.stringMatching(/^HTTP 502 without an API error/),
      },
    ],
    [
      'a page',
      outcomeOf(page(401), logout),
      {
        'status-code': '401',
        'error-code': '',
        'error-message': expect.stringMatching(/^the response is /),
      },
    ],
    [
      'a redirect',
      outcomeOf(redirect, logout),
      {
        'status-code': '302',
        'error-code': '',
        'error-message': expect.stringMatching(/^the response is /),
      },
    ],
    [
      'the network',
      outcomeOf(noResponse(lost, true), logout),
      { ...nothingSaid, 'error-message': expect.stringMatching(/^the connection to/) },
    ],
    [
      'nothing sent',
      cancelledBefore,
      { ...nothingSaid, 'error-message': outcomeText(cancelledBefore, logout) },
    ],
  ])('not confirmed: the outputs tell of the last attempt: %s', (_, outcome, outputs) => {
    expect(report(outcome).outputs).toEqual({
      result: 'failed',
      attempts: String(outcome.attempts),
      ...outputs,
    });
  });

  test('rejected without text: the message is the whole text', () => {
    const silent = outcomeOf(received(404, v3Object('X_1', '')), logout);
    expect(report(silent).outputs).toMatchObject({
      'error-code': 'X_1',
      'error-message': outcomeText(silent, logout),
    });
  });

  test('scheduled', () => {
    expect(scheduledReport(logoutall)).toEqual({
      level: 'info',
      text: `Scheduled: the post step will end every v2 session of the organization of pipeline@example.com on ${LOGIN_HOST} after all other steps.`,
      inSummary: false,
      outputs: { ...nothingSaid, result: 'scheduled', attempts: '0' },
    });
  });

  test('wrong inputs: all problems, one a line', () => {
    const text = 'Wrong inputs, so nothing was sent:\n- One.\n- Two.';
    expect(inputsReport(['One.', 'Two.'], [], true)).toEqual({
      level: 'error',
      text,
      inSummary: true,
      outputs: { ...nothingSaid, result: 'failed', attempts: '0', 'error-message': text },
    });
  });

  test('what cannot happen', () => {
    expect(unexpectedReport(new RangeError())).toEqual({
      level: 'error',
      text: 'The action failed unexpectedly (RangeError).',
      inSummary: true,
      outputs: {},
    });
  });
});

describe('the post step', () => {
  const fail: Settings = { ...settings, onCleanupFailure: 'fail' };

  test.each([
    ['ended', ended],
    ['already ended, perhaps by us', endedLate],
    ['already ended', gone],
  ])('%s: good news, whatever on-cleanup-failure says', (_, outcome) => {
    const expected = { level: 'info', text: outcomeText(outcome, logout), inSummary: true, outputs: {} };
    expect(postReportOf(outcome, settings)).toEqual(expected);
    expect(postReportOf(outcome, fail)).toEqual(expected);
  });

  test.each([
    ['rejected', refused],
    ['not confirmed', unknown],
    ['cancelled before it sent', cancelledBefore],
  ])('%s: a warning or a failure, with the consequence', (_, outcome) => {
    const text = `${outcomeText(outcome, logout)} ${CONSEQUENCE}`;
    const expected = { text, inSummary: true, outputs: {} };
    expect(postReportOf(outcome, settings)).toEqual({ ...expected, level: 'warning' });
    expect(postReportOf(outcome, fail)).toEqual({ ...expected, level: 'error' });
  });

  test.each([
    ['rejected', refused],
    ['not confirmed', unknown],
  ])('%s, and the id is a JWT: it says until when', (_, outcome) => {
    const ending = { outcome, verification: { kind: 'not-due' }, said: undefined, ifAlive: 'line' } as const;
    expect(post.postReport(ending, logout, settings, JWT).text).toBe(
      `${outcomeText(outcome, logout)} If it is still open, it expires at 2026-06-01T12:00:00Z, according to its ID, a JWT.`,
    );
  });

  test('the server reports the id as invalid: success, even if no response was clear', () => {
    const spent = outcomeOf(page(200), logout, { attempts: 2, gaveUp: 'already-done' });
    for (const [outcome, attempts] of [
      [ended, '1 attempt'],
      [spent, '2 attempts'],
    ] as const) {
      expect(
        postReportOf(outcome, fail, { verification: { kind: 'verified' }, ifAlive: 'clean-up-failure' }),
      ).toEqual({
        level: 'info',
        text: `Ended the session on ${SERVER_HOST}, verified: validSessionId reports it as invalid (${attempts}).`,
        inSummary: true,
        outputs: {},
      });
    }
  });

  test.each([
    ['line', settings, 'info'],
    ['line', fail, 'info'],
    ['clean-up-failure', settings, 'warning'],
    ['clean-up-failure', fail, 'error'],
  ] as const)('the server takes the id for valid: %s', (ifAlive, given, level) => {
    const report = postReportOf(ended, given, { verification: { kind: 'still-valid' }, ifAlive });
    expect(report).toEqual({ level, text: expect.any(String), inSummary: true, outputs: {} });
    expect(report.text).toMatch(/^Still valid: the session on .* A session that was not ended stays open /);
  });

  const UNTIL =
    'until its idle time-out, 30 minutes unless the organization sets another, or until it expires if its ID is a JWT';
  const SENT = `: the main step sent a login of me in organization Sales to ${LOGIN_HOST}, whose response was lost or could not be saved.`;
  test.each([
    ['a pending login', idle.idleReport(LOGGING_IN), 'warning', `A session may be open ${UNTIL}${SENT}`],
    [
      'two were, and that is to fail',
      idle.idleReport({ ...LOGGING_IN, sessions: 2, onCleanupFailure: 'fail' }),
      'error',
      `2 sessions may be open, each ${UNTIL}${SENT}`,
    ],
    [
      'no session was opened',
      idle.idleReport({ kind: 'settled', as: 'not-opened' }),
      'info',
      'Nothing to clean up: the main step has settled it (not-opened).',
    ],
    [
      'nothing was saved',
      idle.idleReport({ kind: 'nothing' }),
      'info',
      'Nothing to clean up: no state was saved, because the inputs were wrong, the state could not be saved, or the main step was killed at its start.',
    ],
    [
      'it is settled',
      idle.idleReport({ kind: 'settled', as: 'already-ended' }),
      'info',
      'Nothing to clean up: the main step has settled it (already-ended).',
    ],
    [
      'the state cannot be read',
      idle.idleReport({ kind: 'unreadable' }),
      'warning',
      `The saved state cannot be read, so nothing was sent. ${CONSEQUENCE}`,
    ],
    [
      'what cannot happen',
      idle.unexpectedReport(new RangeError()),
      'warning',
      'The clean-up failed unexpectedly (RangeError): the session may still be open.',
    ],
    [
      'the same, and the user wants a failed clean-up to fail',
      idle.unexpectedReport(new RangeError(), PENDING),
      'error',
      'The clean-up failed unexpectedly (RangeError): the session may still be open.',
    ],
    [
      'the same after an end that main confirmed',
      idle.unexpectedReport(new RangeError(), { ...PENDING, isEnded: true }),
      'warning',
      'The clean-up failed unexpectedly (RangeError): the main step ended the session, which could not be verified.',
    ],
  ])('%s', (_, report, level, text) =>
    expect(report).toEqual({ level, text, inSummary: level !== 'info', outputs: {} }),
  );
});

describe('the job summary', () => {
  test('has nothing, if the user wants none', () => {
    for (const outcome of [ended, gone, refused, unknown]) {
      expect(
        withSummary(endingReport(outcome, logout, settings, 'again'), { summary: false }).inSummary,
      ).toBe(false);
    }
  });

  test.each([
    ['a step with an id', 'end-uat', '**Informatica Cloud Session (step `end-uat`):** `Done.`\n\n'],
    ['a step without', '', '**Informatica Cloud Session:** `Done.`\n\n'],
    ['an id is no markup', 'a`b*<c>_1', '**Informatica Cloud Session (step `abc_1`):** `Done.`\n\n'],
  ])('names the step: %s', (_, step, line) => expect(summaryLine('Done.', step)).toBe(line));

  test.each([
    [
      'markup and links',
      '<b> [x](https://a.example) **b** @user &lt; me@a.example',
      '<b> [x](https://a.example) **b** @user &lt; me@a.example',
    ],
    ['backticks', 'a ` b `` c', "a ' b '' c"],
    ['backticks at the ends', '`a`', "'a'"],
    ['lines', 'one\n- two\r\n\tthree', 'one - two three'],
  ])('shows a text as it is, in a code span: %s', (_, text, shown) => {
    const line = summaryLine(text, '');
    expect(line).toBe(`**Informatica Cloud Session:** \`${shown}\`\n\n`);
  });
});

describe('what caused a failure of the network', () => {
  test('is shown nowhere', () => {
    const outcome = outcomeOf(noResponse({ ...lost, cause: new Error('inside') }, true), logout);
    const said = [endingReport(outcome, logout, settings, 'again'), postReportOf(outcome, settings)];
    expect(JSON.stringify(said)).not.toContain('inside');
  });
});
