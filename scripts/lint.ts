import { actions } from './lint/actions.ts';
import type { Check } from './lint/check.ts';
import { examples } from './lint/examples.ts';
import { links } from './lint/links.ts';
import { platform } from './lint/platform.ts';
import { templates } from './lint/templates.ts';
import { workflows } from './lint/workflows.ts';

/** `npm run lint` checks the files that GitHub and users read; `-- links` checks only one kind. See the files in `lint/`. */
const CHECKS: Readonly<Record<string, Check>> = { actions, workflows, platform, examples, templates, links };

const requested = process.argv.slice(2);
const unknown = requested.filter((name) => CHECKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no check named ${unknown.join(', ')}, but: ${Object.keys(CHECKS).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, check] of Object.entries(CHECKS)) {
    if (requested.length > 0 && !requested.includes(name)) continue;
    const { looked, findings } = await check();
    console.log(`${name}: ${looked}${findings.length > 0 ? `, ${findings.length} not right` : ''}`);
    for (const finding of findings) console.error(`  ${finding}`);
    if (findings.length > 0) process.exitCode = 1;
  }
}
