import type { Check, Finding } from './finding.ts';

export interface Result {
  readonly check: Check;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** The page of figures: all of it written here, so that no figure in it is written by hand. */
export function reliabilityPage(results: readonly Result[]): string {
  return `# What was tried, and what got through

This page is written by \`npm run proof\` from what its checks counted. Do not edit it.
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

| check | tried | at least | sessions left | false claims | leaks | other harm |
|---|---|---|---|---|---|---|
${results.flatMap(({ check, findings }) => findings.map((finding) => row(check, finding))).join('\n')}

## How each is checked, and how to repeat it

All of it: \`npm run proof\`. What a check needs beside Node, and the seed of a random one, it says when it runs.

| check | what it does | repeat it with | took |
|---|---|---|---|
${results.map(({ check, seconds }) => `| ${check.name} | ${check.about} | \`npm run proof -- ${check.name}\` | ${seconds} s |`).join('\n')}
`;
}

function row({ name }: Check, finding: Finding): string {
  const { counted, count, minimum, sessionsLeft, falseClaims, leaks, otherHarm } = finding;
  const tried = `${count.toLocaleString('en')} ${counted}`;
  return `| ${[name, tried, minimum.toLocaleString('en'), sessionsLeft, falseClaims, leaks, otherHarm].join(' | ')} |`;
}
