import { startSimulator } from '../../simulator/index.ts';
import type { Check, Finding } from '../finding.ts';
import type { Trial } from '../judge.ts';
import { type Met, settles } from '../met.ts';
import { KITS, MODES, type Mode } from '../modes.ts';
import { MemoryGauge, newJob, type Part, play, Scratch, several } from '../play.ts';
import { Tally } from '../tally.ts';
import {
  BUSY,
  CATALOGUE,
  type FaultCase,
  FORBIDDEN,
  LONG_ERROR,
  LOST,
  NOT_FOUND,
  PAGE,
  UNAVAILABLE,
  WELL,
} from './catalogue.ts';
import { authority, type ConnectionCase, connectionCases, openEntrance, portOf } from './connections.ts';

interface Case {
  readonly mode: Mode;
  readonly tls: boolean;
  readonly when: 'now' | 'job-end';
  /** What the first requests meet; the later ones are answered properly. */
  readonly plan: readonly (FaultCase | ConnectionCase)[];
  /** The session is gone before the job begins. */
  readonly gone?: boolean;
  readonly allowAlreadyEnded?: boolean;
}

const AT_ONCE = 12;
/** Short where a fault lasts as long as it is let, long where many come in a row, else enough for a machine that is busy. */
function timeoutOf(plan: Case['plan']): number {
  if (plan.some(({ holds }) => holds)) return 3_000;
  return plan.length > 3 ? 60_000 : 10_000;
}

/** Its password has every kind of character that some encoding spells differently. */
const USER = { username: 'someone@example.com', password: 'Not "a" real & pässwörd%41 <1> ' };
const certificate = authority.issue();

export const faults: Check = {
  name: 'faults',
  about:
    'The shipped bundles over TCP and TLS: everything that can go wrong with an answer, a connection or a certificate, ' +
    'as the first, second and third thing that happens, for each mode, main then post, held against the ledger of sessions that the server keeps',
  run: async (log) => [
    await tryAll('faults in an answer', answerCases(), 1_000, log),
    await tryAll('faults of a connection or a certificate', connectionFaults(), 100, log),
  ],
};

function answerCases(): readonly Case[] {
  const main = inEveryPosition(() => CATALOGUE);
  const post = CATALOGUE.map((fault, index): Case => {
    const mode = MODES[index % MODES.length] ?? 'logout';
    return { mode, tls: index % 3 === 0, when: 'job-end', plan: [fault] };
  }).filter(({ mode, plan }) => plan.every(({ came }) => !settles(came, KITS[mode].sends.post)));
  // What an answer takes in memory must be given back.
  const large = MODES.map((mode): Case => ({ mode, tls: true, when: 'now', plan: inARow(LONG_ERROR, 6) }));
  // More of the same than the limits allow a step, or a job, to ask for.
  const patient = [LOST, UNAVAILABLE, PAGE, FORBIDDEN, NOT_FOUND].flatMap((fault) =>
    MODES.map((mode): Case => ({ mode, tls: false, when: 'now', plan: inARow(fault, 8) })),
  );
  return [...main, ...post, ...large, ...patient];
}

function inARow<T>(entry: T, times: number): readonly T[] {
  return Array.from({ length: times }, () => entry);
}

function connectionFaults(): readonly Case[] {
  const gone = [false, true].flatMap((tls) =>
    [[], [BUSY], [UNAVAILABLE], ...connectionCases(tls).map((fault) => [fault])].flatMap((plan) =>
      [false, true].map((allowAlreadyEnded): Case => {
        return { mode: 'logout', tls, when: 'now', plan, gone: true, allowAlreadyEnded };
      }),
    ),
  );
  return [...inEveryPosition(connectionCases), ...gone];
}

/** The first, second and third request meets it; those before it find the server busy. */
function inEveryPosition(cases: (tls: boolean) => readonly (FaultCase | ConnectionCase)[]): readonly Case[] {
  return [false, true].flatMap((tls) =>
    cases(tls).flatMap((fault) =>
      [[], [BUSY], [BUSY, BUSY]].flatMap((before) =>
        MODES.map((mode): Case => ({ mode, tls, when: 'now', plan: [...before, fault] })),
      ),
    ),
  );
}

async function tryAll(
  counted: string,
  cases: readonly Case[],
  minimum: number,
  log: (line: string) => void,
): Promise<Finding> {
  const tally = new Tally(log, 'npm run proof -- faults');
  const scratch = new Scratch();
  let count = 0;
  try {
    const authorities = scratch.write(authority.cert);
    await several(cases, AT_ONCE, async (played) => {
      tally.add(await tryOne(played, authorities, scratch.path()));
      count += 1;
    });
  } finally {
    scratch.remove();
  }
  return { counted, count, minimum, ...tally.found };
}

function labelOf({ mode, tls, when, plan, gone = false }: Case): string {
  const names = plan.map(({ name }) => name);
  return [tls ? 'TLS' : 'TCP', mode, when, ...names, ...(gone ? ['gone before'] : [])].join(', ');
}

/** One job with one step of the action, and all the servers that it needs. */
async function tryOne(played: Case, authorities: string, memoryFile: string): Promise<Trial> {
  const { mode, tls, when, plan, gone = false, allowAlreadyEnded = false } = played;
  const met: Met[] = [];
  const closing: (() => unknown)[] = [];
  try {
    const cloud = await startSimulator({
      ...(tls ? { tls: certificate } : {}),
      organizations: [{ name: 'Organization', users: [USER], sessionIds: { kind: tls ? 'jwt' : 'opaque' } }],
    });
    closing.push(() => cloud.close());
    const foreign = await startSimulator();
    closing.push(() => foreign.close());
    const entrance = await openEntrance(plan, portOf(cloud.loginUrl), met);
    closing.push(() => entrance.close());

    const url = `${tls ? 'https' : 'http'}://localhost:${entrance.port}`;
    const task = KITS[mode].begin(cloud, USER, { loginUrl: url, serverUrl: url });
    if (gone) for (const { sessionId } of task.held()) cloud.endSession(sessionId);
    // In turns, so that each place of a fault is tried with both.
    const effect = (plan.length + Number(tls) + Number(mode === 'logout')) % 2 === 0;
    const answers = plan.filter((entry) => 'fault' in entry);
    cloud.setFaults((_request, index) => {
      const entry = answers[index] ?? WELL;
      met.push(entry);
      return entry.fault({ secret: task.secret, foreignUrl: foreign.loginUrl, effect });
    });

    const gauge = new MemoryGauge(memoryFile);
    const env = { ...gauge.options.env, ...(tls ? { NODE_EXTRA_CA_CERTS: authorities } : {}) };
    // A debug log shows more than others.
    const job = newJob({ ...gauge.options, env, debug: plan.length === 2 });
    closing.push(() => job.dispose());
    const part: Part = {
      label: labelOf(played),
      mode,
      when,
      allowAlreadyEnded,
      timeoutMs: timeoutOf(plan),
      task,
      user: USER,
      inputs: { 'trusted-hosts': 'localhost' },
      met,
      requests: cloud.requests,
      getsWell: true,
      foreignConnections: () => foreign.requests.length + entrance.misled(),
    };
    const playing = play(job, part, gauge);
    playing.step.onOutput((line) => entrance.hear(line));
    await playing.main;
    await entrance.mainEnded();
    return await playing.post();
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
