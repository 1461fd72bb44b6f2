import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ActionFile, readActionFile } from './action-file.ts';
import { garbageInputs, type Inputs, inputEnvironment, unexpectedInputs } from './inputs.ts';
import { Masker } from './masker.ts';
import { createStepFiles, type FileEffects, processStepFiles } from './step-files.ts';
import { StepLog } from './step-log.ts';
import {
  type CancelLadder,
  type RunningProcess,
  type RunningStep,
  type StepResult,
  startStepProcess,
} from './step-process.ts';
import type { TokenService } from './token-service.ts';

type Environment = Readonly<Record<string, string>>;

export interface JobOptions {
  /** The folder with the `action.yml`. */
  readonly actionDirectory: string;
  /** The node binary that runs the action. By default the one that runs this process. */
  readonly node?: string;
  readonly nodeArguments?: readonly string[];
  /** Variables of every step, in addition to the few that a clean machine has. */
  readonly env?: Environment;
  /** As if the user had set the secret `ACTIONS_STEP_DEBUG`. */
  readonly debug?: boolean;
  readonly cancelLadder?: CancelLadder;
  /** As if the job had `id-token: write`: its steps can get tokens from this service. */
  readonly tokenService?: Pick<TokenService, 'variables'>;
}

export interface StepOptions {
  /** The step's own `env`. */
  readonly env?: Environment;
  /** The step's `id`. By default one that is derived from the action's repository, as in the runner. */
  readonly id?: string;
}

export interface PostOptions {
  /** The inputs as the runner evaluates them again for the post step. By default invalid values for all inputs. */
  readonly inputs?: Inputs;
}

interface MainStep {
  readonly id: string;
  readonly env: Environment;
  /** Set when the step has ended. */
  state?: Environment;
  posted: boolean;
}

/**
 * One job whose steps all use the same action. Masks, `GITHUB_ENV` and `GITHUB_PATH` last for the whole job. Steps can
 * run at the same time. Jobs share nothing.
 */
export class Job {
  readonly #options: JobOptions;
  readonly #action: ActionFile;
  readonly #folder: string;
  readonly #workspace: string;
  readonly #temporary: string;
  readonly #masker = new Masker();
  readonly #env = new Map<string, string>();
  #paths: readonly string[] = [];
  readonly #mains = new Map<RunningStep, MainStep>();
  readonly #running = new Set<RunningProcess>();
  #isShutDown = false;
  #stepCount = 0;
  #withoutId = 0;

