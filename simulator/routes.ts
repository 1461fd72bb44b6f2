import { type Api, type Outcome, type Request, unchanged, type World } from './messages.ts';
import { v2 } from './v2.ts';
import { v3 } from './v3.ts';

/** What the cloud answers to a request, and what the request does to the cloud if it is let. */
export function route(request: Request, world: World): Outcome {
  const api = apiOf(request.path);
  if (api === undefined) {
    const headers = [['Content-Type', 'text/html;charset=utf-8']] as const;
    return unchanged({ status: 404, headers, body: '<!doctype html><title>404</title><h1>Not found</h1>\n' });
  }
  const endpoint = api.endpoints.get(request.path);
  if (endpoint === undefined) return unchanged(api.error(404, 'SIM_NOT_FOUND', 'There is no such resource.'));
  if (request.method !== 'POST') {
    const refusal = api.error(405, 'SIM_METHOD_NOT_ALLOWED', 'Only POST is allowed.');
    return unchanged({ ...refusal, headers: [...refusal.headers, ['Allow', 'POST']] });
  }
  return endpoint(request, world);
}

function apiOf(path: string): Api | undefined {
  if (/^\/(ma|saas)\/api(\/|$)/.test(path)) return v2;
  if (/^(\/saas|\/ma)?\/public\/core\/v3(\/|$)/.test(path)) return v3;
  return undefined;
}
