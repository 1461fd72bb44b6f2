import { startSimulator } from '../../simulator/index.ts';
import { apart, onEachCore, WORKERS } from '../apart.ts';
import type { Check, Finding } from '../finding.ts';
import { Journal, secretIn } from '../journal.ts';
import { MODE_PROFILES } from '../modes.ts';
import { newJob, play, several } from '../play.ts';
import { Provider } from '../provider.ts';
import { Tally } from '../tally.ts';
import type { Trial } from '../trial.ts';
import type { Part, PartResult } from './in-process.ts';
import { type Group, type Plan, planAt, sizeOf, spread } from './plans.ts';

const WORKER = new URL('./worker.ts', import.meta.url);
/** Most of the time they wait. */
const AT_ONCE = 12;
const ORGANIZATION = 'Organization';
const USER = { username: 'pipeline@example.com', password: 'not-a-real-password' };

/** What is played of each group: in process unless everything is, and over sockets. */
const SAMPLES: Readonly<
  Record<Group, { readonly name: string; readonly inProcess: number; readonly overSockets: number }>
> = {
  endings: { name: 'a logout or logoutall', inProcess: 84_000, overSockets: 170 },
  logins: { name: 'a login', inProcess: 110_000, overSockets: 170 },
  'access-tokens': { name: 'a login that gets an access token', inProcess: 8_000, overSockets: 24 },
};

export const gateway: Check = {
  name: 'gateway',
  about:
    'Something in front that responds in place of the server: each status with each body (pages, every kind of JSON, error objects of others and in ' +
    "the vendor's form, wrong encodings), with headers, in each position in main and in post, for each mode: spread evenly over " +
    'all of these in process, and some of them by the shipped bundles over sockets; with `PROOF_FULL=1` all of them in process',
  run: async (log) => {
    const isFull = process.env['PROOF_FULL'] === '1';
    const repeat = `${isFull ? 'PROOF_FULL=1 ' : ''}npm run proof -- gateway`;
    const findings: Finding[] = [];
    for (const group of ['endings', 'logins', 'access-tokens'] as const) {
      const { name, inProcess, overSockets } = SAMPLES[group];
      const wanted = isFull ? sizeOf(group) : inProcess;
      const tally = new Tally(log, repeat);
      const [played, sockets] = await Promise.all([
        playInProcess(group, wanted, repeat, tally, log),
        playOverSockets(group, overSockets, tally),
      ]);
      findings.push({
        counted: `jobs with ${name} behind a gateway, ${sockets} of them by processes over sockets`,
        count: played + sockets,
        minimum: inProcess + overSockets,
        ...tally.found,
      });
    }
    return findings;
  },
};

/** Main and post through the code that decides, shared among the cores. */
async function playInProcess(
  group: Group,
  wanted: number,
  repeat: string,
  tally: Tally,
  log: (line: string) => void,
): Promise<number> {
  let count = 0;
  const parts = Array.from({ length: WORKERS }, (_, first): Part => {
    return { group, wanted, first, workers: WORKERS, repeat };
  });
  await onEachCore(parts, async (part) => {
    const result: PartResult = await apart(WORKER, part);
    count += result.count;
    tally.include(result.found);
    for (const line of result.lines) log(line);
  });
  return count;
}

async function playOverSockets(group: Group, wanted: number, tally: Tally): Promise<number> {
  const provider = await Provider.start();
  let count = 0;
  try {
    await several(spread(sizeOf(group), wanted), AT_ONCE, async (number) => {
      tally.add(await playOne(planAt(group, number), provider));
      count += 1;
    });
  } finally {
    await provider.close();
  }
  return count;
}

/** One job of processes: what its requests meet stands in the plan, and the judge reads the ledger. */
async function playOne({ response, position, mode }: Plan, provider: Provider): Promise<Trial> {
  const cloud = await startSimulator({ organizations: [provider.organization(ORGANIZATION, USER)] });
  const job = newJob();
  try {
    const token = await provider.token(cloud, ORGANIZATION);
    const task = MODE_PROFILES[mode].begin({ cloud, at: cloud, user: USER, token });
    const journal = new Journal(mode, task);
    cloud.setFaults((request) => {
      const { step, sent } = journal;
      const met = position.meets(response, step, sent.filter((one) => one.step === step).length);
      journal.arrived(request, met);
      return met.fault({ secret: secretIn(request), foreignUrl: '', effect: true });
    });
    const playing = play(job, {
      label: `${mode}, ${position.name}: ${response.name}`,
      mode,
      when: position.when,
      // The lasting ones never end, so more time is of no use.
      timeoutMs: position.getsWell ? 6_000 : 2_000,
      task,
      user: USER,
      privateTexts: cloud.privateTexts(USER),
      journal,
      getsWell: position.getsWell,
    });
    await playing.main;
    return await playing.post();
  } finally {
    await job.dispose();
    await cloud.close();
  }
}
