import type { Inputs } from '../../runner/index.ts';
import type { Finding } from '../finding.ts';
import { ACCESS_TOKEN_LOGINS, ENDINGS, LOGINS, type Mode } from '../modes.ts';
import { record } from '../responses/recorded.ts';
import { BODIES, type Happening, PLAIN, row } from '../responses/table.ts';
import { Tally } from '../tally.ts';
import { befall } from '../virtual/befall.ts';
import { playJob, type Setup } from '../virtual/job.ts';
import { secretsSent } from '../virtual/steps.ts';
import { ANOTHER_ORGANIZATION, BEFORE, type Group, inARow } from './cases.ts';
import {
  ACCESS_TOKENS,
  BUSY,
  CATALOGUE,
  FAILURES,
  FORBIDDEN,
  LONG_ERROR,
  LOST,
  NOT_FOUND,
  PAGE,
  REFUSED,
  UNAVAILABLE,
  USER_OBJECTS,
  VALIDITIES,
  WELL,
} from './catalogue.ts';

/** One job: what its first requests meet, main and post together; the later ones are answered properly. */
interface Case {
  readonly mode: Mode;
  readonly when: Setup['when'];
  readonly plan: readonly Happening[];
  /** Whether requests have their effect where a fault leaves that open. */
  readonly effect: boolean;
  readonly inputs?: Inputs;
  readonly sessions?: Setup['sessions'];
}

export interface Result {
  readonly count: number;
  readonly found: Omit<Finding, 'counted' | 'count' | 'minimum'>;
  readonly lines: readonly string[];
}

const NOT_READ = CATALOGUE.filter(({ form }) => form.kind === 'nothing' && form.notHttp);
/** What comes again and again. */
const PATIENT = [LOST, UNAVAILABLE, PAGE, FORBIDDEN, NOT_FOUND, LONG_ERROR, ...FAILURES, ...NOT_READ];
const EFFECTS = [false, true];
const BY_PASSWORD = ['login', 'login-v3'] as const;
const SESSIONS = ['opaque', 'lasting-jwt'] as const;

/** Every body of the table, where it means most. A user object over a login that worked would hide the session from everybody. */
const ROWS = BODIES.filter(({ content }) => content(200).is !== 'user object').flatMap((body) =>
  [200, 401].map((status): Happening => row(status, body, PLAIN)),
);

/** Every fault as the first, second and third thing that main meets, and as what post meets. */
function* endings(): Generator<Case> {
  for (const mode of ENDINGS) {
    for (const effect of EFFECTS) {
      for (const fault of [...CATALOGUE, ...FAILURES, ...ROWS]) {
        for (const before of BEFORE) yield { mode, when: 'now', plan: [...before, fault], effect };
        yield { mode, when: 'job-end', plan: [fault], effect };
      }
      // More of the same than the limits allow.
      for (const fault of PATIENT) yield { mode, when: 'now', plan: inARow(fault, 8), effect };
    }
  }
}

const now = { when: 'now' } as const;

/** Every fault in a login, for each way to log in. */
function* logins(effect: boolean): Generator<Case> {
  for (const mode of LOGINS) {
    for (const fault of [...CATALOGUE, ...FAILURES, ...USER_OBJECTS, ...ROWS]) {
      for (const before of BEFORE) yield { ...now, mode, plan: [...before, fault], effect };
    }
    for (const fault of PATIENT) yield { ...now, mode, plan: inARow(fault, 8), effect };
  }
}

/** Every fault in each request that follows a login. */
function* afterLogins(effect: boolean): Generator<Case> {
  const inputs = { 'organization-id': ANOTHER_ORGANIZATION };
  for (const fault of [...CATALOGUE, ...FAILURES, ...VALIDITIES]) {
    for (const mode of LOGINS) yield { ...now, mode, plan: [WELL, fault], effect };
    // A session of another organization is ended at once.
    for (const mode of BY_PASSWORD) yield { ...now, mode, plan: [WELL, fault], effect, inputs };
    // What post is told about its session, be it dead or a JWT that outlives its logout.
    for (const sessions of SESSIONS) {
      yield { ...now, mode: 'login', plan: [WELL, WELL, fault], effect, sessions };
    }
    // A logout whose response is not the API's is verified by the same request.
    yield { ...now, mode: 'login', plan: [WELL, PAGE, fault], effect };
  }
}

/** Every fault in the request for an access token, and in the end of a session that gets none. */
function* accessTokens(effect: boolean): Generator<Case> {
  for (const mode of ACCESS_TOKEN_LOGINS) {
    for (const fault of [...CATALOGUE, ...ACCESS_TOKENS, ...ROWS]) {
      for (const before of [[], [BUSY]]) yield { ...now, mode, plan: [WELL, ...before, fault], effect };
    }
    for (const fault of PATIENT) yield { ...now, mode, plan: [WELL, ...inARow(fault, 8)], effect };
  }
  for (const fault of CATALOGUE) {
    yield { ...now, mode: 'login-access-token', plan: [WELL, REFUSED, fault], effect };
    // Main asks for the control of a JWT first.
    const sessions = 'lasting-jwt';
    yield { ...now, mode: 'login-access-token', plan: [WELL, WELL, fault], effect, sessions };
  }
}

function casesOf(group: Group): readonly Case[] {
  if (group === 'endings') return [...endings()];
  return EFFECTS.flatMap((effect) => [...logins(effect), ...afterLogins(effect), ...accessTokens(effect)]);
}

/** Plays the cases of a group in the virtual world. */
export async function playGroup(group: Group): Promise<Result> {
  await record([BUSY, ...CATALOGUE, ...USER_OBJECTS, ...ACCESS_TOKENS, ...PATIENT]);
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line), 'npm run proof -- faults');
  let count = 0;
  for (const played of casesOf(group)) {
    tally.add(await playOne(played));
    count += 1;
  }
  return { count, found: tally.found, lines };
}

async function playOne({ mode, when, plan, effect, inputs = {}, sessions = 'opaque' }: Case) {
  const left = [...plan];
  const setup: Setup = { mode, when, allowAlreadyEnded: false, timeoutSeconds: 60, sessions, inputs };
  const trial = await playJob(setup, {
    meet: async (call, _purpose, _world, vendor) => {
      const met = left.shift() ?? WELL;
      const [secret = ''] = secretsSent(call);
      return {
        met,
        ...(await befall(met, vendor, call, { secret, foreignUrl: 'https://elsewhere.example', effect })),
      };
    },
  });
  const names = plan.map(({ name }) => name);
  return {
    ...trial,
    label: ['in process', mode, when, ...names, effect ? 'with the effect' : ''].join(', '),
  };
}
