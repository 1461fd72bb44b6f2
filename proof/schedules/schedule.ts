import { type InputValues, inputValues } from '../../src/inputs/values.ts';
import type { Report } from '../../src/report/report.ts';
import { readState, writeState } from '../../src/state.ts';
import { type MainRunner, mainStep } from '../../src/steps/main-step.ts';
import { postStep } from '../../src/steps/post-step.ts';
import type { Event } from './events.ts';
import { Infeasible, type Openings, ScriptedWorld } from './scripted-world.ts';

export interface Setup {
  readonly mode: 'logout' | 'logoutall';
  readonly when: 'now' | 'job-end';
  readonly allowAlreadyEnded: boolean;
}

export interface Played {
  /** The invariants that did not hold, in words. */
  readonly broken: readonly string[];
  readonly openings: Openings;
}

const SECRET = 'fake-4711-abc';
const HOST = 'pod.informaticacloud.com';
const TIMEOUT_MS = 60_000;
/** What a step may take beyond its time: the second invariant's bound, in a world where nothing else takes any. */
const SLACK_MS = 2_000;

/** Plays one schedule: main, then post, each with what the script has in store; undefined if it cannot happen. */
export async function play(setup: Setup, script: readonly Event[]): Promise<Played | undefined> {
  const job = new Job(setup, script);
  try {
    await job.main();
    const postWas = await job.post();
    job.close(postWas);
  } catch (error) {
    if (error instanceof Infeasible) return undefined;
    throw error;
  }
  const { broken, scripted } = job;
  return scripted.consumed ? { broken, openings: scripted.openings } : undefined;
}

/** One job with the action in it, held against the ledger at each of its ends. */
class Job {
  readonly broken: string[] = [];
  readonly scripted: ScriptedWorld;
  readonly #setup: Setup;
  readonly #said: string[] = [];
  #saved = '';

  constructor(setup: Setup, script: readonly Event[]) {
    this.#setup = setup;
    this.scripted = new ScriptedWorld(script, setup.mode, SECRET);
  }

  async main(): Promise<void> {
    const masked = new Set<string>();
    const { world, killed } = this.scripted.forStep();
    const runner: MainRunner = {
      readInputs: () => inputsOf(this.#setup),
      mask: (secret) => masked.add(secret),
      saveState: (state) => {
        this.#saved = writeState(state);
        return true;
      },
      info: (line) => this.#said.push(line),
    };
    const report = await this.#timed('main', Promise.race([mainStep(runner, world), killed]));
    this.#expect(masked.has(SECRET), 'the secret was not masked');
    if (report === 'killed') return;
    this.#said.push(report.text, report.summary, ...Object.values(report.outputs));
    const { result } = report.outputs;
    const open = this.scripted.ledger.sessionOpen;
    this.#expect(!(result === 'ended' && open), 'main claims an end that did not happen');
    if (report.level !== 'info') return;
    const allowed = result === 'already-ended' && this.#setup.allowAlreadyEnded;
    this.#expect(
      result === 'ended' || result === 'scheduled' || allowed,
      `main is green with the result ${result}`,
    );
    this.#expect(result === 'scheduled' || !open, 'main is green and the session is open');
  }

  async post(): Promise<'idle' | 'killed' | Report['level']> {
    const state = readState(this.#saved);
    this.#expect(state.kind !== 'unreadable', 'main saved what post cannot read');
    const sent = this.scripted.ledger.urls.size > 0;
    this.#expect(state.kind !== 'nothing' || !sent, 'main sent a request before it saved what post needs');
    if (state.kind === 'settled')
      this.#expect(!this.#saved.includes(SECRET), 'a settled state holds the secret');
    if (state.kind !== 'pending') return 'idle';
    const { world, killed } = this.scripted.forStep();
    const step = postStep(state.inputs, (line) => this.#said.push(line), world);
    const report = await this.#timed('post', Promise.race([step, killed]));
    if (report === 'killed') return 'killed';
    this.#said.push(report.text, report.summary);
    const claimed = report.level === 'info';
    this.#expect(!(claimed && this.scripted.ledger.sessionOpen), 'post claims an end that did not happen');
    this.#expect(report.level !== 'error', 'post fails the job although it was to warn');
    return report.level;
  }

  /** What must hold when all is over. */
  close(postWas: 'idle' | 'killed' | Report['level']): void {
    const { ledger } = this.scripted;
    this.#expect(ledger.requestsAfterSettled === 0, 'a request was sent although the server had settled it');
    const foreign = [...ledger.urls].filter((url) => !url.startsWith(`https://${HOST}/`));
    this.#expect(foreign.length === 0, 'a request went to another host');
    this.#expect(!this.#said.some((text) => text.includes(SECRET)), 'the secret was said');
    const excused = !ledger.answeredProperly || ledger.refused || postWas === 'killed';
    this.#expect(excused || !ledger.sessionOpen, 'the server answered properly and the session is left open');
  }

  async #timed<T>(step: string, run: Promise<T>): Promise<T> {
    const startMs = this.scripted.nowMs;
    const result = await run;
    this.#expect(this.scripted.nowMs - startMs <= TIMEOUT_MS + SLACK_MS, `${step} ran over its time`);
    return result;
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) this.broken.push(otherwise);
  }
}

function inputsOf({ mode, when, allowAlreadyEnded }: Setup): InputValues {
  const given: Readonly<Record<string, string>> = {
    mode,
    when,
    'server-url': `https://${HOST}/saas`,
    'session-id': mode === 'logout' ? SECRET : '',
    'login-url': HOST,
    username: 'someone@example.com',
    password: mode === 'logoutall' ? SECRET : '',
    'allow-already-ended': String(allowAlreadyEnded),
  };
  return inputValues((name) => given[name] ?? '');
}
