import { describe, expect, test } from '@jest/globals';
import { readState, type SavedState, writeState } from '../../src/state.ts';
import {
  LOGIN_HOST,
  logoutallValues,
  logoutValues,
  PASSWORD,
  SERVER_URL,
  SESSION_ID,
  valuesOf,
} from './support.ts';

const pending = {
  kind: 'pending',
  inputs: logoutValues(),
  credentialUses: 0,
  credentialRequests: 0,
  isEnded: false,
  opened: undefined,
} as const;

const WHOSE = { user: 'me "2" ü', organization: 'Sales' };

describe('what main saves, post reads', () => {
  test.each<[string, SavedState]>([
    ['pending, a session', pending],
    ['pending, ended already', { ...pending, isEnded: true }],
    [
      'pending, credentialUses',
      { ...pending, inputs: logoutallValues(), credentialUses: 2, credentialRequests: 6 },
    ],
    [
      'pending, with marks in the password',
      {
        ...pending,
        inputs: logoutallValues({ password: ' "quo\\ted"\n\u2028 ü %0A ' }),
        credentialUses: 3,
        credentialRequests: 3,
      },
    ],
    ['settled as ended', { kind: 'settled', as: 'ended' }],
    ['settled as already ended', { kind: 'settled', as: 'already-ended' }],
    ['settled as refused', { kind: 'settled', as: 'refused' }],
    ['settled, for nothing was opened', { kind: 'settled', as: 'not-opened' }],
    ...(['line', 'clean-up-failure'] as const).map((ifAlive): [string, SavedState] => [
      `pending, opened by a login (${ifAlive})`,
      {
        ...pending,
        opened: { userName: 'me "2" ü', serverUrl: SERVER_URL, control: 'no-time', owner: WHOSE, ifAlive },
      },
    ]),
    ...(['warn', 'fail'] as const).map((onCleanupFailure): [string, SavedState] => [
      `a pending login (${onCleanupFailure})`,
      { kind: 'logging-in', host: LOGIN_HOST, owner: WHOSE, sessions: 2, onCleanupFailure },
    ]),
  ])('%s', (_, state) => {
    const text = writeState(state);
    expect(readState(text)).toEqual(state);
    // The file format gives a value one line.
    expect(text).not.toMatch(/[\r\n]/);
  });

  test('nothing', () => expect(readState('')).toEqual({ kind: 'nothing' }));

  test('only what is pending holds the secret', () => {
    expect(writeState(pending)).toContain(SESSION_ID);
    expect(writeState({ ...pending, inputs: logoutallValues() })).toContain(PASSWORD);
  });
});

describe('what main did not write', () => {
  test.each([
    ' ',
    'null',
    'true',
    '7',
    '"pending"',
    '[]',
    '{}',
    '{"kind":"pending"}',
    '{"kind":"pending","inputs":{}}',
    '{"kind":"pending","inputs":{},"credentialUses":"1"}',
    '{"kind":"pending","inputs":{},"credentialUses":null}',
    '{"kind":"pending","inputs":{},"credentialUses":0}',
    '{"kind":"pending","inputs":{},"credentialUses":0,"credentialRequests":"1"}',
    '{"kind":"pending","inputs":{},"credentialUses":0,"credentialRequests":-1}',
    '{"kind":"pending","inputs":{},"credentialUses":0.5,"credentialRequests":1}',
    '{"kind":"pending","credentialUses":0}',
    '{"kind":"settled"}',
    '{"kind":"settled","as":"unknown"}',
    '{"kind":"settled","as":["ended"]}',
    '{"kind":"settled","outcome":"ended"}',
    '{"kind":"nothing"}',
    '{"kind":"logging-in"}',
    '{"kind":"logging-in","host":"a.example","sessions":0}',
    '{"kind":"logging-in","host":"a.example","sessions":-1}',
    '{"kind":"logging-in","host":"a.example","sessions":"1"}',
    '{"kind":"unreadable"}',
    '{"kind":"Pending","inputs":{},"credentialUses":0}',
    '{"kind":"pending","inputs":{"mode":"logout"',
    'ended',
  ])('%s is unreadable', (text) => expect(readState(text)).toEqual({ kind: 'unreadable' }));

  const empty = {
    when: '',
    'timeout-seconds': '',
    'allow-already-ended': '',
    'on-cleanup-failure': '',
    summary: '',
  };
  test.each(['{}', 'null', '[]', '"mode"', '{"mode":1,"when":null,"password":["x"],"other":"y"}'])(
    'inputs of %s are empty',
    (inputs) => {
      expect(
        readState(`{"kind":"pending","inputs":${inputs},"credentialUses":0,"credentialRequests":0}`),
      ).toEqual({
        kind: 'pending',
        inputs: valuesOf(empty),
        credentialUses: 0,
        credentialRequests: 0,
        isEnded: false,
      });
    },
  );

  test('an input that is no text is empty, the others stay', () => {
    const state = readState(
      '{"kind":"pending","inputs":{"mode":"logout","session-id":7},"credentialUses":0,"credentialRequests":0}',
    );
    expect(state).toMatchObject({ inputs: { mode: 'logout', 'session-id': '' } });
  });

  test.each(['{}', 'null', '{"userName":7,"serverUrl":[],"control":"Valid","ifAlive":"fail"}'])(
    'of a session that a login opened only what is text is known: %s',
    (opened) => {
      const counts = '"credentialUses":0,"credentialRequests":0';
      expect(readState(`{"kind":"pending","inputs":{},${counts},"opened":${opened}}`)).toMatchObject({
        kind: 'pending',
        opened: { userName: '', serverUrl: '', control: 'unclear', ifAlive: 'line' },
      });
    },
  );

  test('of a pending login only what is known is reported', () => {
    expect(readState('{"kind":"logging-in","host":7,"sessions":1,"onCleanupFailure":"x"}')).toEqual({
      kind: 'logging-in',
      host: '',
      owner: { user: '', organization: '' },
      sessions: 1,
      onCleanupFailure: 'warn',
    });
  });
});
