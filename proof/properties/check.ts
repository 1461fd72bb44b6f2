import type { Check } from '../finding.ts';
import { seedOfRun } from '../random.ts';
import { answerProperties } from './answers.ts';
import { bundleProperties, CountingServer } from './bundle.ts';
import { inputProperties } from './inputs.ts';
import { proxyProperties } from './proxy.ts';
import { stateProperties } from './states.ts';
import { timingProperties } from './timing.ts';

export const properties: Check = {
  name: 'properties',
  about:
    'What has to hold whatever the inputs, the answers, the saved state and the timing are: generated cases, answers judged by ' +
    "the simulator's ledger behind a gateway that the simulator knows nothing of; a case that breaks one is made as small as it goes",
  run: async (log) => {
    const seed = seedOfRun();
    log(`seed ${seed}: PROOF_SEED=${seed} npm run proof -- properties`);
    const server = await new CountingServer().listen();
    const inProcess = [
      ...inputProperties,
      ...proxyProperties,
      ...answerProperties,
      ...stateProperties,
      ...timingProperties,
    ];
    try {
      // The bundles run in processes of their own, and take the time that this one spends on the rest.
      const [here, there] = await Promise.all([
        inTurn(inProcess, (one) => one.run(seed, log)),
        inTurn(bundleProperties(server), (one) => one.run(seed, log)),
      ]);
      return [...here, ...there];
    } finally {
      server.close();
    }
  },
};

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
