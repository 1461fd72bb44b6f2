import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Check, committed, counted } from './check.ts';

/** What GitHub knows of workflows and actionlint does not: `$/`, `concurrency.queue`; and a time-out for each job. */
export const platform: Check = async () => {
  const names = committed(/^(\.github\/workflows|examples|workflow-templates)\/[^/]+\.yml$/);
  const { looked, findings } = counted(names.length, 'workflows');
  const wrong = names.flatMap((name) =>
    problemsOf(readFileSync(name, 'utf8')).map((problem) => `${name}: ${problem}`),
  );
  return { looked, findings: [...findings, ...wrong] };
};

/** What is wrong with a workflow, one line each. */
export function problemsOf(text: string): readonly string[] {
  const workflow = fields(parse(text));
  const jobs = Object.entries(fields(workflow['jobs'])).map(([id, job]) => ({ id, job: fields(job) }));
  return [
    ...queueProblems('the workflow', workflow),
    ...jobs.flatMap(({ id, job }) => queueProblems(id, job)),
    ...jobs.flatMap(({ id, job }) => timeoutProblems(id, job)),
    ...jobs.flatMap(({ job }) => usesOf(job)).flatMap(selfReferenceProblems),
  ];
}

function queueProblems(where: string, { concurrency }: Fields): readonly string[] {
  const { queue, 'cancel-in-progress': cancels } = fields(concurrency);
  if (queue === undefined) return [];
  if (queue !== 'single' && queue !== 'max') return [`${where}: concurrency.queue is neither single nor max`];
  return queue === 'max' && cancels !== undefined && cancels !== false
    ? [`${where}: GitHub takes no concurrency.queue of max together with cancel-in-progress`]
    : [];
}

/** Without a time-out, a job that hangs is stopped after six hours. A job that calls a workflow cannot have one. */
function timeoutProblems(id: string, job: Fields): readonly string[] {
  return job['uses'] === undefined && job['timeout-minutes'] === undefined
    ? [`${id}: the job has no timeout-minutes`]
    : [];
}

/** `$/` is this repository at the commit of the workflow: a folder with an action in it, or a workflow. */
function selfReferenceProblems(uses: string): readonly string[] {
  if (!uses.startsWith('$/')) return [];
  const path = uses.slice(2);
  const exists = path !== '' && (/\.ya?ml$/.test(path) ? existsSync(path) : existsSync(`${path}/action.yml`));
  return exists ? [] : [`${uses} leads to no action and no workflow`];
}

function usesOf(job: Fields): readonly string[] {
  const steps = Array.isArray(job['steps']) ? job['steps'] : [];
  return [job, ...steps].map((one) => fields(one)['uses']).filter((uses) => typeof uses === 'string');
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a mapping; none if it is something else. */
function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
