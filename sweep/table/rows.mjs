/** The name of the job that writes the table, in end-sessions.yml. */
const OWN_NAME = 'Summary';

/**
 * A row for each organization: whether its sessions are ended, and a link to its job, if it has one.
 *
 * A called job is named `caller / job`. The job that writes the table is known by its check run, so its name tells how
 * the jobs of this call begin. Without it, jobs are compared by the end of their names, and only if this is the only
 * sweep of the run. `allEnded`: GitHub says that every job of the matrix succeeded, which counts if no jobs are known.
 */
export function rowsOf(organizations, jobs, { checkRunId, allEnded }) {
  if (jobs === undefined)
    return organizations.map(({ name }) => ({ name, ended: allEnded, log: 'not read' }));
  const own = jobs.find(({ id }) => String(id) === checkRunId);
  const prefix = own?.name.endsWith(OWN_NAME) ? own.name.slice(0, -OWN_NAME.length) : undefined;
  const isNamed = (job, name) => job.name === name || job.name.endsWith(` / ${name}`);
  const alone = jobs.filter((job) => isNamed(job, OWN_NAME)).length === 1;
  return organizations.map(({ name }) => {
    const found = jobs.filter((job) =>
      prefix === undefined ? alone && isNamed(job, name) : job.name === `${prefix}${name}`,
    );
    // Two calls whose jobs have the same name cannot be told apart: the worse result counts.
    const worst = found.find(({ conclusion }) => conclusion !== 'success') ?? found[0];
    const log = worst === undefined ? 'no job' : `[${worst.conclusion ?? worst.status}](${worst.html_url})`;
    return { name, ended: worst?.conclusion === 'success', log };
  });
}

/** The rows in Markdown. */
export function tableOf(rows) {
  const lines = rows.map(
    ({ name, ended, log }) =>
      `| ${asText(name)} | ${ended ? 'ended' : '**not confirmed as ended**'} | ${log} |`,
  );
  return ['| Organization | Sessions | Log |', '| --- | --- | --- |', ...lines, ''].join('\n');
}

/** With every character escaped that Markdown or HTML could read as its own. */
function asText(text) {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
