import { type InputValues, SECRET_INPUTS } from '../../src/inputs/values.ts';
import type { MainReport } from '../../src/report/main-report.ts';
import { unreadableReport } from '../../src/report/post-report.ts';
import type { Report } from '../../src/report/report.ts';
import { readState, type SavedState } from '../../src/state.ts';
import { type MainRunner, mainStep } from '../../src/steps/main-step.ts';
import { postStep } from '../../src/steps/post-step.ts';
import type { VirtualWorld } from './virtual-world.ts';

export interface MainRun {
  readonly report: MainReport;
  /** Every text that a user or a later step gets to see. */
  readonly texts: readonly string[];
  readonly saved: readonly SavedState[];
  /** Something was printed, saved or sent before every secret was masked. */
  readonly unmasked: boolean;
}

/** The real main step in a world. */
export async function playMain(values: InputValues, world: VirtualWorld): Promise<MainRun> {
  const masked = new Set<string>();
  const said: string[] = [];
  const saved: SavedState[] = [];
  let unmasked = false;
  const note = () => {
    const secrets = SECRET_INPUTS.map((name) => values[name].trim());
    unmasked ||= secrets.some((secret) => secret !== '' && !masked.has(secret));
  };
  const runner: MainRunner = {
    readInputs: () => values,
    mask: (secret) => masked.add(secret),
    saveState: (state) => {
      note();
      return saved.push(state) > 0;
    },
    info: (line) => {
      note();
      said.push(line);
    },
  };
  const { send } = world.world;
  const watched: typeof send = (call, signal) => {
    note();
    return send(call, signal);
  };
  const report = await world.finish(mainStep(runner, { ...world.world, send: watched }));
  note();
  return {
    report,
    texts: [report.text, report.summary, ...Object.values(report.outputs), ...said],
    saved,
    unmasked,
  };
}

export interface PostRun {
  readonly report: Report;
  readonly texts: readonly string[];
}

/** The real post step in a world, as `src/post.ts` goes about it; undefined where that has nothing to do. */
export async function playPost(text: string, world: VirtualWorld): Promise<PostRun | undefined> {
  const state = readState(text);
  if (state.kind === 'nothing' || state.kind === 'settled') return undefined;
  const said: string[] = [];
  const report =
    state.kind === 'pending'
      ? await world.finish(postStep(state.inputs, (line) => said.push(line), world.world))
      : unreadableReport();
  return { report, texts: [report.text, report.summary, ...said] };
}
