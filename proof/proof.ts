import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { engine } from './engine/check.ts';
import { faults } from './faults/check.ts';
import type { Check, Finding } from './finding.ts';
import { gateway } from './gateway/check.ts';
import { kills } from './kills/check.ts';
import { figures, type Result, reliabilityPage } from './page.ts';
import { properties } from './properties/check.ts';
import { proxies } from './proxies/check.ts';
import { unmatchedClaims } from './said.ts';
import { schedules } from './schedules/check.ts';
import { soak } from './soak/check.ts';

/**
 * `npm run proof` runs every check, and `npm run proof -- NAME ...` some. Prints a table of what they counted, and exits 1 if
 * anything got through, or if no step of a whole run used the text of a claim, because the judge then cannot recognize it. With
 * PROOF_FULL=1 it plays everything. A run of every check writes the page of figures to PROOF_PAGE, if that is set.
 */
const CHECKS: readonly Check[] = [schedules, faults, gateway, kills, properties, proxies, engine, soak];
/**
 * These run beside each other. The first begins with what computes, with low priority; the last waits for an engine's time limits. The
 * first two take about as long as each other.
 */
const BESIDE: readonly (readonly Check[])[] = [
  [schedules, gateway, properties, proxies],
  [kills, faults, soak],
  [engine],
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No check is named ${unknown.join(', ')}: there are ${CHECKS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const chosen = CHECKS.filter(({ name }) => names.length === 0 || names.includes(name));
const isWhole = chosen.length === CHECKS.length;

const results = new Map<Check, Result>();
await Promise.all(BESIDE.map((checks) => inTurn(checks.filter((check) => chosen.includes(check)))));

async function inTurn(checks: readonly Check[]): Promise<void> {
  for (const check of checks) {
    const startMs = performance.now();
    const findings = await check.run((line) => console.log(`${check.name}: ${line}`));
    const seconds = Math.round((performance.now() - startMs) / 1000);
    results.set(check, { check, findings, seconds });
    console.log(`${check.name}: took ${seconds} s`);
  }
}

const inOrder = chosen.map((check) => results.get(check)).filter((result) => result !== undefined);
const page = process.env['PROOF_PAGE'];
if (page !== undefined) {
  if (isWhole && inOrder.every(({ findings }) => findings.length > 0))
    await writeFile(page, reliabilityPage(inOrder));
  else console.log(`Only a run of every check with all tools writes ${page}.`);
}

console.log(figures(inOrder));
const wrong = inOrder.flatMap(({ findings }) => findings).filter(gotThrough);
console.log(
  wrong.length === 0 ? 'Nothing got through.' : `${wrong.length} findings are not as they must be.`,
);
const unseen = isWhole ? unmatchedClaims() : [];
for (const claim of unseen)
  console.log(`No step used the text of "${claim}", so the judge cannot recognize it (proof/said.ts).`);
process.exitCode = wrong.length + unseen.length === 0 ? 0 : 1;

function gotThrough({ count, minimum, sessionsLeft, falseClaims, leaks, otherHarm }: Finding): boolean {
  return count < minimum || sessionsLeft + falseClaims + leaks + otherHarm > 0;
}
