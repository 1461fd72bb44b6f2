import type { HttpRequest, HttpResponse, HttpResult } from '../../src/http.ts';
import { recorded } from '../responses/recorded.ts';
import type { Happening, Scene } from '../responses/table.ts';
import type { Vendor } from './vendor.ts';
import type { Reply } from './world.ts';

/** An attempt has 15 s. */
const ALMOST_AN_ATTEMPT_MS = 14_900;

/** Lets a request of the virtual world meet what the simulator would do over sockets. */
export async function befall(
  happening: Happening,
  vendor: Vendor,
  call: HttpRequest,
  scene: Scene,
): Promise<Reply> {
  const fault = happening.fault(scene);
  if (fault === undefined) return { delivery: await vendor.answer(call) };
  const truth = fault.effect ? await vendor.answer(call) : undefined;
  if (happening.response !== undefined) return { delivery: happening.response(scene) };
  if (happening.takesAllTime) {
    const delivery = recorded(happening);
    // Of some there was a status, and the body never ends.
    return delivery.kind === 'response'
      ? { delivery, tookMs: ALMOST_AN_ATTEMPT_MS, ifAborted: delivery }
      : { delivery: undefined };
  }
  switch (fault.kind) {
    case 'delay':
      return { delivery: truth ?? (await vendor.answer(call)), tookMs: fault.ms };
    case 'slow-headers':
    case 'drip-body':
    case 'keep-open':
      return { delivery: truth };
    case 'answer': {
      const { body } = fault;
      return {
        delivery:
          typeof body === 'function'
            ? altered(truth ?? (await vendor.preview(call)), body)
            : recorded(happening),
      };
    }
    default:
      return { delivery: recorded(happening) };
  }
}

function altered(truth: HttpResponse, change: (text: string) => string | Uint8Array): HttpResult {
  const { body } = truth;
  return body.kind === 'complete' ? { ...truth, body: { ...body, text: String(change(body.text)) } } : truth;
}
