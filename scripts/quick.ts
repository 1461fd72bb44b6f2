import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/**
 * `npm run quick`: the checks that open no socket. They run in parallel; each prints its
 * output if it fails. Exits with 1 if one does.
 */
const CHECKS = [
  'types -- --incremental --tsBuildInfoFile node_modules/.cache/types.json',
  'check',
  'build -- --check',
  'readme -- --check',
  'test -- __tests__/unit __tests__/docs',
];

const results = await Promise.all(CHECKS.map(run));
process.exitCode = results.every((isOk) => isOk) ? 0 : 1;

async function run(check: string): Promise<boolean> {
  const startedAt = performance.now();
  // A shell finds npm on every system, also on Windows, where it is a script.
  const child = spawn(`npm run --silent ${check} 2>&1`, {
    shell: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const isOk = child.exitCode === 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${isOk ? 'ok    ' : 'FAILED'}  ${seconds.padStart(5)} s  npm run ${check}${isOk ? '' : `\n${output}`}`,
  );
  return isOk;
}
