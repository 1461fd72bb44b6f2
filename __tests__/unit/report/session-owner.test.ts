import { describe, expect, test } from '@jest/globals';
import { organizationText, ownerOf } from '../../../src/report/session-owner.ts';
import { ownerText } from '../../../src/report/wording.ts';
import type { Session } from '../../../src/responses/user-object.ts';
import { SERVER_URL, SESSION_ID } from '../support.ts';

const UUID = '4HrTfPaU1bVdKq8wLmXz2C';
const session: Session = {
  sessionId: SESSION_ID,
  serverUrl: new URL(SERVER_URL),
  organizationIds: [UUID, '0012ab'],
  organizationName: 'Sales',
  userName: 'ci@example.com',
};
const given = { userName: 'CI@example.com', organizationId: '0012ab' };
const byToken = { userName: '', organizationId: '0012ab' };

describe('whose session it is', () => {
  const text = (login: typeof given, found: Session | undefined) => ownerText(ownerOf(login, found));
  const without = { ...session, organizationName: '' };

  test.each<[string, string, string]>([
    ['the user as given', text(given, session), ' of CI@example.com in organization Sales'],
    ["the server's, if none was given", text(byToken, session), ' of ci@example.com in organization Sales'],
    ['no name: the long id', text(given, without), ` of CI@example.com in organization ${UUID}`],
    [
      'no long id: the short one',
      text(given, { ...without, organizationIds: ['0012ab'] }),
      ' of CI@example.com in organization 0012ab',
    ],
    [
      'no id in the response: the one given',
      text(given, { ...without, organizationIds: [] }),
      ' of CI@example.com in organization 0012ab',
    ],
    [
      'before a session is known: as given',
      text(given, undefined),
      ' of CI@example.com in organization 0012ab',
    ],
    [
      'a name that repeats the session id',
      text(byToken, { ...session, userName: SESSION_ID, organizationName: SESSION_ID }),
      ` in organization ${UUID}`,
    ],
    ['the user alone', text({ userName: 'me', organizationId: '' }, undefined), ' of me'],
    ['the organization alone', text(byToken, undefined), ' in organization 0012ab'],
    [
      'nothing',
      text({ userName: '', organizationId: '' }, { ...without, organizationIds: [], userName: ' ' }),
      '',
    ],
  ])('%s', (_, said, expected) => expect(said).toBe(expected));

  test("no text of the server's starts a line of its own", () => {
    expect(text(byToken, { ...session, userName: 'a\n::b::', organizationName: 'c\r\nd' })).toBe(
      ' of a : :b: : in organization c d',
    );
  });
});

describe('which organization it is', () => {
  test.each<[string, Partial<Session>, string]>([
    ['name and id', {}, `Sales (${UUID})`],
    ['the name alone', { organizationIds: [] }, 'Sales'],
    ['the id alone', { organizationName: '' }, UUID],
    ['neither', { organizationName: '', organizationIds: [] }, ''],
  ])('%s', (_, more, expected) => expect(organizationText({ ...session, ...more })).toBe(expected));
});
