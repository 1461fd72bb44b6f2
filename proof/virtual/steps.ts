import type { HttpRequest } from '../../src/http.ts';
import type { InputValues } from '../../src/inputs/values.ts';
import { idleReport } from '../../src/report/idle-report.ts';
import { type Report, summaryLine } from '../../src/report/report.ts';
import { readState, type SavedState, writeState } from '../../src/state.ts';
import { mainStep } from '../../src/steps/main-step.ts';
import { postStep } from '../../src/steps/post-step.ts';
import type { MainRunner } from '../../src/steps/runner.ts';
import type { VirtualWorld } from './world.ts';

/** One step as its user sees it. */
export interface StepRun {
  readonly report: Report | 'killed';
  /** Every text that a user gets to see; of these, the line of the summary. */
  readonly texts: readonly string[];
  /** What the step printed before its last line. */
  readonly printed: readonly string[];
  readonly summary: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

type Texts = Readonly<Record<string, string>>;

export interface MainRun extends StepRun {
  /** The last state that was saved; empty if there is none. */
  readonly state: string;
  /** The runner's file of state: what is settled replaces what was there. */
  readonly stateFile: string;
  /** Every state that was saved. */
  readonly saved: readonly string[];
  /** Outputs and variables for later steps. */
  readonly outputs: Texts;
  readonly variables: Texts;
  /** The warnings that came before the last line. */
  readonly warned: readonly string[];
  readonly masked: ReadonlySet<string>;
  /** A secret was saved, sent or handed on before it was masked. */
  readonly unmasked: boolean;
}

/** What a login hands on to later steps. */
export type HandedOn = 'outputs' | 'variables';

export interface MainOptions {
  /** Whether a state can be saved; called before each save. */
  readonly canSave?: (state: SavedState, world: VirtualWorld) => boolean;
  /** Called with each saved state. */
  readonly onSaved?: (state: SavedState, world: VirtualWorld) => void;
  /** Whether a session can be handed on. */
  readonly canHandOn?: (what: HandedOn, world: VirtualWorld) => boolean;
  readonly proxyProblems?: MainRunner['proxyProblems'];
  readonly idTokenService?: MainRunner['idTokenService'];
}

/** The real main step in a virtual world. */
export async function playMain(
  values: InputValues,
  world: VirtualWorld,
  options: MainOptions = {},
): Promise<MainRun> {
  const runner = new Runner(values, world, options);
  const send: typeof world.send = (call, signal) => {
    runner.handOut(secretsSent(call));
    return world.send(call, signal);
  };
  const run = await finish(world, runner.said, (its) => mainStep(runner, { ...its, send }));
  const { saved, outputs, variables, warned, masked, unmasked } = runner;
  const texts = [...run.texts, ...warned];
  const { stateFile } = runner;
  return {
    ...run,
    texts,
    state: saved.at(-1) ?? '',
    stateFile,
    saved,
    outputs,
    variables,
    warned,
    masked,
    unmasked,
  };
}

/** The runner: it sees what is saved, shown and handed on, and whether a secret in it was masked before. */
class Runner implements MainRunner {
  readonly said: string[] = [];
  readonly warned: string[] = [];
  readonly saved: string[] = [];
  readonly masked = new Set<string>();
  readonly proxyProblems: MainRunner['proxyProblems'];
  readonly idTokenService: MainRunner['idTokenService'];
  outputs: Texts = {};
  variables: Texts = {};
  stateFile = '';
  unmasked = false;
  readonly #values: InputValues;
  readonly #world: VirtualWorld;
  readonly #options: MainOptions;

  constructor(values: InputValues, world: VirtualWorld, options: MainOptions) {
    this.#values = values;
    this.#world = world;
    this.#options = options;
    this.proxyProblems = options.proxyProblems ?? (() => []);
    this.idTokenService = options.idTokenService ?? (() => undefined);
  }

  handOut(secrets: readonly string[]): void {
    this.unmasked ||= secrets.some((secret) => secret !== '' && !this.masked.has(secret));
  }

  readonly proxyNotes = () => [];
  readonly readInputs = () => this.#values;
  readonly mask = (secret: string) => this.masked.add(secret);
  readonly warn = (line: string) => this.warned.push(line);
  readonly info = (line: string) => this.said.push(line);
  readonly group = (title: string, lines: readonly string[]) => this.said.push(title, ...lines);
  readonly hasVariable = () => false;

  readonly saveState = (next: SavedState): boolean => {
    if (next.kind === 'pending') this.handOut([next.inputs['session-id'].trim(), next.inputs.password]);
    if (this.#world.isKilled) return false;
    const can = this.#options.canSave?.(next, this.#world) ?? true;
    if (!can || this.#world.isKilled) return false;
    const text = writeState(next);
    this.saved.push(text);
    this.stateFile = next.kind === 'settled' ? text : this.stateFile + text;
    this.#options.onSaved?.(next, this.#world);
    return true;
  };

  readonly setOutputs = (outputs: Texts): boolean => {
    const { 'session-id': sessionId = '', 'access-token': accessToken = '', ...others } = outputs;
    if (!this.#canHandOn('outputs', sessionId, accessToken)) return false;
    this.said.push(...Object.values(others));
    this.outputs = { ...this.outputs, ...outputs };
    return true;
  };

  readonly exportVariables = (variables: Texts): boolean => {
    const { 'session-id-variable': sessionName, 'access-token-variable': tokenName } = this.#values;
    const [sessionId = '', accessToken = ''] = [variables[sessionName], variables[tokenName]];
    if (!this.#canHandOn('variables', sessionId, accessToken)) return false;
    this.variables = { ...this.variables, ...variables };
    return true;
  };

  #canHandOn(what: HandedOn, sessionId: string, accessToken: string): boolean {
    this.handOut([sessionId, accessToken]);
    if (this.#world.isKilled) return false;
    return sessionId === '' || (this.#options.canHandOn?.(what, this.#world) ?? true);
  }
}

/** The real post step in a virtual world, like `src/post.ts`. */
export async function playPost(text: string, world: VirtualWorld): Promise<StepRun> {
  const said: string[] = [];
  const state = readState(text);
  return await finish(world, said, (its) =>
    state.kind === 'pending'
      ? postStep(state, (line) => said.push(line), its)
      : Promise.resolve(idleReport(state)),
  );
}

/** The credential or session ID in a request to the vendor. */
export function secretsSent({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): readonly string[] {
  const sessionId = headers['icSessionId'] ?? headers['INFA-SESSION-ID'] ?? headers['IDS-SESSION-ID'];
  if (sessionId !== undefined) return [sessionId];
  if (body === '') return [];
  const { password, oauthToken }: Readonly<Record<string, unknown>> = JSON.parse(body);
  return [password, oauthToken].filter((secret) => typeof secret === 'string');
}

async function finish(
  world: VirtualWorld,
  said: readonly string[],
  begin: (
    its: Pick<VirtualWorld, 'send' | 'clock' | 'random' | 'cancelled' | 'onAttempt'>,
  ) => Promise<Report>,
): Promise<StepRun> {
  const { send, clock, random, cancelled, onAttempt } = world;
  const startedMs = clock.nowMs();
  const report = await world.run(begin({ send, clock, random, cancelled, onAttempt }));
  const times = { startedMs, endedMs: clock.nowMs() };
  if (report === 'killed') return { report, texts: said, printed: [...said], summary: '', ...times };
  const { text, inSummary, outputs } = report;
  const summary = inSummary ? summaryLine(text, '') : '';
  return {
    report,
    texts: [text, summary, ...Object.values(outputs), ...said],
    printed: [...said],
    summary,
    ...times,
  };
}
