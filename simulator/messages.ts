import { type Cloud, type Effect, noEffect } from './cloud.ts';
import type { Settings } from './settings.ts';

/** A request as it came over the wire. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** Names in lower case; a repeated header is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A list, so that a header can be repeated. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What an endpoint decides. It changes nothing: whoever calls it applies the effect, or doesn't. */
export interface Outcome {
  readonly answer: Answer;
  readonly effect: Effect;
}

export interface World {
  readonly cloud: Cloud;
  readonly settings: Settings;
  readonly serverUrl: string;
  readonly nowMs: number;
}

export type Endpoint = (request: Request, world: World) => Outcome;

/** One version of the API: its endpoints (all of them POST) by path, and the shape of its errors. */
export interface Api {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly error: (status: number, code: string, message: string) => Answer;
}

export const jsonHeaders: Headers = [['Content-Type', 'application/json;charset=utf-8']];
export const successObject = '{"@type":"success"}';

export function json(status: number, body: object): Answer {
  return { status, headers: jsonHeaders, body: JSON.stringify(body) };
}

export function success(kind: 'empty' | 'success-object'): Answer {
  return kind === 'empty'
    ? { status: 200, headers: [], body: '' }
    : { status: 200, headers: jsonHeaders, body: successObject };
}

export function unchanged(answer: Answer): Outcome {
  return { answer, effect: noEffect };
}

/** A request that a correct client would not send. The code is the simulator's own: the vendor's are not public. */
export function badRequest(error: Api['error'], problem: string): Outcome {
  return unchanged(error(400, 'SIM_BAD_REQUEST', problem));
}

export function deadSession(kind: Settings['deadSession'], error: Api['error']): Answer {
  const invalid = (status: number) => error(status, 'AUTH_01', 'Session ID is not valid or has expired.');
  switch (kind) {
    case 'error-401':
      return invalid(401);
    case 'auth-01-403':
      return invalid(403);
    case 'empty-401':
      return { status: 401, headers: [], body: '' };
    case 'error-200':
      return { ...invalid(401), status: 200 };
  }
}

/** Why the headers are not those of a JSON call, or undefined when they are. */
export function headerProblem({ headers }: Request): string | undefined {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return 'Content-Type must be application/json.';
  if (!/application\/json|\*\/\*/i.test(headers['accept'] ?? ''))
    return 'Accept must allow application/json.';
  return undefined;
}

export type Pair =
  | { readonly ok: true; readonly values: readonly [string, string] }
  | { readonly ok: false; readonly problem: string };

/** Reads a JSON object of exactly these two strings and, where `type` is given, this `@type`. */
export function readPair(request: Request, type: string | undefined, names: readonly [string, string]): Pair {
  const wrong = (problem: string): Pair => ({ ok: false, problem });
  const problem = headerProblem(request);
  if (problem !== undefined) return wrong(problem);
  const body = parseObject(request.body);
  if (body === undefined) return wrong('The body must be a JSON object.');
  if (body['@type'] !== type)
    return wrong(type === undefined ? '@type is not wanted.' : `@type must be "${type}".`);
  const first = body[names[0]];
  const second = body[names[1]];
  if (typeof first !== 'string' || typeof second !== 'string')
    return wrong(`${names.join(' and ')} must be strings.`);
  const known = new Set(['@type', ...names]);
  const unknown = Object.keys(body).find((key) => !known.has(key));
  return unknown === undefined
    ? { ok: true, values: [first, second] }
    : wrong('The body has a field too many.');
}

/** The same for a user name and a password, which must come without any session id. */
export function readCredentials(request: Request, type: string | undefined): Pair {
  if ('icsessionid' in request.headers || 'infa-session-id' in request.headers) {
    return { ok: false, problem: 'A session ID is not wanted here.' };
  }
  const pair = readPair(request, type, ['username', 'password']);
  const tooLong = pair.ok && pair.values.some((value) => value.length > 255);
  return tooLong ? { ok: false, problem: 'username and password have at most 255 characters.' } : pair;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
