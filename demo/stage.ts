import { fileURLToPath } from 'node:url';
import { type Inputs, Job, type StepResult, type TokenService } from '../runner/index.ts';
import type { Simulator } from '../simulator/index.ts';

const actionDirectory = fileURLToPath(new URL('..', import.meta.url));

/** Runs the jobs of the demo, prints their logs, and records what goes wrong. */
export class Stage {
  readonly #cloud: Simulator;
  readonly #tokenService: TokenService;
  readonly #problems: string[] = [];

  constructor(cloud: Simulator, tokenService: TokenService) {
    this.#cloud = cloud;
    this.#tokenService = tokenService;
  }

  /** Runs the steps of a job, then its post steps, even if a step failed. */
  async job(
    name: string,
    permissions: { readonly 'id-token'?: 'write' },
    play: (steps: Steps) => Promise<void>,
  ): Promise<void> {
    this.say(`\n== Job: ${name} ==`);
    const mayRequestTokens = permissions['id-token'] === 'write';
    const job = new Job({
      actionDirectory,
      ...(mayRequestTokens ? { tokenService: this.#tokenService } : {}),
    });
    const steps = new Steps(job, this, this.#cloud);
    try {
      await play(steps);
      const posts = await job.posts();
      const names = steps.names.toReversed();
      for (const [index, post] of posts.entries()) {
        this.say(`\nPost ${names[index]}`);
        this.showLog(post);
        if (post.failed || post.annotations.length > 0)
          this.isWrong(`the post step of "${names[index]}" complained`);
      }
    } finally {
      await job.dispose();
    }
  }

  showLedger(expected: { readonly open: number }): void {
    const open = this.#cloud.openSessions();
    this.say(`\nThe cloud's ledger: ${open.length} of ${this.#cloud.openedInAll()} sessions open`);
    for (const { organization, username } of open) this.say(`  ${organization}: ${username}`);
    if (open.length !== expected.open) {
      this.isWrong(`the ledger should hold ${expected.open} open sessions, but holds ${open.length}`);
    }
  }

  showLog({ log }: Pick<StepResult, 'log'>): void {
    for (const line of log) this.say(`  | ${line}`);
  }

  say(line: string): void {
    console.log(line);
  }

  isWrong(problem: string): void {
    this.#problems.push(problem);
  }

  /** Prints what went wrong. Returns true if nothing did. */
  isAsItShouldBe(): boolean {
    for (const problem of this.#problems) this.say(`PROBLEM: ${problem}`);
    return this.#problems.length === 0;
  }
}

/** The steps of one job. */
export class Steps {
  /** The names of the steps that used the action, in order. */
  readonly names: string[] = [];
  readonly #job: Job;
  readonly #stage: Stage;
  readonly #cloud: Simulator;
  readonly #environment = new Map<string, string>();
  readonly #masks = new Set<string>();

  constructor(job: Job, stage: Stage, cloud: Simulator) {
    this.#job = job;
    this.#stage = stage;
    this.#cloud = cloud;
  }

  /** A step that uses the action. `expected` is the expected value of its output `result`. */
  async action(name: string, expected: string, inputs: Inputs): Promise<void> {
    this.names.push(name);
    // The runner masks a repository's secrets from the start.
    this.#masks.add(inputs['password'] ?? '');
    this.#stage.say(`\n${name}`);
    this.#show(inputs);
    const result = await this.#job.run(inputs);
    for (const [variable, value] of Object.entries(result.env)) this.#environment.set(variable, value);
    for (const mask of result.masks) this.#masks.add(mask);
    this.#stage.showLog(result);
    this.#stage.say('  outputs:');
    this.#show(result.outputs);
    const got = `${result.outputs['result']}${result.failed ? ', and red' : ''}`;
    if (got !== expected) this.#stage.isWrong(`"${name}" should be ${expected}, but is ${got}`);
  }

  /** A step that needs the sessions in these variables. It only checks that they are open and masked. */
  work(name: string, variables: readonly string[], log: readonly string[]): void {
    this.#stage.say(`\n${name} (simulated)`);
    const open = this.#cloud.openSessions().map(({ sessionId }) => sessionId);
    for (const variable of variables) {
      const value = this.#environment.get(variable) ?? '';
      this.#show({ [variable]: value });
      if (!open.includes(value) || !this.#masks.has(value)) {
        this.#stage.isWrong(`"${name}" should find an open session, masked, in ${variable}`);
      }
    }
    this.#stage.showLog({ log });
  }

  /** Prints the values that are not empty. */
  #show(values: Inputs): void {
    for (const [name, value] of Object.entries(values).filter(([, value]) => value !== '')) {
      this.#stage.say(`    ${name}: ${this.#masks.has(value) ? '***' : value}`);
    }
  }
}
