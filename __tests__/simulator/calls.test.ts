import { describe, expect, test } from '@jest/globals';
import {
  envelope,
  errorObject,
  logout,
  logoutV3,
  minute,
  openIds,
  parsed,
  pipeline,
  simulator,
  start,
  startWith,
  targetUser,
} from './api.ts';
import { call, jsonHeaders } from './client.ts';

const hash = 'f0e1d2c3b4a5968778695a4b3c2d1e0f00112233';

const agents = (icSessionId: string) =>
  call(`${simulator.serverUrl}/api/v2/agent`, { method: 'GET', headers: { icSessionId } });
const v3 = (sessionId: string, path: string, body?: string) =>
  call(`${simulator.serverUrl}/public/core/v3/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...jsonHeaders, 'INFA-SESSION-ID': sessionId },
    ...(body === undefined ? {} : { body }),
  });
const pull = (sessionId: string, commitHash: unknown = hash) =>
  v3(sessionId, 'pullByCommitHash', JSON.stringify({ commitHash }));

describe('the agents of the organization', () => {
  test('are read with a session of either version, which is a use of it', async () => {
    await start();
    for (const api of ['v2', 'v3'] as const) {
      const { sessionId } = simulator.openSession(pipeline, api);
      simulator.clock.advance(20 * minute);
      const response = await agents(sessionId);
      expect([response.status, parsed(response)]).toEqual([
        200,
        [expect.objectContaining({ '@type': 'agent', orgId: '000001', active: true, readyToRun: true })],
      ]);
      simulator.clock.advance(20 * minute);
      expect(openIds()).toContain(sessionId);
    }
  });

  test('not with a dead one', async () => {
    await startWith({ deadSession: 'auth-01-403' });
    const { sessionId } = simulator.openSession(pipeline);
    await logout(sessionId);
    for (const response of [await agents(sessionId), await agents('')])
      expect([response.status, parsed(response)]).toEqual([403, errorObject(403, 'AUTH_01')]);
  });
});

describe('a promotion', () => {
  test('finds its commit, pulls it, and asks how far it is', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline, 'v3');
    const commit = await v3(sessionId, `commit/${hash}`);
    expect([commit.status, parsed(commit)]).toEqual([
      200,
      expect.objectContaining({ commitHash: hash, changes: expect.any(Array) }),
    ]);
    const started = await pull(sessionId);
    const { pullActionId } = JSON.parse(started.body);
    expect(started.status).toBe(200);
    for (const path of [pullActionId, `${pullActionId}?expand=objects`]) {
      const response = await v3(sessionId, `sourceControlAction/${path}`);
      expect([response.status, parsed(response)]).toEqual([
        200,
        expect.objectContaining({ commitHash: hash, status: { state: 'SUCCESSFUL', message: '' } }),
      ]);
    }
    expect(simulator.requests.map(({ effect }) => effect)).toEqual([
      'session-used',
      'pull-started',
      'session-used',
      'session-used',
    ]);
  });

  test('of no commit, and an action of another organization', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline, 'v3');
    const stranger = simulator.openSession(targetUser, 'v3').sessionId;
    const { pullActionId } = JSON.parse((await pull(sessionId)).body);
    for (const response of [
      await v3(sessionId, 'commit/none'),
      await pull(sessionId, 'none'),
      await v3(sessionId, 'sourceControlAction/none'),
      await v3(stranger, `sourceControlAction/${pullActionId}`),
    ])
      expect([response.status, parsed(response)]).toEqual([404, envelope('SIM_NOT_FOUND')]);
    const wrong = await pull(sessionId, 7);
    expect([wrong.status, parsed(wrong)]).toEqual([400, envelope('SIM_BAD_REQUEST')]);
  });

  test('not with a dead session, nor where a fault keeps the pull from its effect', async () => {
    await start();
    const { sessionId } = simulator.openSession(pipeline, 'v3');
    simulator.setFaults(() => ({ kind: 'response', effect: false }));
    const { pullActionId } = JSON.parse((await pull(sessionId)).body);
    simulator.setFaults(() => undefined);
    expect(await v3(sessionId, `sourceControlAction/${pullActionId}`)).toMatchObject({ status: 404 });
    await logoutV3(sessionId);
    for (const response of [
      await v3(sessionId, `commit/${hash}`),
      await pull(sessionId),
      await v3(sessionId, `sourceControlAction/${pullActionId}`),
    ])
      expect([response.status, parsed(response)]).toEqual([401, envelope('AUTH_01')]);
  });
});
