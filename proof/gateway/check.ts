import { startSimulator } from '../../simulator/index.ts';
import type { Check } from '../finding.ts';
import { Journal, secretIn } from '../journal.ts';
import { KITS } from '../modes.ts';
import { newJob, play, several } from '../play.ts';
import { Provider } from '../provider.ts';
import { Tally } from '../tally.ts';
import type { Trial } from '../trial.ts';
import { dealt, ENDING_FACTORS, type Factors, LOGIN_FACTORS, type Plan, wholeProduct } from './plans.ts';

/** Most of the time they wait. */
const AT_ONCE = 16;
const ORGANIZATION = 'Organization';
const USER = { username: 'pipeline@example.com', password: 'not-a-real-password' };

export const gateway: Check = {
  name: 'gateway',
  about:
    'Something in front that answers in place of the server: each status with each body (pages, every kind of JSON, errors of others and in ' +
    "the vendor's form, wrong encodings), with headers, in each position in main and in post, for each mode; any two of these together, " +
    'or with `PROOF_FULL=1` all of them',
  run: async (log) => {
    const isFull = process.env['PROOF_FULL'] === '1';
    const provider = await Provider.start();
    const tried = async (counted: string, factors: Factors) => {
      const tally = new Tally(log, `${isFull ? 'PROOF_FULL=1 ' : ''}npm run proof -- gateway`);
      let count = 0;
      await several(isFull ? wholeProduct(factors) : dealt(factors), AT_ONCE, async (plan) => {
        tally.add(await tryOne(plan, provider));
        count += 1;
      });
      return { counted, count, minimum: 1_400, ...tally.found };
    };
    try {
      return [
        await tried('jobs with a logout or logoutall behind a gateway', ENDING_FACTORS),
        await tried('jobs with a login behind a gateway', LOGIN_FACTORS),
      ];
    } finally {
      await provider.close();
    }
  },
};

async function tryOne({ answer, position, mode }: Plan, provider: Provider): Promise<Trial> {
  const cloud = await startSimulator({ organizations: [provider.organization(ORGANIZATION, USER)] });
  const job = newJob();
  try {
    const token = await provider.token(cloud, ORGANIZATION);
    const task = KITS[mode].begin({ cloud, at: cloud, user: USER, token });
    const journal = new Journal(mode, task);
    cloud.setFaults((request) => {
      const { step, sent } = journal;
      const entry = position.meets(answer, step, sent.filter((one) => one.step === step).length);
      journal.arrived(request, entry);
      return entry.fault({ secret: secretIn(request), foreignUrl: '', effect: true });
    });
    const playing = play(job, {
      label: `${mode}, ${position.name}: ${answer.name}`,
      mode,
      when: position.when,
      timeoutMs: position.timeoutMs,
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
