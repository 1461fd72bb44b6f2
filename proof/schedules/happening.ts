import type { Settings } from '../../simulator/settings.ts';
import type { HttpRequest, HttpResult, NetworkFailure } from '../../src/http.ts';
import type { Encounter, Form } from '../responses/form.ts';
import {
  bodyNamed,
  gatewayRow,
  type HeaderSet,
  headersNamed,
  PLAIN,
  type Happening as Row,
  row,
  type Scene,
} from '../responses/table.ts';
import type { Vendor } from '../virtual/vendor.ts';

/** An event during a request: what it is, and the result; undefined: none in time. */
export interface Happening {
  readonly met: Omit<Encounter, 'name'>;
  readonly respond: (vendor: Vendor, call: HttpRequest) => Promise<HttpResult | undefined>;
}

/** No body of these repeats a secret, and no host is foreign. */
const SCENE: Scene = { secret: '', foreignUrl: '', effect: false };

export type Happenings = Readonly<Record<string, Happening>>;

/** The request arrives, and this comes back in the place of the response. */
export const arrives = (form: Form, instead: HttpResult | undefined): Happening => ({
  met: { form },
  respond: async (vendor, call) => {
    await vendor.respond(call);
    return instead;
  },
});

/** The request arrives, and the response is not what it was. */
export const arrivesAltered = (form: Form, alter: (text: string) => string): Happening => ({
  met: { form },
  respond: async (vendor, call) => {
    const result = await vendor.respond(call);
    const { body } = result;
    return body.kind === 'complete' ? { ...result, body: { ...body, text: alter(body.text) } } : result;
  },
});

/** The request does not arrive. */
export const lost = (met: Happening['met'], result: HttpResult | undefined): Happening => ({
  met,
  respond: async () => result,
});

/** A row of the table, from something in front of the vendor, which does not get the request. */
export const gateway = (status: number, body: string, headers: string | HeaderSet = PLAIN): Happening => {
  const set = typeof headers === 'string' ? headersNamed(headers) : headers;
  return drawn(gatewayRow(status, bodyNamed(body), set, 'v2'));
};

/** A row of the table, from the vendor itself: with the effect of the request, or without. */
export const vendorSays = (status: number, body: string, effect = false): Happening =>
  drawn(row(status, bodyNamed(body), PLAIN, 'v2', effect));

function drawn({ name: _, fault, response, ...met }: Row): Happening {
  return {
    met,
    respond: async (vendor, call) => {
      if (fault(SCENE)?.effect) await vendor.respond(call);
      return response?.(SCENE);
    },
  };
}

/** The session has ended by itself, and the vendor says so in one of its forms. */
export const dead = (form: Settings['deadSession']): Happening => ({
  met: { form: { kind: 'truth' } },
  respond: (vendor, call) => {
    vendor.endSessions();
    return vendor.respond(call, { deadSession: form });
  },
});

export function noResponse(failure: NetworkFailure, mayHaveReachedServer = true): HttpResult {
  return { kind: 'no-response', failure, mayHaveReachedServer };
}
