import type { Inputs } from '../../runner/index.ts';
import type { Finding } from '../finding.ts';
import { ACCESS_TOKEN_LOGINS, ENDINGS, LOGINS, type Mode } from '../modes.ts';
import { record } from '../responses/recorded.ts';
import { BODIES, type Happening, PLAIN, row } from '../responses/table.ts';
import { Tally } from '../tally.ts';
import type { Trial } from '../trial.ts';
import { type JobScript, playFirstHalf, playJob, type Setup, withoutPost } from '../virtual/job.ts';
import { respond } from '../virtual/respond.ts';
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

/** One job: what its first requests meet, main and post together. The later ones get a proper response. */
interface Case {
  readonly mode: Mode;
  readonly when: Setup['when'];
  readonly plan: readonly Happening[];
  /** Whether requests have their effect where a fault leaves that open. */
  readonly effect: boolean;
  readonly inputs?: Inputs;
  readonly sessions?: Setup['sessions'];
  /** The runner is shut down during this request of main, and starts no post step. */
  readonly shutDownAt?: number;
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

const now = { when: 'now' } as const;

/** Every fault as the first, second and third thing that main meets, as what post meets, and with a signal that no post follows. */
function* endings(): Generator<Case> {
  for (const mode of ENDINGS) {
    for (const effect of EFFECTS) {
      for (const fault of [...CATALOGUE, ...FAILURES, ...ROWS]) {
        for (const before of BEFORE) yield { mode, when: 'now', plan: [...before, fault], effect };
        yield { mode, when: 'job-end', plan: [fault], effect };
        yield { ...now, mode, plan: [fault], effect, shutDownAt: 0 };
      }
      // More of the same than the limits allow.
      for (const fault of PATIENT) yield { mode, when: 'now', plan: inARow(fault, 8), effect };
    }
  }
}

/** Every fault in a login, for each auth method. */
function* logins(effect: boolean): Generator<Case> {
  for (const mode of LOGINS) {
    for (const fault of [...CATALOGUE, ...FAILURES, ...USER_OBJECTS, ...ROWS]) {
      for (const before of BEFORE) yield { ...now, mode, plan: [...before, fault], effect };
    }
    for (const fault of PATIENT) yield { ...now, mode, plan: inARow(fault, 8), effect };
  }
}

/** Every fault in a login whose response comes after the signal, and in what main then does with its session. */
function* loginsWithoutPost(effect: boolean): Generator<Case> {
  for (const fault of [...CATALOGUE, ...USER_OBJECTS]) {
    for (const mode of BY_PASSWORD) yield { ...now, mode, plan: [fault], effect, shutDownAt: 0 };
  }
  for (const fault of CATALOGUE) {
    for (const mode of BY_PASSWORD) yield { ...now, mode, plan: [WELL, fault], effect, shutDownAt: 0 };
    // The verification by which main knows that the session is valid.
    yield { ...now, mode: 'login', plan: [WELL, fault], effect, shutDownAt: 1 };
  }
}

/** Every fault in each request that follows a login. */
function* afterLogins(effect: boolean): Generator<Case> {
  const inputs = { 'organization-id': ANOTHER_ORGANIZATION };
  for (const fault of [...CATALOGUE, ...FAILURES, ...VALIDITIES]) {
    for (const mode of LOGINS) yield { ...now, mode, plan: [WELL, fault], effect };
    // Main ends a session of another organization at once.
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
    // Main verifies a JWT first.
    const sessions = 'lasting-jwt';
    yield { ...now, mode: 'login-access-token', plan: [WELL, WELL, fault], effect, sessions };
  }
}

function casesOf(group: Group): readonly Case[] {
  if (group === 'endings') return [...endings()];
  return EFFECTS.flatMap((effect) => [
    ...logins(effect),
    ...afterLogins(effect),
    ...accessTokens(effect),
    ...loginsWithoutPost(effect),
  ]);
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

async function playOne({
  mode,
  when,
  plan,
  effect,
  inputs = {},
  sessions = 'opaque',
  shutDownAt,
}: Case): Promise<Trial> {
  let requests = 0;
  const setup: Setup = { mode, when, allowAlreadyEnded: false, timeoutSeconds: 60, sessions, inputs };
  const script: JobScript = {
    meet: async (call, _purpose, world, vendor) => {
      if (requests === shutDownAt) world.cancel();
      const met = plan[requests++] ?? WELL;
      const [secret = ''] = secretsSent(call);
      return {
        met,
        ...(await respond(met, vendor, call, { secret, foreignUrl: 'https://elsewhere.example', effect })),
      };
    },
  };
  const hasPost = shutDownAt === undefined;
  const trial = hasPost ? await playJob(setup, script) : withoutPost(await playFirstHalf(setup, script));
  const names = plan.map(({ name }) => name);
  const more = [effect ? 'with the effect' : '', hasPost ? '' : `shut down at ${shutDownAt}`];
  return { ...trial, label: ['in process', mode, when, ...names, ...more].join(', ') };
}
