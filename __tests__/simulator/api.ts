import { afterEach, expect } from '@jest/globals';
import {
  type Settings,
  type Simulator,
  type SimulatorOptions,
  sampleOrganizations,
  startSimulator,
} from '../../simulator/index.ts';
import { call, type Exchange, jsonHeaders } from './client.ts';

export const [source, target] = sampleOrganizations;
export const [pipeline, nightly] = source.users;
export const [targetUser] = target.users;
export const minute = 60_000;

/** The simulator that `start` started. It is closed after the test. */
export let simulator: Simulator;

const started: Simulator[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

export const start = async (options?: SimulatorOptions) => {
  simulator = await startSimulator(options);
  started.push(simulator);
};
export const startWith = (settings: Partial<Settings>) => start({ settings });

export const post = (path: string, body: object) =>
  call(simulator.loginUrl + path, { body: JSON.stringify(body) });
export const login = (user: object) => post('/ma/api/v2/user/login', { '@type': 'login', ...user });
export const loginV3 = (user: object) => post('/saas/public/core/v3/login', user);
export const loginOAuth = (orgId: string, oauthToken: string) =>
  post('/ma/api/v2/user/loginOAuth', { orgId, oauthToken });
export const logoutall = (user: object) => post('/ma/api/v2/user/logoutall', { '@type': 'logout', ...user });
export const logout = (icSessionId: string) =>
  call(`${simulator.serverUrl}/api/v2/user/logout`, { headers: { ...jsonHeaders, icSessionId } });
export const logoutV3 = (sessionId: string, base = simulator.serverUrl) =>
  call(`${base}/public/core/v3/logout`, { headers: { 'INFA-SESSION-ID': sessionId } });
export const isValid = (userName: string, icToken: string, headers: object = {}) =>
  call(`${simulator.serverUrl}/api/v2/user/validSessionId`, {
    headers: { ...jsonHeaders, ...headers },
    body: JSON.stringify({ '@type': 'validatedToken', userName, icToken }),
  });

export const parsed = ({ body }: Exchange): unknown => JSON.parse(body);
export const openIds = () => simulator.openSessions().map(({ sessionId }) => sessionId);

export const errorObject = (statusCode: number, code: string) =>
  expect.objectContaining({ '@type': 'error', code, statusCode });
export const envelope = (code: string) => ({
  error: { code, message: expect.any(String), requestId: expect.any(String), details: null },
});
