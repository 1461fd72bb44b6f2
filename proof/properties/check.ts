import { apart, onEachCore } from '../apart.ts';
import type { Check } from '../finding.ts';
import { seedOfRun } from '../random.ts';
import { bundleInputs, bundleState, CountingServer } from './bundle.ts';
import { GROUPS, type GroupResult, tryInTurn } from './groups.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

export const properties: Check = {
  name: 'properties',
  about:
    'What must hold for all inputs, responses, saved states and timings, in generated cases. The responses are judged by ' +
    "the simulator's ledger, behind a gateway that the simulator does not know. A case that breaks a property is shrunk",
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}: PROOF_SEED=${seed} npm run proof -- properties`);
    const server = await new CountingServer().listen();
    const found: GroupResult[] = [];
    const tryInProcess = onEachCore([...GROUPS.keys()].reverse(), async (index) => {
      const result: GroupResult = await apart(WORKER, { index, seed });
      for (const line of result.lines) log(line);
      found[index] = result;
    });
    try {
      // Not in a worker: workers have a low priority, and some of these steps have only a second.
      const [ofBundle] = await Promise.all([
        tryInTurn([bundleInputs(server), bundleState(server)], seed, log),
        tryInProcess,
      ]);
      return [...found.flatMap(({ findings }) => findings), ...ofBundle];
    } finally {
      server.close();
    }
  },
};
