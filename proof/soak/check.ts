import type { Check } from '../finding.ts';
import { seedOfRun } from '../random.ts';
import { runSoak } from './run.ts';

const JOBS = 240;

export const soak: Check = {
  name: 'soak',
  about:
    'Concurrent jobs with sessions in one or two organizations, given or opened by a login, in a random mode and `when`, while requests meet random faults ' +
    '(a short run of `npm run soak`)',
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}`);
    const { opened, ended, found } = await runSoak({ jobs: JOBS, parallel: 4, faultRate: 0.3, seed }, log);
    return [
      {
        counted: `sessions opened, ${opened - ended} of which the server refused to end, or was not well again in time`,
        count: opened,
        minimum: JOBS,
        ...found,
      },
    ];
  },
};
