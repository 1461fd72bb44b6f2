import type { HttpRequest, HttpResponse, HttpResult } from '../../src/http.ts';
import { recorded } from '../responses/recorded.ts';
import type { Happening, Scene } from '../responses/table.ts';
import type { Vendor } from './vendor.ts';
import type { Reply } from './world.ts';

/** An attempt has 15 s. */
const ALMOST_AN_ATTEMPT_MS = 14_900;

/** The reply to a request in the virtual world, as the simulator would respond over sockets. */
export async function respond(
  happening: Happening,
  vendor: Vendor,
  call: HttpRequest,
  scene: Scene,
): Promise<Reply> {
  const fault = happening.fault(scene);
  if (fault === undefined) return { result: await vendor.respond(call) };
  const truth = fault.effect ? await vendor.respond(call) : undefined;
  if (happening.response !== undefined) return { result: happening.response(scene) };
  if (happening.takesAllTime) {
    const result = recorded(happening);
    // Some have a status, and a body that never ends.
    return result.kind === 'response'
      ? { result, tookMs: ALMOST_AN_ATTEMPT_MS, ifAborted: result }
      : { result: undefined };
  }
  switch (fault.kind) {
    case 'delay':
      return { result: truth ?? (await vendor.respond(call)), tookMs: fault.ms };
    case 'slow-headers':
    case 'drip-body':
    case 'keep-open':
      return { result: truth };
    case 'response': {
      const { body, status } = fault;
      return {
        result:
          typeof body === 'function'
            ? altered(truth ?? (await vendor.preview(call)), body, status)
            : recorded(happening),
      };
    }
    default:
      return { result: recorded(happening) };
  }
}

function altered(
  truth: HttpResponse,
  change: (text: string) => string | Uint8Array,
  statusCode = truth.statusCode,
): HttpResult {
  const { body } = truth;
  return body.kind === 'complete'
    ? { ...truth, statusCode, body: { ...body, text: String(change(body.text)) } }
    : { ...truth, statusCode };
}
