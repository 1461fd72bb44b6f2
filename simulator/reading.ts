import { badRequest, type ErrorShape, type Outcome, page, type Request, unchanged } from './messages.ts';

/** `untyped`: the `@type` that version 2 requires is missing. The vendor responds to that with a page. */
export interface Unreadable {
  readonly ok: false;
  readonly problem: string;
  readonly untyped: boolean;
}

export type Pair = { readonly ok: true; readonly values: readonly [string, string] } | Unreadable;

export function queryOf({ path }: Request): URLSearchParams {
  return new URL(path, 'http://simulator').searchParams;
}

/** What is wrong with the headers of a JSON request; undefined if nothing is. */
export function headerProblem({ headers }: Request): string | undefined {
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return 'Content-Type must be application/json.';
  if (!/application\/json|\*\/\*/i.test(headers['accept'] ?? ''))
    return 'Accept must allow application/json.';
  return undefined;
}

/** Reads a JSON object with exactly these two strings and, if `type` is given, this `@type`. */
export function readPair(request: Request, type: string | undefined, names: readonly [string, string]): Pair {
  const problem = headerProblem(request);
  if (problem !== undefined) return unreadable(problem);
  const body = parseObject(request.body);
  if (body === undefined) return unreadable('The body must be a JSON object.');
  if (type !== undefined && body['@type'] === undefined)
    return { ...unreadable('@type is missing.'), untyped: true };
  if (body['@type'] !== type)
    return unreadable(type === undefined ? '@type is not wanted.' : `@type must be "${type}".`);
  const first = body[names[0]];
  const second = body[names[1]];
  if (typeof first !== 'string' || typeof second !== 'string')
    return unreadable(`${names.join(' and ')} must be strings.`);
  const known = new Set(['@type', ...names]);
  const unknown = Object.keys(body).find((key) => !known.has(key));
  return unknown === undefined
    ? { ok: true, values: [first, second] }
    : unreadable('The body has a field too many.');
}

/** Reads the credentials of a login, which must not carry a session id. */
export function readLogin(
  request: Request,
  type: string | undefined,
  names: readonly [string, string],
): Pair {
  const given = ['icsessionid', 'infa-session-id', 'ids-session-id'].some((name) => name in request.headers);
  return given ? unreadable('A session ID is not wanted here.') : readPair(request, type, names);
}

export function readCredentials(request: Request, type: string | undefined): Pair {
  const pair = readLogin(request, type, ['username', 'password']);
  const tooLong = pair.ok && pair.values.some((value) => value.length > 255);
  return tooLong ? unreadable('username and password have at most 255 characters.') : pair;
}

/** The response to an invalid body. */
export function refuseBody(error: ErrorShape, { problem, untyped }: Unreadable): Outcome {
  return untyped ? unchanged(page(400, 'Bad Request')) : badRequest(error, problem);
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(problem: string): Unreadable {
  return { ok: false, problem, untyped: false };
}
