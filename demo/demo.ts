import { fileURLToPath } from 'node:url';
import { type Inputs, Job, type StepResult } from '../runner/index.ts';
import { sampleOrganizations, startSimulator } from '../simulator/index.ts';

/**
 * `npm run demo`: three jobs with the committed bundles against an Informatica Cloud on this machine, as
 * their users would see them. Exits with 1 if a session is left open or a step ended otherwise than it should.
 */
const actionDirectory = fileURLToPath(new URL('..', import.meta.url));
const SECRETS = ['session-id', 'password'];
const problems: string[] = [];

const cloud = await startSimulator();
try {
  await demo();
} finally {
  await cloud.close();
}
for (const problem of problems) say(`PROBLEM: ${problem}`);
if (problems.length === 0) say('No session is left, and every step did what it should.');
process.exitCode = problems.length === 0 ? 0 : 1;

async function demo(): Promise<void> {
  const [source, target] = sampleOrganizations;
  const [pipeline, nightly] = source.users;
  const [deployer] = target.users;
  const first = cloud.openSession(pipeline);
  const second = cloud.openSession(nightly);
  const third = cloud.openSession(deployer);
  // Two more, of pipelines that nobody will hear of again.
  cloud.openSession(deployer);
  cloud.openSession(deployer);

  say(`An Informatica Cloud on this machine: ${cloud.loginUrl}`);
  showSessions('before');
  const session = { mode: 'logout', 'server-url': cloud.serverUrl };

  await inJob('Job 1: log out now', 4, async (job) => [
    await step(job, { ...session, 'session-id': first.sessionId }, 'ended'),
  ]);

  await inJob('Job 2: log out of both when the job ends; a step fails', 2, async (job) => {
    const atJobEnd = { ...session, when: 'job-end' };
    const scheduled = [
      await step(job, { ...atJobEnd, 'session-id': second.sessionId }, 'scheduled'),
      await step(job, { ...atJobEnd, 'session-id': third.sessionId }, 'scheduled'),
    ];
    say('\nRun ./deploy.sh (shown only, nothing is run)');
    say('  | Error: Process completed with exit code 1.');
    return scheduled;
  });

  await inJob('Job 3: end every v2 session of an organization', 0, async (job) => [
    await step(job, { mode: 'logoutall', 'login-url': cloud.loginUrl, ...deployer }, 'ended'),
  ]);

  say('');
  showSessions('after');
}

/** Runs the steps of a job, then its posts, shows the summary that they wrote and counts the sessions left. */
async function inJob(title: string, left: number, steps: (job: Job) => Promise<StepResult[]>): Promise<void> {
  say(`\n== ${title} ==`);
  const job = new Job({ actionDirectory });
  try {
    const mains = await steps(job);
    const posts = await job.posts();
    for (const post of posts) {
      say('\nPost Run informatica-cloud-session');
      showLog(post);
      if (post.failed || post.annotations.length > 0) problems.push(`a post step of "${title}" complained`);
    }
    say('\nJob summary');
    for (const { summary } of [...mains, ...posts]) showSummary(summary);
    const open = cloud.openSessions().length;
    say(`\n${counted(open)} open now`);
    if (open !== left) problems.push(`"${title}" was to leave ${counted(left)} open, but left ${open}`);
  } finally {
    await job.dispose();
  }
}

/** Runs the main step of the action, shows it as the log does, and checks the output `result`. */
async function step(job: Job, inputs: Inputs, expected: string): Promise<StepResult> {
  say('\nRun informatica-cloud-session');
  for (const [name, value] of Object.entries(inputs)) {
    // The job's login step has masked its secrets, else the runner would show them here.
    say(`  ${name}: ${SECRETS.includes(name) ? '***' : value}`);
  }
  const result = await job.run(inputs);
  showLog(result);
  const outputs = ['result', 'attempts', 'status-code', 'error-code', 'error-message'];
  say(`  outputs: ${outputs.map((name) => `${name}=${result.outputs[name]}`).join(' ')}`);
  const got = `${result.outputs['result']}${result.failed ? ', and the step failed' : ''}`;
  if (got !== expected) problems.push(`a step was to be ${expected}, but was ${got}`);
  return result;
}

function showLog({ log }: StepResult): void {
  for (const line of log) say(`  | ${line}`);
}

/** Shows Markdown about as GitHub renders it. */
function showSummary(markdown: string): void {
  const rendered = markdown
    .trim()
    .replaceAll('**', '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  if (rendered !== '') say(`  | ${rendered}`);
}

function showSessions(moment: string): void {
  const open = cloud.openSessions();
  say(`Open ${moment}: ${counted(open.length)}`);
  for (const { organization, username, sessionId } of open) {
    say(`  ${sessionId.slice(0, 4)}…  ${organization}  ${username}`);
  }
}

function counted(sessions: number): string {
  return `${sessions} session${sessions === 1 ? '' : 's'}`;
}

function say(line: string): void {
  console.log(line);
}
