import type { Check, Finding } from './finding.ts';
import { INVARIANTS } from './invariants.ts';

export interface Result {
  readonly check: Check;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** The page of figures: all of it written here, so that no figure in it is written by hand. */
export function reliabilityPage(results: readonly Result[]): string {
  return `# What was tried, and what got through

This page is written by \`PROOF_PAGE=docs/reliability.md .ci/proof\` from what its checks counted. Do not edit it.
Written on Node ${process.version}, ${process.platform}, ${seed()}, ${depth()}.

## The invariants

For every mode, every \`when\`, main and post together:

${invariants()}

A login is played with a password in version 2 and in version 3, both with and without an access token, and with a token of the
organization's own provider.
\`properties\` and \`engine\` play it with GitHub's token as well. The signature of a token is checked over HTTP, so in process every
token is good. The post step of a login verifies the end if \`verify\` is \`always\` or the session ID is a JWT.

## The figures

\`tried\` counts jobs: a main step with its post step. A job is played by processes, that is the shipped bundles over real sockets, or
in process, that is the code that decides in a virtual world, with what the transport makes of each response. Where a check does both,
its row says how many are processes. \`schedules\` and most of \`properties\` are in process; \`kills\`, \`proxies\`, \`engine\`
and \`soak\` are processes.

Sessions left break invariant 2, false claims invariant 1, leaks invariant 4, and other harm invariants 3 and 5.
One judge holds every job against the simulator's ledger and knows none of the action's rules. If something else responds in place of
the server, "ended" is a false claim while the ledger holds the session, and so is a post step without a warning.

Excused, and counted apart, are claims that rest on a response that no client can tell from the vendor's: an empty 200 or 204 whose end
is certain, \`{}\`, a success object, an empty 401, and an error object of the vendor's form that is not true. For a login these are also a user
object, an access token by its shape, the response of validSessionId, a logout that the vendor confirms and that ends nothing, and a
response that denies the login.

A session that is open at the end does not count as left if no step could have ended it within invariant 3: the server rejected the
request, or said that the session had ended; every request that the limits allow met another response; a fault, or a wait
that the server asked for, took all of the time; main was killed before it could save anything; or the response with the session ID was
lost, in which case invariant 1 requires a warning. If a runner is shut down and starts no post step, main is that step, from the signal
on, and ends a session whose ID it has. It does not resend a password that the server may have checked, because it cannot know that no post step follows.

The last two columns are the longest that a step went beyond its time, and the most memory that one took, where these were measured.

${figures(results)}

## How each is checked, and how to repeat it

All of it: \`npm ci && .ci/proof\`, on Linux with Node, npm and Go. It installs the workflow engine and the two versions of
Node that \`engine\` needs. All other checks run without them: \`npm run proof -- NAME\`. The gate (\`.ci/run\`) runs it in this way:
schedules one event shallower, and plans of \`gateway\` that are spread evenly. With \`PROOF_FULL=1\`, as at night, all of them are
played. A check that draws its cases at random
prints its seed, and \`PROOF_SEED=<seed>\` draws the same cases again. The source of a check is the folder of its name in \`proof/\`. The
gate also runs the tests of the bundles on the oldest Node 24; all of the above ran on the newest. For a long soak:
\`npm run soak -- --jobs 2000\`.

${table(
  ['check', 'what it does', 'repeat it with', 'took'],
  results.map(({ check: { name, about }, seconds }) => [
    name,
    about,
    `\`.ci/proof ${name}\``,
    `${seconds} s`,
  ]),
)}
`;
}

function invariants(): string {
  return Object.entries(INVARIANTS)
    .map(([number, { text }]) => `${number}. ${text}`)
    .join('\n');
}

function depth(): string {
  return process.env['PROOF_FULL'] === '1' ? 'with PROOF_FULL=1' : 'at the depth of the gate';
}

function seed(): string {
  const given = process.env['PROOF_SEED'];
  return given === undefined ? 'with a new seed for each check' : `with PROOF_SEED=${given}`;
}

/** What was tried and what got through, as a table. */
export function figures(results: readonly Result[]): string {
  return table(
    [
      'check',
      'tried',
      'at least',
      'sessions left',
      'false claims',
      'leaks',
      'other harm',
      'excused',
      'over time',
      'memory',
    ],
    results.flatMap(({ check, findings }) => findings.map((finding) => row(check, finding))),
  );
}

function row({ name }: Check, finding: Finding): string[] {
  const { counted, count, minimum, sessionsLeft, falseClaims, leaks, otherHarm } = finding;
  const { excused, overrunMs, peakMiB } = finding;
  return [
    name,
    `${count.toLocaleString('en')} ${counted}`,
    minimum.toLocaleString('en'),
    ...[sessionsLeft, falseClaims, leaks, otherHarm].map(String),
    excused === undefined ? '' : String(excused),
    overrunMs === undefined ? '' : `${overrunMs} ms`,
    peakMiB === undefined ? '' : `${peakMiB} MiB`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
