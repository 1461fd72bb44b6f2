import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SeenRequest, Simulator } from '../../simulator/index.ts';
import type { Check } from '../finding.ts';
import { countHarms, type Invariant, inWords, type Problem } from '../invariants.ts';
import { findAct, runWorkflow, type WorkflowResult } from './act.ts';
import { isAsWritten, SCENARIOS, type Scenario } from './scenarios.ts';
import { type Surroundings, startSurroundings } from './surroundings.ts';

/** Two of them run into a time limit of a minute. */
const AT_ONCE = 3;

export const engine: Check = {
  name: 'engine',
  about:
    'Workflows under act, on the oldest and the newest Node 24 of the runners: green and failing jobs, killed and timed-out steps, nested actions, two sessions, logins in both versions and without a password, a server that cannot be reached',
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
    const problems: Problem[] = [];
    const queue = runs.values();
    const work = async () => {
      for (const { scenario, node } of queue) {
        const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
        await play(scenario, { act, node, version }, (problem) => {
          problems.push(problem);
          log(`${scenario.workflow}.yml on Node ${version}: ${inWords(problem)}`);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return [
      {
        counted: 'workflows in a real engine',
        count: runs.length,
        minimum: 16 * nodes.length,
        ...countHarms(problems),
      },
    ];
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
  wrong: (problem: Problem) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const surroundings = await startSurroundings();
  const { cloud, github, vars, secrets } = surroundings;
  const lines: string[] = [];
  const over = new AbortController();
  try {
    const kept = scenario.before?.(cloud) ?? [];
    cloud.setFaults(scenario.faults?.(lines) ?? (() => undefined));
    const killer = scenario.kill ? killMain(cloud, scenario.kill, folder, over.signal) : undefined;
    const onLine = (line: string) => {
      const told = line.replaceAll(new URL(cloud.loginUrl).host, 'SERVER').replace(version, 'VERSION');
      // The session's owner differs between runs; other tests check it.
      lines.push(told.replace(/ of \S+(?: in organization .+?)? on SERVER/, ' on SERVER'));
    };
    const { workflow } = scenario;
    const env = scenario.tokens === undefined ? {} : { ...github.variables };
    const result = await runWorkflow({ workflow, act, node, folder, env, vars, secrets, onLine });
    over.abort();
    await killer;
    judge(scenario, { surroundings, kept, lines, result }, wrong);
  } finally {
    await surroundings.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Played {
  readonly surroundings: Surroundings;
  readonly kept: readonly string[];
  readonly lines: readonly string[];
  readonly result: WorkflowResult;
}

/** Compares the result of a workflow with the expected one. */
function judge(
  { green, transcript, requests, tokens = 0 }: Scenario,
  { surroundings, kept, lines, result }: Played,
  wrong: (problem: Problem) => void,
): void {
  const expect = (holds: boolean, breaks: Invariant, what: string) => {
    if (!holds) wrong({ breaks, what });
  };
  const { cloud, github } = surroundings;
  const open = cloud.openSessions().map(({ sessionId }) => sessionId);
  const left = open.filter((id) => !kept.includes(id)).length;
  expect(left === 0, 2, `sessions left: ${left}`);
  expect(
    kept.every((id) => open.includes(id)),
    3,
    'ended a session of another organization',
  );

  const claims = lines.filter((line) => /^\w+: (Ended|Already ended|Nothing to clean up)/.test(line));
  expect(left === 0 || claims.length === 0, 1, `although one is open: ${claims.join(' | ')}`);
  expect(isAsWritten(lines, transcript), 3, `the transcript:\n  ${lines.join('\n  ')}`);
  expect((result.exitCode === 0) === green, 3, `the engine's exit code: ${result.exitCode}`);
  const seen = cloud.requests.map(nameOf);
  expect(seen.join() === requests.join(), 3, `the requests: ${seen.join()}`);
  const issued = github.issued.length;
  expect(issued === tokens, 3, `GitHub's tokens requested: ${issued}`);
  expect(
    cloud.tokens().every(({ attempts }) => attempts === 1),
    3,
    'a token was sent twice',
  );

  // Masks hide these if they are complete, so whatever is found here was not masked.
  for (const secret of [...result.masked, ...surroundings.unspeakable()]) {
    expect(!result.shown.includes(secret), 4, `shown: ${secret}`);
  }
}

/** As in `logout`, `v3/logout`. */
function nameOf({ path }: SeenRequest): string {
  return /(v3\/)?\w+$/.exec(path)?.[0] ?? path;
}

/** Kills the main step's process once its request has arrived, as someone on the machine could. */
async function killMain(
  cloud: Simulator,
  isItsRequest: (request: SeenRequest) => boolean,
  folder: string,
  over: AbortSignal,
): Promise<void> {
  while (!cloud.requests.some(isItsRequest)) {
    if (over.aborted) return;
    await pause(20);
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [, script = ''] = commandLine(pid);
    // Only this run uses the folder, so it is the process of this run.
    if (script.startsWith(folder) && script.endsWith('/dist/main/index.cjs')) {
      process.kill(Number(pid), 'SIGKILL');
    }
  }
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has already ended.
    return [];
  }
}
