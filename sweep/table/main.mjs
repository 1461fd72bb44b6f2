// A table that cannot be made turns nothing red: the job of each organization says how its sweep went.
import { appendFileSync } from 'node:fs';
import { annotate } from '../commands.mjs';
import { readOrganizations } from '../organizations.mjs';
import { jobsOfRun } from './jobs.mjs';
import { rowsOf, tableOf } from './rows.mjs';

const { env } = process;
const input = (name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

const { organizations = [], problems = [] } = readOrganizations(input('organizations'));
for (const problem of problems) annotate('warning', problem);

const allEnded = input('result') === 'success';
const { jobs, problem } = jobsOfRun(env, input('token'));
if (problem !== undefined) {
  const rest = allEnded
    ? 'GitHub says that the jobs of all organizations succeeded'
    : 'the table cannot say which organizations are done, so look at their jobs';
  annotate('warning', `The jobs of this run could not be read: ${problem}. Because of that, ${rest}.`);
}
const rows = rowsOf(organizations, jobs, { checkRunId: input('check-run-id'), allEnded });
const table = tableOf(rows);
console.log(table);
try {
  appendFileSync(env.GITHUB_STEP_SUMMARY ?? '', table);
} catch (error) {
  annotate('warning', `The table could not be written to the job summary (${error.code ?? error.message}).`);
}
