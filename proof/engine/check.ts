import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Simulator, sampleOrganizations, startSimulator } from '../../simulator/index.ts';
import type { Check } from '../finding.ts';
import { findAct, runWorkflow, type WorkflowResult } from './act.ts';
import { isAsWritten, isLogout, SCENARIOS, type Scenario } from './scenarios.ts';

/** Two of them sit out a time limit of a minute. */
const AT_ONCE = 3;

const COUNTS = {
  counted: 'workflows in a real engine',
  sessionsLeft: 0,
  falseClaims: 0,
  leaks: 0,
  otherHarm: 0,
};

type Kind = 'sessionsLeft' | 'falseClaims' | 'leaks' | 'otherHarm';

export const engine: Check = {
  name: 'engine',
  about:
    'Workflows under act, on the oldest and the newest Node 24 that runners bring: green and failing jobs, killed and timed-out steps, nested actions, two sessions, a server that is away',
  run: async (log) => {
    const act = findAct();
    const nodes = (process.env['PROOF_NODES'] || process.execPath).split(delimiter);
    if (process.env['CI'] === 'true' && (act === undefined || nodes.length < 2)) {
      throw new Error(
        'In CI there has to be act, by PROOF_ACT or on the PATH, and two of Node in PROOF_NODES',
      );
    }
    if (act === undefined) {
      log('skipped, as there is no act on the PATH or in PROOF_ACT');
      return [];
    }
    const runs = SCENARIOS.flatMap((scenario) => nodes.map((node) => ({ scenario, node })));
    const counts = { ...COUNTS };
    const queue = runs.values();
    const work = async () => {
      for (const { scenario, node } of queue) {
        const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
        await play(scenario, { act, node, version }, (kind, what) => {
          counts[kind] += 1;
          log(`${scenario.workflow}.yml on Node ${version}: ${what}`);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return [{ ...counts, count: runs.length, minimum: 13 * nodes.length }];
  },
};

interface Machine {
  readonly act: string;
  readonly node: string;
  readonly version: string;
}

async function play(
  scenario: Scenario,
  { act, node, version }: Machine,
  wrong: (kind: Kind, what: string) => void,
): Promise<void> {
  const [source, target] = sampleOrganizations;
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const cloud = await startSimulator();
  const lines: string[] = [];
  const over = new AbortController();
  try {
    const kept = scenario.before?.(cloud) ?? [];
    cloud.setFaults(scenario.faults?.(lines) ?? (() => undefined));
    const killer = scenario.kill ? killMain(cloud, folder, over.signal) : undefined;
    const secrets = {
      IICS_USERNAME: source.users[0].username,
      IICS_PASSWORD: source.users[0].password,
      TARGET_USERNAME: target.users[0].username,
      TARGET_PASSWORD: target.users[0].password,
    };
    const onLine = (line: string) =>
      void lines.push(line.replaceAll(new URL(cloud.loginUrl).host, 'SERVER').replace(version, 'VERSION'));
    const { workflow } = scenario;
    const vars = { LOGIN_URL: cloud.loginUrl };
    const result = await runWorkflow({ workflow, act, node, folder, vars, secrets, onLine });
    over.abort();
    await killer;
    judge(
      scenario,
      { cloud, kept, lines, result, passwords: [secrets.IICS_PASSWORD, secrets.TARGET_PASSWORD] },
      wrong,
    );
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Played {
  readonly cloud: Simulator;
  readonly kept: readonly string[];
  readonly lines: readonly string[];
  readonly result: WorkflowResult;
  readonly passwords: readonly string[];
}

/** Holds what came of a workflow against what should have. */
function judge(
  { green, transcript, requests }: Scenario,
  { cloud, kept, lines, result, passwords }: Played,
  wrong: (kind: Kind, what: string) => void,
): void {
  const expect = (holds: boolean, kind: Kind, what: string) => {
    if (!holds) wrong(kind, what);
  };
  const open = cloud.openSessions().map(({ sessionId }) => sessionId);
  const left = open.filter((id) => !kept.includes(id)).length;
  expect(left === 0, 'sessionsLeft', `sessions left: ${left}`);
  expect(
    kept.every((id) => open.includes(id)),
    'otherHarm',
    'ended a session of another organization',
  );

  const claims = lines.filter((line) => /^\w+: (Ended|Nothing to clean up: .*\(ended\))/.test(line));
  expect(left === 0 || claims.length === 0, 'falseClaims', `although one is open: ${claims.join(' | ')}`);
  expect(isAsWritten(lines, transcript), 'otherHarm', `the transcript:\n  ${lines.join('\n  ')}`);
  expect((result.exitCode === 0) === green, 'otherHarm', `the engine's exit code: ${result.exitCode}`);
  const seen = cloud.requests.map(({ path }) => path.split('/').at(-1));
  expect(seen.join() === requests.join(), 'otherHarm', `the requests: ${seen.join()}`);

  // Masks hide these wherever they stand whole: what is found got past them.
  for (const secret of [...result.masked, ...passwords]) {
    expect(!result.shown.includes(secret), 'leaks', `shown: ${secret}`);
  }
}

/** Kills the process of the main step when its request has come, as someone on the machine would. */
async function killMain(cloud: Simulator, folder: string, over: AbortSignal): Promise<void> {
  while (!cloud.requests.some(isLogout)) {
    if (over.aborted) return;
    await pause(20);
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, script = ''] = commandLine(pid);
    // The folder is of this run alone, so it is no process of anyone else.
    if (script.startsWith(folder) && script.endsWith('/dist/main/index.cjs')) {
      process.kill(Number(pid), 'SIGKILL');
    }
  }
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended since.
    return [];
  }
}
