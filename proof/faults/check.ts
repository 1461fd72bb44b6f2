import { startSimulator } from '../../simulator/index.ts';
import { apart, onEachCore } from '../apart.ts';
import type { Check } from '../finding.ts';
import { Journal, secretIn } from '../journal.ts';
import { MODE_PROFILES } from '../modes.ts';
import { MemoryGauge, newJob, type Part, play, Scratch, several } from '../play.ts';
import { Provider } from '../provider.ts';
import { Tally } from '../tally.ts';
import type { Trial } from '../trial.ts';
import {
  type Case,
  endingCases,
  endingsByConnection,
  type Group,
  loginCases,
  loginsByConnection,
  ORGANIZATION,
} from './cases.ts';
import { WELL } from './catalogue.ts';
import { authority, openEntrance, portOf } from './connections.ts';
import type { Result } from './in-process.ts';

const WORKER = new URL('./worker.ts', import.meta.url);
const AT_ONCE = 12;
/** Short where a fault lasts as long as it is let, long where many come in a row, else enough for a machine that is busy. */
function timeoutOf({ plan, shutDown = false }: Case): number {
  // After a signal a step has its five seconds.
  if (!shutDown && plan.some(({ takesAllTime }) => takesAllTime)) return 3_000;
  return plan.length > 3 ? 60_000 : 10_000;
}

/** Its password has every kind of character that some encoding spells differently. */
const USER = { username: 'someone@example.com', password: 'Not "a" real & pässwörd%41 <1> ' };
const certificate = authority.issue();

export const faults: Check = {
  name: 'faults',
  about:
    'Everything that can go wrong with a response, as the first, second and third event, for each mode, main then post, ' +
    'and before and after the signal of a runner that starts no post step, with its effect and without, in process, with what the ' +
    'transport made of it; and once for each mode over TCP and TLS by the shipped bundles, with connections and certificates that go ' +
    'wrong as well, and runners are shut down',
  run: async (log) => {
    const inProcess = playInProcess(log);
    const provider = await Provider.start();
    const tried = async (counted: string, cases: readonly Case[], minimum: number, group?: Group) => {
      const tally = new Tally(log, 'npm run proof -- faults');
      const [results] = await Promise.all([inProcess, tryAll(cases, provider, tally)]);
      const beside = group === undefined ? undefined : results.get(group);
      if (beside !== undefined) tally.include(beside.found);
      const count = cases.length + (beside?.count ?? 0);
      const how = beside === undefined ? '' : `, ${cases.length} of them by processes over sockets`;
      return { counted: `${counted}${how}`, count, minimum, ...tally.found };
    };
    try {
      return [
        await tried('faults in a response, to a logout or logoutall', endingCases(), 4_700, 'endings'),
        await tried(
          'faults of a connection or a certificate, of a logout or logoutall, by processes',
          endingsByConnection(),
          120,
        ),
        await tried('faults in a response, to a login and what follows it', loginCases(), 8_900, 'logins'),
        await tried(
          'faults of a connection or a certificate, of a login, by processes',
          loginsByConnection(),
          40,
        ),
      ];
    } finally {
      await provider.close();
    }
  },
};

async function playInProcess(log: (line: string) => void): Promise<ReadonlyMap<Group, Result>> {
  const results = new Map<Group, Result>();
  await onEachCore(['endings', 'logins'] as const, async (group) => {
    const result: Result = await apart(WORKER, group);
    for (const line of result.lines) log(line);
    results.set(group, result);
  });
  return results;
}

async function tryAll(cases: readonly Case[], provider: Provider, tally: Tally): Promise<void> {
  const scratch = new Scratch();
  try {
    const authorities = scratch.write(authority.cert);
    await several(cases, AT_ONCE, async (played) => {
      tally.add(await tryOne(played, provider, authorities, scratch.path()));
    });
  } finally {
    scratch.remove();
  }
}

function labelOf({ mode, tls, when, plan, gone = false, shutDown = false }: Case): string {
  const names = plan.map(({ name }) => name);
  const more = [...(gone ? ['gone before'] : []), ...(shutDown ? ['shut down'] : [])];
  return [tls ? 'TLS' : 'TCP', mode, when, ...names, ...more].join(', ');
}

/** One job with one step of the action, and all the servers that it needs. */
async function tryOne(
  played: Case,
  provider: Provider,
  authorities: string,
  memoryFile: string,
): Promise<Trial> {
  const {
    mode,
    tls,
    when,
    plan,
    gone = false,
    allowAlreadyEnded = false,
    inputs,
    settings,
    shutDown,
  } = played;
  const closing: (() => unknown)[] = [];
  try {
    const cloud = await startSimulator({
      ...(tls ? { tls: certificate, publicHost: 'localhost' } : {}),
      organizations: [
        { ...provider.organization(ORGANIZATION, USER), sessionIds: { kind: tls ? 'jwt' : 'opaque' } },
      ],
      ...(settings === undefined ? {} : { settings }),
    });
    closing.push(() => cloud.close());
    const foreign = await startSimulator();
    closing.push(() => foreign.close());
    const entrance = await openEntrance(plan, portOf(cloud.loginUrl), (met) => journal.kept(met));
    closing.push(() => entrance.close());

    const url = `${tls ? 'https' : 'http'}://localhost:${entrance.port}`;
    const token = await provider.token(cloud, ORGANIZATION);
    const task = MODE_PROFILES[mode].begin({
      cloud,
      at: { loginUrl: url, serverUrl: url },
      user: USER,
      token,
    });
    const journal = new Journal(mode, task);
    if (gone) for (const { sessionId } of task.held()) cloud.endSession(sessionId);
    // In turns, so that each place of a fault is tried with both.
    const effect = (plan.length + Number(tls) + Number(mode === 'logout')) % 2 === 0;
    const responses = plan.filter((entry) => 'fault' in entry);
    let withoutPost: Promise<Trial> | undefined;
    cloud.setFaults((request, index) => {
      const entry = responses[index] ?? WELL;
      journal.arrived(request, entry);
      if (shutDown && index === 0) withoutPost = playing.shutDown();
      return entry.fault({ secret: secretIn(request), foreignUrl: foreign.loginUrl, effect });
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
      timeoutMs: timeoutOf(played),
      task,
      user: USER,
      inputs: { 'trusted-hosts': 'localhost', ...inputs },
      privateTexts: cloud.privateTexts(USER),
      journal,
      getsWell: true,
      foreignConnections: () => foreign.requests.length + entrance.misled(),
    };
    const playing = play(job, part, gauge);
    playing.step.onOutput((line) => entrance.hear(line));
    await playing.main;
    await entrance.mainEnded();
    return (await withoutPost) ?? (await playing.post());
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
