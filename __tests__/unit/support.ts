import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Effects } from '../../src/exchange/effects.ts';
import type {
  HttpRequest,
  HttpResponse,
  HttpResult,
  NetworkFailure,
  ResponseBody,
  ResponseHeaders,
  Send,
} from '../../src/http.ts';
import { type InputName, type InputValues, inputValues } from '../../src/inputs/values.ts';
import type { IdTokenService } from '../../src/requests/id-token.ts';
import { type ValidatedInputs, validateInputs } from '../../src/requests/validate-inputs.ts';
import type { ReportedRequest } from '../../src/responses/api-request.ts';
import type { SavedState } from '../../src/state.ts';
import type { MainRunner } from '../../src/steps/runner.ts';

/** Neither contains a word that a server may use. */
export const SESSION_ID = 'Qm3ZtV8rXk5LwB1nYc7D';
export const PASSWORD = 'Zq7-kettle-93!';
export const SERVER_URL = 'https://usw3.dm-us.informaticacloud.com/saas';
export const SERVER_HOST = 'usw3.dm-us.informaticacloud.com';
export const LOGIN_HOST = 'dm-us.informaticacloud.com';

/** What main saves while a login is under way. */
export const LOGGING_IN = {
  kind: 'logging-in',
  host: LOGIN_HOST,
  owner: { user: 'me', organization: 'Sales' },
  sessions: 1,
  onCleanupFailure: 'warn',
} as const;

type Given = Partial<Record<InputName, string>>;

/** Inputs as the runner passes them: those not given have the default of `action.yml`. */
export function valuesOf(given: Given): InputValues {
  const defaults: Given = {
    when: 'now',
    'timeout-seconds': '60',
    'allow-already-ended': 'false',
    'on-cleanup-failure': 'warn',
    summary: 'true',
  };
  return inputValues((name) => given[name] ?? defaults[name] ?? '');
}

export function logoutValues(more: Given = {}): InputValues {
  return valuesOf({ mode: 'logout', 'server-url': SERVER_URL, 'session-id': SESSION_ID, ...more });
}

export function logoutallValues(more: Given = {}): InputValues {
  const user = { username: 'pipeline@example.com', password: PASSWORD };
  return valuesOf({ mode: 'logoutall', 'login-url': 'dm-us', ...user, ...more });
}

export function validInputs(values: InputValues): ValidatedInputs {
  const inputs = validateInputs(values);
  if (!inputs.ok) throw new Error(inputs.problems.join('\n'));
  return inputs.value;
}

/** The request of inputs that end something. */
export function requestOf(values: InputValues): ReportedRequest<true> {
  const { task } = validInputs(values);
  if (task.kind !== 'end') throw new Error('It ends nothing.');
  return task.request;
}

export const logout: ReportedRequest<true> = requestOf(logoutValues());
export const logoutall: ReportedRequest<true> = requestOf(logoutallValues());

const NO_HEADERS: ResponseHeaders = {
  location: undefined,
  retryAfter: undefined,
  date: undefined,
  contentType: undefined,
  contentEncoding: undefined,
  wwwAuthenticate: undefined,
  proxyAuthenticate: undefined,
};

/** A complete response, whose end is certain. A body that is not a string is sent as JSON. */
export function received(
  statusCode: number,
  body: unknown = '',
  headers: Partial<ResponseHeaders> = {},
): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const contentType = text === '' || typeof body === 'string' ? undefined : 'application/json';
  return {
    kind: 'response',
    statusCode,
    headers: { ...NO_HEADERS, contentType, ...headers },
    body: { kind: 'complete', text, endIsCertain: true },
  };
}

/** A response whose body is incomplete, or whose end is not certain. */
export function receivedWith(
  body: ResponseBody,
  statusCode: number,
  headers: Partial<ResponseHeaders> = {},
): HttpResponse {
  return { ...received(statusCode, '', headers), body };
}

export const PAGE = '<!doctype html><title>Sign in</title>';
export const HTML: Partial<ResponseHeaders> = { contentType: 'text/html; charset=utf-8' };

