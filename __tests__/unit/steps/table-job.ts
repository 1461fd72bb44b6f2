import type { Mode } from '../../../proof/modes.ts';
import type { Happening } from '../../../proof/responses/table.ts';
import type { StepRecord, TrialWithPost, When } from '../../../proof/trial.ts';
import { playJob } from '../../../proof/virtual/job.ts';
import { respond } from '../../../proof/virtual/respond.ts';
import { type MainOptions, secretsSent } from '../../../proof/virtual/steps.ts';
import type { Inputs } from '../../../runner/index.ts';
import type { HttpRequest } from '../../../src/http.ts';
import { outcomeOf } from '../../action/support.ts';
import type { Observed } from '../responses/outcomes.ts';

interface Options {
  readonly when?: 'now' | 'job-end';
  readonly timeoutSeconds?: number;
  readonly inputs?: Inputs;
  /** The session has ended before the job begins. */
  readonly gone?: boolean;
  /** What main finds wrong with the proxy that the job's environment sets. */
  readonly proxyProblems?: MainOptions['proxyProblems'];
}

interface TableJob extends TrialWithPost {
  /** The requests of both steps, in order. */
  readonly calls: readonly HttpRequest[];
}

/** Plays main and post in process: the request of that number in that step meets this, or the vendor if it is undefined. */
export async function jobThatMeets(
  mode: Mode,
  meets: (index: number, step: When) => Happening | undefined,
  { when = 'now', timeoutSeconds = 10, inputs = {}, gone = false, proxyProblems = () => [] }: Options = {},
): Promise<TableJob> {
  const calls: HttpRequest[] = [];
  const setup = {
    ...{ mode, when, timeoutSeconds, inputs },
    allowAlreadyEnded: false,
    sessions: 'opaque',
  } as const;
  const trial = await playJob(setup, {
    proxyProblems,
    meet: async (call, _purpose, _world, vendor, step) => {
      if (gone) vendor.endSessions();
      const met = meets(calls.push(call) - 1, step) ?? {
        name: 'the vendor',
        form: { kind: 'truth' },
        fault: () => undefined,
      };
      const [secret = ''] = secretsSent(call);
      return { met, ...(await respond(met, vendor, call, { secret, foreignUrl: '', effect: false })) };
    },
  });
  return { ...trial, calls };
}

export function observed({ main, post, sent, openAfterPost }: TrialWithPost): Observed {
  const requests = sent.filter(({ step }) => step === 'main').length;
  return {
    main: shown(main),
    exitCode: main.exitCode,
    result: main.outputs['result'],
    requests,
    post: shown(post),
    postExitCode: post.exitCode,
    postRequests: sent.length - requests,
    open: openAfterPost.length,
  };
}

/** The start of the last line, with its level. */
export function shown(step: StepRecord): string {
  return outcomeOf({ log: [ending(step)] });
}

/** The last line, with its level. */
export function ending({ log, annotations }: StepRecord): string {
  const text = log.at(-1) ?? '';
  const level = annotations.find(({ message }) => message === text)?.level;
  return `${level === 'error' ? 'Error: ' : level === 'warning' ? 'Warning: ' : ''}${text}`;
}
