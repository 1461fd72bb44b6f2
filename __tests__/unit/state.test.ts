import { describe, expect, test } from '@jest/globals';
import { readState, type SavedState, writeState } from '../../src/state.ts';
import { inputsOf, logoutallInputs, logoutInputs } from './support.ts';

describe('what main saves, post reads', () => {
  test.each<SavedState>([
    { kind: 'pending', inputs: logoutInputs() },
    { kind: 'pending', inputs: logoutallInputs({ password: ' "quo\\ted"\n\u2028 ü %0A ' }) },
    { kind: 'settled', outcome: 'ended' },
    { kind: 'settled', outcome: 'already-ended' },
    { kind: 'settled', outcome: 'refused' },
  ])('%j', (state) => {
    const text = writeState(state);
    expect(readState(text)).toEqual(state);
    // The file format gives a value one line.
    expect(text).not.toMatch(/[\r\n]/);
  });

  test('nothing', () => expect(readState('')).toEqual({ kind: 'nothing' }));
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
    '{"kind":"settled"}',
    '{"kind":"settled","outcome":"unknown"}',
    '{"kind":"settled","outcome":["ended"]}',
    '{"kind":"nothing"}',
    '{"kind":"unreadable"}',
    '{"kind":"Pending","inputs":{}}',
    '{"kind":"pending","inputs":{"mode":"logout"',
    'ended',
  ])('%s is unreadable', (text) => expect(readState(text)).toEqual({ kind: 'unreadable' }));

  test.each(['{}', 'null', '[]', '"mode"', '{"mode":1,"when":null,"password":["x"],"other":"y"}'])(
    'inputs of %s are empty',
    (inputs) => {
      const empty = inputsOf({
        when: '',
        'timeout-seconds': '',
        'allow-already-ended': '',
        'on-cleanup-failure': '',
        summary: '',
      });
      expect(readState(`{"kind":"pending","inputs":${inputs}}`)).toEqual({ kind: 'pending', inputs: empty });
    },
  );

  test('an input that is no text is empty, the others stay', () => {
    const state = readState('{"kind":"pending","inputs":{"mode":"logout","session-id":7}}');
    expect(state).toMatchObject({ inputs: { mode: 'logout', 'session-id': '' } });
  });
});