/** A sign-in page of a proxy or gateway. */
export function page(statusCode: number, headers: Partial<ResponseHeaders> = {}): HttpResponse {
  return received(statusCode, PAGE, { ...HTML, ...headers });
}

export const endsWithConnection: ResponseBody = { kind: 'complete', text: '', endIsCertain: false };
export const tooLarge: ResponseBody = { kind: 'too-large' };

export function noResponse(failure: NetworkFailure, mayHaveReachedServer: boolean): HttpResult {
  return { kind: 'no-response', failure, mayHaveReachedServer };
}

export const timedOut: NetworkFailure = { kind: 'timed-out', cause: undefined };
export const lost: NetworkFailure = { kind: 'connection-lost', code: 'ECONNRESET', cause: undefined };
export const refusedConnection: NetworkFailure = { kind: 'connection-refused', cause: undefined };
export const notFound: NetworkFailure = { kind: 'name-not-found', cause: undefined };
export const unresolved: NetworkFailure = { kind: 'name-not-resolved', cause: undefined };
export const untrusted: NetworkFailure = {
  kind: 'certificate',
  code: 'CERT_HAS_EXPIRED',
  proxy: undefined,
  extraAuthorities: 'not-set',
  cause: undefined,
};
export const broken: ResponseBody = { kind: 'broken', failure: lost };

export function proxySays(statusCode: number, ...schemes: readonly string[]): NetworkFailure {
  return { kind: 'proxy-status', proxy: 'proxy.example.com:3128', statusCode, schemes, cause: undefined };
}

/** Results that are not in the proof's table, because there is no response, or an incomplete one. */
export const wire = {
  lost: noResponse(lost, true),
  timedOut: noResponse(timedOut, true),
  notConnected: noResponse(timedOut, false),
  unresolved: noResponse(unresolved, false),
  refused: noResponse(refusedConnection, false),
  certificate: noResponse(untrusted, false),
  proxy: (statusCode: number, ...schemes: readonly string[]) =>
    noResponse(proxySays(statusCode, ...schemes), false),
  brokenOff: (statusCode: number, headers: Partial<ResponseHeaders> = {}) =>
    receivedWith(broken, statusCode, headers),
  tooLarge: (statusCode: number) => receivedWith(tooLarge, statusCode),
  endless: (statusCode: number) => receivedWith(endsWithConnection, statusCode),
} as const;

export function v2Object(code: string, statusCode?: number | string, description = 'No.') {
  return { '@type': 'error', code, description, statusCode };
}

export function v3Object(code: string, message = 'No.') {
  return { error: { code, message, requestId: 'r-1', details: null } };
}

/** The vendor's responses to a session that is gone, and to a wrong password. */
export const deadSession = received(401, v2Object('AUTH_01', 401, 'The session is not valid.'));
export const wrongPassword = received(403, v2Object('UI_10000', 403, 'It is not valid.'));

/** A clock that jumps from one alarm to the next, so that minutes take no time. */
export class FakeClock implements Clock {
  readonly startedMs = 12_345;
  #nowMs = this.startedMs;
  readonly #alarms = new Set<{ readonly atMs: number; readonly ring: () => void }>();

