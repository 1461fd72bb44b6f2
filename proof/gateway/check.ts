import { sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import type { Check } from '../finding.ts';
import type { Trial } from '../judge.ts';
import type { Met } from '../met.ts';
import { KITS } from '../modes.ts';
import { newJob, play, several } from '../play.ts';
import { Tally } from '../tally.ts';
import { dealt, type Plan, wholeProduct } from './plans.ts';

/** Most of the time they wait. */
const AT_ONCE = 16;
const [{ users }] = sampleOrganizations;
const [user] = users;

export const gateway: Check = {
  name: 'gateway',
  about:
    'Something in front that answers in place of the server: each status with each body (pages, every kind of JSON, errors of others and in ' +
    "the vendor's form, wrong encodings), with headers, in each position in main and in post, for each mode; any two of these together, " +
    'or with `PROOF_FULL=1` all of them',
  run: async (log) => {
    const isFull = process.env['PROOF_FULL'] === '1';
    const tally = new Tally(log, `${isFull ? 'PROOF_FULL=1 ' : ''}npm run proof -- gateway`);
    let count = 0;
    await several(isFull ? wholeProduct() : dealt(), AT_ONCE, async (plan) => {
      tally.add(await tryOne(plan));
      count += 1;
    });
    return [{ counted: 'jobs behind a gateway', count, minimum: 1_400, ...tally.found }];
  },
};

async function tryOne({ answer, position, mode }: Plan): Promise<Trial> {
  const cloud = await startSimulator();
  const job = newJob();
  try {
    const task = KITS[mode].begin(cloud, user, cloud);
    const met: Met[] = [];
    let step: 'main' | 'post' = 'main';
    cloud.setFaults((_request, index) => {
      const entry = position.meets(answer, index, step);
      met.push(entry);
      return entry.fault({ secret: task.secret, foreignUrl: '', effect: true });
    });
    const playing = play(job, {
      label: `${mode}, ${position.name}: ${answer.name}`,
      mode,
      when: position.when,
      timeoutMs: position.timeoutMs,
      task,
      user,
      met,
      requests: cloud.requests,
      getsWell: position.getsWell,
    });
    await playing.main;
    step = 'post';
    return await playing.post();
  } finally {
    await job.dispose();
    await cloud.close();
  }
}
