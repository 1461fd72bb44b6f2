import { createServer } from 'node:http';
import * as fc from 'fast-check';
import type { StepResult } from '../../runner/index.ts';
import { parseUrl } from '../../src/inputs/hosts.ts';
import { inputValues } from '../../src/inputs/values.ts';
import { type ValidatedInputs, validateInputs } from '../../src/requests/validate-inputs.ts';
import type { ReportedRequest } from '../../src/responses/api-request.ts';
import { readState, type State } from '../../src/state.ts';
import { newJob } from '../play.ts';
import { ORGANIZATION, userObject } from '../virtual/user-objects.ts';
import { inputArbitrary, urls } from './input-arbitrary.ts';
import { type Property, property } from './property.ts';
import { stateArbitrary } from './states.ts';
import { harmless, truthful } from './violation.ts';

/** As many for each of logout, logoutall and login as 200 are for each of two. */
const CASES = 300;

/** A server on loopback that counts what arrives, and opens sessions; it is the proxy too, so that nothing gets any further. */
export class CountingServer {
  requests = 0;
  readonly #server = createServer(({ url = '' }, response) => {
    this.requests += 1;
    response.end(this.#bodyFor(url));
  });

  #bodyFor(url: string): string {
    if (/login(OAuth)?$/.test(url))
      return JSON.stringify(userObject('Fake4711OpenedNow', `${this.origin}/saas`));
    return url.endsWith('validSessionId') ? '{"@type":"validatedToken","isValidToken":false}' : '';
  }

  async listen(): Promise<this> {
    this.#server.on('connect', (_, socket) => {
      this.requests += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  close(): void {
    this.#server.close();
  }
}

/** The same as in process, against the shipped bundles: `server` is all that they may reach. */
export function bundleInputs(server: CountingServer): Property {
  const inputs = inputArbitrary(urlsFor(server)).map((given) => inputValues((name) => variable(given[name])));
  return property(
    'cases of inputs to the shipped bundle',
    inputs,
    async (given) => {
      const validated = validateInputs(given);
      const away = validated.ok && !isOwn(server, urlOf(validated.value));
      // A request for another host must not be sent, so it is scheduled; a login cannot be scheduled.
      fc.pre(!away || validated.value.task.kind === 'end');
      const { main, requests } = await play(server, away ? { ...given, when: 'job-end' } : given);
      const expected = validated.ok ? expectedOf(validated.value, away) : { exitCode: 1, requests: 0 };
      truthful(main.exitCode === expected.exitCode, `exit code ${main.exitCode}`);
      harmless((main.stateFile === '') === !validated.ok, `saved: ${main.stateFile}`);
      harmless(requests === expected.requests, `${requests} requests`);
    },
    CASES,
  );
}

/** What the shipped post step does with a state; `server` is all that it may reach. */
export function bundleState(server: CountingServer): Property {
  return property(
    'cases of state to the shipped bundle',
    stateArbitrary(urlsFor(server), `${server.origin}/saas`).map(variable),
    async (text) => {
      const state = readState(text);
      const { request, onCleanupFailure } = dueTo(state);
      const verifyUrl = verificationUrl(state);
      const isHere = verifyUrl === undefined || isOwn(server, verifyUrl);
      fc.pre(request === undefined || (isOwn(server, request.http.url) && isHere));
      // Without inputs main saves nothing, and post is given this state.
      const { post, requests } = await play(server, {}, text);
      // A used-up password is not sent again.
      const sends =
        state.kind === 'pending' && request !== undefined && state.credentialUses < request.maxCredentialUses;
      const most = Number(sends) * (verifyUrl === undefined ? 1 : 2);
      harmless(requests >= Number(sends) && requests <= most, `${requests} requests`);
      harmless(
        post?.exitCode === Number(!sends && onCleanupFailure === 'fail'),
        `exit code ${post?.exitCode}`,
      );
      const ended = post?.log.some((line) => /^Ended /.test(line)) ?? false;
      truthful(ended === sends, `${post?.log}`);
    },
    CASES,
  );
}

function urlsFor({ origin }: CountingServer): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(origin, `${origin}/saas`, `${origin}/ma/home`), urls);
}

function isOwn(server: CountingServer, url: URL): boolean {
  return url.origin === server.origin;
}

/** Where the first request goes. */
function urlOf({ task }: ValidatedInputs): URL {
  return task.kind === 'end' ? task.request.http.url : task.login.loginUrl;
}

interface Due {
  readonly request?: ReportedRequest<true>;
  /** What follows if that is not done, or cannot be. */
  readonly onCleanupFailure?: 'warn' | 'fail';
}

/** What the post step has to do for a state. */
function dueTo(state: State): Due {
  if (state.kind === 'logging-in') return { onCleanupFailure: state.onCleanupFailure };
  const validated = state.kind === 'pending' ? validateInputs(state.inputs) : undefined;
  if (!validated?.ok || validated.value.task.kind !== 'end') return {};
  return {
    request: validated.value.task.request,
    onCleanupFailure: validated.value.settings.onCleanupFailure,
  };
}

/** Where the session may be verified; undefined if it may not. */
function verificationUrl(state: State): URL | undefined {
  if (state.kind !== 'pending' || state.opened === undefined || state.opened.userName === '')
    return undefined;
  return parseUrl(state.opened.serverUrl) ?? undefined;
}

/** The exit code and the number of requests if the server grants every request. */
function expectedOf({ task, settings }: ValidatedInputs, away: boolean) {
  if (task.kind === 'end') return { exitCode: 0, requests: Number(!away && settings.when === 'now') };
  // This job is given no token by GitHub.
  if (task.login.authMethod.kind === 'github') return { exitCode: 1, requests: 0 };
  const { organizationId } = task.login;
  const isRight = ['', ORGANIZATION.short, ORGANIZATION.long].includes(organizationId);
  // Main ends a session of another organization at once.
  return isRight ? { exitCode: 0, requests: 1 } : { exitCode: 1, requests: 2 };
}

async function play(server: CountingServer, inputs: Readonly<Record<string, string>>, state?: string) {
  const env = { http_proxy: server.origin, https_proxy: server.origin };
  const job = newJob({ env: state === undefined ? env : { ...env, STATE_session: state } });
  const before = server.requests;
  try {
    const main = await job.run(inputs);
    const [post] = state === undefined ? [] : await job.posts();
    for (const step of [main, post]) expectOrderly(step);
    return { main, post, requests: server.requests - before };
  } finally {
    await job.dispose();
  }
}

function expectOrderly(step: StepResult | undefined): void {
  harmless((step?.stderr ?? '') === '', `stderr: ${step?.stderr}`);
  const stack = /^\s+at .*$|unexpectedly|Could not/m.exec(step?.stdout ?? '')?.[0];
  harmless(stack === undefined, `it says: ${stack}`);
}

/** A text as an environment variable holds it: it ends at a NUL and has no half characters. */
function variable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '')).toString();
}
