import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../finding.ts';
import { countHarms, inWords, type Problem } from '../invariants.ts';
import { CASES, type Case } from './cases.ts';
import { play, prepare, type Variant } from './play.ts';

/** Most of the time a run waits, so more of them than there are cores. */
const AT_ONCE = 4;

/** The debug log shows all that the plain one does, and more. */
const VARIANTS: readonly Variant[] = [
  { mode: 'logout', debug: false },
  { mode: 'logout', debug: true },
  { mode: 'logoutall', debug: true },
  { mode: 'login', debug: true },
];
/** Its request takes the same route as a login, so a few cases are enough. */
const WITH_ACCESS_TOKEN: Variant = { mode: 'login-access-token', debug: true };
const CASES_WITH_ACCESS_TOKEN = CASES.filter(({ name }) =>
  ['credentials', 'gateway errors until the post step', 'no_proxy *'].includes(name),
);

export const proxies: Check = {
  name: 'proxies',
  about:
    'The shipped bundles through a real proxy program and over TLS: names that only the proxy resolves, credentials, no_proxy, proxies that fail, untrusted certificates',
  run: async (log) => {
    const runs = CASES.flatMap((played) =>
      VARIANTS.filter(({ mode }) => !played.alreadyEnded || mode === 'logout').map((variant) => ({
        played,
        variant,
      })),
    );
    for (const played of CASES_WITH_ACCESS_TOKEN) runs.push({ played, variant: WITH_ACCESS_TOKEN });
    const problems: Problem[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
    prepare(folder);
    const queue = runs.values();
    const work = async () => {
      for (const { played, variant } of queue) {
        for (const problem of await play(played, variant, folder)) {
          problems.push(problem);
          log(`${title(played, variant)}: ${inWords(problem)}`);
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const counted = 'jobs through a proxy or over TLS, by processes';
    return [{ counted, count: runs.length, minimum: 320, ...countHarms(problems) }];
  },
};

function title({ name }: Case, { mode, debug }: Variant): string {
  return `${name} (${mode}${debug ? ', debug' : ''})`;
}
