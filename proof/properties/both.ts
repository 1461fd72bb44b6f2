import type { HttpResult } from '../../src/http.ts';
import { isSessionId } from '../../src/inputs/session-id.ts';
import { inputValues } from '../../src/inputs/values.ts';
import { writeState } from '../../src/state.ts';
import { VirtualClock } from '../virtual/clock.ts';
import { type MainOptions, playMain, playPost, type StepRun } from '../virtual/steps.ts';
import { VirtualWorld } from '../virtual/world.ts';
import { issued, TOKEN_SERVICE } from './jobs.ts';
import type { DrawnResult } from './response-arbitrary.ts';
import { harmless } from './violation.ts';

/** What a step authenticates with, and to whom. */
export type StepKind = 'session-id' | 'password' | 'login' | 'login-v3' | 'token' | 'issued-token' | 'bearer';

const POD = 'https://pod.informaticacloud.com/saas';
/** A session ID for those that authenticate with something else. */
const SESSION_ID = 'Fake4711Session';

/** A step, and whether it was given the secret. */
export interface Played {
  readonly run: StepRun;
  readonly knows: boolean;
  /** The secret is a password to it, and may consist of ordinary words. */
  readonly isPassword: boolean;
}

/** Main and post separately, each with the same results and then no response. */
export async function playBoth(
  kind: StepKind,
  secret: string,
  results: readonly DrawnResult[],
): Promise<readonly Played[]> {
  const mainWorld = kind === 'bearer' ? serviceWorld(results) : worldWith(results, secret);
  const main = await playMain(valuesOf(kind, secret), mainWorld, optionsOf(kind, secret));
  harmless(mainWorld.sent.length > 0, 'nothing was sent');
  const state = stateOf(kind, secret);
  const post = await playPost(state, worldWith(results, secret));
  return [
    { run: main, knows: true, isPassword: ['password', 'login', 'login-v3'].includes(kind) },
    { run: post, knows: state.includes(JSON.stringify(secret)), isPassword: kind === 'password' },
  ];
}

/** The token service works and issues the secret. */
function worldWith(results: readonly DrawnResult[], secret: string): VirtualWorld {
  const left: (HttpResult | undefined)[] = results.map(({ result }) => result);
  return new VirtualWorld(new VirtualClock(), {
    meet: async ({ url }) => ({
      result: url.href.startsWith(TOKEN_SERVICE.url) ? issued(secret) : left.shift(),
    }),
  });
}

/** The results come from the token service. */
function serviceWorld(results: readonly DrawnResult[]): VirtualWorld {
  const left: (HttpResult | undefined)[] = results.map(({ result }) => result);
  return new VirtualWorld(new VirtualClock(), { meet: async () => ({ result: left.shift() }) });
}

function valuesOf(kind: StepKind, secret: string) {
  const given = inputsOf(kind, secret);
  return inputValues((name) => given[name] ?? '');
}

function inputsOf(kind: StepKind, secret: string): Readonly<Record<string, string>> {
  const login = { mode: 'login', 'login-url': 'dm-us', verify: 'always' };
  const user = { 'login-url': 'dm-us', username: 'someone@example.com', password: secret };
  switch (kind) {
    case 'session-id':
      return { mode: 'logout', 'server-url': POD, 'session-id': secret };
    case 'password':
      return { mode: 'logoutall', ...user };
    case 'login':
      return { ...login, ...user };
    case 'login-v3':
      return { ...login, ...user, 'api-version': '3' };
    case 'token':
      return { ...login, 'organization-id': '000001', 'oauth-token': secret };
    case 'issued-token':
    case 'bearer':
      return { ...login, 'organization-id': '000001' };
  }
}

function optionsOf(kind: StepKind, secret: string): MainOptions {
  const { url, bearer } = TOKEN_SERVICE;
  return { idTokenService: () => ({ url, bearer: kind === 'bearer' ? secret : bearer }) };
}

/** After a login post ends a session and verifies it. */
function stateOf(kind: StepKind, secret: string): string {
  if (kind === 'session-id' || kind === 'password') {
    return writeState({
      kind: 'pending',
      inputs: valuesOf(kind, secret),
      credentialUses: 0,
      credentialRequests: 0,
      isEnded: false,
      opened: undefined,
    });
  }
  const sessionId = isSessionId(secret) ? secret : SESSION_ID;
  return writeState({
    kind: 'pending',
    inputs: valuesOf('session-id', sessionId),
    credentialUses: 0,
    credentialRequests: 0,
    isEnded: false,
    opened: {
      userName: 'someone@example.com',
      serverUrl: POD,
      control: 'valid',
      owner: { user: 'someone@example.com', organization: 'Example' },
      ifAlive: 'clean-up-failure',
    },
  });
}
