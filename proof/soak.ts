import { parseArgs } from 'node:util';
import { seedOfRun } from './random.ts';
import { runSoak, type SoakOptions } from './soak/run.ts';

/**
 * `npm run soak -- --jobs 2000 --parallel 4 --fault-rate 0.3 --seed 1`: jobs without end, or so many, against a server
 * in which everything goes wrong at random. Exits with 1 if anything got through.
 */
const options = readOptions();
if (options === undefined) {
  console.error('Usage: npm run soak -- [--jobs N] [--parallel P] [--fault-rate 0 to 1] [--seed S]');
  process.exitCode = 2;
} else {
  await run(options);
}

function readOptions(): SoakOptions | undefined {
  const option = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const;
  try {
    const { values } = parseArgs({
      options: {
        jobs: option(2_000),
        parallel: option(4),
        'fault-rate': option(0.3),
        seed: option(seedOfRun()),
      },
    });
    const { jobs, parallel, seed } = values;
    const faultRate = Number(values['fault-rate']);
    const whole = [jobs, parallel, seed].every((text) => /^\d{1,10}$/.test(text)) && Number(parallel) > 0;
    if (!whole || !(faultRate >= 0 && faultRate <= 1)) return undefined;
    return { jobs: Number(jobs), parallel: Number(parallel), faultRate, seed: Number(seed) };
  } catch {
    return undefined;
  }
}

async function run(soak: SoakOptions): Promise<void> {
  const { jobs, parallel, faultRate, seed } = soak;
  console.log(`${jobs} jobs, ${parallel} at once, fault rate ${faultRate}, seed ${seed}`);
  const { opened, ended, requests, faults, longestStepMs, found } = await runSoak(soak, console.log);
  const { sessionsLeft, falseClaims, leaks, otherHarm, excused = 0 } = found;
  const rows = [
    ['requests', requests],
    ['faults', faults],
    ['sessions opened', opened],
    ['sessions ended', ended],
    ['still open, as the server refused or did not get well in time', opened - ended - sessionsLeft],
    ['sessions left', sessionsLeft],
    ['false claims', falseClaims],
    ['false claims that no client could have known to be', excused],
    ['secrets seen', leaks],
    ['other harm', otherHarm],
    ['longest step, ms (4,000 given)', Math.round(longestStepMs)],
  ] as const;
  for (const [what, count] of rows) console.log(`${what}: ${count.toLocaleString('en')}`);
  process.exitCode = sessionsLeft + falseClaims + leaks + otherHarm === 0 ? 0 : 1;
}
