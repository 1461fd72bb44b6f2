import * as fc from 'fast-check';
import type { InputName, InputValues } from '../../src/inputs/values.ts';
import { ORGANIZATION } from '../virtual/user-objects.ts';
import { oneOf, weighted } from './draw.ts';
import { UNEXPANDED } from './input-arbitrary.ts';
import { mistakes } from './mistakes.ts';

/** Valid inputs, without the mode. */
export const RIGHT: InputValues = {
  mode: '',
  when: 'now',
  'api-version': '2',
  'server-url': 'https://usw3.dm-us.informaticacloud.com/saas',
  'session-id': 'fake4711Session',
  'organization-id': '',
  'oauth-token': '',
  audience: '',
  'session-id-variable': '',
  'server-url-variable': '',
  'access-token': '',
  'access-token-variable': '',
  verify: 'auto',
  'login-url': 'dm-us',
  username: 'someone@example.com',
  password: 'fake-4711-password',
  'timeout-seconds': '60',
  'allow-already-ended': 'false',
  'on-cleanup-failure': 'warn',
  'trusted-hosts': 'idmc.example.com',
  summary: 'true',
};
const POD = 'dm-us.informaticacloud.com';

/** Inputs that are wrong with any others. */
export const wrong = fc.record(
  {
    mode: fc.constantFrom('', 'log-out', 'LOG OUT', 'logout,logoutall', 'log in'),
    when: fc.constantFrom('later', 'Now', 'now job-end'),
    'api-version': oneOf('1 v1 2.0 4'),
    'server-url': oneOf(` dm-us http://${POD} https://a:b@${POD}/saas https://${POD}/saas?x`),
    'session-id': mistakes.map(({ given }) => given),
    'organization-id': fc.constantFrom('abc', 'a b', 'None', UNEXPANDED, `"${ORGANIZATION.short}"`),
    'oauth-token': fc.constantFrom('abc.def', 'None', UNEXPANDED, 'Bearer x'),
    audience: fc.constantFrom(UNEXPANDED, '$AUDIENCE', 'null', '"https://x"'),
    'session-id-variable': oneOf('1st a-b PATH github_x Node_x'),
    'server-url-variable': oneOf('2nd a.b bash_env my_proxy LD_x'),
    verify: oneOf('yes Always truth'),
    'login-url': oneOf(` http://${POD} u@${POD} ${POD}/api dm\tus USW5 null .informaticacloud.com`),
    username: fc.constantFrom('', ' \n', 'None', UNEXPANDED, '$USER', '"someone"'),
    password: fc.constantFrom('', '  ', 'a\nb', UNEXPANDED),
    'timeout-seconds': fc.constantFrom('0', '241', '1.5', '-1', '1e2', '60s'),
    'allow-already-ended': fc.constantFrom('yes', '1', 'truefalse'),
    'on-cleanup-failure': fc.constantFrom('ignore', 'warn or fail'),
    'trusted-hosts': oneOf(`*.example https://${POD} ${POD}:443 a/b a@b ${POD}	${POD}`),
    summary: fc.constantFrom('no', 'false.'),
  },
  { requiredKeys: [] },
);

/** The modes, and for a login each auth method. */
export type StepKind = 'logout' | 'logoutall' | 'login' | 'token' | 'github';

interface ModeProfile {
  readonly right: Partial<InputValues>;
  /** Inputs that it does not read. */
  readonly unread: readonly string[];
  /** Inputs of other auth methods: with one of them the step is another one. */
  readonly others: readonly InputName[];
  readonly result: 'ended' | 'opened';
  /** How many requests, including those to the token service. */
  readonly requests: number;
}

const OF_LOGIN = ['oauth-token', 'audience', 'session-id-variable', 'server-url-variable'];
const OF_LOGOUT = ['server-url', 'session-id'];
const BY_TOKEN = {
  mode: 'login',
  username: '',
  password: '',
  'organization-id': ORGANIZATION.short,
} as const;

export const STEP_PROFILES: Readonly<Record<StepKind, ModeProfile>> = {
  logout: {
    right: { mode: 'logout' },
    unread: ['login-url', 'username', 'password', ...OF_LOGIN],
    others: [],
    result: 'ended',
    requests: 1,
  },
  logoutall: {
    right: { mode: 'logoutall' },
    unread: [...OF_LOGOUT, ...OF_LOGIN],
    others: [],
    result: 'ended',
    requests: 1,
  },
  login: {
    right: { mode: 'login' },
    unread: [...OF_LOGOUT, 'audience'],
    others: ['oauth-token'],
    result: 'opened',
    requests: 1,
  },
  token: {
    right: { ...BY_TOKEN, 'oauth-token': 'eyJhbGciOiJSUzI1NiJ9.eyJuIjoiVG9rZW4ifQ.c2lnbmF0dXJl' },
    unread: [...OF_LOGOUT, 'audience'],
    others: ['username', 'password'],
    result: 'opened',
    requests: 1,
  },
  github: {
    right: BY_TOKEN,
    unread: OF_LOGOUT,
    others: ['username', 'password', 'oauth-token'],
    result: 'opened',
    requests: 2,
  },
};

/** logout and logoutall are each as frequent as all logins together. */
export const stepKinds = weighted<StepKind>(
  [3, fc.constant('logout')],
  [3, fc.constant('logoutall')],
  [3, fc.constantFrom<StepKind[]>('login', 'token', 'github')],
);

/** Without a mode no mode's inputs are read. */
export const UNREAD_WITHOUT_MODE: readonly string[] = [
  'api-version',
  'verify',
  'login-url',
  'username',
  'password',
  'organization-id',
  ...OF_LOGOUT,
  ...OF_LOGIN,
];

/** The inputs that are wrong for this kind of step. Without a user name or password it is another kind. */
export function drawnFor(kind: StepKind, drawn: Partial<InputValues>): Partial<InputValues> {
  const isBlank = (name: string, value: string) =>
    kind === 'login' && ['username', 'password'].includes(name) && value.trim() === '';
  const entries = Object.entries(drawn).filter(
    ([name, value]) => !STEP_PROFILES[kind].others.some((other) => other === name) && !isBlank(name, value),
  );
  return Object.fromEntries(entries);
}
