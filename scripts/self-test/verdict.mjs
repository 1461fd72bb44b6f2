// Reads the jobs of this run from standard input, as GitHub's API lists them. In the jobs that fail on purpose, exactly
// one step must have failed, and the ledger's post step must have found no open session.
import { text } from 'node:stream/consumers';

const SHOULD_FAIL = [
  'Failing on ubuntu-latest',
  'Failing on windows-latest',
  'Failing on macos-latest',
  'Timed out',
];
const AS_PLANNED = { 'Fail on purpose': 'failure', 'Post Ledger': 'success' };

const pages = JSON.parse(await text(process.stdin));
const jobs = new Map(pages.flatMap((page) => page.jobs).map((job) => [job.name, job]));

for (const name of SHOULD_FAIL) {
  const steps = jobs.get(name)?.steps ?? [];
  const ends = new Map(steps.map((step) => [step.name, step.conclusion]));
  const planned = Object.entries(AS_PLANNED).every(([step, conclusion]) => ends.get(step) === conclusion);
  const failed = steps.filter(({ conclusion }) => conclusion === 'failure').map((step) => step.name);
  console.log(
    `${name}: ${planned ? 'as planned' : 'NOT as planned'}; failed: ${failed.join(', ') || 'nothing'}`,
  );
  if (!planned || failed.length !== 1) process.exitCode = 1;
}
