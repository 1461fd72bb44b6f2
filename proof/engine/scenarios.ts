import type { Fault, FaultScript, SeenRequest, Simulator } from '../../simulator/index.ts';
import { UNCONFIRMED_END } from '../said.ts';

/** A workflow file, and its expected result. */
export interface Scenario {
  readonly workflow: string;
  /** What goes wrong at the server; `lines` is the transcript so far. */
  readonly faults?: (lines: readonly string[]) => FaultScript;
  /** Opens sessions of others; returns those that must outlive the job. */
  readonly before?: (cloud: Simulator) => readonly string[];
  /** Kills the main step of the action while such a request waits for a response. */
  readonly kill?: (request: SeenRequest) => boolean;
  /** How many of GitHub's tokens its job requests; if undefined, it has no permission to request one. */
  readonly tokens?: number;
  readonly green: boolean;
  /** How each line of the transcript begins. The server's address is `SERVER`. */
  readonly transcript: readonly (string | Perhaps)[];
  /** Those of version 3 as in `v3/login`. */
  readonly requests: readonly string[];
}

/** The engine does not wait for the last output of a process that fails, so it may be missing, or late. */
export interface Perhaps {
  readonly perhaps: string;
}

const SESSION = 'the session on SERVER';
const EVERY = 'every v2 session of the organization on SERVER';
const settled = (how: string) => `Post: Nothing to clean up: the main step has settled it (${how}).`;
const opened = 'Opened a session on SERVER (HTTP 200, 1 attempt).';
const ended = (what: string) => `Ended ${what} (HTTP 200, 1 attempt).`;

export const SCENARIOS: readonly Scenario[] = [
  {
    workflow: 'time-out',
    faults: () => firstLogout(tooManyRequests),
    green: false,
    transcript: ['Main: Attempt 1: HTTP 429', `Post: ${ended(SESSION)}`],
    requests: ['login', 'logout', 'logout'],
  },
  {
    workflow: 'green',
    green: true,
    transcript: [
      `Main: Scheduled: the post step will end ${SESSION}`,
      'Main: The session is ***',
      'Main: Actions run on Node VERSION',
      `Post: ${ended(SESSION)}`,
    ],
    requests: ['login', 'logout'],
  },
  {
    workflow: 'now',
    green: true,
    transcript: [`Main: ${ended(SESSION)}`, 'Main: On with something else', settled('ended')],
    requests: ['login', 'logout'],
  },
  {
    workflow: 'failing',
    green: false,
    transcript: ['Main: Scheduled', { perhaps: 'Main: Something is wrong' }, `Post: ${ended(SESSION)}`],
    requests: ['login', 'logout'],
  },
  {
    workflow: 'always',
    green: false,
    transcript: [{ perhaps: 'Main: Something is wrong' }, `Main: ${ended(SESSION)}`, settled('ended')],
    requests: ['login', 'logout'],
  },
  { workflow: 'no-login', green: false, transcript: [{ perhaps: 'Main: curl: (22)' }], requests: ['login'] },
  {
    workflow: 'killed',
    faults: () => firstLogout(noResponse),
    kill: isLogout,
    green: false,
    transcript: [`Post: ${ended(SESSION)}`],
    requests: ['login', 'logout', 'logout'],
  },
  {
    workflow: 'nested',
    green: true,
    transcript: ['Main: Scheduled', 'Main: The session is gone', `Post: ${ended(SESSION)}`],
    requests: ['login', 'logout'],
  },
  {
    workflow: 'two-sessions',
    green: true,
    transcript: [
      'Main: Scheduled',
      'Main: Scheduled',
      'Main: From here to there',
      `Post: ${ended(SESSION)}`,
      `Post: ${ended(SESSION)}`,
    ],
    requests: ['login', 'login', 'logout', 'logout'],
  },
  {
    workflow: 'look-afterwards',
    green: true,
    transcript: [
      `Main: ${ended(SESSION)}`,
      { perhaps: `Main error: Already ended: ${SESSION}` },
      'Main: failure, already-ended, 1, 401, AUTH_01, Session ID is not valid or has expired.',
      settled('already-ended'),
      settled('ended'),
    ],
    requests: ['login', 'logout', 'logout'],
  },
  {
    workflow: 'unavailable',
    // It requests a longer wait than the time left, so there is only one request.
    faults: (lines) => (request) =>
      isLogout(request) && !lines.some((line) => line.startsWith('Main: failed')) ? unavailable : undefined,
    green: true,
    transcript: [
      { perhaps: `Main error: ${UNCONFIRMED_END}: ${SESSION}` },
      'Main: failed, 503',
      `Post: ${ended(SESSION)}`,
    ],
    requests: ['login', 'logout', 'logout'],
  },
  {
    workflow: 'logoutall',
    before: abandoned,
    green: true,
    transcript: [
      `Main: Scheduled: the post step will end ${EVERY}`,
      'Main: Something',
      `Post: ${ended(EVERY)}`,
    ],
    requests: ['login', 'logoutall'],
  },
  {
    workflow: 'logoutall-now',
    before: abandoned,
    green: true,
    transcript: [`Main: ${ended(EVERY)}`, 'Main: ended', settled('ended')],
    requests: ['logoutall'],
  },
  {
    workflow: 'promotion',
    // The job may request a token, but these logins use passwords.
    tokens: 0,
    green: false,
    transcript: [
      `Main: ${opened}`,
      `Main: ${opened}`,
      'Main: The source *** is valid: true',
      'Main: The target *** is valid: true',
      { perhaps: 'Main: A test has failed' },
      `Post: ${ended(SESSION)}`,
      `Post: ${ended(SESSION)}`,
    ],
    requests: ['v3/login', 'login', 'validSessionId', 'validSessionId', 'logout', 'v3/logout'],
  },
  {
    workflow: 'keyless',
    tokens: 1,
    green: true,
    transcript: [
      `Main: ${opened} It expires at 20`,
      'Main: The session *** is valid: true',
      'Main: Both ways it is the same',
      `Post: Ended ${SESSION}, verified`,
    ],
    requests: ['loginOAuth', 'validSessionId', 'validSessionId', 'logout', 'validSessionId'],
  },
  {
    workflow: 'killed-login',
    faults: () => (request) => (isLogin(request) ? noResponse : undefined),
    kill: isLogin,
    green: false,
    transcript: ['Post warning: A session may be open until'],
    requests: ['login'],
  },
];

