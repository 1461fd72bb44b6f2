import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check, Finding } from '../finding.ts';
import { CASES, type Case } from './cases.ts';
import { play, prepare, type Variant, type Wrong } from './play.ts';

/** Most of the time a run waits, so more of them than there are cores. */
const AT_ONCE = 4;

/** The debug log shows all that the plain one does, and more. */
const VARIANTS: readonly Variant[] = [
  { mode: 'logout', debug: false },
  { mode: 'logout', debug: true },
  { mode: 'logoutall', debug: true },
  { mode: 'login', debug: true },
];

export const proxies: Check = {
  name: 'proxies',
  about:
    'The shipped bundles through a real proxy program and over TLS: names that only the proxy knows, credentials, no_proxy, proxies that fail, certificates that are not to be trusted',
  run: async (log) => {
    const runs = CASES.flatMap((played) =>
      VARIANTS.filter(({ mode }) => !played.alreadyEnded || mode === 'logout').map((variant) => ({
        played,
        variant,
      })),
    );
    const wrong: Wrong['kind'][] = [];
    const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
    prepare(folder);
    const queue = runs.values();
    const work = async () => {
      for (const { played, variant } of queue) {
        for (const { kind, what } of await play(played, variant, folder)) {
          wrong.push(kind);
          log(`${title(played, variant)}: ${what}`);
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return [finding(runs.length, wrong)];
  },
};

function finding(count: number, wrong: readonly Wrong['kind'][]): Finding {
  const number = (wanted: Wrong['kind']) => wrong.filter((kind) => kind === wanted).length;
  return {
    counted: 'jobs through a proxy or over TLS',
    count,
    minimum: 320,
    sessionsLeft: number('sessionsLeft'),
    falseClaims: number('falseClaims'),
    leaks: number('leaks'),
    otherHarm: number('otherHarm'),
  };
}

function title({ name }: Case, { mode, debug }: Variant): string {
  return `${name} (${mode}${debug ? ', debug' : ''})`;
}
