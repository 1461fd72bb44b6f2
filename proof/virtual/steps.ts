import type { InputValues } from '../../src/inputs/values.ts';
import { idleReport } from '../../src/report/post-report.ts';
import { type Report, summaryLine } from '../../src/report/report.ts';
import { readState, type SavedState, writeState } from '../../src/state.ts';
import { mainStep } from '../../src/steps/main-step.ts';
import { postStep } from '../../src/steps/post-step.ts';
import type { MainRunner } from '../../src/steps/runner.ts';
import type { VirtualWorld } from './world.ts';

/** One step as its user sees it. */
export interface StepRun {
  readonly report: Report | 'killed';
  /** Every text that a user or a later step gets to see; of these, the line of the summary. */
  readonly texts: readonly string[];
  readonly summary: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface MainRun extends StepRun {
  /** The last state that was saved; empty where there is none. */
  readonly state: string;
  readonly masked: ReadonlySet<string>;
  /** A secret was saved or sent before it was masked. */
  readonly unmasked: boolean;
}

export interface MainOptions {
  /** Whether a state can be saved: asked before it is. */
  readonly canSave?: (state: SavedState, world: VirtualWorld) => boolean;
  /** Told of each state that has been saved. */
  readonly onSaved?: (state: SavedState, world: VirtualWorld) => void;
  readonly proxyProblems?: MainRunner['proxyProblems'];
}

/** The real main step in a virtual world. */
export async function playMain(
  values: InputValues,
  world: VirtualWorld,
  { canSave = () => true, onSaved = () => {}, proxyProblems = () => [] }: MainOptions = {},
): Promise<MainRun> {
  const masked = new Set<string>();
  const said: string[] = [];
  let state = '';
  let unmasked = false;
  const handOut = (secrets: readonly string[]) => {
    unmasked ||= secrets.some((secret) => secret !== '' && !masked.has(secret));
  };
  const runner: MainRunner = {
    readInputs: () => values,
    mask: (secret) => masked.add(secret),
    saveState: (next) => {
      if (next.kind === 'pending') handOut([next.inputs['session-id'].trim(), next.inputs.password]);
      if (world.isKilled || !canSave(next, world)) return false;
      state = writeState(next);
      onSaved(next, world);
      return true;
    },
    info: (line) => said.push(line),
    warn: (line) => said.push(line),
    group: (title, lines) => said.push(title, ...lines),
    proxyProblems,
    idTokenService: () => undefined,
    hasVariable: () => false,
    setOutputs: (outputs) => said.push(...Object.values(outputs)) >= 0,
    exportVariables: () => true,
  };
  const send: typeof world.send = (call, signal) => {
    handOut(secretsSent(call));
    return world.send(call, signal);
  };
  const run = await finish(world, said, (its) => mainStep(runner, { ...its, send }));
  return { ...run, state, masked, unmasked };
}

/** The real post step in a virtual world, as `src/post.ts` goes about it. */
export async function playPost(text: string, world: VirtualWorld): Promise<StepRun> {
  const said: string[] = [];
  const state = readState(text);
  return await finish(world, said, (its) =>
    state.kind === 'pending'
      ? postStep(state, (line) => said.push(line), its)
      : Promise.resolve(idleReport(state)),
  );
}

/** What a request proves itself with. */
export function secretsSent({
  headers,
  body,
}: Pick<VirtualWorld['sent'][number]['call'], 'headers' | 'body'>) {
  const { icSessionId } = headers;
  return icSessionId === undefined ? passwordsIn(body) : [icSessionId];
}

function passwordsIn(body: string): string[] {
  if (body === '') return [];
  const { password }: { password?: unknown } = JSON.parse(body);
  return typeof password === 'string' ? [password] : [];
}

async function finish(
  world: VirtualWorld,
  said: readonly string[],
  begin: (its: Pick<VirtualWorld, 'send' | 'clock' | 'random' | 'cancelled'>) => Promise<Report>,
): Promise<StepRun> {
  const { send, clock, random, cancelled } = world;
  const startedMs = clock.nowMs();
  const report = await world.run(begin({ send, clock, random, cancelled }));
  const times = { startedMs, endedMs: clock.nowMs() };
  if (report === 'killed') return { report, texts: said, summary: '', ...times };
  const { text, headline, outputs } = report;
  const summary = headline === undefined ? '' : summaryLine(headline, text, '');
  return { report, texts: [text, summary, ...Object.values(outputs), ...said], summary, ...times };
}
