import { startSimulator } from '../../simulator/index.ts';
import type { Check, Finding } from '../finding.ts';
import type { Met, Mode, Trial } from '../judge.ts';
import { ended, MemoryGauge, newJob, Scratch, several } from '../play.ts';
import { Tally } from '../tally.ts';
import { BUSY, CATALOGUE, type FaultCase, LONG_ERROR, WELL } from './catalogue.ts';
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
/** Short where a fault lasts as long as it is let, else long enough for a machine that is busy. */
const timeoutOf = (plan: Case['plan']) => (plan.some(({ holds }) => holds) ? 3_000 : 10_000);
/** Its password has every kind of character that some encoding spells differently. */
const USER = { username: 'someone@example.com', password: 'Not "a" real & pässwörd%41 <1> ' };
const MODES = ['logout', 'logoutall'] as const;
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
  const post = CATALOGUE.filter(({ says }) => says.logout === 'open').map((fault, index): Case => {
    return { mode: MODES[index % 2] ?? 'logout', tls: index % 3 === 0, when: 'job-end', plan: [fault] };
  });
  // Six in a row: what an answer takes in memory must be given back.
  const long = Array.from({ length: 6 }, () => LONG_ERROR);
  const rows = MODES.map((mode): Case => ({ mode, tls: true, when: 'now', plan: long }));
  return [...main, ...post, ...rows];
}

function connectionFaults(): readonly Case[] {
  const gone = [false, true].flatMap((tls) =>
    [[], ...connectionCases(tls).map((fault) => [fault])].flatMap((plan) =>
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
      tally.add(await play(played, authorities, scratch.path()));
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
async function play(played: Case, authorities: string, memoryFile: string): Promise<Trial> {
  const { mode, tls, when, plan, gone = false, allowAlreadyEnded = false } = played;
  const timeoutMs = timeoutOf(plan);
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

    const session = cloud.openSession(USER);
    if (gone) cloud.endSession(session.sessionId);
    const secret = mode === 'logout' ? session.sessionId : USER.password;
    // In turns, so that each place of a fault is tried with both.
    const effect = (plan.length + Number(tls) + Number(mode === 'logout')) % 2 === 0;
    const answers = plan.filter((entry) => 'fault' in entry);
    cloud.setFaults((_request, index) => {
      const entry = answers[index] ?? WELL;
      met.push(entry);
      return entry.fault({ secret, foreignUrl: foreign.loginUrl, effect });
    });
    const isOpen = () => cloud.openSessions().length > 0;

    const gauge = new MemoryGauge(memoryFile);
    const env = { ...gauge.options.env, ...(tls ? { NODE_EXTRA_CA_CERTS: authorities } : {}) };
    // A debug log shows more than others.
    const job = newJob({ ...gauge.options, env, debug: plan.length === 2 });
    closing.push(() => job.dispose());
    const url = `${tls ? 'https' : 'http'}://localhost:${entrance.port}`;
    const started = job.start({
      mode,
      when,
      'timeout-seconds': String(timeoutMs / 1000),
      'allow-already-ended': String(allowAlreadyEnded),
      'trusted-hosts': 'localhost',
      ...(mode === 'logout' ? { 'server-url': url, 'session-id': secret } : { 'login-url': url, ...USER }),
    });
    started.onOutput((line) => entrance.hear(line));
    const main = await ended(started, timeoutMs);
    const afterMain = { metInMain: met.length, openAfterMain: isOpen() };
    const memoryOfMain = gauge.read();
    await entrance.mainEnded();
    const post = await ended(job.startPost(started), timeoutMs);
    return {
      label: labelOf(played),
      mode,
      timeoutMs,
      allowAlreadyEnded,
      jobEnd: when === 'job-end',
      main,
      post,
      met,
      ...afterMain,
      requests: cloud.requests,
      secrets: [session.sessionId, USER.password],
      openBefore: !gone,
      openAfterPost: isOpen(),
      foreignConnections: foreign.requests.length + entrance.misled(),
      memoryMiB: [...memoryOfMain, ...gauge.read()],
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
