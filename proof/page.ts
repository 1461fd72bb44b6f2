import type { Check, Finding } from './finding.ts';

export interface Result {
  readonly check: Check;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** The page of figures: all of it written here, so that no figure in it is written by hand. */
export function reliabilityPage(results: readonly Result[]): string {
  return `# What was tried, and what got through

This page is written by \`.ci/proof\` from what its checks counted. Do not edit it.
Written on Node ${process.version}, ${process.platform}.

## The invariants

For every mode, every \`when\`, main and post together:

1. **Truth.** \`ended\` is reported only when the server holds no such session. A green main step means ended, already
   ended and allowed, or scheduled.
2. **No session left.** If the server answers properly at any time within the time given, in main or in post, no session
   is left open.
3. **No harm.** Refused credentials are sent once in a job. Nothing is sent to a host that the inputs did not name. A
   settled step sends nothing more.
4. **No leak.** No secret in any form in the log, debug log, outputs, summary or annotations; no text from the server is
   ever a workflow command or live markup.
5. **Bounded.** Each step ends within \`timeout-seconds\` plus 2 s, whatever the server does; memory stays under 100 MiB.

## The figures

Sessions left break the second invariant, false claims the first, leaks the fourth, and other harm the third or fifth.
The last two columns are the longest that a step went beyond its time and the most memory that one took, where that was
measured.

${figures(results)}

## How each is checked, and how to repeat it

All of it: \`.ci/proof\`, on Linux with Node, npm and Go. It fetches the workflow engine and the two Node versions that
\`engine\` needs. Where those cannot be had, \`npm run proof\` does the rest. A check that draws its cases at random prints
its seed; \`PROOF_SEED=<seed>\` draws the same again. The source of a check is the folder of its name in \`proof/\`.
A long soak, of as many jobs as you like: \`npm run soak -- --jobs 2000\`.

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
      'over time',
      'memory',
    ],
    results.flatMap(({ check, findings }) => findings.map((finding) => row(check, finding))),
  );
}

function row({ name }: Check, finding: Finding): string[] {
  const { counted, count, minimum, sessionsLeft, falseClaims, leaks, otherHarm, overrunMs, peakMiB } =
    finding;
  return [
    name,
    `${count.toLocaleString('en')} ${counted}`,
    minimum.toLocaleString('en'),
    ...[sessionsLeft, falseClaims, leaks, otherHarm].map(String),
    overrunMs === undefined ? '' : `${overrunMs} ms`,
    peakMiB === undefined ? '' : `${peakMiB} MiB`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