  readonly nowMs = () => this.#nowMs;
  readonly nowEpochMs = () => Date.parse('2026-02-03T04:05:06Z') + this.elapsedMs();
  readonly after = (ms: number, ring: () => void) => {
    const alarm = { atMs: this.#nowMs + Math.max(0, ms), ring };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  };

  /** How many alarms are set. */
  get alarms(): number {
    return this.#alarms.size;
  }

  elapsedMs(): number {
    return this.#nowMs - this.startedMs;
  }

  /** Lets time pass until `promise` has settled; fails when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => undefined);
    for (;;) {
      await turn();
      if (settled) return await done;
      const [next] = [...this.#alarms].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) throw new Error('It hangs: no timer is left that could wake it.');
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.ring();
    }
  }
}

/** What a request meets with. */
export type Reply = HttpResult | ((signal: AbortSignal, clock: FakeClock) => Promise<HttpResult>);

/** A response after some time, or the result of a `send` that is aborted before. */
export function late(ms: number, result: HttpResult, reached = true): Reply {
  return (signal, clock) =>
    new Promise((resolve) => {
      const callOff = clock.after(ms, () => resolve(result));
      signal.addEventListener('abort', () => {
        callOff();
        resolve(noResponse(timedOut, reached));
      });
    });
}

/** No response until it is aborted. */
export const stalled: Reply = late(Number.MAX_SAFE_INTEGER, received(200));

/** A `send` that breaks its promise to settle when it is aborted. */
export const never: Reply = () => new Promise(() => undefined);

export class ScriptedWorld implements Effects {
  readonly clock = new FakeClock();
  /** What happened, in order; the runner of `runnerOf` writes here too. */
  readonly journal: string[] = [];
  readonly calls: HttpRequest[] = [];
  /** When each request was sent, in milliseconds since the start. */
  readonly sentMs: number[] = [];
  readonly random: () => number;
  readonly send: Send;
  readonly #cancel = new AbortController();
  readonly cancelled = this.#cancel.signal;
  readonly onAttempt = () => {};

  /** A request that the script does not foresee fails the test, unless the last reply is `forEver`. */
  constructor(script: readonly Reply[], { random = 0.5, forEver = false } = {}) {
    this.random = () => random;
    this.send = async (call, signal) => {
      const reply = script[this.calls.length] ?? (forEver ? script.at(-1) : undefined);
      if (reply === undefined) throw new Error('A request was sent that should not have been.');
      this.calls.push(call);
      this.sentMs.push(this.clock.elapsedMs());
      this.journal.push('send');
      return typeof reply === 'function' ? await reply(signal, this.clock) : reply;
    };
  }

  cancel(): void {
    this.#cancel.abort();
  }

  cancelAt(elapsedMs: number): void {
    this.clock.after(elapsedMs - this.clock.elapsedMs(), () => this.cancel());
  }
}

export interface RunnerOptions {
  /** Whether the first, the second, … save works; the later ones do. */
  readonly canSave?: readonly boolean[];
  readonly canSetOutputs?: boolean;
  readonly canExport?: boolean;
  readonly proxyProblems?: readonly string[];
  readonly idTokenService?: IdTokenService;
  /** The names of the variables that the job already has. */
  readonly variables?: readonly string[];
}

/** A runner that records its calls. */
export function runnerOf(
  values: InputValues,
  journal: string[],
  {
    canSave = [],
    canSetOutputs = true,
    canExport = true,
    proxyProblems = [],
    idTokenService,
    variables = [],
  }: RunnerOptions = {},
) {
  const masks: string[] = [];
  const saved: SavedState[] = [];
  const outputs: Readonly<Record<string, string>>[] = [];
  const exported: Readonly<Record<string, string>>[] = [];
  const lines: string[] = [];
  const runner: MainRunner = {
    readInputs: () => values,
    mask: (secret) => {
      journal.push('mask');
      masks.push(secret);
    },
    saveState: (state) => {
      journal.push(`save ${nameOf(state)}`);
      saved.push(state);
      return canSave[saved.length - 1] ?? true;
    },
    info: (line) => {
      journal.push('info');
      lines.push(line);
    },
    warn: (line) => {
      journal.push('warn');
      lines.push(line);
    },
    group: (_, folded) => lines.push(...folded),
    proxyProblems: () => proxyProblems,
    proxyNotes: () => [],
    idTokenService: () => idTokenService,
    hasVariable: (name) => variables.includes(name),
    setOutputs: (values) => {
      outputs.push(values);
      return canSetOutputs;
    },
    exportVariables: (values) => {
      exported.push(values);
      return canExport;
    },
  };
  return { runner, masks, saved, lines, outputs, exported };
}

function nameOf(state: SavedState): string {
  switch (state.kind) {
    case 'pending':
      return `uses ${state.credentialUses}`;
    case 'logging-in':
      return `logging in ${state.sessions}`;
    case 'settled':
      return state.as;
  }
}

/** How much of a processor's time something takes, in milliseconds: other programs do not count. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
