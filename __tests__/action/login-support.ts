import { expect } from '@jest/globals';
import { type Inputs, type Job, type JobOptions, type StepResult, visible } from '../../runner/index.ts';
import {
  type Fault,
  inOrder,
  type OrganizationOptions,
  type SessionIds,
  type Settings,
  type Simulator,
  sampleOrganizations,
} from '../../simulator/index.ts';
import { newJob, onlyPost, startCloud } from './support.ts';

/** The kinds of session IDs. */
export const JWT: SessionIds = { kind: 'jwt', length: 400 };
export const OPAQUE: SessionIds = { kind: 'opaque' };

const [source, target] = sampleOrganizations;
export const [pipeline, nightly] = source.users;
export const [promoter] = target.users;

/** The organization of `pipeline` and `nightly` as the ledger spells it. */
export const SOURCE = source.name;

export interface LoginScene {
  readonly cloud: Simulator;
  readonly job: Job;
  readonly inputs: Inputs;
}

export interface LoginSceneOptions {
  readonly inputs?: Inputs;
  /** What goes wrong with the first requests; the later ones get true responses. */
  readonly faults?: readonly (Fault | undefined)[];
  readonly settings?: Partial<Settings>;
  readonly sessionIds?: SessionIds;
  readonly job?: Omit<JobOptions, 'actionDirectory'>;
}

/** A cloud, a job, and the inputs of a login with a password. */
export async function loginScene(options: LoginSceneOptions = {}): Promise<LoginScene> {
  const { sessionIds, settings = {}, faults = [] } = options;
  const organizations: readonly OrganizationOptions[] =
    sessionIds === undefined
      ? sampleOrganizations
      : sampleOrganizations.map((organization) => ({ ...organization, sessionIds }));
  const cloud = await startCloud({ settings, organizations });
  cloud.setFaults(inOrder(...faults));
  return { cloud, job: newJob(options.job), inputs: loginInputs(cloud, options.inputs) };
}

export function loginInputs(cloud: Simulator, more: Inputs = {}): Inputs {
  return { mode: 'login', 'login-url': cloud.loginUrl, ...pipeline, ...more };
}

export interface Played extends LoginScene {
  readonly main: StepResult;
  readonly post: StepResult;
}

/** A login's main and its post. */
export async function played(stage: LoginScene): Promise<Played> {
  const main = await stage.job.run(stage.inputs);
  const post = await onlyPost(stage.job);
  expect(main.stderr + post.stderr).toBe('');
  return { ...stage, main, post };
}

/** What each request was, without the parts of its path that all have. */
export function sent({ requests }: Simulator): readonly string[] {
  return requests.map(({ path }) => path.replace(/^\/(ma|saas)\/(api|public\/core)\//, ''));
}

export const LOGIN_V2 = 'v2/user/login';
export const LOGIN_V3 = 'v3/login';
export const LOGIN_OAUTH = 'v2/user/loginOAuth';
export const LOGOUT_V2 = 'v2/user/logout';
export const LOGOUT_V3 = 'v3/logout';
export const VALID = 'v2/user/validSessionId';

/** The true response, with its effect, but with these fields replaced; `undefined` removes one. */
export function changed(fields: Readonly<Record<string, unknown>>): Fault {
  return {
    kind: 'response',
    effect: true,
    body: (truth) => JSON.stringify({ ...JSON.parse(truth), ...fields }),
  };
}

export const STALL: Fault = { kind: 'silent', effect: true, ending: 'stall' };

/** The last line of a step, which tells how it ended. */
export function ending({ log }: StepResult): string {
  return log.at(-1) ?? '';
}

/** A login that came to nothing: it is red, and hands nothing on. */
export function expectRed(main: StepResult): void {
  expect(main).toMatchObject({ exitCode: 1, signal: null });
  expect(main.env).toEqual({});
  expect(main.outputs['result']).toBe('failed');
  for (const name of ['session-id', 'server-url', 'organization-id', 'expires-at']) {
    expect([name, main.outputs[name] ?? '']).toEqual([name, '']);
  }
}

/** Main has ended the session, and left nothing to do. Tests of each outcome show that the post step is then quiet. */
export function expectSettled({ state }: StepResult): void {
  expect(JSON.parse(state['session'] ?? '{}')).toMatchObject({ kind: 'settled', as: 'ended' });
}

export const OPENED = /^Opened a session (of .+ )?on /;
export const WARNED =
  /^(A session|2 sessions) may be open .*: a login was retried after one whose response was lost\.$/;
export const BROKEN = /^Error: Opened a session (of .+ )?on .*, but /;
export const LEFT_TO_POST = 'Its end was not confirmed: the post step tries again.';
export const NOT_OPENED = /^Error: Not opened: /;
export const NOT_CONFIRMED = /^Error: Not confirmed as opened: /;
export const MAY_BE_OPEN =
  /^Warning: A session may be open .*: the main step sent a login (of .+ )?to 127\.0\.0\.1:\d+, /;

/** Nothing of a text is shown or handed on, whatever the runner would mask. */
export function expectHidden(steps: readonly StepResult[], ...secrets: readonly string[]): void {
  for (const step of steps) {
    for (const secret of secrets) expect(visible({ ...step, outputs: {}, env: {} })).not.toContain(secret);
  }
}
