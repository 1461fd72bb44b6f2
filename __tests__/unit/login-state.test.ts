import { describe, expect, test } from '@jest/globals';
import { inputValues } from '../../src/inputs/values.ts';
import { readState, type SavedState, writeState } from '../../src/state.ts';

const inputs = inputValues((name) => `the ${name}`);
const owner = { user: 'me', organization: 'Sales' };
const nobody = { user: '', organization: '' };
const opened = {
  userName: 'me',
  serverUrl: 'https://x/saas',
  control: 'valid',
  owner,
  ifAlive: 'line',
} as const;
const counts = { credentialUses: 0, credentialRequests: 0, isEnded: false } as const;

describe('what a login saves comes back', () => {
  test.each<SavedState>([
    { kind: 'logging-in', host: 'dm-us.informaticacloud.com', owner, sessions: 1, onCleanupFailure: 'warn' },
    { kind: 'logging-in', host: '127.0.0.1:8080', owner: nobody, sessions: 3, onCleanupFailure: 'fail' },
    { kind: 'settled', as: 'not-opened' },
    { kind: 'pending', inputs, ...counts, opened },
    { kind: 'pending', inputs, ...counts, isEnded: true, opened },
    { kind: 'pending', inputs, ...counts, opened: { ...opened, ifAlive: 'clean-up-failure' } },
    {
      kind: 'pending',
      inputs,
      ...counts,
      opened: { userName: '', serverUrl: '', control: 'no-user-name', owner: nobody, ifAlive: 'line' },
    },
    { kind: 'pending', inputs, ...counts, credentialUses: 2, credentialRequests: 5, opened: undefined },
  ])('%j', (state) => expect(readState(writeState(state))).toEqual(state));
});

describe('what it did not write', () => {
  test.each([
    { kind: 'logging-in', host: 'x', sessions: 0, onCleanupFailure: 'warn' },
    { kind: 'logging-in', host: 'x', sessions: '1' },
    { kind: 'logging-in' },
    { kind: 'settled', as: 'opened' },
    { kind: 'pending', ...counts },
    { kind: 'pending', inputs },
    { kind: 'pending', inputs, credentialUses: 0 },
    { kind: 'pending', inputs, ...counts, credentialRequests: -1 },
    { kind: 'opened' },
  ])('%j cannot be read', (state) => {
    expect(readState(JSON.stringify(state))).toEqual({ kind: 'unreadable' });
  });

  test('an invalid field warns no less, and sends nothing', () => {
    expect(readState('{"kind":"logging-in","sessions":1,"host":7,"onCleanupFailure":"x"}')).toEqual({
      kind: 'logging-in',
      host: '',
      owner: nobody,
      sessions: 1,
      onCleanupFailure: 'warn',
    });
    expect(
      readState(JSON.stringify({ kind: 'pending', inputs, ...counts, isEnded: 'x', opened: 'x' })),
    ).toMatchObject({
      isEnded: false,
      opened: { userName: '', serverUrl: '', control: 'unclear', owner: nobody, ifAlive: 'line' },
    });
  });
});