  constructor(options: JobOptions) {
    this.#options = options;
    // The runner masks its own access token, with which a step requests an ID token.
    const bearer = options.tokenService?.variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
    if (bearer !== undefined) this.#masker.addValue(bearer);
    this.#action = readActionFile(options.actionDirectory);
    this.#folder = mkdtempSync(join(tmpdir(), 'runner-'));
    this.#workspace = join(this.#folder, 'workspace');
    this.#temporary = join(this.#folder, 'temp');
    mkdirSync(this.#workspace);
    mkdirSync(this.#temporary);
  }

  /** Starts the main script in a new step. The job then has a post step for it, however main ends. */
  start(inputs: Inputs, options: StepOptions = {}): RunningStep {
    const { env = {}, id = this.#generatedId() } = options;
    const { interrupt, ...running } = this.#startProcess(this.#action.main, inputs, env, id);
    const main: MainStep = { id, env, posted: false };
    const finished = running.finished.then((result) => {
      main.state = result.state;
      return result;
    });
    const step = { ...running, finished, cancel: interrupt };
    this.#mains.set(step, main);
    return step;
  }

  /** Starts the main script in a new step and waits for its end. */
  run(inputs: Inputs, options: StepOptions = {}): Promise<StepResult> {
    return this.start(inputs, options).finished;
  }

  /** Starts the post script of a step whose main has ended, with the state that main saved and the step's `env`. */
  startPost(step: RunningStep, options: PostOptions = {}): RunningStep {
    const main = this.#mains.get(step);
    if (main === undefined) throw new Error('this step was not started by this job');
    return this.#startPost(main, options);
  }

  /** Waits for all main scripts, then runs the remaining post scripts in reverse order; none after a shutdown. */
  async posts(options: PostOptions = {}): Promise<StepResult[]> {
    await Promise.all([...this.#mains.keys()].map(({ finished }) => finished));
    const results: StepResult[] = [];
    if (this.#action.post === undefined) return results;
    for (const main of [...this.#mains.values()].filter(({ posted }) => !posted).reverse()) {
      if (this.#isShutDown) break;
      results.push(await this.#startPost(main, options).finished);
    }
    return results;
  }

  /**
   * Shuts the runner down, like a service stop or an evicted machine: all running steps, also post steps, get the
   * signals, and no other step starts. Resolves when the running ones have ended.
   */
  async shutDown(): Promise<void> {
    this.#isShutDown = true;
    for (const step of this.#running) step.interrupt();
    await Promise.allSettled([...this.#running].map(({ finished }) => finished));
  }

  /** Kills all running steps and removes the job's folders. */
  async dispose(): Promise<void> {
    for (const step of this.#running) step.signal('SIGKILL');
    await Promise.allSettled([...this.#running].map(({ finished }) => finished));
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #startPost(
    main: MainStep,
    { inputs = garbageInputs(this.#action.inputDefaults) }: PostOptions,
  ): RunningStep {
    if (this.#action.post === undefined) throw new Error('the action has no post script');
    if (main.state === undefined) throw new Error('a post step starts when its main step has ended');
    if (main.posted) throw new Error('the post step of this step was started already');
    main.posted = true;
    const state = Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]);
    const env = { ...main.env, ...Object.fromEntries(state) };
    const { interrupt: _, ...running } = this.#startProcess(this.#action.post, inputs, env, main.id);
    return { ...running, cancel: () => {} };
  }

  #startProcess(script: string, inputs: Inputs, env: Environment, id: string): RunningProcess {
    if (this.#isShutDown) throw new Error('the runner is shut down: it starts no step any more');
    const { actionDirectory, node = process.execPath, nodeArguments = [], debug = false } = this.#options;
    const { cancelLadder = { sigtermAfterMs: 7500, killAfterMs: 2500 } } = this.#options;
    const defaults = this.#action.inputDefaults;
    this.#stepCount += 1;
    const files = createStepFiles(join(this.#folder, `step-${this.#stepCount}`));
    const log = new StepLog(this.#masker, debug);
    const warning = unexpectedInputs(defaults, inputs);
    if (warning !== undefined) log.warning(warning);

    const step = startStepProcess({
      node,
      nodeArguments,
      script: join(actionDirectory, script),
      workingDirectory: this.#workspace,
      env: this.#environment({ ...env, ...inputEnvironment(defaults, inputs), ...files, GITHUB_ACTION: id }),
      cancelLadder,
      log,
      processFiles: () => {
        const effects = processStepFiles(files, log);
        this.#take(effects);
        return effects;
      },
    });
    this.#running.add(step);
    const ended = () => void this.#running.delete(step);
    void step.finished.then(ended, ended);
    return step;
  }

  /**
   * The environment of a step. Unlike in a real runner it does not inherit everything, so that a developer's proxies
   * and options cannot change the result of a test.
   */
  #environment(step: Environment): Environment {
    const machine = ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const env: Record<string, string> = {
      CI: 'true',
      RUNNER_TEMP: this.#temporary,
      ...Object.fromEntries(machine),
      ...this.#options.env,
      ...Object.fromEntries(this.#env),
      ...step,
      GITHUB_ACTIONS: 'true',
      ...this.#options.tokenService?.variables,
      ...(this.#options.debug ? { RUNNER_DEBUG: '1' } : {}),
    };
    env['PATH'] = [...this.#paths.toReversed(), env['PATH']].filter(Boolean).join(delimiter);
    // Cut at NUL as the system does, because Node refuses to start a process with a NUL in a variable.
    const entries = Object.entries(env).map(([name, value]) => [name, value.split('\0', 1)[0] ?? '']);
    return Object.fromEntries(entries);
  }

  #generatedId(): string {
    this.#withoutId += 1;
    return this.#withoutId === 1 ? '__owner_repo' : `__owner_repo_${this.#withoutId}`;
  }

  #take({ env, paths }: FileEffects): void {
    for (const [name, value] of env) this.#env.set(name, value);
    this.#paths = [...this.#paths.filter((path) => !paths.includes(path)), ...new Set(paths)];
  }
}
