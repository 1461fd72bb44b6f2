import { apart, onEachCore } from '../apart.ts';
import type { Check } from '../finding.ts';
import { seedOfRun } from '../random.ts';
import { GROUPS, type GroupResult } from './groups.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

export const properties: Check = {
  name: 'properties',
  about:
    'What has to hold whatever the inputs, the answers, the saved state and the timing are: generated cases, answers judged by ' +
    "the simulator's ledger behind a gateway that the simulator knows nothing of; a case that breaks one is made as small as it goes",
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}: PROOF_SEED=${seed} npm run proof -- properties`);
    const found: GroupResult[] = [];
    // The bundles come first: they run in processes of their own, and take longest.
    const indexes = [...GROUPS.keys()].reverse();
    await onEachCore(indexes, async (index) => {
      const result: GroupResult = await apart(WORKER, { index, seed });
      for (const line of result.lines) log(line);
      found[index] = result;
    });
    return found.flatMap(({ findings }) => findings);
  },
};
