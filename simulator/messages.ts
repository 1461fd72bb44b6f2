import { type Cloud, type Effect, noEffect } from './cloud.ts';
import type { Settings } from './settings.ts';

/** A request as it was received. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. The values of a repeated header are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A list, because a header can be repeated. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** Text is sent as UTF-8. */
export type Body = string | Uint8Array;

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What an endpoint decides. The caller applies the effect, or a fault prevents it. */
export interface Outcome {
  readonly response: HttpResponse;
  readonly effect: Effect;
}

export interface World {
  readonly cloud: Cloud;
  readonly settings: Settings;
  readonly loginUrl: string;
  readonly serverUrl: string;
  readonly nowMs: number;
}

/** Synchronous, so that no other request comes between the decision and its effect. */
export type Decision = (world: World) => Outcome;

/** Resolves once the data that the decision needs from other servers is there, such as an identity provider's keys. */
export type Endpoint = (request: Request, world: World) => Promise<Decision>;

export interface Route {
  readonly path: RegExp;
  /** Its endpoints by method. */
  readonly methods: ReadonlyMap<string, Endpoint>;
}

/** One version of the API: its resources and the shape of its errors. */
export interface Api {
  readonly routes: readonly Route[];
  readonly error: ErrorShape;
}

export type ErrorShape = (status: number, code: string, message: string) => HttpResponse;

/** A resource at each path that matches `path` as a whole. A query is accepted only if `query` is given. */
export function resource(
  path: string,
  methods: Readonly<Record<string, Endpoint>>,
  query?: 'with-query',
): Route {
  const end = query === undefined ? '$' : '(\\?|$)';
  return { path: new RegExp(`^${path}${end}`), methods: new Map(Object.entries(methods)) };
}

/** A resource that supports only POST. */
export function post(path: string, endpoint: Endpoint): Route {
  return resource(path, { POST: endpoint });
}

/** An endpoint that needs no other server. */
export function atOnce(decide: (request: Request, world: World) => Outcome): Endpoint {
  return async (request) => (world) => decide(request, world);
}

export const jsonHeaders: Headers = [['Content-Type', 'application/json;charset=utf-8']];
export const successObject = '{"@type":"success"}';

export function json(status: number, body: object): HttpResponse {
  return { status, headers: jsonHeaders, body: JSON.stringify(body) };
}

export function page(status: number, title: string): HttpResponse {
  const headers = [['Content-Type', 'text/html;charset=utf-8']] as const;
  return { status, headers, body: `<!doctype html><title>${status}</title><h1>${title}</h1>\n` };
}

export function success(kind: Settings['logoutSuccess']): HttpResponse {
  switch (kind) {
    case 'empty':
      return { status: 200, headers: [], body: '' };
    case 'empty-204':
      return { status: 204, headers: [], body: '' };
    case 'success-object':
      return { status: 200, headers: jsonHeaders, body: successObject };
  }
}

export function unchanged(response: HttpResponse): Outcome {
  return { response, effect: noEffect };
}

/** The response to an invalid request. The simulator has its own code, because the vendor's codes are not public. */
export function badRequest(error: ErrorShape, problem: string): Outcome {
  return unchanged(error(400, 'SIM_BAD_REQUEST', problem));
}

export function deadSession(kind: Settings['deadSession'], error: ErrorShape): HttpResponse {
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
