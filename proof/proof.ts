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
import { schedules } from './schedules/check.ts';
import { soak } from './soak/check.ts';

/**
 * `npm run proof` runs every check, and `npm run proof -- NAME ...` some. Prints a table of what they counted, and
 * exits 1 if anything got through. When all have run it writes docs/reliability.md.
 */
const CHECKS: readonly Check[] = [schedules, faults, gateway, kills, properties, proxies, engine, soak];
const PAGE = 'docs/reliability.md';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No check is named ${unknown.join(', ')}: there are ${CHECKS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const results: Result[] = [];
for (const check of CHECKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const startMs = performance.now();
  const findings = await check.run((line) => console.log(`${check.name}: ${line}`));
  const seconds = Math.round((performance.now() - startMs) / 1000);
  results.push({ check, findings, seconds });
  console.log(`${check.name}: took ${seconds} s`);
}
if (CHECKS.every((check) => results.some((result) => result.check === check && result.findings.length > 0))) {
  await writeFile(PAGE, reliabilityPage(results));
} else {
  console.log(`Not every check ran, so ${PAGE} is left as it was.`);
}

console.log(figures(results));
const wrong = results.flatMap(({ findings }) => findings).filter(gotThrough);
console.log(
  wrong.length === 0 ? 'Nothing got through.' : `${wrong.length} findings are not as they must be.`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;

function gotThrough({ count, minimum, sessionsLeft, falseClaims, leaks, otherHarm }: Finding): boolean {
  return count < minimum || sessionsLeft + falseClaims + leaks + otherHarm > 0;
}