const tooManyRequests = respondWith(429, 90);
const unavailable = respondWith(503, 90);
const noResponse = { kind: 'silent', effect: false, ending: 'stall' } as const;

function respondWith(status: number, retryAfterSeconds: number): Fault {
  return {
    kind: 'response',
    effect: false,
    status,
    headers: [['Retry-After', String(retryAfterSeconds)]],
    body: '',
  };
}

function firstLogout(fault: Fault): FaultScript {
  let seen = 0;
  return (request) => {
    if (isLogout(request)) seen += 1;
    return isLogout(request) && seen === 1 ? fault : undefined;
  };
}

export function isLogout({ path }: { readonly path: string }): boolean {
  return path.endsWith('/logout');
}

function isLogin({ path }: { readonly path: string }): boolean {
  return path.endsWith('/login');
}

/** Sessions of other jobs, one of them in another organization. */
function abandoned(cloud: Simulator): readonly string[] {
  const [source, target] = cloud.organizations;
  for (const user of source?.users ?? []) cloud.openSession(user);
  return (target?.users ?? []).map((user) => cloud.openSession(user).sessionId);
}

/** Whether the lines are those of the transcript. */
export function isAsWritten(lines: readonly string[], transcript: Scenario['transcript']): boolean {
  const certain = [...lines];
  const sure: string[] = [];
  for (const part of transcript) {
    if (typeof part === 'string') {
      sure.push(part);
      continue;
    }
    const found = certain.findIndex((line, index) => index >= sure.length && line.startsWith(part.perhaps));
    if (found >= 0) certain.splice(found, 1);
  }
  return certain.length === sure.length && sure.every((start, index) => certain[index]?.startsWith(start));
}
