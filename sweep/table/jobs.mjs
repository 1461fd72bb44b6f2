import { spawnSync } from 'node:child_process';

/** A page has 100 jobs of some kilobytes each; a run can have more jobs than those of the sweep. */
const MOST_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/**
 * Asks GitHub for the jobs of this attempt of the run. `{ jobs }`, or `{ problem }` in words, if gh is missing or fails.
 * `environment` is that of the step; `gh` reads the token and the host from it.
 */
export function jobsOfRun(environment, token) {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_SERVER_URL } = environment;
  const path = `repos/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/attempts/${GITHUB_RUN_ATTEMPT}/jobs?per_page=100`;
  const { error, status, stdout, stderr } = spawnSync('gh', ['api', '--paginate', '--slurp', path], {
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    timeout: TIMEOUT_MS,
    env: {
      ...environment,
      // gh reads the first of the two for github.com and ghe.com, the second for GitHub Enterprise Server.
      GH_TOKEN: token,
      GH_ENTERPRISE_TOKEN: token,
      GH_HOST: new URL(GITHUB_SERVER_URL ?? 'https://github.com').host,
    },
  });
  if (error?.code === 'ENOENT') return { problem: 'gh is not installed on this runner' };
  if (error) return { problem: `gh could not be run (${error.code ?? error.message})` };
  if (status !== 0) return { problem: `gh failed with exit code ${status}: ${firstLine(stderr)}` };
  try {
    return { jobs: JSON.parse(stdout).flatMap((page) => page.jobs) };
  } catch {
    return { problem: 'the response of gh is not a list of jobs' };
  }
}

function firstLine(text) {
  const line = text.split('\n').find((line) => line.trim() !== '') ?? 'it gave no reason';
  return line.trim().slice(0, 300);
}
