import { catalog } from './catalog.ts';
import { identityService } from './identity-service.ts';
import { type Api, type Decision, page, type Request, unchanged, type World } from './messages.ts';
import { v2 } from './v2.ts';
import { v3 } from './v3.ts';

/** Finds the endpoint of a request. The decision has the response and the effect, which the caller may apply. */
export async function route(request: Request, world: World): Promise<Decision> {
  const api = apiOf(request.path);
  if (api === undefined) return () => unchanged(page(404, 'Not found'));
  const found = api.routes.find(({ path }) => path.test(request.path));
  if (found === undefined)
    return () => unchanged(api.error(404, 'SIM_NOT_FOUND', 'There is no such resource.'));
  const endpoint = found.methods.get(request.method);
  if (endpoint === undefined) {
    const allowed = [...found.methods.keys()].join(', ');
    const refusal = api.error(405, 'SIM_METHOD_NOT_ALLOWED', `Only ${allowed} is allowed.`);
    return () => unchanged({ ...refusal, headers: [...refusal.headers, ['Allow', allowed]] });
  }
  return endpoint(request, world);
}

function apiOf(path: string): Api | undefined {
  if (/^\/(ma|saas)\/api(\/|$)/.test(path)) return v2;
  if (/^(\/saas|\/ma)?\/public\/core\/v3(\/|$)/.test(path)) return v3;
  if (/^\/identity-service(\/|$)/.test(path)) return identityService;
  if (/^\/data360(\/|$)/.test(path)) return catalog;
  return undefined;
}
