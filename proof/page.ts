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

This page is written by \`.ci/proof\` from what its checks counted. Do not edit it.
Written on Node ${process.version}, ${process.platform}, ${seed()}.

## The invariants

For every mode, every \`when\`, main and post together:

${invariants()}

A login is played with a password, by version 2 and by version 3, and with a token of the organization's own provider;
with GitHub's token in \`properties\` and \`engine\`. A token's signature is checked over HTTP, so \`schedules\`, without a network,
have none. Its post step asks whether the session is dead, be it by \`verify: always\` or since the id is a JWT.

## The figures

Sessions left break the second invariant, false claims the first, leaks the fourth, and other harm the third or fifth.
The judge is the ledger of the server, not a second copy of the rules: with anything in between that does not reach the
server, "ended" while the ledger holds the session is a false claim, and so is a post step that warns of nothing.
Excused, and counted apart, are the claims that rest on what no client can tell from the vendor: an empty 200 or 204 whose
end is certain, \`{}\`, a success object, a bare 401, or the vendor's own error object with something false in it; for a login a
user object, a word on whether a session is dead, and a logout that the vendor confirms and that ends nothing.
The last two columns are the longest that a step went beyond its time and the most memory that one took, where that was
measured. Not counted as left is a session that nobody could have ended within the limits of the third invariant: the
server refused, or said that it was gone while it was not; every request that the limits allow had another answer; a fault,
or a wait that the server asked for, took the rest of the post step's time; main was killed before it had saved anything; or
the answer with a session's id was lost: then the first invariant wants that it is said.

${figures(results)}

## How each is checked, and how to repeat it

All of it: \`npm ci && .ci/proof\`, on Linux with Node, npm and Go. It fetches the workflow engine and the two Node versions
that \`engine\` needs; for every other check \`npm run proof -- NAME\` does without them. A check that draws its cases at
random prints its seed, and \`PROOF_SEED=<seed>\` draws the same again. The source of a check is the folder of its name in
\`proof/\`. Beside these, the gate (\`.ci/run\`) runs the tests of the shipped bundles on the oldest Node 24 that runners bring; all of
the above ran on the newest. A long soak, of as many jobs as you like: \`npm run soak -- --jobs 2000\`.

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
